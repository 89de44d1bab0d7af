"""Transformer blocks: by hand, what each position may see, padding, counts, training, saving, the cache."""

import keras
import numpy as np
import pytest
from keras import ops

import mmcourse as mm
from mmcourse.nn import transformer

B, T, S, D, N, H = 2, 6, 5, 8, 2, 16
KINDS = {
    "encoder": {},
    "decoder": {"causal": True},
    "rotary": {"causal": True, "rotary": True},
    "dropout": {"causal": True, "dropout": 0.5},
    "cross": {"causal": True, "cross": True},
}


def numbers(*shape, seed=0):
    return np.random.RandomState(seed).standard_normal(shape).astype("float32")


def called(kind, x, context=None, **keywords):
    """A new block of this kind, with the same first weights each time, and what it gives."""
    mm.seed(0)
    block = transformer.Block(N, H, **KINDS[kind])
    if kind == "cross":
        keywords["context"] = numbers(B, S, D, seed=1) if context is None else context
    return ops.convert_to_numpy(block(x, **keywords))


def test_normalization_by_hand():
    x = np.array([[1.0, 3.0], [5.0, 5.0]])
    found = transformer.layer_norm_numpy(x, np.array([1.0, 2.0]), np.array([0.0, 1.0]))
    assert np.allclose(found, [[-1, 3], [0, 1]], atol=1e-4)  # (1, 3) has mean 2 and variance 1


def test_gelu_by_hand():
    assert np.allclose(transformer.gelu_numpy(np.array([-9.0, 0.0, 1.0, 9.0])), [0, 0, 0.841345, 9], atol=1e-6)


def test_a_block_by_hand_adds_the_mean_of_the_values_and_the_network():
    x = np.array([[[1.0, -1.0], [3.0, -3.0]]])  # both are (1, -1) when normalized
    zero, one = np.zeros((2, 1, 2)), np.eye(2)[:, None]  # (D, N, K)
    heads = (zero, zero, one, one.swapaxes(0, 1))  # all scores 0: the mean of the normalized positions, (1, -1)
    network = (np.zeros((2, 3)), np.full(3, 9.0), np.ones((3, 2)), np.array([0.0, 1.0]))  # 27, and 1 more
    norms = (np.ones(2), np.zeros(2)) * 2
    found = transformer.block_numpy(x, norms, heads, network)
    assert np.allclose(found, [[[1 + 1 + 27, -1 - 1 + 28], [3 + 1 + 27, -3 - 1 + 28]]], atol=1e-4)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_who_sees_whom(kind, training):
    if kind == "dropout" and training:
        keras.utils.set_random_seed(0)
    before = numbers(B, T, D)
    after = before.copy()
    after[:, 3] += numbers(B, D, seed=5)
    old, new = (called(kind, x, training=training) for x in (before, after))
    moved = np.abs(old - new).max(axis=(0, 2)) > 1e-6
    assert moved.tolist() == ([True] * T if kind == "encoder" else [False] * 3 + [True] * 3)


def test_every_position_sees_all_of_the_context():
    x, context = numbers(B, T, D), numbers(B, S, D, seed=1)
    for place in range(S):
        after = context.copy()
        after[:, place] += numbers(B, D, seed=6)
        moved = np.abs(called("cross", x, context) - called("cross", x, after)).max(axis=(0, 2))
        assert moved.min() > 1e-6


@pytest.mark.parametrize("kind", ["encoder", "decoder", "cross"])
def test_padding_changes_no_real_position(kind):
    x, mask = numbers(B, T, D), np.arange(T) < 4
    changed = x.copy()
    changed[:, 4:] = 7
    old, new = (called(kind, each, mask=np.tile(mask, (B, 1))) for each in (x, changed))
    short = called(kind, x[:, :4])
    assert np.abs(old[:, :4] - new[:, :4]).max() < 1e-6
    assert np.abs(old[:, :4] - short).max() < 1e-5


def test_padding_of_the_context_changes_nothing():
    x, context = numbers(B, T, D), numbers(B, S, D, seed=1)
    changed = context.copy()
    changed[:, 3:] = 7
    mask = np.tile(np.arange(S) < 3, (B, 1))
    old, new = (called("cross", x, each, context_mask=mask) for each in (context, changed))
    assert np.abs(old - new).max() < 1e-6
    assert np.abs(old - called("cross", x, context[:, :3])).max() < 1e-5


def test_the_rotary_block_does_not_care_where_it_starts():
    layer = transformer.SelfAttention(N, rotary=True)
    x = numbers(B, T, D)
    first, later = (ops.convert_to_numpy(layer(x, place=place)) for place in (0, 9))
    assert np.abs(first - later).max() < 1e-5
    swapped = ops.convert_to_numpy(layer(x[:, ::-1]))[:, ::-1]
    assert np.abs(first - swapped).max() > 1e-4  # it does care for the order


