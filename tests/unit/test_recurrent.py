"""Recurrent cells: worked by hand, equal to Keras's whole layers, causal, blind to padding; every weight learns."""

import warnings

import keras
import numpy as np
import pytest

from mmcourse.nn import recurrent

B, T, D, H = 3, 6, 4, 5
LAYERS = {"rnn": (keras.layers.SimpleRNN, 1), "lstm": (keras.layers.LSTM, 4), "gru": (keras.layers.GRU, 3)}
KINDS = [("rnn", {}), ("lstm", {}), ("gru", {"reset_after": True}), ("gru", {"reset_after": False})]


@pytest.fixture(params=KINDS, ids=["rnn", "lstm", "gru, reset after", "gru, reset before"])
def kind(request):
    return request.param


def numbers(*shape, seed=0):
    return np.random.RandomState(seed).standard_normal(shape).astype(np.float32) / 2


def weights(name, reset_after=True):
    """Random W, U, b in Keras's layout."""
    blocks = LAYERS[name][1] * H
    bias = (2, blocks) if name == "gru" and reset_after else (blocks,)
    return numbers(D, blocks, seed=1), numbers(H, blocks, seed=2), numbers(*bias, seed=3)


def built(name, given, **options):
    """Keras's own layer with the given weights in its place of its own; gives all states, then the last ones."""
    layer = LAYERS[name][0](H, return_sequences=True, return_state=True, **options)
    layer.build((B, T, D))
    layer.set_weights(given)
    return layer


def by_numpy(name, x, h0, given, **options):
    """All states (B, T, H), and the last cells for an LSTM."""
    if name == "rnn":
        return [recurrent.rnn_numpy(x, h0, *given)]
    if name == "gru":
        return [recurrent.gru_numpy(x, h0, *given, **options)]
    states, cells = recurrent.lstm_numpy(x, h0, np.zeros_like(h0), *given)
    return [states, cells[:, -1]]


def as_numpy(tensors):
    return [keras.ops.convert_to_numpy(tensor) for tensor in tensors]


def chung_gru(x, h, W, U, b):
    """The other convention, written out anew: h <- (1 - z) h + z candidate, reset gate before the matrix product."""
    states = []
    for t in range(x.shape[1]):
        xz, xr, xg = np.split(x[:, t] @ W + b, 3, axis=-1)
        Uz, Ur, Ug = np.split(U, 3, axis=-1)
        z, r = 1 / (1 + np.exp(-(xz + h @ Uz))), 1 / (1 + np.exp(-(xr + h @ Ur)))
        h = (1 - z) * h + z * np.tanh(xg + (r * h) @ Ug)
        states.append(h)
    return np.stack(states, axis=1)


def test_the_sigmoid_is_safe_far_from_zero():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        far = recurrent.sigmoid_numpy(np.array([-1000.0, 1000.0]))
        near = recurrent.sigmoid_numpy(np.array([0.0, np.log(3)]))
    assert np.array_equal(far, [0, 1])
    assert np.allclose(near, [0.5, 0.75], atol=1e-12)


def test_an_rnn_worked_by_hand():
    x, one = np.array([[[1.0], [0.0]]]), np.ones((1, 1))
    states = recurrent.rnn_numpy(x, 0 * one, 2 * one, -3 * one, np.array([0.5]))
    first = np.tanh(2 * 1 + 0.5)
    assert np.allclose(states[0, :, 0], [first, np.tanh(-3 * first + 0.5)], atol=1e-12)


def test_an_lstm_worked_by_hand():
    """Gates 3/4 (input), 1/2 (forget), 1/4 (output); the candidate is tanh(1)."""
    W = np.array([[np.log(3), 0, 1, -np.log(3)]])  # i, f, candidate, o
    one = np.ones((1, 1))
    states, cells = recurrent.lstm_numpy(one[None], 0 * one, 2 * one, W, np.zeros((1, 4)), np.zeros(4))
    cell = 0.5 * 2 + 0.75 * np.tanh(1)
    assert np.allclose(cells[0, 0, 0], cell, atol=1e-12)
    assert np.allclose(states[0, 0, 0], 0.25 * np.tanh(cell), atol=1e-12)


