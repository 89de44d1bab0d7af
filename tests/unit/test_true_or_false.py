"""The judge of true and false uses picture and words, trains only what joins them, and is saved whole."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.nn import dual_encoder, models

RANDOM = np.random.RandomState(0)
INPUTS = {
    "image": RANDOM.uniform(size=(8, 16, 16, 3)).astype(np.float32),
    "tokens": RANDOM.randint(4, 12, size=(8, 5)).astype(np.int32),
}


@pytest.fixture
def judge() -> keras.Model:
    return models.true_or_false(dual_encoder.image_tower((16, 16, 3), 8), dual_encoder.sentence_tower(12, 8), 16)


def _of(model, inputs) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(inputs))


@pytest.mark.parametrize("modality", ["image", "tokens"])
def test_every_modality_matters(judge, modality):
    changed = _of(judge, mm.probe.shuffle(INPUTS, modality))
    assert np.abs(changed - _of(judge, INPUTS)).max() > 1e-4


def test_training_moves_what_joins_and_nothing_else(judge):
    trainable = {weight.path for weight in judge.trainable_weights}
    assert len(trainable) == 4  # two dense layers
    before = {weight.path: np.array(keras.ops.convert_to_numpy(weight)) for weight in judge.weights}
    mm.train.fit(judge, INPUTS, np.arange(8) % 2, steps=2, batch_size=8)
    for weight in judge.weights:
        moved = np.abs(keras.ops.convert_to_numpy(weight) - before[weight.path]).max() > 0
        assert moved == (weight.path in trainable), weight.path


def test_towers_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="expected \\(B, D\\)"):
        models.true_or_false(dual_encoder.image_tower((16, 16, 3), 8), dual_encoder.sentence_tower(12, 4))


def test_saved_and_loaded_it_gives_the_same(judge, tmp_path):
    judge.save(tmp_path / "model.keras")
    assert np.allclose(_of(keras.models.load_model(tmp_path / "model.keras"), INPUTS), _of(judge, INPUTS), atol=1e-5)
