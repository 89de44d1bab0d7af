"""Recurrent layers: plain RNN, LSTM and GRU, each as NumPy above the Keras layer that equals it.

Weights have Keras's layout: `W` maps the input, `U` the state before, and the blocks of a gated cell stand side by side
in the last axis (LSTM i f c o, GRU z r h).
"""

import numpy as np

from mmcourse import shapes
from mmcourse.equations import equation, with_weights
from mmcourse.nn.gradients import dense_numpy, softmax_numpy


def sigmoid_numpy(a: np.ndarray) -> np.ndarray:
    """Any shape -> the same: the logistic function 1 / (1 + exp(-a)), between 0 and 1, safe for large |a|."""
    return (1 + np.tanh(a / 2)) / 2


@equation(
    "eq-rnn-state", lesson="rnn", source="elman1990finding", keras="layers.SimpleRNN",
    x="B T D", h0="B H", W="D H", U="H H", b="H",
)  # fmt: skip
def rnn_numpy(x: np.ndarray, h0: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> np.ndarray:
    """x (B, T, D), h0 (B, H), W (D, H), U (H, H), b (H,) -> states (B, T, H), each between -1 and 1.

    Raises ValueError for shapes that do not fit together. Source: Elman 1990; Goodfellow et al. 2016, eq. 10.8-10.9.
    """
    _check(x, W, U, 1, h0=h0)
    h, states = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W + h @ U + b)  # (B, H)
        states.append(h)
    return np.stack(states, axis=1)  # (B, T, H)


def rnn_keras(x, h0, W, U, b):
    """As `rnn_numpy`, by `keras.layers.SimpleRNN`."""
    from keras import layers

    layer = layers.SimpleRNN(U.shape[0], return_sequences=True, unroll=True)
    return with_weights(layer, [W, U, b], x, initial_state=h0)


@equation(
    "eq-rnn-jacobian", lesson="rnn", source="pascanu2013difficulty", keras="layers.SimpleRNN, ops.jvp",
    x="B T D", h0="B H", W="D H", U="H H", b="H",
)  # fmt: skip
def rnn_jacobian_numpy(x: np.ndarray, h0: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Arguments as of `rnn_numpy` -> (B, H, H): the derivative of the last state (last axis) by the first, h0.

    A product of one matrix a step: row k says where a nudge of unit k of h0 has gone.
    Raises ValueError for shapes that do not fit together. Source: Pascanu, Mikolov and Bengio 2013, eq. 5.
    """
    product = np.broadcast_to(np.eye(len(U)), (len(x), *U.shape))  # (B, H, H)
    for h in np.moveaxis(rnn_numpy(x, h0, W, U, b), 1, 0):  # (B, H), first step first
        product = (product @ U) * (1 - h[:, None] ** 2)
    return product


def rnn_jacobian_keras(x, h0, W, U, b):
    """As `rnn_jacobian_numpy`, by nudging each unit of h0 in turn and differentiating Keras's layer forward."""
    from keras import ops

    def last(state):
        return rnn_keras(x, state, W, U, b)[:, -1]

    nudges = ops.eye(U.shape[0])
    rows = [ops.jvp(last, (h0,), (ops.broadcast_to(nudge, h0.shape),))[1] for nudge in ops.unstack(nudges)]
    return ops.stack(rows, axis=1)


@equation(
    "eq-rnn-output", lesson="rnn", source="goodfellow2016deep", keras="layers.Dense",
    states="B T H", V="H V", c="V",
)  # fmt: skip
def rnn_output_numpy(states: np.ndarray, V: np.ndarray, c: np.ndarray) -> np.ndarray:
    """states (B, T, H), V (H, classes), c (classes,) -> probabilities (B, T, classes): each row above 0, with sum 1.

    The head that makes a language model of a recurrent layer; the input acts through the state alone.
    Raises ValueError for shapes that do not fit together. Source: Goodfellow et al. 2016, eq. 10.10-10.11.
    """
    shapes.check(states, "B T H", "states")
    return softmax_numpy(dense_numpy(states, V, c))


def rnn_output_keras(states, V, c):
    """As `rnn_output_numpy`, by `keras.layers.Dense` with a softmax."""
    from keras import layers

    return with_weights(layers.Dense(V.shape[1], activation="softmax"), [V, c], states)


@equation(
    "eq-rnn-bidirectional", lesson="rnn", source="schuster1997bidirectional", keras="layers.Bidirectional",
    x="B T D", left=("B H", "D H", "H H", "H"), right=("B H", "D H", "H H", "H"),
)  # fmt: skip
def bidirectional_numpy(x: np.ndarray, left: tuple, right: tuple) -> np.ndarray:
    """x (B, T, D), left and right (h0, W, U, b) each, as of `rnn_numpy` -> states (B, T, 2H).

    Two layers with weights of their own, one from the first step on, one from the last; at each step their states
    side by side. Raises ValueError for shapes that do not fit together. Source: Schuster and Paliwal 1997, figure 3.
    """
    forward = rnn_numpy(x, *left)  # (B, T, H)
    backward = rnn_numpy(x[:, ::-1], *right)[:, ::-1]  # read from the end, put back into order
    return np.concatenate([forward, backward], axis=-1)


def bidirectional_keras(x, left: tuple, right: tuple):
    """As `bidirectional_numpy`, by `keras.layers.Bidirectional`."""
    from keras import layers

    layer = layers.Bidirectional(layers.SimpleRNN(left[2].shape[0], return_sequences=True, unroll=True))
    (h0, *weights), (g0, *more) = left, right
    return with_weights(layer, [*weights, *more], x, initial_state=[h0, g0])


@equation(
    "eq-lstm-gates", "eq-lstm-candidate", "eq-lstm-cell", "eq-lstm-state",
    lesson="lstm", source="gers2000learning", keras="layers.LSTMCell",
    x="B T D", h0="B H", c0="B H", W="D 4H", U="H 4H", b="4H",
)  # fmt: skip
def lstm_numpy(x, h0, c0, W, U, b) -> tuple[np.ndarray, np.ndarray]:
    """x (B, T, D), h0 and c0 (B, H), W (D, 4H), U (H, 4H), b (4H,) -> states, cells, (B, T, H) each.

    The four blocks of the weights: input gate, forget gate, candidate, output gate. Gates are between 0 and 1, the
    candidate and the states between -1 and 1, the cells are not bounded.
    Raises ValueError for shapes that do not fit together.
    Source: Hochreiter and Schmidhuber 1997; the forget gate: Gers, Schmidhuber and Cummins 2000.
    """
    _check(x, W, U, 4, h0=h0, c0=c0)
    h, c, states, cells = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W + h @ U + b, 4, axis=-1)  # (B, H) each
        c = sigmoid_numpy(f) * c + sigmoid_numpy(i) * np.tanh(g)  # the cell: keep and add
        h = sigmoid_numpy(o) * np.tanh(c)  # the state: what the cell shows
        states.append(h)
        cells.append(c)
    return np.stack(states, axis=1), np.stack(cells, axis=1)  # (B, T, H)


