"""Probes by derivatives: how far a nudge of a state or of an input goes."""

import keras
import numpy as np
import pytest
from keras import layers

from mmcourse import probe
from mmcourse.nn import recurrent

pytestmark = pytest.mark.skipif(keras.backend.backend() == "torch", reason="keras.ops.jvp has no PyTorch form")
X = np.random.RandomState(0).standard_normal((3, 7, 4)).astype(np.float32)


def built(layer):
    """The layer, built for X, with weights that do not depend on the backend."""
    layer.build(X.shape)
    random = np.random.RandomState(1)
    layer.set_weights([random.standard_normal(weight.shape) / 2 for weight in layer.get_weights()])
    return layer


def test_the_flow_of_a_plain_network_is_the_norm_of_its_jacobian():
    layer = built(layers.SimpleRNN(5))
    flow = probe.gradient_flow(layer, X)
    assert flow.shape == (7,)
    for length in (1, 4, 7):
        jacobians = recurrent.rnn_jacobian_numpy(X[:, :length], np.zeros((3, 5)), *layer.get_weights())
        expected = np.linalg.norm(jacobians, ord=2, axis=(1, 2)).mean()
        assert flow[length - 1] == pytest.approx(expected, rel=1e-4)


def test_the_flow_of_an_lstm_is_that_of_its_cell():
    layer = built(layers.LSTM(5))
    layer.cell.recurrent_kernel.assign(np.zeros((5, 20)))  # then d c_T / d c_0 is a product of forget gates
    W, _, b = layer.get_weights()
    forget = recurrent.sigmoid_numpy((X @ W + b)[..., 5:10])  # (B, T, H)
    expected = np.cumprod(forget, axis=1).max(-1).mean(0)
    assert np.allclose(probe.gradient_flow(layer, X), expected, rtol=1e-4)


@pytest.mark.parametrize("make", [lambda: layers.GRU(5), lambda: layers.RNN(layers.GRUCell(5))])
def test_the_flow_of_a_gru_by_finite_differences(make):
    layer = built(make())
    jacobian, step = np.empty((3, 5, 5)), 1e-4
    for unit, nudge in enumerate(np.eye(5) * step):
        ahead, behind = (
            recurrent.gru_numpy(X.astype(float), np.zeros((3, 5)) + move, *layer.get_weights())[:, -1]
            for move in (nudge, -nudge)
        )
        jacobian[:, unit] = (ahead - behind) / (2 * step)
    expected = np.linalg.norm(jacobian, ord=2, axis=(1, 2)).mean()
    assert probe.gradient_flow(layer, X)[-1] == pytest.approx(expected, rel=1e-3)


def test_the_flow_builds_the_layer_and_leaves_its_weights():
    layer = layers.SimpleRNN(2)
    probe.gradient_flow(layer, X)
    before = layer.get_weights()
    probe.gradient_flow(layer, X)
    assert all(np.array_equal(old, new) for old, new in zip(before, layer.get_weights(), strict=True))


def test_the_flow_of_other_things_is_refused():
    with pytest.raises(ValueError, match="needs a recurrent layer"):
        probe.gradient_flow(layers.Dense(3), X)
    with pytest.raises(ValueError, match="x has shape"):
        probe.gradient_flow(layers.SimpleRNN(3), X[0])


def stacked(*made, shape):
    return keras.Sequential([keras.Input(shape), *made])


def test_the_field_of_two_convolutions_is_five_wide():
    model = stacked(layers.Conv2D(2, 3, padding="same"), layers.Conv2D(3, 3, padding="same"), shape=(9, 11, 2))
    x = np.random.RandomState(0).rand(9, 11, 2)
    field = probe.receptive_field(model, x, (4, 6))
    assert field.shape == (9, 11)
    assert (field[2:7, 4:9] > 0).all()
    assert (field > 0).sum() == 25
    corner = probe.receptive_field(model, x, (0, 10))
    assert (corner > 0).sum() == 9


def test_the_field_is_the_size_of_the_derivative():
    model = stacked(layers.Conv1D(1, 2, use_bias=False), shape=(6, 2))
    model.set_weights([np.array([[[1.0], [-2.0]], [[0.5], [0.0]]])])
    assert np.allclose(probe.receptive_field(model, np.ones((6, 2)), 3), [0, 0, 0, 3, 0.5, 0])


@pytest.mark.parametrize(
    ("x", "place", "message"),
    [
        (np.ones((6, 2)), (1, 2), "give .H, W, C. and .row, column."),
        (np.ones((6, 2)), 5, "the model gives a map of .5,. places"),
        (np.ones((6, 2)), -1, "place is"),
    ],
)
def test_a_place_that_is_not_there_is_refused(x, place, message):
    with pytest.raises(ValueError, match=message):
        probe.receptive_field(stacked(layers.Conv1D(1, 2), shape=(6, 2)), x, place)
