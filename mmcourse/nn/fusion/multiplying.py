"""Fusions that multiply: what one modality says changes what another one means.

Each function's errors are those of `common.seen_numpy`.
"""

import keras
import numpy as np
from keras import layers, ops

from mmcourse import shapes
from mmcourse.equations import equation
from mmcourse.nn.fusion.common import FEATURES, by_layer, seen, seen_numpy, widths


def _with_one(x, module):
    """(B, D) -> (B, D + 1): a 1 at the end, so that products keep every smaller product too."""
    return module.concatenate([x, module.ones_like(x[:, :1])], axis=-1)


def _check_main(main: str, modalities: dict) -> None:
    if main not in modalities or len(modalities) < 2:
        raise ValueError(f"main is {main!r}; give one of {', '.join(sorted(modalities))}, of at least two modalities.")


@equation("eq-fusion-bilinear", lesson="fusion", source="zadeh2017tensor", keras="nn.fusion.Bilinear",
          features=FEATURES, W="210 U", b="U")  # fmt: skip
def bilinear_numpy(
    features: dict[str, np.ndarray], W: np.ndarray, b: np.ndarray, present: np.ndarray | None = None
) -> np.ndarray:
    """{modality: (B, D_m)}, W (product of D_m + 1, U), b (U,) -> (B, U): a linear map of all products of all entries.

    A 1 is appended to each vector first. For two modalities this is bilinear pooling, for more a tensor of all of them;
    an absent modality leaves the products of the others. Source: Zadeh et al. 2017, section 4.2.
    """
    vectors, _ = seen_numpy(features, present)
    products = np.ones((len(vectors[0]), 1))
    for x in vectors:
        products = (products[:, :, None] * _with_one(x, np)[:, None]).reshape(len(x), -1)
    return products @ W + b


def bilinear_keras(features, W, b):
    """As `bilinear_numpy`, by the layer `Bilinear`."""
    return by_layer(Bilinear(W.shape[1]), features, [W, b])


@keras.saving.register_keras_serializable("mmcourse")
class Bilinear(layers.Layer):
    """{modality: (B, D_m)} -> (B, units), as `bilinear_numpy`.

    Weights: units times the product of all D_m + 1, plus units.
    """

    def __init__(self, units: int, **keywords):
        super().__init__(**keywords)
        self.units = shapes.whole(units, "units")

    def build(self, shape):
        size = int(np.prod([width + 1 for width in widths(shape).values()]))
        self.W = self.add_weight(shape=(size, self.units), name="kernel")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, features, present=None):
        products = None
        for x in seen(features, present)[0]:
            one = _with_one(x, ops)
            size = one.shape[1] * (1 if products is None else products.shape[1])
            products = one if products is None else ops.reshape(products[:, :, None] * one[:, None], (-1, size))
        return ops.matmul(products, self.W) + self.b

    def get_config(self):
        return super().get_config() | {"units": self.units}


@equation("eq-fusion-low-rank", lesson="fusion", source="liu2018efficient", keras="nn.fusion.LowRank",
          features=FEATURES, factors=("H 6 U", "H 5 U", "H 7 U"), b="U")  # fmt: skip
def low_rank_numpy(
    features: dict[str, np.ndarray], factors: tuple, b: np.ndarray, present: np.ndarray | None = None
) -> np.ndarray:
    """{modality: (B, D_m)}, factors M of (R, D_m + 1, U), b (U,) -> (B, U): a sum of R products of linear maps.

    Equal to `bilinear_numpy` with a table of rank R that is never written out. Source: Liu et al. 2018, section 3.
    """
    vectors, _ = seen_numpy(features, present)
    parts = [np.einsum("bd,rdu->bru", _with_one(x, np), F) for x, F in zip(vectors, factors, strict=True)]
    return np.prod(parts, axis=0).sum(1) + b  # (B, R, U) -> (B, U)


