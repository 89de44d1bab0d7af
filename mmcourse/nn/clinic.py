"""Encoders for the generated patients of `data.clinic`, and a model's chance of the disease."""

import keras
import numpy as np
from keras import layers

from mmcourse.data.clinic import NOTE_LENGTH, SHOWN, SIDE, note_vocabulary
from mmcourse.nn.encoders import grid_encoder, pooled, text_gru
from mmcourse.nn.senses import positive_chance, projected


def patient_encoders(dim: int = 32) -> dict[str, keras.Model]:
    """New encoders {"image", "note", "record"} of `data.clinic.patient_inputs`, each to a vector (B, dim).

    Four convolutions and the largest value of each feature, a GRU and its last state, one dense layer.
    """
    record = keras.Input((len(SHOWN["record"]),), name="record")
    read = keras.Model(record, layers.Dense(dim, activation="relu")(record), name="record")
    image = projected(pooled(grid_encoder((SIDE, SIDE, 3), dim)), dim)
    note = projected(pooled(text_gru(len(note_vocabulary()), dim // 2, NOTE_LENGTH), "last"), dim)
    return {"image": image, "note": note, "record": read}


def disease_chance(model: keras.Model, inputs: dict[str, np.ndarray]):
    """A model with logits (B, 2), or {name: (B, 2)} -> the probability of the disease (B,), or {name: (B,)}.

    Without an input "present", where the model wants one, all modalities are there.
    """
    return positive_chance(model, inputs)
