"""Augmentation of pairs: a picture is changed, and its caption mended so that it stays true, or the change is refused.

What a change does to the words of the picture world is not typed in: it follows from where the cells of the grid go.
Outside the world's grammar nothing is rewritten. A caption that holds a word which the change could make false is
refused, any other is kept. The list of words knows English and Chinese, and no meaning: "right now" is refused too.

Of the changes only the horizontal flip leaves every shape as the world draws it, and a scene in its split: turned the
other way, a triangle stands on its tip, and a training scene can become one of the test.
"""

import functools
import itertools
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from mmcourse.data import image
from mmcourse.data.world import Scene, grammar
from mmcourse.data.world.captions import PLACES, RELATIONS
from mmcourse.data.world.sampling import check_rng
from mmcourse.data.world.scenes import CELLS, GRID, check_scene, choose

_LAST = GRID - 1
WORDS = {  # what a caption may speak of: English words, and Chinese ones as they stand inside a sentence
    "sides": (
        "left leftmost lefthand leftward leftwards right rightmost righthand rightward rightwards east west "
        "eastern western",
        "左 右 东边 西边 东侧 西侧 向东 向西 東邊 西邊",
    ),
    "heights": (
        "above below over under underneath beneath up down upper lower upward upwards downward downwards upside top "
        "bottom atop overhead high higher low upright uphill downhill upstairs downstairs north south "
        "northern southern taller",
        "上 下 顶 底 高处 低处",
    ),
    "axes": ("row rows column columns horizontal horizontally vertical vertically tall wide sideways", "行 列 横 竖"),
    "turning": ("clockwise counterclockwise anticlockwise", "顺时针 逆时针"),
    "writing": (
        "sign signs lettering says saying reads spells writing written word words letter letters text number numbers "
        "numbered digit digits logo",
        "字 写着 号码 标志 标牌",
    ),
}


class Change(NamedTuple):
    """What is done to pictures (..., H, W, C), where a cell (row, column) goes, and the kinds of WORDS it falsifies."""

    images: Callable[[np.ndarray], np.ndarray]
    cell: Callable[[int, int], tuple[int, int]]
    falsifies: tuple[str, ...]


def _transposed(images: np.ndarray) -> np.ndarray:
    return image.flip_top_bottom(image.quarter_turns(images))


CHANGES = {  # turns are counterclockwise; a transposition exchanges rows and columns
    "horizontal flip": Change(image.flip_left_right, lambda r, c: (r, _LAST - c), ("sides", "turning", "writing")),
    "vertical flip": Change(image.flip_top_bottom, lambda r, c: (_LAST - r, c), ("heights", "turning", "writing")),
    "transposition": Change(_transposed, lambda r, c: (c, r), tuple(WORDS)),
    "quarter turn": Change(image.quarter_turns, lambda r, c: (_LAST - c, r), ("sides", "heights", "axes", "writing")),
    "half turn": Change(
        functools.partial(image.quarter_turns, turns=2),
        lambda r, c: (_LAST - r, _LAST - c),
        ("sides", "heights", "writing"),
    ),
    "three quarter turns": Change(
        functools.partial(image.quarter_turns, turns=3),
        lambda r, c: (c, _LAST - r),
        ("sides", "heights", "axes", "writing"),
    ),
}


class Pairs(NamedTuple):
    """Images (B, H, W, C), their B captions, and which pairs were changed and which refused, (B,) bool each."""

    images: np.ndarray
    captions: list[str]
    changed: np.ndarray
    refused: np.ndarray


