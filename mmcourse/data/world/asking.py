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
from mmcourse.data.world.scenes import HELD_OUT, LEVELS, SIZES, SPLITS, Object, Scene, check_scene, choose, is_in
from mmcourse.data.world.words import LANGUAGES, Noun

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
KINDS = ("exist", "count", "color", "shape", "relation", "compare")
_TEMPLATES = {
    "exist": ("exist",),
    "count": ("count",),
    "color": ("color", "color by relation"),
    "shape": ("shape", "shape by relation"),
    "relation": ("related",),
    "compare": ("more", "fewer", "as many"),
}
_BY_RELATION = ("color by relation", "shape by relation")  # asked at level 3 only
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
_TRIES = 60


def questions(
    count: int, seed: int, split: str = "train", kinds: Iterable[str] = KINDS, level: int = 1, language: str = "en"
) -> dict[str, list]:
    """Columns "scene", "question", "answer", "kind", each a list of `count`; the kinds are equally likely.

    Answers are English words (`answers`), also to Chinese questions. Whatever the question, all its answers are
    equally likely; the compositional splits leave out what cannot be asked or answered there ("is there a red ring"
    where there never is one). Scenes often hold a foil: the color and the shape apart, the other size, another group.
    "is a left of b" is asked where one of the two is left of the other, "what color is the object left of the ring"
    where not all other objects have that color. Raises ValueError for a count below 1, an unknown split, kind, level or
    language, or no kind at all.
    """
    check_count(count)
    choose(split, SPLITS, "The split")
    choose(level, LEVELS, "The level")
    choose(language, LANGUAGES, "The language")
    kinds = (kinds,) if isinstance(kinds, str) or not isinstance(kinds, Iterable) else tuple(kinds)
    for kind in kinds or (None,):
        choose(kind, KINDS, "The kind of question")
    random = random_state(seed, 1)
    scenes = draws(random_state(seed, 2), level)
    columns = {"scene": [], "question": [], "answer": [], "kind": []}
    for _ in range(count):
        kind = pick(kinds, random)
        sentence, wanted = _question_and_answer(kind, level, split, random)
        scene = _scene_where(sentence, wanted, scenes, split, random)
        for name, value in zip(columns, (scene, write(sentence, language), wanted, kind), strict=True):
            columns[name].append(value)
    return columns


def ask(scene: Scene, kind: str, rng: np.random.RandomState, language: str = "en") -> tuple[str, str] | None:
    """A question of a kind about a given scene, and its answer; None where no such question makes sense.

    "What color is the ring" makes none where there is no ring, or two. The answer is drawn first, from those to sixty
    random questions, half of whose words are taken from the scene. The scene stays as it is, so unlike `questions` it
    need not have a foil. Raises ValueError for an unknown kind or language and for an rng that is no RandomState.
    """
    check_scene(scene)
    choose(kind, KINDS, "The kind of question")
    choose(language, LANGUAGES, "The language")
    check_rng(rng)
    found = {}
    for _ in range(_TRIES):
        sentence = _question(kind, scene.level, rng, scene.objects)
        said = _answer(scene.objects, sentence)
        if said is not None:
            found.setdefault(said, []).append(sentence)
    if not found:
        return None
    said = pick(sorted(found), rng)
    return write(pick(found[said], rng), language), said


def true_answer(scene: Scene, question: str) -> str | None:
    """The answer to a question; None if it has none, as where "the ring" is missing or not alone.

    Raises ValueError for a question outside the grammar.
    """
    check_scene(scene)
    return _answer(scene.objects, parse_question(question))


def answers(kind: str, level: int) -> tuple[str, ...]:
    """Every answer that a kind of question can have at a level. Raises ValueError for an unknown kind or level."""
    choose(kind, KINDS, "The kind of question")
    choose(level, LEVELS, "The level")
    if kind in ("color", "shape"):
        return LEVELS[level].words(kind)
    return NUMBERS[: max(LEVELS[level].counts) + 1] if kind == "count" else ("no", "yes")


def _question_and_answer(kind: str, level: int, split: str, random: np.random.RandomState) -> tuple[Sentence, str]:
    while True:
        sentence = _question(kind, level, random)
        possible = _possible(sentence, answers(kind, level), split)
        if possible:
            return sentence, pick(possible, random)


def _question(kind: str, level: int, random: np.random.RandomState, objects: tuple[Object, ...] = ()) -> Sentence:
    """A random question, half of its nouns those of `objects` where there are some."""
    template = pick([name for name in _TEMPLATES[kind] if level == 3 or name not in _BY_RELATION], random)
    first = _noun(kind, level, random, objects)
    if template in _BY_RELATION:
        return Sentence(template, (_ANY, first), (pick(tuple(RELATIONS), random),))
    if kind not in ("relation", "compare"):
        return Sentence(template, (first,))
    second = _noun(kind, level, random, objects)
    while _includes(first, second) or _includes(second, first):
        second = _noun(kind, level, random)
    return Sentence(template, (first, second), (pick(tuple(RELATIONS), random),) if kind == "relation" else ())


