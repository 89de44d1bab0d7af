"""Questions about scenes, with answers; the words of a question alone tell nothing about its answer.

A question is drawn first, then its answer, then a scene in which that is the answer. So every answer that a question
can have is equally likely, whatever the split.
"""

import itertools
from collections.abc import Iterable, Iterator

import numpy as np

from mmcourse.data.world.captions import RELATIONS, attributes, matches
from mmcourse.data.world.grammar import Sentence, parse_question, write
from mmcourse.data.world.sampling import check_count, check_rng, draws, pick, random_state
from mmcourse.data.world.scenes import HELD_OUT, LEVELS, SPLITS, Object, Scene, check_scene, choose, is_in
from mmcourse.data.world.words import Noun

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
KINDS = {  # kind of question -> its templates
    "exist": ("exist",),
    "count": ("count",),
    "color": ("color", "color by relation"),
    "shape": ("shape", "shape by relation"),
    "relation": ("related",),
    "compare": ("more", "fewer", "as many"),
}
_NAMED = {  # what a noun of the question names; from level 2 on, half of the time, its size too
    "exist": (("color", "shape"),),
    "count": (("color",), ("shape",)),
    "color": (("shape",),),
    "shape": (("color",),),
    "relation": (("color",), ("shape",)),
    "compare": (("color",), ("shape",)),
}
_COMPARE = {"more": int.__gt__, "fewer": int.__lt__, "as many": int.__eq__}
_ANY = Noun(None, None, None)
_TRIES = 100


def questions(
    count: int, seed: int, split: str = "train", kinds: Iterable[str] = tuple(KINDS), level: int = 1
) -> dict[str, list]:
    """Columns "scene", "question", "answer", "kind", each a list of `count`; the kinds are equally likely.

    Answers are words: "yes" and "no", "zero" to the level's largest number of objects, colors, shapes. Whatever the
    question, all its answers are equally likely; the compositional splits leave out what cannot be asked or answered
    there ("is there a red ring" where there never is one). Raises ValueError for a count below 1, an unknown split,
    kind or level, or no kind at all.
    """
    check_count(count)
    choose(split, SPLITS, "The split")
    choose(level, LEVELS, "The level")
    kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    for kind in kinds or (None,):
        choose(kind, KINDS, "The kind of question")
    random = random_state(seed)
    scenes = draws(random, level)
    columns = {"scene": [], "question": [], "answer": [], "kind": []}
    while len(columns["kind"]) < count:
        kind = pick(kinds, random)
        sentence = _question(kind, level, random)
        possible = _possible(sentence, level, split)
        if possible:
            wanted = pick(possible, random)
            scene = _scene_where(sentence, wanted, scenes, split, random)
            for name, value in zip(columns, (scene, write(sentence), wanted, kind), strict=True):
                columns[name].append(value)
    return columns


def ask(scene: Scene, kind: str, rng: np.random.RandomState) -> tuple[str, str] | None:
    """A question of a kind about a given scene, and its answer; None if none makes sense, as "what color is the ring"

    where there is no ring or two. The answer is drawn first, from those found in a hundred random questions. Raises
    ValueError for an unknown kind, an rng that is no RandomState.
    """
    check_scene(scene)
    choose(kind, KINDS, "The kind of question")
    check_rng(rng)
    found = {}
    for _ in range(_TRIES):
        sentence = _question(kind, scene.level, rng)
        said = _answer(scene.objects, sentence)
        if said is not None:
            found.setdefault(said, []).append(sentence)
    if not found:
        return None
    said = pick(sorted(found), rng)
    return write(pick(found[said], rng)), said


def true_answer(scene: Scene, question: str) -> str | None:
    """The answer to a question in English; None if it has none, as where "the ring" is missing or not alone.

    Raises ValueError for a question outside the grammar.
    """
    check_scene(scene)
    return _answer(scene.objects, parse_question(question))


def _question(kind: str, level: int, random: np.random.RandomState) -> Sentence:
    template = pick([name for name in KINDS[kind] if level == 3 or "by" not in name], random)
    first = _noun(kind, level, random)
    if template in ("color by relation", "shape by relation"):
        return Sentence(template, (_ANY, first), (pick(tuple(RELATIONS), random),))
    if kind not in ("relation", "compare"):
        return Sentence(template, (first,))
    second = _noun(kind, level, random)
    while _includes(first, second) or _includes(second, first):
        second = _noun(kind, level, random)
    return Sentence(template, (first, second), (pick(tuple(RELATIONS), random),) if kind == "relation" else ())