def lstm_keras(x, h0, c0, W, U, b):
    """As `lstm_numpy`, by the cell of `keras.layers.LSTM`, step by step: the layer keeps the cells before the last."""
    from keras import layers, ops

    cell = layers.LSTMCell(U.shape[0])
    cell.build(x[:, 0].shape)
    h, c, states, cells = h0, c0, [], []
    for t in range(x.shape[1]):
        _, (h, c) = with_weights(cell, [W, U, b], x[:, t], states=[h, c])
        states.append(h)
        cells.append(c)
    return ops.stack(states, axis=1), ops.stack(cells, axis=1)


@equation(
    "eq-gru-gates", "eq-gru-candidate", "eq-gru-state",
    lesson="gru", source="cho2014learning", keras="layers.GRU",
    options=({"reset_after": True}, {"reset_after": False, "b": "3H"}),
    x="B T D", h0="B H", W="D 3H", U="H 3H", b="2 3H",
)  # fmt: skip
def gru_numpy(x, h0, W, U, b, reset_after: bool = True) -> np.ndarray:
    """x (B, T, D), h0 (B, H), W (D, 3H), U (H, 3H), b (2, 3H) -> states (B, T, H), each between -1 and 1.

    The three blocks of the weights: update gate, reset gate, candidate. With `reset_after` (Keras's default) the reset
    gate is put on h U plus its bias, the second row of `b`; without, on h itself, and there is one bias, b (3H,).
    Raises ValueError for shapes that do not fit together. Source: Cho et al. 2014, eq. 5-8.
    """
    _check(x, W, U, 3, h0=h0)
    shapes.check(b, "2 blocks_of_H" if reset_after else "blocks_of_H", "b", blocks_of_H=U.shape[1])
    h, states, (bx, bh) = h0, [], b if reset_after else (b, np.zeros_like(b))
    Uz, Ur, Ug = np.split(U, 3, axis=-1)  # (H, H) each
    bz, br, bg = np.split(bh, 3)  # (H,) each
    for t in range(x.shape[1]):
        xz, xr, xg = np.split(x[:, t] @ W + bx, 3, axis=-1)  # (B, H) each
        z = sigmoid_numpy(xz + h @ Uz + bz)  # update gate: 1 keeps the state
        r = sigmoid_numpy(xr + h @ Ur + br)  # reset gate: 0 leaves the past out of the candidate
        past = r * (h @ Ug + bg) if reset_after else (r * h) @ Ug
        h = z * h + (1 - z) * np.tanh(xg + past)
        states.append(h)
    return np.stack(states, axis=1)  # (B, T, H)


def gru_keras(x, h0, W, U, b, reset_after: bool = True):
    """As `gru_numpy`, by `keras.layers.GRU`."""
    from keras import layers

    layer = layers.GRU(U.shape[0], return_sequences=True, unroll=True, reset_after=reset_after)
    return with_weights(layer, [W, U, b], x, initial_state=h0)


def _check(x, W, U, blocks: int, **states) -> None:
    """The shapes of a recurrent layer whose weights hold `blocks` blocks."""
    units = len(U)
    shapes.check(U, "H blocks_of_H", "U", blocks_of_H=blocks * units)
    batch, _, width = shapes.check(x, "B T D", "x")
    shapes.check(W, "D blocks_of_H", "W", D=width, blocks_of_H=blocks * units)
    for name, state in states.items():
        shapes.check(state, "B H", name, B=batch, H=units)
