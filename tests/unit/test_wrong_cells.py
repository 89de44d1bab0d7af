"""The wrong cells are wrong in just the way that the lesson says, and otherwise proper Keras cells."""

import warnings

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.data.recall import recall
from mmcourse.nn import memory
from mmcourse.nn.recurrent import sigmoid_numpy
from mmcourse.nn.wrong_cells import GATES, LSTMCellWithoutCellState


@pytest.fixture
def layer():
    layer = keras.layers.RNN(LSTMCellWithoutCellState(6), return_sequences=True)
    layer.build((None, None, 5))
    random = np.random.RandomState(0)
    layer.set_weights([random.standard_normal(weight.shape) for weight in layer.get_weights()])
    return layer


@pytest.fixture
def symbols():
    return recall(16, 5)[0]


def as_printed(x, weights):
    """The printed equation, gate by gate, on x (T, D) of one sample -> (T, H)."""
    w = {name: (weights[2 * n], weights[2 * n + 1]) for n, name in enumerate((*GATES, "state"))}
    h, states = np.zeros(len(weights[1])), []
    for now in x:
        f, g, o = (np.concatenate([now, h]) @ w[name][0] + w[name][1] for name in ("forget", "candidate", "output"))
        h = sigmoid_numpy(o) * np.tanh((sigmoid_numpy(f) * h + np.tanh(g)) @ w["state"][0] + w["state"][1])
        states.append(h)
    return np.array(states)


def test_the_cell_computes_the_printed_equation(layer, symbols):
    given = keras.ops.convert_to_numpy(layer(symbols))
    expected = np.array([as_printed(x, layer.get_weights()) for x in symbols])
    assert np.abs(given - expected).max() < 1e-5


def test_the_input_gate_changes_nothing_and_every_other_weight_does(layer, symbols):
    before, weights = keras.ops.convert_to_numpy(layer(symbols)), layer.get_weights()
    for n in range(len(weights)):
        layer.set_weights([w + 1 if k == n else w for k, w in enumerate(weights)])
        same = np.array_equal(before, keras.ops.convert_to_numpy(layer(symbols)))
        assert same == (n in (0, 1)), layer.weights[n].path


def moved_by_one_step(recurrent_layer):
    """Paths of the weights that one step of the optimizer leaves where they are."""
    model = memory.recall_model(recurrent_layer, 5, 4)
    mm.train.compile_classifier(model, steps=10)
    x, y = recall(32, 5)
    before = model.get_weights()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow says that two gradients do not exist: that is the bug
        model.train_on_batch({"symbols": x}, y)
    pairs = zip(model.weights, before, model.get_weights(), strict=True)
    return [weight.path.split("/")[-1] for weight, old, new in pairs if np.array_equal(old, new)]


def test_one_step_moves_every_weight_but_those_of_the_input_gate():
    wrong = keras.layers.RNN(LSTMCellWithoutCellState(6))
    assert moved_by_one_step(wrong) == ["input_matrix", "input_bias"]
    assert moved_by_one_step(keras.layers.LSTM(6)) == []


def test_the_forget_bias_is_where_it_was_asked_to_be():
    layer = keras.layers.RNN(LSTMCellWithoutCellState(3, forget_bias=2.5))
    layer.build((None, None, 5))
    assert np.array_equal(layer.cell.biases["forget"], np.full(3, 2.5))
    assert sum(np.abs(layer.cell.biases[name]).sum() for name in (*GATES, "state") if name != "forget") == 0


def test_a_saved_model_gives_the_same_answers(tmp_path, symbols):
    model = memory.recall_model(keras.layers.RNN(LSTMCellWithoutCellState(6, 2.0)), 5, 4)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    given, again = (keras.ops.convert_to_numpy(m({"symbols": symbols})) for m in (model, loaded))
    assert np.abs(given - again).max() < 1e-6
    assert loaded.layers[1].cell.forget_bias == 2.0
