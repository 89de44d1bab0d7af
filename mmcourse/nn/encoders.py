"""Encoders: raw modality -> sequence of vectors (B, L, D). Pooling to one vector (B, D) is a step of its own."""

import keras
from keras import layers

from mmcourse import shapes


def image_encoder(shape: tuple[int, int, int], dim: int = 64) -> keras.Model:
    """Images (B, H, W, C) in [0, 1] -> (B, L, D): three convolutions; L = ceil(H/2) ceil(W/2) places of the picture."""
    shapes.check_sizes(shape, "H W C", "shape")
    images = keras.Input(shape, name="image")
    x = layers.Conv2D(dim // 2, 3, padding="same", activation="relu")(images)  # (B, H, W, D/2)
    x = layers.Conv2D(dim, 3, strides=2, padding="same", activation="relu")(x)  # (B, H/2, W/2, D)
    x = layers.Conv2D(dim, 3, padding="same", activation="relu")(x)  # (B, H/2, W/2, D)
    return keras.Model(images, layers.Reshape((-1, dim))(x), name="image_encoder")  # (B, L, D)


def grid_encoder(shape: tuple[int, int, int], dim: int = 64) -> keras.Model:
    """Images (B, H, W, C) in [0, 1] -> (B, L, D): four convolutions with batch normalization; L = ceil(H/4) ceil(W/4).

    A quarter of the side, so that each place sees about a cell of the picture world at 16 pixels, and with the last two
    convolutions also what lies around it. (Batch normalization: Ioffe and Szegedy 2015.)
    """
    shapes.check_sizes(shape, "H W C", "shape")
    images = x = keras.Input(shape, name="image")
    for strides in (2, 2, 1, 1):
        x = layers.Conv2D(dim, 3, strides=strides, padding="same", use_bias=False)(x)  # (B, H/2, W/2, D), (B, H/4, …
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    return keras.Model(images, layers.Reshape((-1, dim))(x), name="grid_encoder")  # (B, L, D)


def audio_encoder(shape: tuple[int, int], dim: int = 64) -> keras.Model:
    """Log-mel frames (B, S, bands) -> (B, L, D): three convolutions over time, each halving it; L = ceil(S/8).

    The frames of each sound are first brought to mean 0 and variance 1, so that loudness matters less.
    """
    shapes.check_sizes(shape, "S bands", "shape")
    frames = keras.Input(shape, name="audio")
    x = layers.LayerNormalization(axis=[1, 2], center=False, scale=False)(frames)  # (B, S, bands)
    for _ in range(3):
        x = layers.Conv1D(dim, 5, strides=2, padding="same", activation="relu")(x)  # (B, S/2, D), (B, S/4, D), …
    return keras.Model(frames, x, name="audio_encoder")  # (B, L, D)


_POOLING = {"mean": layers.GlobalAveragePooling1D, "max": layers.GlobalMaxPooling1D}


def pooled(encoder: keras.Model, pooling: str = "max") -> keras.Model:
    """Encoder to (B, L, D) -> encoder to (B, D): the mean, or the largest value, of each feature over the places."""
    if pooling not in _POOLING:
        raise ValueError(f"pooling is {pooling!r}; choose one of {', '.join(_POOLING)}.")
    return keras.Model(encoder.input, _POOLING[pooling]()(encoder.output), name=encoder.name)
