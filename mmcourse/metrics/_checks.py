"""Checks that all scores share: class numbers, numbers, probabilities, each refused with what to give instead."""

import numpy as np

from mmcourse import shapes


def class_numbers(values: np.ndarray, name: str, count: int | None = None) -> np.ndarray:
    """Class numbers (B,), whole and from 0 up, as integers; `count` fixes B."""
    values = np.asarray(values)
    sizes = {} if count is None else {"B": count}
    if values.ndim == 2 and values.shape[1] > 1:
        raise ValueError(
            f"{name} has shape {values.shape}: rows of one-hot vectors or probabilities? Give class numbers (B,): "
            f"{name}.argmax(-1)."
        )
    shapes.check(values, "B", name, **sizes)
    if not len(values):
        raise ValueError(f"{name} is empty: a score of no answers is undefined; give at least one.")
    if values.dtype == bool:
        return values.astype(np.int64)
    whole = values.dtype.kind in "iu" or (values.dtype.kind == "f" and np.array_equal(values, np.round(values)))
    if not whole or np.min(values) < 0:
        raise ValueError(f"{name} holds {_first_wrong(values)!r}; give class numbers, whole and from 0 up.")
    return values.astype(np.int64)


def finite_numbers(values: np.ndarray, name: str, count: int | None = None) -> np.ndarray:
    """Finite numbers (B,) as float64; `count` fixes B."""
    values = np.asarray(values)
    if values.dtype.kind not in "biuf":
        raise ValueError(f"{name} has the type {values.dtype}; give numbers.")
    shapes.check(values, "B", name, **({} if count is None else {"B": count}))
    if not len(values):
        raise ValueError(f"{name} is empty: a score of no answers is undefined; give at least one.")
    if not np.all(np.isfinite(values)):
        at = int(np.argmin(np.isfinite(values)))
        raise ValueError(f"{name} holds {values[at]} in row {at}; find out where it comes from.")
    return values.astype(np.float64)


def probabilities(values: np.ndarray, name: str, count: int) -> np.ndarray:
    """Rows of probabilities (B, classes), each with the sum 1, as float64."""
    values = np.asarray(values, np.float64)
    shapes.check(values, "B classes", name, B=count)
    if not np.all((values >= 0) & (values <= 1 + 1e-6)):  # NaN fails too
        raise ValueError(f"{name} holds numbers outside 0 to 1: give probabilities, the softmax of the logits.")
    if values.shape[1] < 2 or np.abs(values.sum(1) - 1).max() > 1e-3:
        raise ValueError(f"The rows of {name} must sum to 1 over at least 2 classes: give softmax(logits), not logits.")
    return values


def shares(values: np.ndarray, name: str, count: int) -> np.ndarray:
    """Numbers (B,) from 0 to 1."""
    values = finite_numbers(values, name, count)
    if np.min(values) < 0 or np.max(values) > 1:
        raise ValueError(f"{name} runs from {np.min(values):.3g} to {np.max(values):.3g}, expected 0 to 1.")
    return values


def _first_wrong(values: np.ndarray):
    if values.dtype.kind not in "iuf":
        return values.tolist()[0]
    wrong = (values != np.round(values)) | (values < 0)  # NaN differs from itself
    return values[np.argmax(wrong)].item()
