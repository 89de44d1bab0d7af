"""Encoders for the generated speakers of `data.moods`, and a model's chance that one is pleased."""

import keras
import numpy as np
from keras import layers

from mmcourse import shapes
from mmcourse.data.faces import FACE_FRAMES, FACE_SIDE
from mmcourse.data.moods import SAYING_LENGTH, saying_vocabulary
from mmcourse.nn.encoders import audio_gru, grid_encoder, pooled, text_gru
from mmcourse.nn.senses import positive_chance, projected


def clip_gru(shape: tuple[int, int, int, int], dim: int = 32) -> keras.Model:
    """Clips (B, F, H, W, C) in [0, 1] -> (B, F, D): two convolutions on each picture, then a GRU over the pictures.

    Raises ValueError for a shape of other axes.
    """
    shapes.check_sizes(shape, "F H W C", "shape")
    clips = x = keras.Input(shape, name="image")
    for width in (dim // 2, dim // 2):
        x = layers.Conv3D(width, (1, 3, 3), strides=(1, 2, 2), padding="same", activation="relu")(x)
    x = layers.Dense(dim, activation="relu")(layers.Reshape((shape[0], -1))(x))  # (B, F, D)
    x = layers.GRU(dim, return_sequences=True, unroll=True, name="watcher")(x)
    return keras.Model(clips, x, name="clip_gru")


def post_encoders(dim: int = 32) -> dict[str, keras.Model]:
    """New encoders {"image", "text"} of `moods.mood_inputs` of posts, each to a vector (B, dim)."""
    image = projected(pooled(grid_encoder((FACE_SIDE, FACE_SIDE, 1), dim)), dim)
    return {"image": image, "text": _reader(dim)}


def speaker_encoders(dim: int = 32, frames: tuple[int, int] = (17, 32)) -> dict[str, keras.Model]:
    """New encoders {"audio", "image", "text"} of `moods.mood_inputs` of clips, each to a vector (B, dim)."""
    watched = pooled(clip_gru((FACE_FRAMES, FACE_SIDE, FACE_SIDE, 1), dim), "last")
    heard = pooled(audio_gru(frames, dim), "last")
    return {"audio": projected(heard, dim), "image": projected(watched, dim), "text": _reader(dim)}


def mood_chance(model: keras.Model, inputs: dict[str, np.ndarray]):
    """A model with logits (B, 2), or {name: (B, 2)} -> the chance of pleased (B,), or {name: (B,)}.

    Without an input "present", where the model wants one, all modalities are there.
    """
    return positive_chance(model, inputs)


def _reader(dim: int) -> keras.Model:
    return projected(pooled(text_gru(len(saying_vocabulary()), dim, SAYING_LENGTH), "last"), dim)
