"""The towers of the search engine: shapes, the given vectors unchanged, and a step that moves what can learn."""

import keras
import numpy as np
import pytest

from mmcourse.nn.dual_encoder import DualEncoder, InfoNCE
from mmcourse.nn.searching import given_vectors, sound_tower


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    built = DualEncoder({"audio": sound_tower((24, 8), dim=6), "text": given_vectors(6)}, InfoNCE())
    built.compile(keras.optimizers.Adam(0.01))
    return built


def test_a_sound_becomes_one_vector_and_time_matters(model):
    sounds = np.random.RandomState(0).uniform(size=(3, 24, 8)).astype("f")
    vectors = keras.ops.convert_to_numpy(model.towers["audio"](sounds))
    assert vectors.shape == (3, 6)
    later = keras.ops.convert_to_numpy(model.towers["audio"](np.roll(sounds, 12, axis=1)))
    assert np.abs(vectors - later).max() > 1e-4


def test_given_vectors_stay_as_they_are(model):
    vectors = np.random.RandomState(1).standard_normal((4, 6)).astype("f")
    assert np.allclose(keras.ops.convert_to_numpy(model.towers["text"](vectors)), vectors)
    assert model.towers["text"].weights == []


def test_a_step_moves_every_weight(model):
    random = np.random.RandomState(2)
    pairs = {"audio": random.uniform(size=(8, 24, 8)).astype("f"), "text": random.standard_normal((8, 6)).astype("f")}
    before = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_variables]
    first = model.train_on_batch(pairs)
    for _ in range(5):
        last = model.train_on_batch(pairs)
    after = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_variables]
    assert all(np.abs(one - other).max() > 0 for one, other in zip(before, after, strict=True))
    assert np.ravel(last)[0] < np.ravel(first)[0]
