"""Towers of a search engine beside those of `dual_encoder`: one that hears, and one that is there already."""

import keras
from keras import layers

from mmcourse.nn import encoders


def sound_tower(shape: tuple[int, int], dim: int = 64) -> keras.Model:
    """Log-mel steps (B, S, bands) -> (B, D): `encoders.audio_encoder`, its steps side by side, two dense layers.

    The steps keep their places, as the words of `dual_encoder.places_tower` do: who stands where is a matter of order.
    Raises ValueError for a shape of other axes.
    """
    steps = encoders.audio_encoder(shape)  # (B, S/8, 64)
    x = layers.Dense(4 * dim, "relu")(layers.Flatten()(steps.output))  # (B, 4 D)
    return keras.Model(steps.input, layers.Dense(dim)(x), name="sound_tower")


def given_vectors(dim: int = 64) -> keras.Model:
    """Vectors (B, D) -> the same: stands for a frozen tower whose vectors were computed once. It has no weights."""
    vectors = keras.Input((dim,), name="vectors")
    return keras.Model(vectors, layers.Identity()(vectors), name="given_vectors")
