"""Sound encoders: log-mel frames (B, S, bands) -> (B, L, D), one vector for some frames.

The frames of each sound are first brought to mean 0 and variance 1, so that loudness matters less.
"""

import keras
from keras import layers

from mmcourse import shapes
from mmcourse.nn.attention import LearnedPositions
from mmcourse.nn.encoders.text import UNROLLED
from mmcourse.nn.transformer import encoder_blocks


def _frames(shape: tuple[int, int]) -> tuple:
    """Symbolic frames (B, S, bands) named "audio", and the same at mean 0 and variance 1."""
    shapes.check_sizes(shape, "S bands", "shape")
    frames = keras.Input(shape, name="audio")
    return frames, layers.LayerNormalization(axis=[1, 2], center=False, scale=False)(frames)


def _steps(shape: tuple[int, int], dim: int, size: int) -> tuple:
    """Frames, and one vector for each `size` of them, through one matrix: (B, ceil(S/size), D)."""
    frames, x = _frames(shape)
    shapes.whole(size, "size")
    return frames, layers.Conv1D(dim, size, strides=size, padding="same", name="steps")(x)


def audio_encoder(shape: tuple[int, int], dim: int = 64) -> keras.Model:
    """Log-mel frames (B, S, bands) -> (B, L, D): three convolutions over time, each halving it; L = ceil(S/8).

    5 (bands D + 2 D²) + 3 D weights. Raises ValueError for a shape of other axes.
    Source: Waibel et al. 1989, convolutions over time, with ReLU and strides.
    """
    frames, x = _frames(shape)
    for _ in range(3):
        x = layers.Conv1D(dim, 5, strides=2, padding="same", activation="relu")(x)  # (B, S/2, D), (B, S/4, D), …
    return keras.Model(frames, x, name="audio_encoder")  # (B, L, D)


def audio_gru(shape: tuple[int, int], dim: int = 64, size: int = 4) -> keras.Model:
    """Log-mel frames (B, S, bands) -> (B, L, D): a gated recurrent layer reads `size` frames a step; L = ceil(S/size).

    size bands D + D + 3 (2 D + 2) D weights. Raises ValueError for a shape of other axes and a size below 1.
    Source: Graves, Mohamed and Hinton 2013, with a GRU (Cho et al. 2014), one layer, one direction.
    """
    frames, x = _steps(shape, dim, size)
    x = layers.GRU(dim, return_sequences=True, unroll=x.shape[1] <= UNROLLED, name="listener")(x)
    return keras.Model(frames, x, name="audio_gru")  # (B, L, D)


def audio_transformer(shape: tuple[int, int], dim: int = 64, size: int = 4, depth: int = 2, **options) -> keras.Model:
    """Log-mel frames (B, S, bands) -> (B, L, D): `depth` Transformer blocks over steps of `size` frames.

    L = ceil(S/size). size bands D + D + L D + depth (12 D² + 9 D) + 2 D weights, where each network has 4 D hidden
    units; positions are learned. `options` are those of `transformer.Block`, with 4 heads.
    Raises ValueError for a shape of other axes, a size below 1, no block, and a width the heads do not divide.
    Source: Gong, Chung and Glass 2021, with steps in place of patches.
    """
    frames, x = _steps(shape, dim, size)
    x = encoder_blocks(LearnedPositions(name="positions")(x), depth, **options)
    return keras.Model(frames, x, name="audio_transformer")  # (B, L, D)
