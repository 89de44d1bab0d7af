"""Scores, truth first and prediction second, as in scikit-learn."""

import numpy as np

from mmcourse import shapes


def accuracy(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Share of right answers: two arrays of class numbers (B,), never one-hot rows or probabilities.

    Raises ValueError for other shapes: comparing (B,) with (B, classes) would broadcast and give a wrong number.
    """
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    shapes.check(truth, "B", "truth")
    shapes.check(predicted, "B", "predicted", B=len(truth))
    if not len(truth):
        raise ValueError("accuracy of no answers is undefined: truth and predicted are empty.")
    return float(np.mean(truth == predicted))
