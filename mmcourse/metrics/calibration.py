"""Calibration: is a model right as often as it is sure?"""

import numpy as np

from mmcourse import shapes
from mmcourse.metrics import _checks


def confidence(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities (B, classes) -> (B,): that of the answer, the largest of each row, from 1 / classes to 1.

    Raises ValueError for logits: rows that are not from 0 to 1 with the sum 1.
    """
    return _checks.probabilities(probabilities, "probabilities", len(probabilities)).max(1)


def reliability(right: np.ndarray, sure: np.ndarray, bins: int = 10) -> dict[str, np.ndarray]:
    """Was the answer right, (B,) bool, and how sure, (B,) from 0 to 1 -> three columns (bins,) for bins of equal width.

    `count`, and as means of each bin `right` and `sure`, NaN in an empty one. A bin takes in its upper edge, the first
    one also 0. Raises ValueError for other shapes, no rows, values outside, and fewer than 1 bin.
    """
    right = np.asarray(right)
    if right.dtype != bool:
        raise ValueError(f"right has the type {right.dtype}; give True where the answer was right: truth == answers.")
    shapes.check(right, "B", "right")
    sure = _checks.shares(sure, "sure", len(right))
    edges = np.linspace(0, 1, shapes.whole(bins, "bins") + 1)
    place = np.searchsorted(edges[1:-1], sure)  # (B,) from 0 to bins - 1
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        means = {name: np.bincount(place, column, bins) / count for name, column in (("right", right), ("sure", sure))}
    return {"count": count, **means}


def expected_calibration_error(right: np.ndarray, sure: np.ndarray, bins: int = 10) -> float:
    """Arguments and errors as `reliability` -> 0 to 1: the gap between sure and right, as a mean over the bins.

    Each bin counts as much as it has rows. It grows with the number of bins, and is above 0 by luck alone: compare
    models on the same rows and bins. Source: Guo et al. 2017, equation 3.
    """
    found = reliability(right, sure, bins)
    filled = found["count"] > 0
    gaps = np.abs(found["right"] - found["sure"])[filled]
    return float(np.sum(found["count"][filled] * gaps) / len(right))


def brier_score(truth: np.ndarray, probabilities: np.ndarray) -> float:
    """Class numbers (B,), probabilities (B, classes) -> 0 to 2: squared distance to the one-hot truth, a mean over B.

    Lowest, on average, for the true probabilities, so no trick improves it. scikit-learn halves it for two classes.
    Raises ValueError for logits, one-hot truth and classes outside. Source: Brier 1950, equation 2.
    """
    truth = _checks.class_numbers(truth, "truth")
    probabilities = _checks.probabilities(probabilities, "probabilities", len(truth))
    classes = probabilities.shape[1]
    if truth.max() >= classes:
        raise ValueError(f"truth has a class {truth.max()}, but the {classes} columns are classes 0 to {classes - 1}.")
    return float(np.mean(np.sum((probabilities - np.eye(classes)[truth]) ** 2, axis=1)))