def test_attention_is_the_weights_that_the_layer_uses():
    layer = transformer.SelfAttention(N, causal=True)
    x = numbers(B, T, D)
    output, weights = ops.convert_to_numpy(layer(x)), ops.convert_to_numpy(layer.attention_weights(x))
    assert weights.shape == (B, N, T, T)
    assert np.allclose(weights.sum(-1), 1, atol=1e-5)
    assert np.abs(np.triu(weights, 1)).max() == 0
    *_, W_v, W_o = (ops.convert_to_numpy(weight) for weight in layer.weights)
    expected = np.einsum("bnts,bsd,dnk,nke->bte", weights, x, W_v, W_o)
    assert np.abs(output - expected).max() < 1e-5


@pytest.mark.parametrize("kind", ["encoder", "cross"])
def test_the_number_of_weights(kind):
    layer = transformer.Block(N, H, **KINDS[kind])
    layer.build((None, T, D))
    parts = 2 if kind == "cross" else 1
    assert layer.count_params() == parts * (4 * D * D + 2 * D) + 2 * D + (D * H + H + H * D + D)


def test_one_step_moves_every_weight():
    inputs, context = keras.Input((T, D)), keras.Input((S, D))
    layers = {kind: transformer.Block(N, H, name=kind, **options) for kind, options in KINDS.items()}
    outputs = [layer(inputs, **({"context": context} if kind == "cross" else {})) for kind, layer in layers.items()]
    model = keras.Model([inputs, context], outputs)  # all kinds side by side: compiled once
    model.compile(keras.optimizers.Adam(1e-2), ["mse"] * len(KINDS))
    before = [weight.copy() for weight in model.get_weights()]
    model.train_on_batch([numbers(B, T, D), numbers(B, S, D, seed=1)], [numbers(B, T, D, seed=2)] * len(KINDS))
    assert len(before) == sum(len(layer.weights) for layer in layers.values())
    pairs = zip((weight.path for weight in model.weights), before, model.get_weights(), strict=True)
    assert [path for path, old, new in pairs if "seed" not in path and np.array_equal(old, new)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_save_and_load(kind, tmp_path):
    inputs, context = keras.Input((T, D)), keras.Input((S, D))
    cross = {"context": context} if kind == "cross" else {}
    model = keras.Model([inputs, context], transformer.Block(N, H, **KINDS[kind])(inputs, **cross))
    model.save(tmp_path / "block.keras")
    again = keras.saving.load_model(tmp_path / "block.keras")
    given = [numbers(B, T, D), numbers(B, S, D, seed=1)]
    assert np.array_equal(model.predict(given, verbose=0), again.predict(given, verbose=0))


@pytest.mark.parametrize("kind", ["decoder", "rotary", "cross"])
@pytest.mark.parametrize("pieces", [[1] * T, [2, 4], [6]])
def test_piece_by_piece_with_a_cache_equals_all_at_once(kind, pieces):
    x, context = numbers(B, T, D), numbers(B, S, D, seed=1)
    block = transformer.Block(N, H, **KINDS[kind])
    cross = {"context": context} if kind == "cross" else {}
    expected = ops.convert_to_numpy(block(x, **cross))
    cache, place, found = block.attention.empty_cache(B, T), 0, []
    for length in pieces:
        piece, cache = block(x[:, place : place + length], cache=cache, place=place, **cross)
        found.append(ops.convert_to_numpy(piece))
        place += length
    assert np.abs(np.concatenate(found, axis=1) - expected).max() < 1e-5


def test_dropout_acts_in_training_alone():
    x = numbers(B, T, D)
    block = transformer.Block(N, H, dropout=0.5)
    calm, again, trained = (ops.convert_to_numpy(block(x, training=mode)) for mode in (False, False, True))
    assert np.array_equal(calm, again)
    assert np.abs(calm - trained).max() > 1e-2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: transformer.Block(3, H).build((None, T, D)), "do not divide into 3 heads"),
        (lambda: transformer.block_numpy(numbers(T, D), (), (), ()), "x has shape"),
        (lambda: transformer.decoder_block_numpy(numbers(B, T, D), numbers(B, S, 3), (), (), (), ()), "context has"),
        (lambda: transformer.Block(N, H, rotary=True, size=3)(numbers(B, T, D)), "even number"),
        (lambda: transformer.Block(N, H)(numbers(B, T, D), cache=[], place=0), "needs causal attention"),
        (lambda: transformer.Block(N, H)(numbers(B, T, D), context=numbers(B, S, D)), "has no use for it"),
        (lambda: transformer.Block(N, H, cross=True)(numbers(B, T, D)), "looks at a `context`"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
