"""The same questions for models of different kinds: how well does each sentence fit its picture?

A score function takes images (n, H, W, C) and tokens (n, T), START … END and PAD, and gives (n,), larger for what fits
better. `cosine`, `log_likelihood` and `verdict` make one of a dual encoder, a language model that reads pictures, and
a classifier into false and true.
"""

from collections.abc import Callable
from itertools import islice

import keras
import numpy as np

from mmcourse import shapes
from mmcourse.data import world
from mmcourse.nn.caption_bits import token_bits_numpy
from mmcourse.nn.dual_encoder import DualEncoder

Score = Callable[[np.ndarray, np.ndarray], np.ndarray]


def cosine(model: DualEncoder) -> Score:
    """Score of a dual encoder of "image" and "text": the cosine of the two vectors."""

    def score(images, tokens):
        vectors = _in_parts(model, {"image": images, "text": tokens})  # {m: (n, D)}, of length 1
        return (vectors["image"] * vectors["text"]).sum(1)

    return score


def log_likelihood(model: keras.Model) -> Score:
    """Score of a model {"image", "tokens"} -> logits (n, T - 1, V): log2 of the sentence's probability, in bits."""

    def score(images, tokens):
        shapes.check(tokens, "n T", "tokens", n=len(images), T=model.output_shape[1] + 1)
        logits = _in_parts(model, {"image": images, "tokens": tokens[:, :-1]})
        return -token_bits_numpy(logits.astype(np.float64), tokens[:, 1:]).sum(1)

    return score


def verdict(model: keras.Model) -> Score:
    """Score of a classifier {"image", "tokens"} -> logits (n, 2) of false and true: the lead of true."""

    def score(images, tokens):
        false, true = _in_parts(model, {"image": images, "tokens": tokens}).T
        return true - false

    return score


def galleries(scenes: list, captions: list[str], size: int) -> np.ndarray:
    """(n, size) rows of scenes: for each caption its own scene first, then the next ones of which it is not true.

    Raises ValueError for a size below 2, a caption that is not true of its scene, that of the same number, and where
    there are too few other scenes.
    """
    shapes.whole(size, "size", least=2)
    rows = []
    for number, caption in enumerate(captions):
        said = world.parse(caption)
        if number >= len(scenes) or world.witness(scenes[number], said) is None:
            raise ValueError(f"Caption {number} of {len(captions)}, {caption!r}, is not true of scene {number}.")
        others = (place % len(scenes) for place in range(number + 1, number + len(scenes)))
        wrong = list(islice((place for place in others if world.witness(scenes[place], said) is None), size - 1))
        if len(wrong) < size - 1:
            raise ValueError(f"A gallery of {size} needs more scenes than {len(scenes)}.")
        rows.append([number, *wrong])
    return np.array(rows)


def found(score: Score, images: np.ndarray, tokens: np.ndarray, rows: np.ndarray) -> float:
    """Share of sentences whose own picture, the first of its row of `galleries`, scores above all others of the row."""
    queries, size = shapes.check(rows, "queries size", "rows", queries=len(tokens))
    scores = score(images[rows.ravel()], np.repeat(tokens, size, axis=0)).reshape(queries, size)
    return float(np.mean(scores[:, 0] > scores[:, 1:].max(1)))


def told_apart(score: Score, images: np.ndarray, true: np.ndarray, false: np.ndarray) -> float:
    """Share of pictures whose true sentence (n, T) scores above the false one; equal scores count a half.

    Scores are equal up to 1e-5, the rounding of the models.
    """
    lead = score(images, true) - score(images, false)
    return float(np.mean((lead > 1e-5) + 0.5 * (np.abs(lead) <= 1e-5)))


def _in_parts(model: keras.Model, inputs: dict[str, np.ndarray]):
    """What a model gives for {modality: (n, …)}, as arrays, 256 rows at a time: nothing is compiled for a new n."""
    counts = {name: len(values) for name, values in inputs.items()}
    count = min(counts.values())
    if not count or count != max(counts.values()):
        raise ValueError(f"Pictures and sentences must be equally many, at least one, not {counts}.")
    parts = []
    for start in range(0, count, 256):
        given = model({name: values[start : start + 256] for name, values in inputs.items()}, training=False)
        parts.append(keras.tree.map_structure(keras.ops.convert_to_numpy, given))
    return keras.tree.map_structure(lambda *arrays: np.concatenate(arrays), *parts)