def low_rank_keras(features, factors, b):
    """As `low_rank_numpy`, by the layer `LowRank`."""
    rank, _, units = factors[0].shape
    return by_layer(LowRank(units, rank), features, [*factors, b])


def low_rank(vectors: list, factors: list):
    """Vectors (B, D_m), factors (R, D_m + 1, U), tensors in one order -> (B, U): the sum of R products, no bias."""
    product = 1.0
    for x, factor in zip(vectors, factors, strict=True):
        product = product * ops.einsum("bd,rdu->bru", _with_one(x, ops), factor)  # (B, R, U)
    return ops.sum(product, axis=1)


@keras.saving.register_keras_serializable("mmcourse")
class LowRank(layers.Layer):
    """{modality: (B, D_m)} -> (B, units), as `low_rank_numpy`.

    Weights: rank times units times the sum of all D_m + 1, plus units. They are made with `add_weight`: arrays in a
    plain list would never be trained.
    """

    def __init__(self, units: int, rank: int = 4, **keywords):
        super().__init__(**keywords)
        self.units, self.rank = shapes.whole(units, "units"), shapes.whole(rank, "rank")

    def build(self, shape):
        self.factors = [
            self.add_weight(shape=(self.rank, width + 1, self.units), name=f"factor_{name}")
            for name, width in widths(shape).items()
        ]
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, features, present=None):
        return low_rank(seen(features, present)[0], self.factors) + self.b

    def get_config(self):
        return super().get_config() | {"units": self.units, "rank": self.rank}


def film_numpy(
    features: dict[str, np.ndarray], W: np.ndarray, scale: tuple, shift: tuple, main: str,
    present: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """{modality: (B, D_m)}, W (D_main, U), scale and shift (others, U), (U,) each -> (B, U): the others turn the knobs.

    The mapped `main` modality is scaled and shifted, unit by unit, by linear functions of the other ones side by side.
    Source: Perez et al. 2018, eq. 1-2. Raises ValueError for a `main` that is none of the features, or the only one.
    """
    _check_main(main, features)
    vectors = dict(zip(sorted(features), seen_numpy(features, present)[0], strict=True))
    x = vectors.pop(main)
    others = np.concatenate(list(vectors.values()), axis=-1)
    gamma, beta = (others @ V + b for V, b in (scale, shift))
    return gamma * (x @ W) + beta


def film_keras(features, W, scale, shift, main):
    """As `film_numpy`, by the layer `FiLM`."""
    return by_layer(FiLM(W.shape[1], main), features, [W, *scale, *shift])


@keras.saving.register_keras_serializable("mmcourse")
class FiLM(layers.Layer):
    """{modality: (B, D_m)} -> (B, units), as `film_numpy`. The scale starts near 1 and the shift near 0.

    Weights: units times (D_main + twice the sum of the other D_m + 2).
    """

    def __init__(self, units: int, main: str, **keywords):
        super().__init__(**keywords)
        self.units, self.main = shapes.whole(units, "units"), main

    def build(self, shape):
        sizes = widths(shape)
        _check_main(self.main, sizes)
        others = sum(sizes.values()) - sizes[self.main]
        self.W = self.add_weight(shape=(sizes[self.main], self.units), name="kernel")
        self.scale = self._knob(others, "scale", "ones")
        self.shift = self._knob(others, "shift", "zeros")

    def call(self, features, present=None):
        vectors = dict(zip(sorted(features), seen(features, present)[0], strict=True))
        x = vectors.pop(self.main)
        others = ops.concatenate(list(vectors.values()), axis=-1)
        gamma, beta = (ops.matmul(others, V) + b for V, b in (self.scale, self.shift))
        return gamma * ops.matmul(x, self.W) + beta

    def _knob(self, others: int, name: str, start: str) -> tuple:
        weights = self.add_weight(shape=(others, self.units), name=name)
        return weights, self.add_weight(shape=(self.units,), initializer=start, name=f"{name}_bias")

    def get_config(self):
        return super().get_config() | {"units": self.units, "main": self.main}
