"""Captions of scenes: true ones, false ones, and whether a caption is true."""

import functools
import itertools
from collections.abc import Callable, Iterator

import numpy as np

from mmcourse.data.world.grammar import Sentence, language_of, parse, write
from mmcourse.data.world.sampling import check_rng, pick
from mmcourse.data.world.scenes import CELLS, LEVELS, Level, Object, Scene, check_scene, choose
from mmcourse.data.world.words import LANGUAGES, Noun

RELATIONS = {  # when two cells (row, column) stand in a relation
    "left of": lambda first, second: first[1] < second[1],
    "right of": lambda first, second: first[1] > second[1],
    "above": lambda first, second: first[0] < second[0],
    "below": lambda first, second: first[0] > second[0],
}
PLACES = {  # when a cell is in a place
    "top left corner": lambda cell: cell == (0, 0),
    "top right corner": lambda cell: cell == (0, 2),
    "bottom left corner": lambda cell: cell == (2, 0),
    "bottom right corner": lambda cell: cell == (2, 2),
    "center": lambda cell: cell == (1, 1),
    "top": lambda cell: cell[0] == 0,
    "bottom": lambda cell: cell[0] == 2,
    "left": lambda cell: cell[1] == 0,
    "right": lambda cell: cell[1] == 2,
}
FALSEHOODS = ("color", "shape", "relation", "swap", "reversal", "size", "count", "background")
_REVERSED = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}


def describe(scene: Scene, language: str = "en", rng: np.random.RandomState | None = None) -> str:
    """One true caption of a scene in "en" or "zh"; which one is drawn from `rng`, without it the first.

    Drawn in turn, each time with equal chances: the form (`forms`), the objects, what is true of their cells; for a
    number an object and one of its attributes; at level 3 whether the background is said. A noun names color and shape,
    from level 2 on the size too. An empty scene has one caption: there are no objects. Raises ValueError for an unknown
    language and for an rng that is no RandomState.
    """
    check_scene(scene)
    choose(language, LANGUAGES, "The language")
    if rng is not None:
        check_rng(rng)
    if not scene.objects:
        return write(Sentence("none", (Noun(None, None, None),), count=0), language)
    draw = (lambda options: options[0]) if rng is None else (lambda options: pick(options, rng))
    sentence = _STATEMENTS[draw(forms(scene.level, len(scene.objects)))](scene, draw)
    if scene.level == 3:
        sentence = sentence._replace(background=draw((None, scene.background)))
    return write(sentence, language)


def forms(level: int, count: int) -> tuple[str, ...]:
    """The forms a caption can have for a scene of `count` objects at a level, all equally likely."""
    if level == 1:
        return ("relation",) if count > 1 else ("place",)
    return ("relation",) * (count > 1) + ("two relations",) * (level == 3 and count > 2) + ("place", "count")


def attributes(level: int) -> tuple[str, ...]:
    """What captions and questions of a level name of an object."""
    return ("color", "shape") if level == 1 else ("size", "color", "shape")


def true_relations(first: tuple[int, int], second: tuple[int, int]) -> tuple[str, ...]:
    """The relations of RELATIONS in which a cell stands to another one: one or two."""
    return tuple(word for word, holds in RELATIONS.items() if holds(first, second))


def true_places(cell: tuple[int, int]) -> tuple[str, ...]:
    """The places of PLACES that a cell is in: one (an edge, the center) or three (a corner)."""
    return tuple(word for word, holds in PLACES.items() if holds(cell))


def is_true(scene: Scene, caption: str) -> bool:
    """Whether a caption, in English or Chinese, holds in a scene; one outside the grammar does not.

    "a" is at least one, a number is exact, and different nouns are different objects. Raises ValueError for a caption
    that is no text.
    """
    check_scene(scene)
    if not isinstance(caption, str):
        raise ValueError(f"caption is {caption!r}; give a text.")
    try:
        sentence = parse(caption)
    except ValueError:  # what a model writes need not be a sentence
        return False
    return witness(scene, sentence) is not None


def witness(scene: Scene, sentence: Sentence) -> tuple[Object, ...] | None:
    """The objects that a true statement speaks of, one a noun, or all that it counts; None where it is false.

    Where several choices of different objects make it true, it is the first in the order of the cells.
    """
    if sentence.background not in (None, scene.background):
        return None
    if sentence.count is not None:
        counted = tuple(one for one in scene.objects if matches(one, sentence.nouns[0]))
        return counted if len(counted) == sentence.count else None
    choices = itertools.permutations(scene.objects, len(sentence.nouns))
    return next((chosen for chosen in choices if _fits(chosen, sentence)), None)