def _noun(kind: str, level: int, random: np.random.RandomState) -> Noun:
    named = pick(_NAMED[kind], random)
    if "size" in attributes(level):
        named = pick((named, ("size", *named)), random)
    return _ANY._replace(**{name: pick(getattr(LEVELS[level], f"{name}s"), random) for name in named})


def _includes(wide: Noun, narrow: Noun) -> bool:
    return all(said in (None, other) for said, other in zip(wide, narrow, strict=True))


def _possible(sentence: Sentence, level: int, split: str) -> tuple[str, ...]:
    """The answers that some scene of the level and split gives; none where the question is not to be asked."""
    template, noun = sentence.template, sentence.nouns[0]
    held_out = HELD_OUT if split == "compositional-train" else ()
    if template == "count":
        return NUMBERS[: max(LEVELS[level].counts) + 1]
    if template.startswith("color"):
        return tuple(color for color in LEVELS[level].colors if (color, noun.shape) not in held_out)
    if template.startswith("shape"):
        return tuple(shape for shape in LEVELS[level].shapes if (noun.color, shape) not in held_out)
    if template == "related" and split == "compositional-test":  # two objects, neither of which can be the held-out one
        first, second = sentence.nouns
        return () if {(first.color, second.shape), (second.color, first.shape)} & HELD_OUT else ("no", "yes")
    return () if template == "exist" and (noun.color, noun.shape) in held_out else ("no", "yes")


def _scene_where(sentence: Sentence, wanted: str, scenes: Iterator[Scene], split: str, random) -> Scene:
    """A random scene of the split in which the answer is the wanted one.

    Objects that make it so overwrite those of a random scene; what does not fit then is thrown away.
    """
    while True:
        scene = next(scenes)
        nouns = _needed(sentence, wanted, random)
        if len(scene.objects) < len(nouns):
            continue
        order = pick(tuple(itertools.permutations(scene.objects)), random)
        objects = tuple(map(_overwrite, order, nouns)) + order[len(nouns) :]
        kinds = {one[:3] for one in objects}
        if len(kinds) == len(objects) and _answer(objects, sentence) == wanted:
            found = Scene(objects, scene.background, scene.level)
            if is_in(found, split):
                return found


def _overwrite(one: Object, noun: Noun) -> Object:
    return one._replace(**{name: word for name, word in noun._asdict().items() if word})


def _needed(sentence: Sentence, wanted: str, random: np.random.RandomState) -> list[Noun]:
    """What to put into a scene so that the answer becomes likely; for comparisons up to two of each."""
    template, nouns = sentence.template, list(sentence.nouns)
    if template == "exist" and wanted == "no":  # half of the time its color and its shape are there, apart
        return pick(([], [nouns[0]._replace(shape=None), nouns[0]._replace(color=None)]), random)
    if template == "count":
        return nouns * NUMBERS.index(wanted)
    if template in _COMPARE:
        return nouns[:1] * pick(range(3), random) + nouns[1:] * pick(range(3), random)
    if template.startswith(("color", "shape")):
        nouns[0] = nouns[0]._replace(**{template.split()[0]: wanted})
    return nouns


def _answer(objects: tuple[Object, ...], sentence: Sentence) -> str | None:
    template = sentence.template
    found = [[one for one in objects if matches(one, noun)] for noun in sentence.nouns]
    if template == "exist":
        return "yes" if found[0] else "no"
    if template == "count":
        return NUMBERS[len(found[0])]
    if template in _COMPARE:
        return "yes" if _COMPARE[template](len(found[0]), len(found[1])) else "no"
    if len(found[-1]) != 1:  # "the ring" is one and only one
        return None
    last = found[-1][0]
    if template in ("color by relation", "shape by relation"):
        found[0] = [one for one in found[0] if one != last and RELATIONS[sentence.relations[0]](one.cell, last.cell)]
    if len(found[0]) != 1:
        return None
    first = found[0][0]
    if template == "related":
        return None if first == last else "yes" if RELATIONS[sentence.relations[0]](first.cell, last.cell) else "no"
    return getattr(first, template.split()[0])
