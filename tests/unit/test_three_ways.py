"""The prefix language model never looks ahead, both models use picture and words, and what should learn learns."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.nn import dual_encoder, encoders, three_ways

RANDOM = np.random.RandomState(0)
INPUTS = {
    "image": RANDOM.uniform(size=(8, 16, 16, 3)).astype(np.float32),
    "tokens": RANDOM.randint(4, 12, size=(8, 5)).astype(np.int32),
}


def _speaker() -> keras.Model:
    return three_ways.prefix_language_model(encoders.grid_encoder((16, 16, 3), 16), 12, 5, dim=16)


def _judge() -> keras.Model:
    return three_ways.true_or_false(dual_encoder.image_tower((16, 16, 3), 8), dual_encoder.sentence_tower(12, 8), 16)


def _of(model, inputs) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(inputs))


def test_a_word_never_sees_a_later_one():
    model = _speaker()
    for place in range(1, 5):
        tokens = INPUTS["tokens"].copy()
        tokens[:, place] = (tokens[:, place] - 3) % 8 + 4
        moved = np.abs(_of(model, INPUTS | {"tokens": tokens}) - _of(model, INPUTS)).max((0, 2))
        assert moved[:place].max() < 1e-5
        assert moved[place:].min() > 1e-4


@pytest.mark.parametrize("build", [_speaker, _judge])
@pytest.mark.parametrize("modality", ["image", "tokens"])
def test_every_modality_matters(build, modality):
    model = build()
    changed = _of(model, mm.probe.shuffle(INPUTS, modality))
    assert np.abs(changed - _of(model, INPUTS)).max() > 1e-4


@pytest.mark.parametrize("build", [_speaker, _judge])
def test_training_moves_every_weight_that_is_not_frozen_and_no_other(build):
    model = build()
    trainable = {weight.path for weight in model.trainable_weights}
    before = {weight.path: np.array(keras.ops.convert_to_numpy(weight)) for weight in model.weights}
    labels = np.arange(8) % 2 if build is _judge else INPUTS["tokens"]
    mm.train.fit(model, INPUTS, labels, steps=2, batch_size=8)
    for weight in model.weights:
        moved = np.abs(keras.ops.convert_to_numpy(weight) - before[weight.path]).max() > 0
        moves = weight.path in trainable or (build is _speaker and "moving" in weight.path)
        assert moved == moves, weight.path


def test_only_what_joins_is_trained():
    assert len(_judge().trainable_weights) == 4  # two dense layers


def test_bad_encoders_are_named():
    with pytest.raises(ValueError, match="do not pool"):
        three_ways.prefix_language_model(encoders.pooled(encoders.grid_encoder((16, 16, 3), 16)), 12, 5)
    with pytest.raises(ValueError, match="expected \\(B, D\\)"):
        three_ways.true_or_false(dual_encoder.image_tower((16, 16, 3), 8), dual_encoder.sentence_tower(12, 4))


@pytest.mark.parametrize("build", [_speaker, _judge])
def test_saved_and_loaded_it_gives_the_same(build, tmp_path):
    model = build()
    model.save(tmp_path / "model.keras")
    assert np.allclose(_of(keras.models.load_model(tmp_path / "model.keras"), INPUTS), _of(model, INPUTS), atol=1e-5)