def matches(one: Object, noun: Noun) -> bool:
    """Whether an object is what a noun says."""
    return noun.size in (None, one.size) and noun.color in (None, one.color) and noun.shape in (None, one.shape)


def corrupt(scene: Scene, caption: str, kind: str, rng: np.random.RandomState) -> str | None:
    """A caption that differs in one thing from a true one and is false, in its language; None if there is none.

    `kind` is "color", "shape" or "size" (another word in one noun), "relation" (another relation or place; places come
    as often as true captions name them), "reversal" (the opposite relation), "swap" (two nouns change places), "count"
    (another number) or "background". Raises ValueError for an unknown kind, and for a caption that is not true to
    begin with.
    """
    choose(kind, FALSEHOODS, "The kind")
    check_rng(rng)
    if not is_true(scene, caption):
        raise ValueError(f"{caption!r} is not a true caption of the scene, so it cannot be made false.")
    changes = _CHANGES.get(kind, _other_words)(parse(caption), kind, LEVELS[scene.level])
    wrong = [changed for changed in changes if witness(scene, changed) is None]
    return write(pick(wrong, rng), language_of(caption)) if wrong else None


def _fits(chosen: tuple[Object, ...], sentence: Sentence) -> bool:
    first, *others = (one.cell for one in chosen)
    return (
        all(map(matches, chosen, sentence.nouns))
        and all(RELATIONS[word](first, cell) for word, cell in zip(sentence.relations, others, strict=True))
        and (sentence.place is None or PLACES[sentence.place](first))
    )


def _name(one: Object, level: int) -> Noun:
    return Noun(**{name: getattr(one, name) if name in attributes(level) else None for name in Noun._fields})


def _relation(scene: Scene, draw: Callable, others: int = 1) -> Sentence:
    chosen = draw(tuple(itertools.permutations(scene.objects, 1 + others)))
    relations = tuple(draw(true_relations(chosen[0].cell, one.cell)) for one in chosen[1:])
    nouns = tuple(_name(one, scene.level) for one in chosen)
    return Sentence("relation" if others == 1 else "two relations", nouns, relations)


def _place(scene: Scene, draw: Callable) -> Sentence:
    one = draw(scene.objects)
    return Sentence("place", (_name(one, scene.level),), place=draw(true_places(one.cell)))


def _count(scene: Scene, draw: Callable) -> Sentence:
    one, attribute = draw(scene.objects), draw(attributes(scene.level))
    noun = Noun(None, None, None)._replace(**{attribute: getattr(one, attribute)})
    count = sum(matches(other, noun) for other in scene.objects)
    return Sentence("one" if count == 1 else "many", (noun,), count=count)


_STATEMENTS = {
    "relation": _relation,
    "two relations": functools.partial(_relation, others=2),
    "place": _place,
    "count": _count,
}


def _swaps(sentence: Sentence, kind: str, level: Level) -> Iterator[Sentence]:
    for i, j in itertools.combinations(range(len(sentence.nouns)), 2):
        nouns = list(sentence.nouns)
        nouns[i], nouns[j] = nouns[j], nouns[i]
        yield sentence._replace(nouns=tuple(nouns))


def _other_relations(sentence: Sentence, kind: str, level: Level) -> Iterator[Sentence]:
    for number, said in enumerate(sentence.relations):
        for word in (_REVERSED[said],) if kind == "reversal" else RELATIONS:
            yield sentence._replace(relations=_with(sentence.relations, number, word))
    if sentence.place is not None and kind == "relation":
        for places in map(true_places, CELLS):  # each cell has the same weight
            yield from (sentence._replace(place=place) for place in places for _ in range(3 // len(places)))


def _other_counts(sentence: Sentence, kind: str, level: Level) -> Iterator[Sentence]:
    if sentence.count is not None:
        for count in range(1, 1 + max(level.counts)):
            yield sentence._replace(template="one" if count == 1 else "many", count=count)


def _other_backgrounds(sentence: Sentence, kind: str, level: Level) -> Iterator[Sentence]:
    if sentence.background is not None:
        yield from (sentence._replace(background=background) for background in level.backgrounds)


def _other_words(sentence: Sentence, kind: str, level: Level) -> Iterator[Sentence]:
    for number, noun in enumerate(sentence.nouns):
        if getattr(noun, kind) is not None:
            for word in level.words(kind):
                yield sentence._replace(nouns=_with(sentence.nouns, number, noun._replace(**{kind: word})))


_CHANGES = {
    "swap": _swaps,
    "relation": _other_relations,
    "reversal": _other_relations,
    "count": _other_counts,
    "background": _other_backgrounds,
}


def _with(values: tuple, number: int, value) -> tuple:
    return (*values[:number], value, *values[number + 1 :])
