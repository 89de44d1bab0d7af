"""Scores of answers that are numbers: how far off, in their unit, and against always saying the mean."""

import numpy as np

from mmcourse.metrics import _checks


def mean_absolute_error(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Numbers (B,), (B,) -> the mean distance, from 0 up, in their unit.

    Raises ValueError for different lengths, no rows, and values that are no finite numbers.
    """
    truth, predicted = _both(truth, predicted)
    return float(np.mean(np.abs(truth - predicted)))


def root_mean_square_error(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Numbers (B,), (B,) -> the root of the mean squared distance, in their unit, never below the mean absolute error.

    Errors as `mean_absolute_error`.
    """
    truth, predicted = _both(truth, predicted)
    return float(np.sqrt(np.mean((truth - predicted) ** 2)))


def r_squared(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Numbers (B,), (B,) -> at most 1: one minus the squared error divided by that of always saying the mean of truth.

    1 is perfect, 0 as good as that mean, below 0 worse; no unit, and no square of anything.
    Raises ValueError where all of truth is equal, which makes it 0 / 0, and as `mean_absolute_error`.
    """
    truth, predicted = _both(truth, predicted)
    around_mean = np.sum((truth - truth.mean()) ** 2)
    if around_mean == 0:
        raise ValueError(f"All {len(truth)} true values are {truth[0]:g}: R squared is undefined; use the mean error.")
    return float(1 - np.sum((truth - predicted) ** 2) / around_mean)


def _both(truth: np.ndarray, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    truth = _checks.finite_numbers(truth, "truth")
    return truth, _checks.finite_numbers(predicted, "predicted", len(truth))