def augment(images: np.ndarray, captions: Sequence[str], change: str, random: np.random.RandomState) -> Pairs:
    """Images (B, H, W, C) in [0, 1] and B captions -> Pairs: each is changed with probability 1/2, unless refused.

    A changed pair has its picture changed and its caption mended; all others stay as they are. Raises ValueError for an
    unknown change, another number of captions, and for turned pictures that are not square.
    """
    choose(change, CHANGES, "The change")
    check_rng(random)
    images = image.check(images, axes=("B H W C",))
    if len(images) != len(captions):
        raise ValueError(f"there are {len(images)} images and {len(captions)} captions; give one caption an image.")
    mended = [mend(caption, change) for caption in captions]
    refused = np.array([caption is None for caption in mended])
    changed = (random.randint(0, 2, len(images)) == 1) & ~refused
    turned = CHANGES[change].images(images)
    if turned.shape != images.shape:
        raise ValueError(f"a {change} needs square pictures, got {images.shape}: make them square with image.batch.")
    told = [new if use else old for new, old, use in zip(mended, captions, changed, strict=True)]
    return Pairs(np.where(changed[:, None, None, None], turned, images), told, changed, refused)


def mend(caption: str, change: str) -> str | None:
    """The caption that is true of the changed picture exactly if `caption` is true of the picture; None if refused.

    For captions of the picture world in English and Chinese this holds by construction; they come back in the form of
    the grammar. Any other caption comes back as it is, or as None where `reason` names a word. A refusal is no error of
    the caller, therefore None. Raises ValueError for a caption that is no text or empty, and for an unknown change.
    """
    _check(caption, change)
    sentence = _sentence(caption)
    if sentence is None:
        return caption if reason(caption, change) is None else None
    if not (sentence.relations or sentence.place):
        return caption
    relations = tuple(_relation_after(change, word) for word in sentence.relations)
    place = sentence.place and _place_after(change, sentence.place)
    return grammar.write(sentence._replace(relations=relations, place=place), grammar.language_of(caption))


def reason(caption: str, change: str) -> str | None:
    """The first word for which `mend` refuses a caption, such as "left" or "6"; None if it does not refuse."""
    _check(caption, change)
    if _sentence(caption) is not None:
        return None
    match = _pattern(CHANGES[change].falsifies).search(caption.lower())
    return match and match.group()


def scene_after(scene: Scene, change: str) -> Scene:
    """The scene whose picture is the changed picture of `scene`, as far as the world can draw it."""
    check_scene(scene)
    choose(change, CHANGES, "The change")
    cell = CHANGES[change].cell
    objects = tuple(one._replace(cell=cell(*one.cell)) for one in scene.objects)
    return Scene(objects, scene.background, scene.level)


def _check(caption: str, change: str) -> None:
    choose(change, CHANGES, "The change")
    if not isinstance(caption, str) or not caption.strip():
        raise ValueError(f"caption is {caption!r}; give a text.")


def _sentence(caption: str) -> grammar.Sentence | None:
    try:
        return grammar.parse(caption)
    except ValueError:  # a caption that people wrote need not be a sentence of the grammar
        return None


@functools.cache
def _relation_after(change: str, word: str) -> str:
    """The relation in which any two cells stand after the change exactly if they stood in `word` before it."""
    cell, pairs = CHANGES[change].cell, list(itertools.permutations(CELLS, 2))
    before = [RELATIONS[word](*pair) for pair in pairs]
    moved = [(cell(*first), cell(*second)) for first, second in pairs]
    return next(new for new, holds in RELATIONS.items() if [holds(*pair) for pair in moved] == before)


@functools.cache
def _place_after(change: str, word: str) -> str:
    before = [PLACES[word](cell) for cell in CELLS]
    moved = [CHANGES[change].cell(*cell) for cell in CELLS]
    return next(new for new, holds in PLACES.items() if [holds(cell) for cell in moved] == before)


@functools.cache
def _pattern(kinds: tuple[str, ...]) -> re.Pattern:
    """English as whole words, Chinese anywhere; figures and quotation marks are writing."""
    english = [word for kind in kinds for word in WORDS[kind][0].split()]
    chinese = [word for kind in kinds for word in WORDS[kind][1].split()]
    marks = [r"\d+", '["“”‘「『]'] if "writing" in kinds else []
    return re.compile("|".join([rf"\b(?:{'|'.join(english)})\b", *chinese, *marks]))
