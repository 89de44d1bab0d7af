"""What all fusions share: sorted order, absent modalities as zeros, shares that sum to 1, one map a modality."""

import numpy as np
from keras import ops

from mmcourse.equations import with_weights
from mmcourse.nn.gradients import softmax_numpy

FAR_BELOW = -1e9  # the score of a modality that is absent: its share is 0
FEATURES, MAPS = {"audio": "B C", "image": "B D", "text": "B F"}, ("C U", "D U", "F U")  # for the registry


def seen_numpy(features: dict[str, np.ndarray], present: np.ndarray | None) -> tuple[list[np.ndarray], np.ndarray]:
    """{modality: (B, D_m)} and present (B, M) or None -> vectors in sorted order, absent ones zero, and present (B, M).

    Raises ValueError for no modality, unequal batches, a shape that is not (B, D_m), a `present` that is not (B, M),
    and a row in which nothing is present.
    """
    shapes = {name: np.shape(features[name]) for name in sorted(features)}
    batches = {shape[0] if len(shape) == 2 else None for shape in shapes.values()}
    if len(batches) != 1 or None in batches:
        raise ValueError(f"features have the shapes {shapes}; give one vector a row, (B, D_m), and equal B.")
    wanted = (batches.pop(), len(shapes))
    there = np.ones(wanted, bool) if present is None else np.asarray(present, bool)
    if there.shape != wanted or not there.any(1).all():
        raise ValueError(f"present has shape {there.shape}; give (B, M) = {wanted}, with a True in every row.")
    return [np.where(there[:, [m]], features[name], 0) for m, name in enumerate(shapes)], there


def seen(features: dict, present) -> tuple[list, object]:
    """As `seen_numpy`, for tensors; shapes are checked when a layer is built, rows without a modality are not."""
    vectors = [features[name] for name in sorted(features)]
    if present is None:
        return vectors, ops.ones((ops.shape(vectors[0])[0], len(vectors)), dtype="bool")
    if present.shape[-1] != len(vectors):
        raise ValueError(f"present has {present.shape[-1]} columns, there are {len(vectors)} modalities; give (B, M).")
    there = ops.cast(present, "bool")  # (B, M)
    return [ops.where(there[:, m : m + 1], x, ops.zeros_like(x)) for m, x in enumerate(vectors)], there


def widths(shape: dict) -> dict[str, int]:
    """{modality: (B, D_m)} of shapes -> {modality: D_m} in sorted order. Raises ValueError for anything else."""
    if not isinstance(shape, dict) or any(len(one) != 2 for one in shape.values()):
        raise ValueError(f"A fusion takes one vector for each modality, {{name: (B, D_m)}}; it was given {shape}.")
    return {name: shape[name][-1] for name in sorted(shape)}


def shares_numpy(scores: np.ndarray, there: np.ndarray) -> np.ndarray:
    """scores (..., M), there (..., M) bool -> (..., M): a softmax over what is there, 0 for the rest."""
    return softmax_numpy(np.where(there, scores, -np.inf))


def shares(scores, there):
    """As `shares_numpy`, for tensors."""
    return ops.softmax(ops.where(there, scores, FAR_BELOW), axis=-1)


def maps_of(layer, shape: dict) -> list:
    """One map (D_m, units) a modality, in sorted order, tracked by the layer."""
    return [layer.add_weight(shape=(width, layer.units), name=f"map_{name}") for name, width in widths(shape).items()]


def by_layer(layer, features: dict, weights: list):
    """What a fusion gives for the features when `weights` are put in the place of its own."""
    layer.build({name: x.shape for name, x in features.items()})
    return with_weights(layer, weights, features)
