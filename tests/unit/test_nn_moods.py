"""The encoders of the generated speakers give vectors that a fusion trains, and order in time matters to them."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.data import moods
from mmcourse.nn import fusion
from mmcourse.nn.models import classifier
from mmcourse.nn.moods import clip_gru, mood_chance, post_encoders, speaker_encoders
from mmcourse.nn.senses import forgiving_fusion

CLIPS = moods.mood_clips(12, seed=0)
INPUTS = moods.mood_inputs(CLIPS)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    mm.seed(0)
    return forgiving_fusion(speaker_encoders(8), fusion.Concatenate(), classifier(2))


def test_every_modality_gives_a_vector_of_one_length():
    assert {name: encoder.output_shape for name, encoder in post_encoders(6).items()} == {
        "image": (None, 6),
        "text": (None, 6),
    }


def test_the_chance_is_the_softmax_and_every_modality_and_its_order_matter(model):
    logits = model.predict(INPUTS | {"present": np.ones((12, 3), bool)}, verbose=0)
    by_keras = keras.ops.convert_to_numpy(keras.ops.softmax(logits))[:, 1]
    chance = mood_chance(model, INPUTS)
    assert chance == pytest.approx(by_keras, abs=1e-6)
    for name in INPUTS:
        assert np.abs(mood_chance(model, mm.probe.without(INPUTS, name)) - chance).max() > 1e-6
    for name in ("audio", "image"):
        backward = INPUTS | {name: INPUTS[name][:, ::-1]}
        assert np.abs(mood_chance(model, backward) - chance).max() > 1e-6


def test_one_step_moves_every_trainable_weight(model):
    before = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.train_on_batch(INPUTS | {"present": np.ones((12, 3), bool)}, CLIPS["label"])
    after = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    assert all(np.abs(a - b).max() > 0 for a, b in zip(before, after, strict=True))


def test_a_clip_needs_four_axes():
    with pytest.raises(ValueError, match="F, H, W, C"):
        clip_gru((16, 16, 1))
