"""Retrieval: how high the right items stand when a gallery is sorted for a query, and how high by chance.

`scores` is (queries, gallery), larger for what fits better; `right` (queries, gallery) marks the right items, of which
a query may have several. Without it the item of the query's own number is right. Say the size of the gallery beside
every number: the same model finds more among fewer.
"""

from collections.abc import Sequence

import numpy as np

from mmcourse import shapes
from mmcourse.data import world


def ranks(scores: np.ndarray, right: np.ndarray | None = None) -> np.ndarray:
    """scores, right (queries, gallery) -> (queries,): the place of the best right item, 1 for the first.

    Wrong items with the same score stand before it: a model that gives all the same score finds nothing.
    Raises ValueError for scores that are no numbers, for a gallery of one, where every query finds its item, for a
    query without a right item, and, where `right` is not given, for another number of items than of queries.
    """
    right = _checked(scores, right)
    scores = np.asarray(scores, float)
    best = np.where(right, scores, -np.inf).max(axis=1, keepdims=True)  # (queries, 1)
    return 1 + np.sum((scores >= best) & ~right, axis=1)


def recall_at_k(scores: np.ndarray, k: int, right: np.ndarray | None = None) -> float:
    """Share of queries, 0 to 1, with a right item among the first k; errors as in `ranks`, and for k outside."""
    return float(np.mean(ranks(scores, right) <= _places(k, np.shape(scores)[1])))


def median_rank(scores: np.ndarray, right: np.ndarray | None = None) -> float:
    """The median over queries of the place of the best right item, from 1 up; errors as in `ranks`."""
    return float(np.median(ranks(scores, right)))


def chance(k: int, right: np.ndarray) -> float:
    """The `recall_at_k` to expect when the gallery is shuffled, from right (queries, gallery).

    With r right items among n, all of the first k are wrong with probability (n-r)/n · (n-r-1)/(n-1) · …, k factors.
    Raises ValueError for a gallery of one.
    """
    right = np.asarray(right, bool)
    size = _gallery(shapes.check(right, "queries gallery", "right")[1])
    wrong = size - right.sum(axis=1, keepdims=True)  # (queries, 1)
    drawn = np.arange(_places(k, size))
    return float(1 - np.prod(np.maximum(wrong - drawn, 0) / (size - drawn), axis=1).mean())


def truths(captions: Sequence[str], scenes: Sequence[world.Scene]) -> np.ndarray:
    """Captions (n,), scenes (m,) -> (n, m) bool: which caption is true of which scene of the picture world.

    Raises ValueError for a caption outside the world's grammar, for no caption and for no scene.
    """
    if not len(captions) or not len(scenes):
        raise ValueError(f"There are {len(captions)} captions and {len(scenes)} scenes; give at least one of each.")
    read = {caption: world.parse(caption) for caption in set(captions)}
    held = {caption: [world.witness(scene, said) is not None for scene in scenes] for caption, said in read.items()}
    return np.array([held[caption] for caption in captions], bool).reshape(len(captions), len(scenes))


def _checked(scores: np.ndarray, right: np.ndarray | None) -> np.ndarray:
    queries, size = shapes.check(scores, "queries gallery", "scores")
    _gallery(size)
    if np.isnan(scores).any() or not queries:
        raise ValueError(f"scores has shape {np.shape(scores)}; give at least one row, and numbers only, no NaN.")
    if right is None:
        if queries != size:
            raise ValueError(f"{queries} queries and {size} items: say with `right` which items are right.")
        return np.eye(size, dtype=bool)
    shapes.check(right, "queries gallery", "right", queries=queries, gallery=size)
    right = np.asarray(right, bool)
    if not right.any(axis=1).all():
        raise ValueError(f"Query {int(np.argmin(right.any(axis=1)))} has no right item: leave it out.")
    return right


def _gallery(size: int) -> int:
    if size < 2:
        raise ValueError(f"The gallery has {size} items, and no query could miss: give at least 2.")
    return size


def _places(k: int, size: int) -> int:
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k <= size:
        raise ValueError(f"k is {k!r}; give a whole number from 1 to {size}, the size of the gallery.")
    return int(k)
