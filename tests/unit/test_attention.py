"""Attention by hand, its masks, its derivative, positions, and the model that looks things up."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

import mmcourse as mm
from mmcourse.data.lookup import lookup
from mmcourse.nn import attention
from mmcourse.nn.lookup import lookup_model


def draw(*shapes):
    random = np.random.RandomState(0)
    return [random.standard_normal(shape) for shape in shapes]


def query_key_value(batch=2, queries=3, length=5, width=4, units=6):
    return draw((batch, queries, width), (batch, length, width), (batch, length, units))


def test_by_hand():
    query, key = np.array([[[2.0, 0, 0, 0]]]), np.zeros((1, 3, 4))
    key[0, :2, 0] = np.log(3), np.log(2)  # scores ln 3, ln 2, 0
    value = np.array([[[6.0, 0], [0, 6], [0, 0]]])
    output, weights = attention.attention_numpy(query, key, value)
    assert np.allclose(weights, [[[1 / 2, 1 / 3, 1 / 6]]])
    assert np.allclose(output, [[[3, 2]]])
    output, weights = attention.attention_numpy(query, key, value, np.array([True, False, True]))
    assert np.allclose(weights, [[[3 / 4, 0, 1 / 4]]])
    assert np.allclose(output, [[[4.5, 0]]])


def test_equal_keys_give_the_mean_and_a_shift_of_all_scores_changes_nothing():
    query, key, value = query_key_value()
    same, weights = attention.attention_numpy(query, np.ones_like(key), value)
    assert np.allclose(same, value.mean(1, keepdims=True))
    assert np.allclose(weights, 1 / key.shape[1])
    for shifted in (key, key + 3 * np.ones(4)):  # q (k + c) = q k + q c, the same for all keys
        assert np.allclose(attention.attention_numpy(query, shifted, value)[0], by_loops(query, key, value))


def by_loops(query, key, value):
    """The definition, number by number."""
    output = np.zeros((*query.shape[:2], value.shape[2]))
    for b, t in np.ndindex(query.shape[:2]):
        powers = [np.exp(sum(q * k for q, k in zip(query[b, t], row, strict=True)) / 2) for row in key[b]]
        for s, power in enumerate(powers):
            output[b, t] += power / sum(powers) * value[b, s]
    return output


def test_order_of_the_keys_does_not_count_and_order_of_the_queries_comes_back():
    query, key, value = query_key_value()
    plain = attention.attention_numpy(query, key, value)[0]
    for order in itertools.islice(itertools.permutations(range(5)), 1, 120, 7):
        moved = attention.attention_numpy(query, key[:, order], value[:, order])[0]
        assert np.allclose(moved, plain)
    (x, W_q, W_o), (W_k, W_v) = draw((2, 5, 4), (4, 2, 3), (2, 3, 4)), draw((4, 2, 3), (4, 2, 3))
    weights, order = (W_q, W_k, W_v, W_o), np.array([3, 0, 4, 1, 2])
    seen = attention.multi_head_numpy(x, x, weights)
    assert np.allclose(attention.multi_head_numpy(x[:, order], x[:, order], weights), seen[:, order])


def test_one_head_is_attention_on_projections_and_heads_add_up():
    x, context, W_q, W_k, W_v, W_o = draw((2, 3, 4), (2, 5, 6), (4, 2, 3), (6, 2, 3), (6, 2, 3), (2, 3, 4))
    both = attention.multi_head_numpy(x, context, (W_q, W_k, W_v, W_o))
    alone = [attention.multi_head_numpy(x, context, (W_q[:, n : n + 1], W_k[:, n : n + 1], W_v[:, n : n + 1],
                                                     W_o[n : n + 1])) for n in (0, 1)]  # fmt: skip
    assert np.allclose(sum(alone), both)
    first = attention.attention_numpy(x @ W_q[:, 0], context @ W_k[:, 0], context @ W_v[:, 0])[0] @ W_o[0]
    assert np.allclose(alone[0], first)


def test_the_causal_mask_hides_the_future_and_only_that():
    mask = attention.causal_mask(4)
    assert mask.tolist() == [[s <= t for s in range(4)] for t in range(4)]
    (x,) = draw((1, 6, 4))
    changed = x.copy()
    changed[:, 4:] += 1
    before, after = (attention.attention_numpy(v, v, v, attention.causal_mask(6))[0] for v in (x, changed))
    assert np.array_equal(before[:, :4], after[:, :4])
    assert (np.abs(before - after)[:, 4:] > 1e-3).all(-1).all()
    free = [attention.attention_numpy(v, v, v)[0] for v in (x, changed)]
    assert np.abs(free[0] - free[1])[:, :4].max() > 0.01


@pytest.mark.parametrize("content", [0.0, 1e3, -1e3])
def test_what_stands_in_the_padding_does_not_count(content):
    tokens = np.array([[5, 6, 7, 0, 0], [8, 9, 4, 5, 6]])
    (x,) = draw((2, 5, 4))
    mask = attention.padding_mask(tokens)
    assert mask.shape == (2, 1, 5)
    filled = np.where(mask.swapaxes(1, 2), x, content)
    output, weights = attention.attention_numpy(filled, filled, filled, mask)
    assert not weights[0, :, 3:].any()
    short = attention.attention_numpy(*[x[:1, :3]] * 3)[0]
    assert np.abs(output[:1, :3] - short).max() < 1e-12
    both = mask & attention.causal_mask(5)
    assert np.allclose(attention.attention_numpy(filled, filled, filled, both)[1][1, 0], [1, 0, 0, 0, 0])


@pytest.mark.parametrize("mask", [None, np.tri(3, 5, dtype=bool)])
def test_the_gradient_is_that_of_finite_differences(mask):
    given = query_key_value(batch=1, width=3, units=2)
    (gradient,) = draw((1, 3, 2))
    found = attention.attention_gradient_numpy(*given, gradient, mask)
    for place, by_formula in enumerate(found):

        def loss(array, place=place):
            arrays = [*given[:place], array, *given[place + 1 :]]
            return (attention.attention_numpy(*arrays, mask)[0] * gradient).sum()

        by_nudges = mm.nn.gradients.numerical_gradient(loss, given[place])
        assert np.abs(by_formula - by_nudges).max() < 1e-7


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda q, k, v: (q[0], k, v), "query has shape"),
        (lambda q, k, v: (q, k[..., :3], v), "key has shape"),
        (lambda q, k, v: (q, k[:1], v), "key has shape"),
        (lambda q, k, v: (q, k, v[:, :4]), "value has shape"),
        (lambda q, k, v: (q, k, v, np.ones((3, 4), bool)), "does not broadcast"),
        (lambda q, k, v: (q, k, v, np.zeros((3, 5), bool)), "look nowhere"),
    ],
)
def test_bad_input_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        attention.attention_numpy(*change(*query_key_value()))


def test_bad_lengths_tokens_and_gradients_are_named():
    with pytest.raises(ValueError, match="length is 0"):
        attention.causal_mask(0)
    with pytest.raises(ValueError, match="tokens has shape"):
        attention.padding_mask(np.ones(3, int))
    with pytest.raises(ValueError, match="gradient has shape"):
        attention.attention_gradient_numpy(*query_key_value(), np.ones((2, 3, 4)))


def test_learned_positions_tell_equal_vectors_apart_and_know_no_further_place():
    layer = attention.LearnedPositions()
    moved = ops.convert_to_numpy(layer(np.zeros((2, 5, 4), np.float32)))
    assert layer.count_params() == 5 * 4
    assert np.array_equal(moved[0], moved[1])
    assert min(np.abs(moved[0, a] - moved[0, b]).max() for a, b in itertools.combinations(range(5), 2)) > 0.01
    later = ops.convert_to_numpy(layer(np.zeros((1, 2, 4), np.float32), start=3))
    assert np.array_equal(later[0], moved[0, 3:])
    for length in (6, 9):
        with pytest.raises(ValueError, match=f"positions for 5 places, the input has {length} from 0"):
            layer(np.zeros((1, length, 4), np.float32))
    for start in (4, 5, -1):
        with pytest.raises(ValueError, match=f"positions for 5 places, the input has 2 from {start} on"):
            layer(np.zeros((1, 2, 4), np.float32), start=start)


def compiled(length=None):
    model = lookup_model(14, 5, heads=3, size=4, length=length)
    return mm.train.compile_classifier(model, steps=200, learning_rate=0.02)


@pytest.mark.parametrize("length", [None, 5])
def test_parameters_by_formula_one_step_moves_them_all_and_more_learn_a_batch_by_heart(length, tmp_path):
    model = compiled(length)
    assert model.count_params() == 4 * 14 * 3 * 4 + 14 * 5 + 5 + (length or 0) * 14
    x, y = lookup(32, 4, keys=8, values=5)
    before = model.get_weights()
    first = mm.train.fit(model, {"symbols": x}, y, steps=1, batch_size=32)["loss"]
    assert first[0] == pytest.approx(np.log(5), rel=0.1)
    assert all(np.abs(new - old).max() > 0 for old, new in zip(before, model.get_weights(), strict=True))
    mm.train.fit(model, {"symbols": x}, y, steps=199, batch_size=32)
    assert (mm.train.answers(model, {"symbols": x}) == y).mean() > 0.95
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert np.allclose(again.predict({"symbols": x}, verbose=0), model.predict({"symbols": x}, verbose=0), atol=1e-6)


def test_without_positions_the_order_of_the_pairs_changes_nothing_with_them_it_does():
    x, _ = lookup(6, 4, keys=8, values=5)
    order = [2, 0, 3, 1, 4]  # the question stays last
    for length, differs in ((None, False), (5, True)):
        model = compiled(length)
        given = [ops.convert_to_numpy(model({"symbols": part})) for part in (x, x[:, order])]
        assert (np.abs(given[0] - given[1]).max() > 1e-4) == differs


@pytest.mark.parametrize("given", [(0, 5), (14, 0), (14, 5, 0), (14, 5, 2, 0)])
def test_too_small_models_are_named(given):
    with pytest.raises(ValueError, match="at least 1 of each"):
        lookup_model(*given)


def test_first_weights_are_those_of_one_matrix_and_differ_between_the_parts():
    layer = attention.multi_head(4, 16)
    layer.build((None, 5, 128), (None, 7, 64), (None, 7, 64))
    kernels = {weight.path.split("/")[-2]: ops.convert_to_numpy(weight) for weight in layer.weights if weight.ndim == 3}
    for name, width in {"query": 128, "key": 64, "value": 64, "attention_output": 128}.items():
        limit = np.sqrt(6 / (width + 64))
        assert 0.95 * limit < np.abs(kernels[name]).max() <= limit
        assert abs(kernels[name].std() / (limit / np.sqrt(3)) - 1) < 0.1
    assert np.abs(kernels["key"] - kernels["value"]).max() > 0.1
