"""The same questions for models of different kinds: how well does each sentence fit its picture?

A score function takes images (n, H, W, C) and tokens (n, T), START … END and PAD, and gives (n,), larger for what fits
better. `cosine`, `log_likelihood` and `verdict` make one of a dual encoder, a language model that reads pictures, and
a classifier into false and true.
"""

from collections.abc import Callable

import keras
import numpy as np

from mmcourse import shapes
from mmcourse.data import world
from mmcourse.data.text import PAD
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
        return _log_likelihood(logits, tokens[:, 1:])

    return score


def verdict(model: keras.Model) -> Score:
    """Score of a classifier {"image", "tokens"} -> logits (n, 2) of false and true: the lead of true."""

    def score(images, tokens):
        false, true = _in_parts(model, {"image": images, "tokens": tokens}).T
        return true - false

    return score


def galleries(scenes: list, captions: list[str], size: int) -> np.ndarray:
    """(n, size) rows of scenes: for each caption its own scene first, then the next ones of which it is not true.

    Raises ValueError where there are too few such scenes.
    """
    rows = []
    for number, caption in enumerate(captions):
        said = world.parse(caption)
        others = (place % len(scenes) for place in range(number + 1, number + len(scenes)))
        wrong = [place for place in others if world.witness(scenes[place], said) is None][: size - 1]
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
    """Share of pictures whose true sentence (n, T) scores above the false one; equal scores count a half."""
    lead = score(images, true) - score(images, false)
    return float(np.mean((lead > 1e-5) + 0.5 * (np.abs(lead) <= 1e-5)))


def _in_parts(model: keras.Model, inputs: dict[str, np.ndarray]):
    """What a model gives for {modality: (n, …)}, as arrays, 256 rows at a time: nothing is compiled for a new n."""
    count = len(next(iter(inputs.values())))
    parts = []
    for start in range(0, count, 256):
        given = model({name: values[start : start + 256] for name, values in inputs.items()}, training=False)
        parts.append(keras.tree.map_structure(keras.ops.convert_to_numpy, given))
    return keras.tree.map_structure(lambda *arrays: np.concatenate(arrays), *parts)


def _log_likelihood(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """logits (n, T, V), targets (n, T) -> (n,): log2 of the probability of all targets that are not PAD."""
    logits = logits.astype(np.float64)
    largest = logits.max(-1, keepdims=True)
    normalizer = np.log(np.exp(logits - largest).sum(-1)) + largest[..., 0]  # (n, T)
    scores = np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0] - normalizer
    return (scores * (targets != PAD)).sum(1) / np.log(2)
