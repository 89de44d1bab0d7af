"""Scenes: what there is, level by level, and in which split a scene lies.

A scene is a background and up to nine objects on a grid of 3 by 3 cells. Captions, pictures, sounds, questions and
answers are all derived from it. Names are the words of the English captions.
"""

import functools
import hashlib
import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

SHAPES = ("circle", "square", "triangle", "ring", "cross", "diamond", "star", "heart")
COLORS = ("red", "green", "blue", "yellow", "purple", "orange", "cyan", "pink")
SIZES = ("small", "large")
BACKGROUNDS = ("white", "black", "gray")
GRID = 3  # rows and columns
CELLS = tuple(itertools.product(range(GRID), range(GRID)))  # (row, column), row 0 at the top, column 0 on the left
_PARTS = ("train", "validation", "test")
SPLITS = (*_PARTS, *(f"compositional-{part}" for part in _PARTS))
HELD_OUT = tuple(  # (color, shape) that never meet in "compositional-train"; each color and each shape once
    zip(COLORS, ("ring", "cross", "diamond", "circle", "square", "triangle", "heart", "star"), strict=True)
)


class Object(NamedTuple):
    """One object of a scene: words of SIZES, COLORS and SHAPES, and its cell (row, column), each 0 to 2."""

    size: str
    color: str
    shape: str
    cell: tuple[int, int]

    @property
    def kind(self) -> tuple[str, str, str]:
        """Its (size, color, shape)."""
        return self[:3]


_PLAIN_CELL = {cell: cell for cell in CELLS}  # (0.0, 1.0) -> (0, 1)
_KNOWN = frozenset(itertools.starmap(Object, itertools.product(SIZES, COLORS, SHAPES, CELLS)))


class Level(NamedTuple):
    """What a level draws from. Level 1 puts its two objects into one row or one column."""

    counts: tuple[int, ...]  # numbers of objects, all equally likely
    shapes: tuple[str, ...]
    colors: tuple[str, ...]
    sizes: tuple[str, ...]
    backgrounds: tuple[str, ...]
    aligned: bool = False

    def words(self, attribute: str) -> tuple[str, ...]:
        """The words of "size", "color" or "shape" at this level."""
        return {"size": self.sizes, "color": self.colors, "shape": self.shapes}[attribute]

    @property
    def kinds(self) -> tuple[tuple[str, str, str], ...]:
        """Every (size, color, shape) an object can have. The objects of a sampled scene are of different kinds."""
        return tuple(itertools.product(self.sizes, self.colors, self.shapes))


LEVELS = {
    1: Level((2,), SHAPES[:6], COLORS[:6], SIZES[1:], BACKGROUNDS[:1], aligned=True),
    2: Level((1, 2, 3), SHAPES[:6], COLORS[:6], SIZES, BACKGROUNDS[:2]),
    3: Level((1, 2, 3, 4), SHAPES, COLORS, SIZES, BACKGROUNDS),
}


@dataclass(frozen=True)
class Scene:
    """A background and its objects, sorted by cell. `level` says how it is described and asked about.

    Two scenes with the same objects and background are equal, whatever their level. Raises ValueError for an unknown
    word, a cell outside the grid, or two objects in one cell.
    """

    objects: tuple[Object, ...]
    background: str = "white"
    level: int = field(default=1, compare=False)

    def __post_init__(self):
        given = (Object(*kind, _PLAIN_CELL.get(tuple(cell), cell)) for *kind, cell in self.objects)
        objects = tuple(sorted(given, key=lambda one: one.cell))
        object.__setattr__(self, "objects", objects)
        if not _KNOWN.issuperset(objects):
            for name, words in zip(Object._fields, (SIZES, COLORS, SHAPES, CELLS), strict=True):
                for one in objects:
                    choose(getattr(one, name), words, f"The {name} of an object")
        choose(self.background, BACKGROUNDS, "The background")
        choose(self.level, LEVELS, "The level")
        if len({one.cell for one in objects}) < len(objects):
            raise ValueError(f"Two objects share a cell: {[one.cell for one in objects]}. Give each its own.")


def choose(given, known: Iterable, what: str) -> None:
    """Raise ValueError that names the choices unless `given` is one of `known`."""
    if given not in tuple(known):
        raise ValueError(f"{what} is {given!r}. Choose one of: {', '.join(map(str, known))}.")


def check_scene(scene) -> None:
    """Raise ValueError unless `scene` is one Scene."""
    if not isinstance(scene, Scene):
        raise ValueError(f"Expected one scene, as sample gives them, but got {type(scene).__name__}.")


def split_of(scene: Scene) -> str:
    """The split of a scene: its hash decides, 80 to 10 to 10 for "train", "validation" and "test", at every level.

    A scene and its mirror image share one, so that a picture flipped from left to right never leaves its split.
    """
    check_scene(scene)
    here = sorted(f"{row}{column} {' '.join(kind)}" for *kind, (row, column) in scene.objects)
    mirrored = sorted(f"{row}{GRID - 1 - column} {' '.join(kind)}" for *kind, (row, column) in scene.objects)
    digest = hashlib.sha256("; ".join([scene.background, *min(here, mirrored)]).encode()).digest()
    tenth = int.from_bytes(digest[:8], "big") % 10
    return "train" if tenth < 8 else "validation" if tenth == 8 else "test"


def is_held_out(scene: Scene) -> bool:
    """Whether an object has a color and a shape that never meet in split "compositional-train", as in a red ring."""
    return any((one.color, one.shape) in HELD_OUT for one in scene.objects)


def is_in(scene: Scene, split: str) -> bool:
    """Whether a scene belongs to a split of SPLITS. The compositional ones are parts of "train", "validation", "test".

    "compositional-train" and "compositional-validation" have no held-out combination of color and shape,
    "compositional-test" has at least one. Raises ValueError for an unknown split.
    """
    choose(split, SPLITS, "The split")
    part, _, whole = split.rpartition("-")
    return (not part or is_held_out(scene) == (whole == "test")) and split_of(scene) == whole


@functools.cache
def arrangements(level: int, count: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Every set of `count` cells, sorted, that a scene of this level can use."""
    sets = itertools.combinations(CELLS, count)
    if LEVELS[level].aligned:
        return tuple(cells for cells in sets if any(len(set(axis)) == 1 for axis in zip(*cells, strict=True)))
    return tuple(sets)


def count_scenes(level: int) -> int:
    """How many different scenes a level has, all splits together."""
    choose(level, LEVELS, "The level")
    table = LEVELS[level]
    ways = (len(arrangements(level, n)) * math.perm(len(table.kinds), n) for n in table.counts)
    return len(table.backgrounds) * sum(ways)
