"""The NumPy forms of RNN, LSTM and GRU equal PyTorch's layers too, where PyTorch is installed.

PyTorch keeps weights transposed and two biases a layer, orders the LSTM's gates i f g o as Keras does, and the GRU's
r z n where Keras has z r h; its GRU resets after the product, Keras's default.
"""

import numpy as np
import pytest

from mmcourse.nn import recurrent

torch = pytest.importorskip("torch", reason="PyTorch is not installed; the comparison with its layers is optional")

BATCH, LENGTH, WIDTH, UNITS = 3, 6, 4, 5


def draw(blocks):
    """x, W (D, blocks H), U (H, blocks H), and a first state, float64."""
    random = np.random.RandomState(0)
    shapes = [(BATCH, LENGTH, WIDTH), (WIDTH, blocks * UNITS), (UNITS, blocks * UNITS), (BATCH, UNITS)]
    return [random.standard_normal(shape) / 2 for shape in shapes]


def biases(*shape):
    return np.random.RandomState(1).standard_normal(shape)


def torch_layer(kind, W, U, bx, bh):
    """A layer of `torch.nn` with these weights, given in Keras's layout."""
    layer = getattr(torch.nn, kind)(WIDTH, UNITS, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for name, value in {"weight_ih": W.T, "weight_hh": U.T, "bias_ih": bx, "bias_hh": bh}.items():
            getattr(layer, f"{name}_l0").copy_(torch.tensor(np.ascontiguousarray(value)))
    return layer


def states(layer, x, *first):
    given = tuple(torch.tensor(state)[None] for state in first)
    with torch.no_grad():
        output, last = layer(torch.tensor(x), given[0] if len(given) == 1 else given)
    return output.numpy(), last


def test_rnn_equals_torch():
    x, W, U, h0 = draw(1)
    b = biases(UNITS)
    found, _ = states(torch_layer("RNN", W, U, b, 0 * b), x, h0)
    assert np.abs(found - recurrent.rnn_numpy(x, h0, W, U, b)).max() < 1e-12


def test_lstm_equals_torch():
    x, W, U, h0 = draw(4)
    b, c0 = biases(4 * UNITS), np.random.RandomState(2).standard_normal((BATCH, UNITS))
    found, (_, cell) = states(torch_layer("LSTM", W, U, b, 0 * b), x, h0, c0)
    by_numpy, cells = recurrent.lstm_numpy(x, h0, c0, W, U, b)
    assert np.abs(found - by_numpy).max() < 1e-12
    assert np.abs(cell[0].numpy() - cells[:, -1]).max() < 1e-12


def test_gru_equals_torch():
    x, W, U, h0 = draw(3)
    b = biases(2, 3 * UNITS)

    def reset_first(array):  # blocks z r h -> r z n
        z, r, h = np.split(array, 3, axis=-1)
        return np.concatenate([r, z, h], axis=-1)

    layer = torch_layer("GRU", reset_first(W), reset_first(U), *reset_first(b))
    found, _ = states(layer, x, h0)
    assert np.abs(found - recurrent.gru_numpy(x, h0, W, U, b, reset_after=True)).max() < 1e-12