@pytest.mark.parametrize("reset_after", [True, False])
def test_a_gru_worked_by_hand(reset_after):
    """Update 3/4, reset 1/2. Only with `reset_after` the reset gate halves the second bias too."""
    W, U = np.array([[np.log(3), 0, 0.5]]), np.array([[0, 0, 2.0]])
    one, second = np.ones((1, 1)), np.array([0, 0, 3.0])
    b = np.stack([np.zeros(3), second]) if reset_after else second
    states = recurrent.gru_numpy(one[None], 0.5 * one, W, U, b, reset_after)
    candidate = np.tanh(0.5 + 0.5 * (2 * 0.5 + 3)) if reset_after else np.tanh(0.5 + 2 * (0.5 * 0.5) + 3)
    assert np.allclose(states[0, 0, 0], 0.75 * 0.5 + 0.25 * candidate, atol=1e-12)


def test_before_hides_a_unit_and_after_deafens_one():
    """Two units, the second reset gate closed: h U is (4, 6), and of (h, 0) U there is (1, 2) left."""
    U = np.concatenate([np.zeros((2, 4)), [[1.0, 2], [3, 4]]], axis=1) / 10
    closed = np.array([-1000.0] * 2 + [1000, -1000] + [0] * 2)  # update always, reset the second unit
    h, x, W = np.ones((1, 2)), np.zeros((1, 1, 1)), np.zeros((1, 6))
    before = recurrent.gru_numpy(x, h, W, U, closed, reset_after=False)[0, 0]
    after = recurrent.gru_numpy(x, h, W, U, np.stack([closed, 0 * closed]))[0, 0]
    assert np.allclose(np.arctanh(before), [0.1, 0.2], atol=1e-12)
    assert np.allclose(np.arctanh(after), [0.4, 0], atol=1e-12)


def test_the_variants_agree_where_the_reset_gate_is_open():
    x, h0 = numbers(B, T, D), numbers(B, H, seed=4)
    W, U, b = weights("gru", reset_after=False)
    for opened, same in ((0, False), (1000, True)):
        moved = b + np.repeat([0, opened, 0], H)
        after = recurrent.gru_numpy(x, h0, W, U, np.stack([moved, np.zeros_like(b)]))
        before = recurrent.gru_numpy(x, h0, W, U, moved, reset_after=False)
        assert np.allclose(after, before, atol=1e-6) == same


def test_the_whole_layer_of_keras_gives_the_same(kind):
    name, options = kind
    x, given = numbers(B, T, D), weights(name, **options)
    h0 = np.zeros((B, H), np.float32)
    found = as_numpy(built(name, given, **options)(x))
    states, *cells = by_numpy(name, x, h0, given, **options)
    for expected, part in zip([states, states[:, -1], *cells], found, strict=True):
        assert np.abs(part - expected).max() < 1e-5


def test_another_order_of_the_blocks_is_another_layer():
    """What the comparison above is worth: exchanged blocks change the states."""
    x, h0 = numbers(B, T, D), np.zeros((B, H), np.float32)
    for name, order in (("lstm", (1, 0, 2, 3)), ("lstm", (0, 1, 3, 2)), ("gru", (1, 0, 2)), ("gru", (0, 2, 1))):
        W, U, b = weights(name)
        mixed = [np.concatenate([np.split(w, len(order), -1)[block] for block in order], -1) for w in (W, U, b)]
        difference = by_numpy(name, x, h0, mixed)[0] - by_numpy(name, x, h0, (W, U, b))[0]
        assert np.abs(difference).max() > 0.02, (name, order)


def test_the_other_convention_by_a_change_of_sign():
    x, h0 = numbers(B, T, D), numbers(B, H, seed=4)
    given = [w.astype(np.float64) for w in weights("gru", reset_after=False)]
    negated = [w * np.repeat([-1, 1, 1], H) for w in given]
    other = chung_gru(x, h0, *given)
    assert np.abs(recurrent.gru_numpy(x, h0, *negated, reset_after=False) - other).max() < 1e-12
    assert np.abs(recurrent.gru_numpy(x, h0, *given, reset_after=False) - other).max() > 0.1


def test_the_jacobian_is_what_a_nudge_does():
    x, h0, (W, U, b) = numbers(B, T, D), numbers(B, H, seed=4).astype(np.float64), weights("rnn")
    jacobian = recurrent.rnn_jacobian_numpy(x, h0, W, U, b)
    assert jacobian.shape == (B, H, H)
    for unit in range(H):
        nudge = 1e-5 * np.eye(H)[unit]
        ahead, behind = (recurrent.rnn_numpy(x, h0 + sign * nudge, W, U, b)[:, -1] for sign in (1, -1))
        assert np.abs((ahead - behind) / 2e-5 - jacobian[:, unit]).max() < 1e-7


