"""Scores of answers that are classes: one number from a confusion matrix, each for another question."""

from collections.abc import Callable

import numpy as np

from mmcourse import shapes
from mmcourse.metrics import _checks


def accuracy(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Share of right answers: two arrays of class numbers (B,), never one-hot rows or probabilities.

    Raises ValueError for other shapes: comparing (B,) with (B, classes) would broadcast and give a wrong number; for no
    answers, and for NaN, which equals nothing.
    """
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    shapes.check(truth, "B", "truth")
    shapes.check(predicted, "B", "predicted", B=len(truth))
    if not len(truth):
        raise ValueError("accuracy of no answers is undefined: truth and predicted are empty.")
    for name, values in (("truth", truth), ("predicted", predicted)):
        if values.dtype.kind == "f" and np.isnan(values).any():
            raise ValueError(f"{name} holds NaN in row {int(np.argmax(np.isnan(values)))}; give class numbers.")
    return float(np.mean(truth == predicted))


def confusion_matrix(truth: np.ndarray, predicted: np.ndarray, classes: int | None = None) -> np.ndarray:
    """Class numbers (B,), (B,) -> counts (classes, classes), truth down, prediction across; their sum is B.

    `classes` is the largest number plus one where it is not given; a class that never occurs has a row of zeros.
    Raises ValueError for one-hot rows, different lengths, no answers, and a number outside 0 to classes - 1.
    """
    truth, predicted = _both(truth, predicted)
    highest = int(max(truth.max(), predicted.max()))
    classes = shapes.whole(highest + 1 if classes is None else classes, "classes")
    if highest >= classes:
        raise ValueError(f"There is a class {highest}, but {classes} classes go from 0 to {classes - 1}.")
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (truth, predicted), 1)
    return counts


def precision(truth: np.ndarray, predicted: np.ndarray, positive: int = 1) -> float:
    """Class numbers (B,), (B,) -> 0 to 1: of the rows called `positive`, the share that is. 0 where none is so called.

    Errors as `confusion_matrix`.
    """
    hits, called, _ = _counts(truth, predicted, positive)
    return hits / called if called else 0.0


def recall(truth: np.ndarray, predicted: np.ndarray, positive: int = 1) -> float:
    """Class numbers (B,), (B,) -> 0 to 1: of the rows that are `positive`, the share called so. 0 where there is none.

    Errors as `confusion_matrix`.
    """
    hits, _, there = _counts(truth, predicted, positive)
    return hits / there if there else 0.0


def f1(truth: np.ndarray, predicted: np.ndarray, positive: int = 1) -> float:
    """Class numbers (B,), (B,) -> 0 to 1: the harmonic mean of `precision` and `recall`, 0 where nothing is found.

    Errors as `confusion_matrix`.
    """
    hits, called, there = _counts(truth, predicted, positive)
    return 2 * hits / (called + there) if called + there else 0.0


def macro(score: Callable, truth: np.ndarray, predicted: np.ndarray, classes: int | None = None) -> float:
    """The mean of `precision`, `recall` or `f1` over the classes, each in turn the positive one: all count alike.

    Without `classes` those that occur in truth or prediction; with it 0 to classes - 1, where one that never occurs
    counts as 0. Errors as `confusion_matrix`.
    """
    truth, predicted = _both(truth, predicted)
    there = np.union1d(truth, predicted)
    if classes is not None:
        confusion_matrix(truth, predicted, classes)  # refuses numbers outside
        there = range(classes)
    return float(np.mean([score(truth, predicted, int(positive)) for positive in there]))


def _both(truth: np.ndarray, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    truth = _checks.class_numbers(truth, "truth")
    return truth, _checks.class_numbers(predicted, "predicted", len(truth))


def _counts(truth: np.ndarray, predicted: np.ndarray, positive: int) -> tuple[int, int, int]:
    """Numbers of rows: called positive and so, called positive, positive."""
    truth, predicted = _both(truth, predicted)
    is_so, called = truth == positive, predicted == positive
    return int(np.sum(is_so & called)), int(np.sum(called)), int(np.sum(is_so))
