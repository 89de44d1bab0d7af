"""The loss of captions and the states of a captioner, by hand, against the library, and against the built model."""

import keras
import numpy as np
import pytest

from mmcourse.data.text import PAD
from mmcourse.nn import caption_loss, captioners, encoders
from mmcourse.nn.recurrent import gru_numpy

RANDOM = np.random.RandomState(0)


def test_the_loss_by_hand_leaves_the_padding_out():
    p = np.array([[[0.1, 0.5, 0.4], [0.2, 0.3, 0.5]], [[0.1, 0.65, 0.25], [0.9, 0.05, 0.05]]])
    targets = np.array([[1, 2], [2, PAD]])
    assert np.isclose(caption_loss.caption_loss_numpy(np.log(p), targets), np.log(2 * 2 * 4) / 3)


def test_what_stands_under_the_padding_does_not_matter():
    logits, targets = RANDOM.standard_normal((3, 4, 5)), np.array([[1, 2, 3, 0], [4, 0, 0, 0], [2, 2, 0, 0]])
    changed = np.where((targets == PAD)[..., None], 7 * RANDOM.standard_normal((3, 4, 5)), logits)
    assert np.isclose(*(caption_loss.caption_loss_numpy(given, targets) for given in (logits, changed)))


def test_guessing_costs_the_logarithm_of_the_vocabulary():
    assert np.isclose(caption_loss.caption_loss_numpy(np.zeros((2, 3, 23)), np.full((2, 3), 5)), np.log(23))


@pytest.mark.parametrize(
    ("targets", "message"),
    [(np.zeros((2, 3), int), "Every target is PAD"), (np.ones((2, 4), int), "targets")],
)
def test_targets_that_cannot_be_learned_are_refused(targets, message):
    with pytest.raises(ValueError, match=message):
        caption_loss.caption_loss_numpy(np.zeros((2, 3, 5)), targets)


def test_the_states_are_those_of_the_captioner():
    model = captioners.captioner(encoders.grid_encoder((8, 8, 3), dim=8), 9, 4, 16, "gru with picture")
    inputs = {"image": RANDOM.rand(3, 8, 8, 3).astype("f"), "tokens": RANDOM.randint(1, 9, (3, 4)).astype("int32")}
    weights = {name: model.get_layer(name).get_weights() for name in ("first_state", "picture", "words_so_far")}
    places = keras.ops.convert_to_numpy(model.get_layer("grid_encoder")(inputs["image"]))
    words = model.get_layer("words").get_weights()[0][inputs["tokens"]]
    states = caption_loss.caption_states_numpy(places.reshape(3, -1), words, *weights.values())
    head, bias = model.get_layer("head").get_weights()
    assert np.abs(states @ head + bias - model.predict(inputs, verbose=0)).max() < 1e-4


def test_without_the_picture_it_is_a_plain_gru():
    words, gru = RANDOM.standard_normal((2, 3, 4)), [RANDOM.standard_normal(s) for s in ((8, 15), (5, 15), (2, 15))]
    silent = [(np.zeros((6, n)), np.zeros(n)) for n in (5, 4)]
    states = caption_loss.caption_states_numpy(RANDOM.standard_normal((2, 6)), words, *silent, gru)
    assert np.allclose(states, gru_numpy(words, np.zeros((2, 5)), gru[0][:4], *gru[1:]))
    with pytest.raises(ValueError, match="words"):
        caption_loss.caption_states_numpy(RANDOM.standard_normal((1, 6)), words, *silent, gru)
