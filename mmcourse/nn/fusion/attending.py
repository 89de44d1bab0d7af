"""Fusions that attend: shares of the modalities that are computed anew for each example, from the vectors themselves.

Each function's errors are those of `common.seen_numpy`.
"""

import keras
import numpy as np
from keras import layers, ops

from mmcourse import shapes
from mmcourse.equations import equation
from mmcourse.nn.contrastive import positive
from mmcourse.nn.fusion.common import FEATURES, MAPS, by_layer, maps_of, seen, seen_numpy, shares, shares_numpy


class _WeightedMean(layers.Layer):
    """What both layers share: the mapped vectors, and their mean with the softmax of scores that a layer computes."""

    def build(self, shape):
        self.maps = maps_of(self, shape)

    def call(self, features, present=None):
        mapped, share = self._mapped(features, present)
        return ops.sum(share[..., None] * mapped, axis=1)

    def shares(self, features, present=None):
        """The shares (B, M) of the modalities, in sorted order of their names; each row sums to 1."""
        return self._mapped(features, present)[1]

    def _mapped(self, features, present):
        vectors, there = seen(features, present)
        mapped = ops.stack([ops.matmul(x, W) for x, W in zip(vectors, self.maps, strict=True)], axis=1)  # (B, M, U)
        return mapped, shares(self._scores(mapped, there), there)


@equation("eq-fusion-attention", lesson="fusion", source="bahdanau2015neural", keras="nn.fusion.Attention",
          features=FEATURES, maps=MAPS, scorer=("U H", "H", "H"))  # fmt: skip
def attention_fusion_numpy(
    features: dict[str, np.ndarray], maps: tuple, scorer: tuple, present: np.ndarray | None = None
) -> np.ndarray:
    """{modality: (B, D_m)}, maps M of (D_m, U), scorer A (U, H), q (H,), v (H,) -> (B, U): a mean, shares by example.

    A modality scores v . tanh(its mapped vector A + q), where q is a learned query.
    Source: Bahdanau et al. 2015, appendix A.1.2; for modalities: Hori et al. 2017.
    """
    (vectors, there), (A, q, v) = seen_numpy(features, present), scorer
    mapped = np.stack([x @ W for x, W in zip(vectors, maps, strict=True)], axis=1)  # (B, M, U)
    share = shares_numpy(np.tanh(mapped @ A + q) @ v, there)  # (B, M)
    return (share[..., None] * mapped).sum(1)


def attention_fusion_keras(features, maps, scorer):
    """As `attention_fusion_numpy`, by the layer `Attention`."""
    return by_layer(Attention(maps[0].shape[1], scorer[0].shape[1]), features, [*maps, *scorer])


@keras.saving.register_keras_serializable("mmcourse")
class Attention(_WeightedMean):
    """{modality: (B, D_m)} -> (B, units), as `attention_fusion_numpy`; `hidden` is H.

    Weights: units times the sum of D_m, plus H times (units + 2).
    """

    def __init__(self, units: int, hidden: int = 32, **keywords):
        super().__init__(**keywords)
        self.units, self.hidden = shapes.whole(units, "units"), shapes.whole(hidden, "hidden")

    def build(self, shape):
        super().build(shape)
        self.A = self.add_weight(shape=(self.units, self.hidden), name="scorer")
        self.q = self.add_weight(shape=(self.hidden,), initializer="zeros", name="query")
        self.v = self.add_weight(shape=(self.hidden,), initializer="random_normal", name="direction")

    def _scores(self, mapped, there):
        return ops.matmul(ops.tanh(ops.matmul(mapped, self.A) + self.q), self.v[:, None])[..., 0]

    def get_config(self):
        return super().get_config() | {"units": self.units, "hidden": self.hidden}


def similarity_weighted_numpy(
    features: dict[str, np.ndarray], maps: tuple, temperature: float = 0.1, present: np.ndarray | None = None
) -> np.ndarray:
    """{modality: (B, D_m)}, maps M of (D_m, U) -> (B, U): a mean in which one counts as the others agree with it.

    A modality scores the mean cosine of its mapped vector with those of the other modalities of the same example,
    divided by the temperature. Two modalities always agree equally; the odd one out of three is turned down. (A
    baseline of this course.) Raises ValueError for a temperature that is not above 0.
    """
    vectors, there = seen_numpy(features, present)
    mapped = np.stack([x @ W for x, W in zip(vectors, maps, strict=True)], axis=1)  # (B, M, U)
    lengths = np.linalg.norm(mapped, axis=-1, keepdims=True)
    directions = mapped / np.maximum(lengths, 1e-12)
    cosines = directions @ directions.swapaxes(1, 2) * (1 - np.eye(len(maps)))  # (B, M, M), of the others
    others = np.maximum(there.sum(1, keepdims=True) - 1, 1)
    share = shares_numpy(cosines.sum(-1) / others / positive(temperature), there)
    return (share[..., None] * mapped).sum(1)


def similarity_weighted_keras(features, maps, temperature=0.1):
    """As `similarity_weighted_numpy`, by the layer `SimilarityWeighted`."""
    return by_layer(SimilarityWeighted(maps[0].shape[1], temperature), features, [*maps])


@keras.saving.register_keras_serializable("mmcourse")
class SimilarityWeighted(_WeightedMean):
    """{modality: (B, D_m)} -> (B, units), as `similarity_weighted_numpy`. Weights: units times the sum of D_m."""

    def __init__(self, units: int, temperature: float = 0.1, **keywords):
        super().__init__(**keywords)
        self.units, self.temperature = shapes.whole(units, "units"), positive(temperature)

    def _scores(self, mapped, there):
        directions = ops.normalize(mapped, axis=-1)
        others = 1 - ops.eye(mapped.shape[1], dtype=mapped.dtype)
        cosines = ops.matmul(directions, ops.transpose(directions, (0, 2, 1))) * others  # (B, M, M)
        count = ops.maximum(ops.sum(ops.cast(there, mapped.dtype), axis=1, keepdims=True) - 1, 1)
        return ops.sum(cosines, axis=-1) / count / self.temperature

    def get_config(self):
        return super().get_config() | {"units": self.units, "temperature": self.temperature}
