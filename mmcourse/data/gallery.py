"""Pictures of the picture world, each with a caption: the pairs that a dual encoder is trained on, and a gallery.

Level 1: two objects in one row or one column, and one of the captions that are true of them. Also pictures of one
object, sentences that name its kind, and facts of a scene, to ask a trained tower what it knows.
"""

import functools
from typing import NamedTuple

import numpy as np

from mmcourse import shapes
from mmcourse.data import text, world

SIZE = 16  # pixels of a picture's side
LENGTH = 10  # tokens of the longest caption, START and END counted
SEED = 1000  # of the gallery
KINDS = tuple(dict.fromkeys((color, shape) for _, color, shape in world.LEVELS[1].kinds))  # 36 (color, shape)
PROMPTS = ("bare words", "noun prompt", "photo prompt", "sentence prompts")


class Described(NamedTuple):
    """Scenes and captions, lists of n, and `inputs`: "image" (n, size, size, 3) in [0, 1], "text" (n, 10) int32."""

    scenes: list[world.Scene]
    captions: list[str]
    inputs: dict[str, np.ndarray]


def training(count: int, seed: int, size: int = SIZE) -> Described:
    """Pairs to train on: `count` scenes of the split "train", drawn with replacement, a caption drawn for each.

    Raises ValueError for a count below 1, and for a size below 16 pixels.
    """
    shapes.whole(count, "count")
    return captioned_scenes(world.sample(count, seed=seed), seed, size)


def gallery(count: int = 1000, split: str = "test", size: int = SIZE) -> Described:
    """A gallery: `count` different scenes of a split, always the same, a caption drawn for each.

    Several pictures of it can fit one caption: `mmcourse.retrieval.truths` says which do.
    Raises ValueError for another split, a size below 16 pixels, and a gallery of fewer than 2, where every query finds
    its picture.
    """
    shapes.whole(count, "count", 2)
    drawn = list(dict.fromkeys(world.sample(3 * count, seed=SEED, split=split)))
    if len(drawn) < count:
        raise ValueError(f"A gallery of {count} is too large: {len(drawn)} different scenes were drawn.")
    return captioned_scenes(drawn[:count], SEED, size)


def captioned_scenes(scenes: list[world.Scene], seed: int, size: int = SIZE) -> Described:
    """The same scenes with their pictures, and with captions that the seed draws. Raises ValueError as `render`."""
    random = np.random.RandomState(seed)
    captions = [world.describe(scene, "en", random) for scene in scenes]
    return Described(scenes, captions, {"image": world.render(scenes, size), "text": tokens(captions)})


@functools.cache
def vocabulary() -> text.WordVocabulary:
    """The words of 16,000 training captions of level 1, with their ids."""
    random = np.random.RandomState(0)
    captions = [world.describe(scene, "en", random) for scene in world.sample(16000, seed=0)]
    return text.WordVocabulary().fit(captions, size=100)


def tokens(captions: list[str]) -> np.ndarray:
    """Captions (n,) -> (n, 10) int32, tokens of `vocabulary`; a word that it does not have becomes UNKNOWN.

    Raises ValueError for no caption, and for one of more than 8 words, which would lose its end.
    """
    found, _ = vocabulary().batch(captions)
    if found.shape[1] > LENGTH:
        longest = max(captions, key=lambda caption: len(vocabulary().encode(caption)))
        raise ValueError(f"{longest!r} has more than {LENGTH - 2} words: shorten it, its end would be cut off.")
    return vocabulary().batch(captions, LENGTH)[0]


def lone_objects(size: int = SIZE) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (324, size, size, 3) of one object, each of KINDS in each of nine cells, and its number in KINDS, int32.

    No scene of level 1 is like them. Raises ValueError for a size below 16 pixels.
    """
    cells = [(row, column) for row in range(3) for column in range(3)]
    objects = [world.Object("large", *kind, cell) for kind in KINDS for cell in cells]
    labels = np.repeat(np.arange(len(KINDS), dtype=np.int32), len(cells))
    return world.render([world.Scene((one,)) for one in objects], size), labels


def prompts(form: str) -> list[list[str]]:
    """For each of KINDS the sentences that stand for it, in one of four forms, PROMPTS.

    "bare words": red ring. "noun prompt": a red ring. "photo prompt": a photo of a red ring. "sentence prompts": all
    140 captions of level 1 that name it first, beside each of the 35 other kinds. Raises ValueError for another form.
    """
    if form not in PROMPTS:
        raise ValueError(f"form is {form!r}; choose one of {', '.join(PROMPTS)}.")
    if form == "sentence prompts":
        return [[_relation(kind, word, other) for word in _WORDS for other in KINDS if other != kind] for kind in KINDS]
    nouns = [_relation(kind, _WORDS[0], kind).partition(f" {_WORDS[0]}")[0] for kind in KINDS]
    if form == "bare words":
        return [[noun.partition(" ")[2]] for noun in nouns]
    return [[noun if form == "noun prompt" else f"a photo of {noun}"] for noun in nouns]


def prompt_tokens(form: str) -> np.ndarray:
    """`prompts` as tokens (36, P, 10) int32, P sentences for each of KINDS. Raises ValueError as that."""
    found = prompts(form)
    return tokens([sentence for sentences in found for sentence in sentences]).reshape(len(found), -1, LENGTH)


def scene_facts(scenes: list[world.Scene]) -> dict[str, np.ndarray]:
    """What is true of the object on the left, or on top, (n,) int32 each: "color", "shape", "same row" and "cell".

    Numbers in COLORS and SHAPES; "same row" is 1 where the two objects share a row, 0 where they share a column; the
    cell from 0, on the upper left, to 8. Captions of level 1 tell three of the four; in which cells the objects are,
    they do not. Raises ValueError for a scene of other than two objects.
    """
    for scene in scenes:
        if len(scene.objects) != 2:
            raise ValueError(f"A scene has {len(scene.objects)} objects; these facts are those of scenes of two.")
    first = [scene.objects[0] for scene in scenes]
    columns = {
        "color": [world.COLORS.index(one.color) for one in first],
        "shape": [world.SHAPES.index(one.shape) for one in first],
        "same row": [scene.objects[0].cell[0] == scene.objects[1].cell[0] for scene in scenes],
        "cell": [3 * one.cell[0] + one.cell[1] for one in first],
    }
    return {name: np.array(values, np.int32) for name, values in columns.items()}


_WORDS = ("left of", "right of", "above", "below")


def _relation(first: tuple[str, str], word: str, second: tuple[str, str]) -> str:
    return world.write(world.Sentence("relation", (world.Noun(None, *first), world.Noun(None, *second)), (word,)))
