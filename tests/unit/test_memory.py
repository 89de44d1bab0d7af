"""Biases for a wanted time, and the model that recalls."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.data.recall import recall
from mmcourse.nn import memory, recurrent


def test_the_bias_keeps_one_over_e_and_lets_in_less_than_one():
    i, f, g, o = np.split(recurrent.sigmoid_numpy(memory.memory_bias(3, 40)), 4)
    assert np.allclose([f, i], [[40 / 41], [1 / 41]])
    assert np.abs(f**40 - np.exp(-1)).max() < 0.01
    assert (40 * i < 1).all()
    assert np.allclose([g, o], 0.5)  # their biases are 0


def test_the_bias_fits_keras_lstm_and_slows_forgetting_down():
    x, _ = recall(2, 40)
    flow = {}
    for name, bias in (("default", None), ("memory", memory.memory_bias(6, 40))):
        layer = keras.layers.LSTM(6)
        layer.build((None, None, 5))
        if bias is not None:
            layer.cell.bias.assign(bias)
        states = recurrent.lstm_numpy(x, np.zeros((2, 6)), np.ones((2, 6)), *map(np.array, layer.get_weights()))[1]
        still = recurrent.lstm_numpy(x, np.zeros((2, 6)), np.zeros((2, 6)), *map(np.array, layer.get_weights()))[1]
        flow[name] = np.abs(states - still)[:, -1].mean()
    assert flow["memory"] > 0.2 > 0.01 > flow["default"]


@pytest.mark.parametrize("given", [(0, 40), (3, 0)])
def test_too_few_are_named(given):
    with pytest.raises(ValueError, match="at least 1"):
        memory.memory_bias(*given)


def test_the_model_reads_any_length_and_guesses_at_first():
    model = memory.recall_model(keras.layers.LSTM(8), 5, 4)
    for length in (3, 9):
        x, y = recall(64, length)
        logits = keras.ops.convert_to_numpy(model({"symbols": x}))
        assert logits.shape == (64, 4)
    model = mm.train.compile_classifier(model, steps=1)
    assert model.evaluate({"symbols": x}, y, verbose=0)[0] == pytest.approx(np.log(4), rel=0.05)
