"""Experts that were trained apart, fused at inference: the mean and the product of their probabilities. NumPy only.

B samples, M modalities in the sorted order of their names, C classes.
"""

import numpy as np

from mmcourse import shapes

LEAST = 1e-12  # of a probability: below it no expert can forbid a class


def mean_of_experts(posteriors: dict[str, np.ndarray], present: np.ndarray | None = None) -> np.ndarray:
    """{modality: (B, C)} probabilities, present (B, M) bool or None -> (B, C): their mean over those that are there.

    The sum rule of Kittler et al. 1998. Raises ValueError for what are no probabilities, unequal shapes, and a row in
    which nothing is present.
    """
    tables, there = _checked(posteriors, present)
    return np.where(there[..., None], tables, 0).sum(1) / there.sum(1, keepdims=True)


def product_of_experts(
    posteriors: dict[str, np.ndarray], prior: np.ndarray, present: np.ndarray | None = None
) -> np.ndarray:
    """{modality: (B, C)}, prior (C,), present (B, M) bool or None -> (B, C): prior**(1 - M) times their product.

    Normalized; M counts those that are there. The exact posterior where the modalities are independent given the class
    and each expert is exact (the product rule of Kittler et al. 1998). Probabilities below 1e-12 count as 1e-12.
    Raises ValueError as `mean_of_experts`, and for a prior that is not above 0 or does not sum to 1.
    """
    tables, there = _checked(posteriors, present)
    prior = np.asarray(prior, np.float64)
    shapes.check(prior, "C", "prior", C=tables.shape[2])
    if not np.all(prior > 0) or abs(prior.sum() - 1) > 1e-6:
        raise ValueError(f"prior is {prior}; give the share of each class, all above 0, with the sum 1.")
    logs = np.where(there[..., None], np.log(np.maximum(tables, LEAST)), 0).sum(1)
    logs += (1 - there.sum(1, keepdims=True)) * np.log(prior)  # (B, C)
    shares = np.exp(logs - logs.max(1, keepdims=True))
    return shares / shares.sum(1, keepdims=True)


def _checked(posteriors: dict, present: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """The tables (B, M, C) in sorted order, float64, and who is there (B, M)."""
    given = {name: np.shape(posteriors[name]) for name in sorted(posteriors)}
    if len(set(given.values())) != 1 or any(len(shape) != 2 for shape in given.values()):
        raise ValueError(f"posteriors have the shapes {given}; give one (B, C) for each modality, all alike.")
    tables = np.stack([np.asarray(posteriors[name], np.float64) for name in given], axis=1)
    if not np.all(tables >= 0) or np.abs(tables.sum(-1) - 1).max() > 1e-3:
        raise ValueError("Each row must be probabilities, from 0 up with the sum 1: give softmax(logits), not logits.")
    there = np.ones(tables.shape[:2], bool) if present is None else np.asarray(present, bool)
    shapes.check(there, "B M", "present", B=tables.shape[0], M=tables.shape[1])
    if not there.any(1).all():
        raise ValueError("present has a row without a True: with no modality there is nothing to fuse.")
    return tables, there
