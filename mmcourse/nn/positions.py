"""Positions of a sequence, which attention itself does not see: waves that are added, and turns of query and key.

Learned positions are `attention.LearnedPositions`.
"""

import keras
import numpy as np
from keras import layers, ops

from mmcourse import shapes
from mmcourse.equations import equation

LONGEST = 10000.0  # the wider the vectors, the nearer comes the slowest wave to 1 / LONGEST radians a place


@equation("eq-transformer-sine", lesson="transformer", source="vaswani2017attention", keras="ops.sin, ops.cos",
          places="T", options=({"width": 6},))  # fmt: skip
def sine_positions_numpy(places: np.ndarray, width: int) -> np.ndarray:
    """places (T,) -> (T, D): sines of falling frequency in the even columns, cosines in the odd ones; D = `width`.

    Column pair i turns with 10000 ** (-2 i / D) radians a place. Raises ValueError for an odd width.
    Source: Vaswani et al. 2017, section 3.5.
    """
    angles = np.asarray(places)[:, None] * frequencies(width)  # (T, D / 2)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(len(angles), width)


def sine_positions_keras(places, width):
    """As `sine_positions_numpy`, by `keras.ops`."""
    angles = places[:, None] * ops.convert_to_tensor(frequencies(width), places.dtype)
    return ops.reshape(ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1), (-1, width))


@equation("eq-transformer-rotary", lesson="transformer", source="su2024roformer", keras="ops.sin, ops.cos",
          x="B T 6", places="T")  # fmt: skip
def rotary_numpy(x: np.ndarray, places: np.ndarray) -> np.ndarray:
    """x (B, T, K), places (T,) -> (B, T, K): each pair of columns turned by place times its frequency.

    The dot product of a turned query and a turned key depends on the distance of their places only.
    Raises ValueError for an odd width. Source: Su et al. 2024, eq. 34.
    """
    _, length, width = shapes.check(x, "B T K", "x")
    shapes.check(places, "T", "places", T=length)
    angles = np.asarray(places)[:, None] * frequencies(width)  # (T, K / 2)
    even, odd = x[..., ::2], x[..., 1::2]
    turned = even * np.cos(angles) - odd * np.sin(angles), even * np.sin(angles) + odd * np.cos(angles)
    return np.stack(turned, axis=-1).reshape(x.shape)


def rotary_keras(x, places):
    """As `rotary_numpy`, by `keras.ops`; x (..., T, K). A product with a fixed matrix swaps each pair."""
    angles = places[..., None] * ops.convert_to_tensor(np.repeat(frequencies(x.shape[-1]), 2), x.dtype)  # (T, K)
    return x * ops.cos(angles) + ops.matmul(x, ops.convert_to_tensor(_swap(x.shape[-1]), x.dtype)) * ops.sin(angles)


def _swap(width: int) -> np.ndarray:
    """(K, K): (a, b) of each pair of columns becomes (-b, a)."""
    return np.kron(np.eye(width // 2), [[0, 1], [-1, 0]])


def frequencies(width: int) -> np.ndarray:
    """(D / 2,): radians a place of each pair of columns, from 1 down to 10000 ** (2 / D - 1).

    Raises ValueError for an odd width.
    """
    if width < 2 or width % 2:
        raise ValueError(f"width is {width!r}; positions turn pairs of columns, give an even width.")
    return LONGEST ** (-np.arange(0, width, 2) / width)


@keras.saving.register_keras_serializable("mmcourse")
class SinePositions(layers.Layer):
    """(B, L, D) -> (B, L, D): adds `sine_positions_numpy`; no weights, any length. The first place is `start`.

    What comes in is multiplied by the root of D first, as in Vaswani et al. 2017, section 3.4: new embeddings are
    small, and the waves, of size 1, would drown them.
    """

    def call(self, x, start=0):
        places = start + ops.arange(ops.shape(x)[1], dtype=x.dtype)
        return x * x.shape[-1] ** 0.5 + sine_positions_keras(places, x.shape[-1])

    def compute_mask(self, inputs, previous_mask):
        """What is padded stays so."""
        return previous_mask
