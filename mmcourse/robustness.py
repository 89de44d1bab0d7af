"""Robustness: how the accuracy of a model falls while one input gets worse, and with which inputs it can do at all.

`answer(inputs)` gives class numbers (B,) for inputs {modality: (B, …)}, as in `probe.ablation`.
"""

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from mmcourse import probe
from mmcourse.metrics import accuracy


def robustness_curve(
    answer: Callable, inputs: dict[str, np.ndarray], truth: np.ndarray, worse: Callable, levels: Sequence[float]
) -> np.ndarray:
    """Accuracies (levels,) of the answers to `worse(inputs, level)`, for each level in rising order.

    For example `worse = lambda inputs, level: probe.corrupt(inputs, {"image": level}, seed=1)`.
    Raises ValueError for fewer than two levels, and for levels that do not rise.
    """
    return np.array([accuracy(truth, answer(worse(inputs, level))) for level in _rising(levels)])


def area_under(levels: Sequence[float], scores: np.ndarray) -> np.ndarray:
    """levels (n,), scores (…, n) -> (…): the mean score over the range of levels, between levels on straight lines.

    The area under the curve (trapezoidal rule) divided by the width of the range, so that a score that never falls is
    its own area. Raises ValueError for fewer than two levels, levels that do not rise, and another number of scores.
    """
    levels, scores = _rising(levels), np.asarray(scores, float)
    if scores.ndim < 1 or scores.shape[-1] != len(levels):
        raise ValueError(f"There are {len(levels)} levels, but the scores have shape {scores.shape}: one a level last.")
    return np.trapezoid(scores, levels, axis=-1) / (levels[-1] - levels[0])


def missing_modalities(
    answer: Callable, inputs: dict[str, np.ndarray], truth: np.ndarray
) -> dict[tuple[str, ...], float]:
    """Accuracy with every selection of the modalities that is not empty, the largest first, by their sorted names.

    A missing one is marked as absent where there is an input "present", else replaced by zeros (`probe.drop`).
    """
    take_away = probe.without if "present" in inputs else probe.drop
    names = sorted(set(inputs) - {"present"})
    scores = {}
    for kept in (kept for size in range(len(names), 0, -1) for kept in combinations(names, size)):
        given = inputs
        for name in sorted(set(names) - set(kept)):
            given = take_away(given, name)
        scores[kept] = accuracy(truth, answer(given))
    return scores


def _rising(levels: Sequence[float]) -> np.ndarray:
    found = np.asarray(levels, float)
    if found.ndim != 1 or len(found) < 2 or not np.all(np.diff(found) > 0):
        raise ValueError(f"The levels are {np.array2string(found, threshold=8)}; give at least two that rise.")
    return found
