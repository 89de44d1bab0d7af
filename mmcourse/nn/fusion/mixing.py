"""Fusions that add: vectors side by side, or a mean of them with shares that are positive and sum to 1.

Each function's errors are those of `common.seen_numpy`.
"""

import keras
import numpy as np
from keras import layers, ops

from mmcourse import shapes
from mmcourse.equations import equation
from mmcourse.nn.fusion.common import FEATURES, MAPS, by_layer, maps_of, seen, seen_numpy, shares, shares_numpy, widths


@equation("eq-fusion-concatenate", lesson="fusion", source="baltrusaitis2019multimodal", keras="layers.Concatenate",
          features=FEATURES)  # fmt: skip
def concatenate_numpy(features: dict[str, np.ndarray], present: np.ndarray | None = None) -> np.ndarray:
    """{modality: (B, D_m)} -> (B, sum of D_m): the vectors side by side, in the sorted order of their names."""
    vectors, _ = seen_numpy(features, present)
    return np.concatenate(vectors, axis=-1)


def concatenate_keras(features):
    """As `concatenate_numpy`, by `keras.layers.Concatenate`."""
    return layers.Concatenate()([features[name] for name in sorted(features)])


@keras.saving.register_keras_serializable("mmcourse")
class Concatenate(layers.Layer):
    """{modality: (B, D_m)} -> (B, sum of D_m), as `concatenate_numpy`. No weights: it keeps all and mixes nothing."""

    def build(self, shape):
        widths(shape)  # checks it

    def call(self, features, present=None):
        return ops.concatenate(seen(features, present)[0], axis=-1)


@equation("eq-fusion-weighted-sum", lesson="fusion", source="baltrusaitis2019multimodal",
          keras="nn.fusion.WeightedSum", features=FEATURES, maps=MAPS, scores="3")  # fmt: skip
def weighted_sum_numpy(
    features: dict[str, np.ndarray], maps: tuple, scores: np.ndarray, present: np.ndarray | None = None
) -> np.ndarray:
    """{modality: (B, D_m)}, maps M of (D_m, U), scores (M,) -> (B, U): a mean with the shares softmax(scores).

    The maps bring all modalities to one width first. The shares are the same for every example.
    """
    vectors, there = seen_numpy(features, present)
    share = shares_numpy(scores, there)  # (B, M)
    return sum(share[:, [m]] * (x @ W) for m, (x, W) in enumerate(zip(vectors, maps, strict=True)))


def weighted_sum_keras(features, maps, scores):
    """As `weighted_sum_numpy`, by the layer `WeightedSum`."""
    return by_layer(WeightedSum(maps[0].shape[1]), features, [*maps, scores])


@keras.saving.register_keras_serializable("mmcourse")
class WeightedSum(layers.Layer):
    """{modality: (B, D_m)} -> (B, units), as `weighted_sum_numpy`. Weights: units times the sum of D_m, plus M."""

    def __init__(self, units: int, **keywords):
        super().__init__(**keywords)
        self.units = shapes.whole(units, "units")

    def build(self, shape):
        self.maps = maps_of(self, shape)
        self.scores = self.add_weight(shape=(len(shape),), initializer="zeros", name="scores")

    def call(self, features, present=None):
        vectors, there = seen(features, present)
        share = shares(ops.convert_to_tensor(self.scores), there)  # (B, M)
        mapped = [ops.matmul(x, W) for x, W in zip(vectors, self.maps, strict=True)]
        return sum(share[:, m : m + 1] * x for m, x in enumerate(mapped))

    def shares(self, features, present=None):
        """The shares (B, M) of the modalities, in sorted order of their names; alike where all are there."""
        return shares(ops.convert_to_tensor(self.scores), seen(features, present)[1])

    def get_config(self):
        return super().get_config() | {"units": self.units}


@equation("eq-fusion-gated", lesson="fusion", source="arevalo2017gated", keras="nn.fusion.Gated",
          features=FEATURES, maps=MAPS, gates=("15 U", "15 U", "15 U"))  # fmt: skip
def gated_numpy(
    features: dict[str, np.ndarray], maps: tuple, gates: tuple, present: np.ndarray | None = None
) -> np.ndarray:
    """{modality: (B, D_m)}, maps M of (D_m, U), gates M of (sum of D_m, U) -> (B, U), each between -1 and 1.

    Each unit mixes the modalities with shares of its own, which depend on all of them. With two modalities these are z
    and 1 - z, as in the gated multimodal unit; for more the paper takes a sigmoid each, which need not sum to 1.
    Source: Arevalo et al. 2017, section 3.1.
    """
    vectors, there = seen_numpy(features, present)
    everything = np.concatenate(vectors, axis=-1)
    share = shares_numpy(np.stack([everything @ G for G in gates], axis=-1), there[:, None])  # (B, U, M)
    hidden = np.stack([np.tanh(x @ W) for x, W in zip(vectors, maps, strict=True)], axis=-1)  # (B, U, M)
    return (share * hidden).sum(-1)


def gated_keras(features, maps, gates):
    """As `gated_numpy`, by the layer `Gated`."""
    return by_layer(Gated(maps[0].shape[1]), features, [*maps, *gates])


@keras.saving.register_keras_serializable("mmcourse")
class Gated(layers.Layer):
    """{modality: (B, D_m)} -> (B, units), as `gated_numpy`. Weights: (M + 1) times units times the sum of D_m."""

    def __init__(self, units: int, **keywords):
        super().__init__(**keywords)
        self.units = shapes.whole(units, "units")

    def build(self, shape):
        self.maps, total = maps_of(self, shape), sum(widths(shape).values())
        self.gates = [self.add_weight(shape=(total, self.units), name=f"gate_{name}") for name in sorted(shape)]

    def call(self, features, present=None):
        vectors, there = seen(features, present)
        hidden = [ops.tanh(ops.matmul(x, W)) for x, W in zip(vectors, self.maps, strict=True)]
        return ops.sum(self._open(vectors, there) * ops.stack(hidden, axis=-1), axis=-1)

    def shares(self, features, present=None):
        """The shares (B, M) of the modalities, in sorted order of their names, as means over the units."""
        return ops.mean(self._open(*seen(features, present)), axis=1)

    def _open(self, vectors, there):
        """The gates (B, U, M); over the modalities they sum to 1."""
        everything = ops.concatenate(vectors, axis=-1)
        return shares(ops.stack([ops.matmul(everything, G) for G in self.gates], axis=-1), there[:, None])

    def get_config(self):
        return super().get_config() | {"units": self.units}
