"""Which tokens may be drawn, and how likely each is: temperature, top-k, top-p."""

import numpy as np

from mmcourse import shapes
from mmcourse.data.text import PAD, START

NEVER = [PAD, START]  # no model says them


def probabilities(
    logits: np.ndarray, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> np.ndarray:
    """logits (B, V) -> probabilities (B, V) of the next token: softmax(logits / temperature) of those allowed.

    A temperature below 1 prefers what is likely anyway, near 0 it is greedy. See `allowed` for top_k and top_p; they
    look at the probabilities after the temperature. Raises ValueError for a temperature of 0 or less, and as `allowed`.
    """
    shapes.check(logits, "B V", "logits")
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature is {temperature!r}; give a number above 0, or call `greedy`.")
    p = _softmax(np.asarray(logits, np.float64) / temperature)
    kept = np.where(allowed(p, top_k, top_p), p, 0)
    return kept / kept.sum(axis=1, keepdims=True)


def allowed(p: np.ndarray, top_k: int | None = None, top_p: float | None = None) -> np.ndarray:
    """Probabilities (B, V) -> bool (B, V): the `top_k` likeliest, and the fewest likeliest that hold `top_p` together.

    Of tokens of the same probability the first ones are kept. With both, a token has to pass both.
    Raises ValueError for a top_k below 1, and a top_p outside 0 to 1.
    (Top-k: Fan, Lewis and Dauphin 2018; top-p, the nucleus: Holtzman et al. 2020, equations 2 and 3.)
    """
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p!r}; give a share above 0, up to 1.")
    order = np.argsort(-p, axis=1, kind="stable")  # (B, V), the likeliest first
    rank = np.argsort(order, axis=1)
    keep = np.ones(p.shape, bool)
    if top_k is not None:
        keep &= rank < shapes.whole(top_k, "top_k")
    if top_p is not None:
        before = np.cumsum(np.take_along_axis(p, order, 1), axis=1) - np.take_along_axis(p, order, 1)
        keep &= np.take_along_axis(before < top_p, rank, 1)  # what is likelier does not hold top_p yet
    return keep


def log_probabilities(logits: np.ndarray) -> np.ndarray:
    """logits (B, V) -> natural logarithms (B, V) of the probabilities; -inf for what no model says.

    Raises ValueError for logits that are not numbers, as those of a model that has diverged.
    """
    logits = np.array(logits, np.float64)
    check_numbers(not np.isnan(logits).any())
    logits[:, NEVER] = -np.inf
    highest = logits.max(axis=1, keepdims=True)
    return logits - highest - np.log(np.exp(logits - highest).sum(axis=1, keepdims=True))


def check_numbers(are_numbers: bool) -> None:
    """Raises ValueError for logits that are not."""
    if not are_numbers:
        raise ValueError("The logits are not numbers (NaN): the model has diverged, or its inputs hold NaN.")


def _softmax(logits: np.ndarray) -> np.ndarray:
    return np.exp(log_probabilities(logits))
