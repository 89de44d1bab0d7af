"""One number that makes a classifier less sure of all its answers, or surer, and changes none of them."""

import numpy as np

from mmcourse import shapes
from mmcourse.metrics import _checks

LOWEST, HIGHEST = 0.05, 20.0  # the range in which `best_temperature` looks


def cooled(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Logits (B, classes) -> probabilities (B, classes): the softmax of the logits divided by a temperature above 0.

    Above 1 it makes the model less sure, below 1 surer. Raises ValueError for a temperature that is not above 0.
    Source: Guo et al. 2017, equation 9.
    """
    logits = _finite(logits)
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature is {temperature!r}; give a number above 0.")
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def best_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """Logits (B, classes), class numbers (B,) -> the temperature, 0.05 to 20, with the lowest mean cross-entropy.

    Take rows from which nothing was learned. Raises ValueError for classes outside and logits that are no numbers.
    Source: Guo et al. 2017, section 4.2.
    """
    from scipy.optimize import minimize_scalar

    logits = _finite(logits)
    truth = _checks.class_numbers(truth, "truth", len(logits))
    if truth.max() >= logits.shape[1]:
        raise ValueError(f"truth has a class {truth.max()}, but the logits have {logits.shape[1]} columns.")

    def cross_entropy(log_temperature):
        scaled = logits / np.exp(log_temperature)
        top = scaled.max(1)
        spread = np.log(np.exp(scaled - top[:, None]).sum(1))
        return np.mean(top + spread - scaled[np.arange(len(truth)), truth])

    found = minimize_scalar(cross_entropy, bounds=(np.log(LOWEST), np.log(HIGHEST)), method="bounded")
    return float(np.exp(found.x))


def _finite(logits: np.ndarray) -> np.ndarray:
    logits = np.asarray(logits, np.float64)
    shapes.check(logits, "B classes", "logits")
    if not np.all(np.isfinite(logits)):
        raise ValueError("logits holds values that are no finite numbers.")
    return logits