def _noun(kind: str, level: int, random: np.random.RandomState, objects: tuple[Object, ...] = ()) -> Noun:
    named = pick(_NAMED[kind], random)
    if "size" in attributes(level):
        named = pick((named, ("size", *named)), random)
    if objects and pick((True, False), random):
        one = pick(objects, random)
        return _ANY._replace(**{name: getattr(one, name) for name in named})
    return _ANY._replace(**{name: pick(LEVELS[level].words(name), random) for name in named})


def _includes(wide: Noun, narrow: Noun) -> bool:
    return all(said in (None, other) for said, other in zip(wide, narrow, strict=True))


def _possible(sentence: Sentence, known: tuple[str, ...], split: str) -> tuple[str, ...]:
    """Those of the known answers that some scene of the split gives; none where the question is not to be asked."""
    template, noun = sentence.template, sentence.nouns[0]
    if template == "related" and split == "compositional-test":  # two objects, neither of which can be the held-out one
        first, second = sentence.nouns
        return () if {(first.color, second.shape), (second.color, first.shape)} & set(HELD_OUT) else known
    held_out = () if split == "compositional-test" or not split.startswith("compositional") else HELD_OUT
    if template == "exist":
        return () if (noun.color, noun.shape) in held_out else known
    if template.startswith("color"):
        return tuple(color for color in known if (color, noun.shape) not in held_out)
    if template.startswith("shape"):
        return tuple(shape for shape in known if (noun.color, shape) not in held_out)
    return known


def _scene_where(sentence: Sentence, wanted: str, scenes: Iterator[Scene], split: str, random) -> Scene:
    """A random scene of the split in which the answer is the wanted one.

    Objects that make it so overwrite those of a random scene; what does not fit then is thrown away.
    """
    while True:
        scene = next(scenes)
        nouns = _needed(sentence, wanted, scene, random)
        if len(scene.objects) < len(nouns):
            continue
        order = pick(tuple(itertools.permutations(scene.objects)), random)
        objects = tuple(map(_overwrite, order, nouns)) + order[len(nouns) :]
        different = len({one.kind for one in objects}) == len(objects)
        if different and _answer(objects, sentence) == wanted and not _is_easy(objects, sentence):
            found = Scene(objects, scene.background, scene.level)
            if is_in(found, split):
                return found


def _overwrite(one: Object, noun: Noun) -> Object:
    return one._replace(**{name: word for name, word in noun._asdict().items() if word})


def _needed(sentence: Sentence, wanted: str, scene: Scene, random: np.random.RandomState) -> list[Noun]:
    """What to put into a scene: what makes the answer likely, then often a foil, as far as there is room."""
    template, nouns, room = sentence.template, list(sentence.nouns), len(scene.objects)
    if template == "exist" and wanted == "no":  # its color and its shape are there, apart
        foil = [nouns[0]._replace(shape=None), nouns[0]._replace(color=None)]
        return pick(([], foil, _other_size(nouns[0]) or foil), random)[:room]
    foils = [noun for named in nouns for noun in _other_size(named)]
    if template == "count":  # a group of something else
        needed = nouns * NUMBERS.index(wanted)
        other = pick((_noun("count", scene.level, random), *foils), random)
        return needed + [other] * pick(range(max(1, room - len(needed) + 1)), random)
    if template in _COMPARE:
        needed = nouns[:1] * pick(range(3), random) + nouns[1:] * pick(range(3), random)
        return (needed + foils * pick(range(3), random))[: max(room, len(needed))]
    if template.startswith(("color", "shape")):
        nouns[0] = nouns[0]._replace(**{template.split()[0]: wanted})
    return (nouns + pick(([], foils), random))[: max(room, len(nouns))]


def _other_size(noun: Noun) -> list[Noun]:
    """The noun with the other size, if it names one."""
    return [noun._replace(size=size) for size in SIZES if noun.size not in (None, size)]


def _is_easy(objects: tuple[Object, ...], sentence: Sentence) -> bool:
    """Whether a question can be answered without its relation: no pair on that axis, or all other objects alike."""
    if sentence.template == "related":
        first, second = (next(one.cell for one in objects if matches(one, noun)) for noun in sentence.nouns)
        holds = RELATIONS[sentence.relations[0]]
        return not (holds(first, second) or holds(second, first))
    if sentence.template in _BY_RELATION:
        others = [one for one in objects if not matches(one, sentence.nouns[1])]
        return len({getattr(one, sentence.template.split()[0]) for one in others}) < 2
    return False


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
    if template in _BY_RELATION:
        found[0] = [one for one in found[0] if one != last and RELATIONS[sentence.relations[0]](one.cell, last.cell)]
    if len(found[0]) != 1:
        return None
    first = found[0][0]
    if template == "related":
        return None if first == last else "yes" if RELATIONS[sentence.relations[0]](first.cell, last.cell) else "no"
    return getattr(first, template.split()[0])