def test_the_future_does_not_change_the_past(kind):
    name, options = kind
    x, given = numbers(B, T, D), weights(name, **options)
    changed = x + (np.arange(T) >= 4)[:, None]
    layer, h0 = built(name, given, **options), np.zeros((B, H), np.float32)
    for states, other in (
        (by_numpy(name, x, h0, given, **options)[0], by_numpy(name, changed, h0, given, **options)[0]),
        (as_numpy(layer(x))[0], as_numpy(layer(changed))[0]),
    ):
        assert np.array_equal(states[:, :4], other[:, :4])
        assert np.abs(states[:, 4:] - other[:, 4:]).max() > 0.01


def test_padding_on_the_right_changes_nothing(kind):
    name, options = kind
    x, given = numbers(B, T, D), weights(name, **options)
    padded = np.concatenate([x, 9 + numbers(B, 3, D, seed=5)], axis=1)
    mask = np.arange(T + 3)[None] < np.full((B, 1), T)
    layer = built(name, given, **options)
    states, *last = as_numpy(layer(padded, mask=mask))
    short, *expected = as_numpy(layer(x))
    assert np.abs(states[:, :T] - short).max() < 1e-6
    assert all(np.abs(one - other).max() < 1e-6 for one, other in zip(last, expected, strict=True))
    assert np.abs(as_numpy(layer(padded))[1] - expected[0]).max() > 0.01, "without the mask"


def test_weights_are_counted_by_formula(kind):
    name, options = kind
    blocks, biases = LAYERS[name][1], 1 + options.get("reset_after", False)
    layer = built(name, weights(name, **options), **options)
    assert layer.count_params() == blocks * (D * H + H * H + biases * H)


def model_of(name, options):
    inputs = keras.Input((T, D))
    return keras.Model(inputs, keras.layers.Dense(2)(LAYERS[name][0](H, **options)(inputs)))


def test_one_step_of_the_optimizer_moves_every_weight(kind):
    model = model_of(*kind)
    before = [weight.copy() for weight in model.get_weights()]
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.train_on_batch(numbers(B, T, D), np.array([0, 1, 1]))
    moved = [np.abs(after - old) > 0 for after, old in zip(model.get_weights(), before, strict=True)]
    assert all(part.all() for part in moved), [float(part.mean()) for part in moved]


def test_a_saved_model_comes_back(kind, tmp_path):
    model, x = model_of(*kind), numbers(B, T, D)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert np.abs(model.predict(x, verbose=0) - again.predict(x, verbose=0)).max() < 1e-6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": numbers(B, D)}, r"x has shape \(3, 4\), expected \(B, T, D\): 3 axes"),
        ({"h0": numbers(B, H + 1)}, r"h0 has shape \(3, 6\), expected \(B=3, H=5\)"),
        ({"h0": numbers(B + 1, H)}, r"h0 has shape \(4, 5\), expected \(B=3, H=5\)"),
        ({"W": numbers(D + 1, 3 * H)}, r"W has shape \(5, 15\), expected \(D=4, blocks_of_H=15\)"),
        ({"W": numbers(D, 4 * H)}, r"W has shape \(4, 20\), expected \(D=4, blocks_of_H=15\)"),
        ({"U": numbers(H, 4 * H)}, r"U has shape \(5, 20\), expected \(H, blocks_of_H=15\)"),
        ({"b": numbers(3 * H)}, r"b has shape \(15,\), expected \(2, blocks_of_H=15\): 2 axes"),
        ({"reset_after": False}, r"b has shape \(2, 15\), expected \(blocks_of_H=15\): 1 axes"),
    ],
)
def test_shapes_that_do_not_fit_are_named(change, message):
    given = dict(zip(("W", "U", "b"), weights("gru"), strict=True)) | {"x": numbers(B, T, D), "h0": numbers(B, H)}
    recurrent.gru_numpy(**given)
    with pytest.raises(ValueError, match=message):
        recurrent.gru_numpy(**given | change)


@pytest.mark.parametrize(("name", "blocks"), [("rnn", 1), ("lstm", 4)])
def test_the_other_layers_name_wrong_shapes_too(name, blocks):
    states = {"h0": numbers(B, H)} | ({"c0": numbers(B, H)} if name == "lstm" else {})
    given = dict(zip(("W", "U", "b"), weights(name), strict=True)) | {"x": numbers(B, T, D)} | states
    function = getattr(recurrent, f"{name}_numpy")
    for key, shape in (("U", (H, blocks * H + 1)), ("W", (D, H + 1)), *((key, (B, H + 1)) for key in states)):
        with pytest.raises(ValueError, match=rf"{key} has shape \({shape[0]}, {shape[1]}\), expected"):
            function(**given | {key: numbers(*shape)})
