"""Dialogues of three turns about a scene of level 1, with the true answer and the true place of every turn.

A turn names a thing ("what color is the ring"), goes on with another ("and the cross"), asks what stands beside it
("what is left of it"), or asks about it ("what color is it"). "It" is the last thing that was shown. A part of the
named things is not there: the words alone do not tell which.
"""

from typing import NamedTuple

import numpy as np

from mmcourse import shapes
from mmcourse.data import world
from mmcourse.data.world.captions import RELATIONS
from mmcourse.data.world.sampling import pick

TURNS = 3
KINDS = ("named", "and", "beside", "it")
NOTHING, MISSING = "no object", "not there"  # nothing stands beside it; the thing that is named is not in the picture
_LEVEL = world.LEVELS[1]
ANSWERS = (*_LEVEL.colors, *_LEVEL.shapes, NOTHING, MISSING)
CELLS = 9
NOWHERE = CELLS  # the class of a place beside the nine cells
_OPPOSITE = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}


class Turn(NamedTuple):
    """A question, its answer (of ANSWERS), its kind (of KINDS) and two places: cells 0 to 8, or NOWHERE.

    `place` is that of the thing the answer is about, NOWHERE where there is none; `before` is where "it" was before.
    """

    question: str
    answer: str
    kind: str
    place: int
    before: int


class Dialogue(NamedTuple):
    """A scene and its turns, the first one first."""

    scene: world.Scene
    turns: tuple[Turn, ...]


def dialogues(count: int, seed: int, split: str = "train", missing: float = 0.2) -> list[Dialogue]:
    """`count` dialogues of three turns; `missing` is the share of named things, from 0 to 1, that are not there.

    Both objects of a scene differ in color and shape, so that "the ring" and "the red object" are never two. To "what
    is left of it" the answer is a shape in half of the cases, else nothing. Raises ValueError for a count below 1, an
    unknown split, and a share outside 0 to 1.
    """
    shapes.whole(count, "count")
    if not 0 <= missing <= 1:
        raise ValueError(f"missing is {missing!r}; give the share of things that are not there, from 0 to 1.")
    random, found, block = np.random.RandomState([seed, 77]), [], 0
    while len(found) < count:
        scenes = world.sample(1000, seed=1000 * seed + block, split=split)
        block += 1
        fit = [one for one in scenes if _differ(one)]
        found += [_dialogue(scene, missing, random) for scene in fit[: count - len(found)]]
    return found


def every_question() -> tuple[str, ...]:
    """The 30 questions that can be asked, those of the same form side by side."""
    named = [_ask(kind, name, word) for kind in KINDS[:2] for name in ("shape", "color") for word in _LEVEL.words(name)]
    return (*named, *(f"what is {word} it" for word in RELATIONS), "what color is it", "what shape is it")


def next_memory(before: int, place: int) -> int:
    """Where "it" was, and the place that a turn showed -> where "it" is now: where it was, if nothing was shown."""
    return before if place == NOWHERE else place


def after(turn: Turn) -> int:
    """Where "it" is after a turn."""
    return next_memory(turn.before, turn.place)


def _differ(scene: world.Scene) -> bool:
    first, second = scene.objects
    return first.color != second.color and first.shape != second.shape


def _dialogue(scene: world.Scene, missing: float, random: np.random.RandomState) -> Dialogue:
    turns = [_named(scene, "named", None, missing, random)]
    while len(turns) < TURNS:
        turns.append(_next(scene, turns, missing, random))
    return Dialogue(scene, tuple(turns))


def _next(scene: world.Scene, turns: list[Turn], missing: float, random: np.random.RandomState) -> Turn:
    """One more turn: only a thing that was shown has an "it", and "and the cross" goes on with the same question."""
    last = turns[-1]
    if last.answer == MISSING:
        kinds = ("and", "named")
    elif last.kind == "beside":
        kinds = ("it",) * 5 + ("beside", "named") if last.answer != NOTHING else ("beside", "named")
    elif last.kind == "it":
        kinds = ("beside", "named")
    else:
        kinds = ("beside",) * 3 + ("and", "named")
    kind = pick(kinds, random)
    if kind in ("named", "and"):
        return _named(scene, kind, last, missing, random)
    one = next(thing for thing in scene.objects if cell_of(thing) == after(last))
    other = next(thing for thing in scene.objects if thing != one)
    return (_beside if kind == "beside" else _it)(one, other, random)


def _named(scene, kind: str, last: Turn | None, missing: float, random: np.random.RandomState) -> Turn:
    """A question that names a thing: of the other attribute, where it does not go on with the last question."""
    asked = _asked(last.question) if kind == "and" else pick(("color", "shape"), random)
    named = "shape" if asked == "color" else "color"
    there = [thing for thing in scene.objects if getattr(thing, named) not in (last.question.split() if last else ())]
    before = after(last) if last else NOWHERE
    if random.uniform() < missing:
        words = [getattr(thing, named) for thing in scene.objects] + (last.question.split() if last else [])
        word = pick([word for word in _LEVEL.words(named) if word not in words], random)
        return Turn(_ask(kind, named, word), MISSING, kind, NOWHERE, before)
    thing = pick(there, random)
    return Turn(_ask(kind, named, getattr(thing, named)), getattr(thing, asked), kind, cell_of(thing), before)


def _beside(one: world.Object, other: world.Object, random: np.random.RandomState) -> Turn:
    """What stands beside it: in half of the cases the other object, else mostly on the opposite side."""
    true = next(word for word, holds in RELATIONS.items() if holds(other.cell, one.cell))
    across = [word for word in RELATIONS if word not in (true, _OPPOSITE[true])]
    asked = pick([true] * 4 + [_OPPOSITE[true]] * 3 + [pick(across, random)], random)
    answer, place = (other.shape, cell_of(other)) if asked == true else (NOTHING, NOWHERE)
    return Turn(f"what is {asked} it", answer, "beside", place, cell_of(one))


def _it(one: world.Object, other: world.Object, random: np.random.RandomState) -> Turn:
    """Color or shape of the last thing that was shown; `other` plays no part."""
    asked = pick(("color", "color", "color", "shape"), random)
    return Turn(f"what {asked} is it", getattr(one, asked), "it", cell_of(one), cell_of(one))


def _ask(kind: str, named: str, word: str) -> str:
    thing = f"the {word}" if named == "shape" else f"the {word} object"
    return f"and {thing}" if kind == "and" else f"what {'color' if named == 'shape' else 'shape'} is {thing}"


def _asked(question: str) -> str:
    """What a question that names a thing asks: a thing that is named by its color is asked for its shape."""
    return "shape" if question.endswith("object") else "color"


def cell_of(thing: world.Object) -> int:
    """The cell of an object as a number: 0 to 8, row by row."""
    return 3 * thing.cell[0] + thing.cell[1]
