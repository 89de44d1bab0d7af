"""Fusions: NumPy equals Keras, order and absent content do not matter, every weight is counted and learns."""

import keras
import numpy as np
import pytest
from keras import ops

import mmcourse as mm
from mmcourse.nn import fusion, models
from mmcourse.nn.fusion.common import by_layer

WIDTHS = {"audio": 3, "image": 5, "text": 4}
TOTAL, UNITS = 12, 4
MAKE = {
    "concatenate": fusion.Concatenate,
    "weighted sum": lambda: fusion.WeightedSum(UNITS),
    "similarity": lambda: fusion.SimilarityWeighted(UNITS, temperature=0.3),
    "attention": lambda: fusion.Attention(UNITS, hidden=6),
    "gated": lambda: fusion.Gated(UNITS),
    "bilinear": lambda: fusion.Bilinear(UNITS),
    "low rank": lambda: fusion.LowRank(UNITS, rank=2),
    "film": lambda: fusion.FiLM(UNITS, main="text"),
}
COUNTS = {
    "concatenate": 0,
    "weighted sum": UNITS * TOTAL + 3,
    "similarity": UNITS * TOTAL,
    "attention": UNITS * TOTAL + 6 * (UNITS + 2),
    "gated": (3 + 1) * UNITS * TOTAL,
    "bilinear": UNITS * (4 * 6 * 5) + UNITS,
    "low rank": 2 * UNITS * (4 + 6 + 5) + UNITS,
    "film": UNITS * (4 + 2 * 8 + 2),
}
FORMS = {
    "concatenate": lambda x, w, there: fusion.concatenate_numpy(x, there),
    "weighted sum": lambda x, w, there: fusion.weighted_sum_numpy(x, w[:3], w[3], there),
    "similarity": lambda x, w, there: fusion.similarity_weighted_numpy(x, w, 0.3, there),
    "attention": lambda x, w, there: fusion.attention_fusion_numpy(x, w[:3], w[3:], there),
    "gated": lambda x, w, there: fusion.gated_numpy(x, w[:3], w[3:], there),
    "bilinear": lambda x, w, there: fusion.bilinear_numpy(x, *w, there),
    "low rank": lambda x, w, there: fusion.low_rank_numpy(x, w[:3], w[3], there),
    "film": lambda x, w, there: fusion.film_numpy(x, w[0], w[1:3], w[3:], "text", there),
}
MEANS = ("weighted sum", "similarity", "attention")


@pytest.fixture
def features():
    random = np.random.RandomState(0)
    return {name: random.standard_normal((20, width)).astype("f") for name, width in WIDTHS.items()}


@pytest.fixture
def labels():
    return np.arange(20) % 3


@pytest.fixture
def present():
    return np.array([[1, 1, 1], [0, 1, 1], [1, 0, 1], [1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]] * 3)[:20].astype(bool)


def drawn(name, features):
    """A layer, built, with random weights, and these."""
    layer = MAKE[name]()
    layer.build({name: values.shape for name, values in features.items()})
    random = np.random.RandomState(1)
    layer.set_weights([random.standard_normal(weight.shape) / 2 for weight in layer.weights])
    return layer, layer.get_weights()


def array(tensor):
    return ops.convert_to_numpy(tensor)


@pytest.mark.parametrize("name", MAKE)
def test_numpy_equals_keras_with_all_and_with_some_modalities(name, features, present):
    layer, weights = drawn(name, features)
    for there in (None, present):
        assert np.abs(array(layer(features, present=there)) - FORMS[name](features, weights, there)).max() < 1e-5


@pytest.mark.parametrize("name", MAKE)
def test_the_order_of_the_names_does_not_matter(name, features, present):
    layer, weights = drawn(name, features)
    backward = dict(reversed(features.items()))
    assert np.array_equal(FORMS[name](features, weights, present), FORMS[name](backward, weights, present))
    assert np.abs(array(layer(features, present=present)) - array(layer(backward, present=present))).max() < 1e-6


@pytest.mark.parametrize("name", MAKE)
def test_what_an_absent_modality_contains_does_not_matter(name, features, present):
    layer, weights = drawn(name, features)
    other = {key: np.where(present[:, [m]], x, np.nan) for m, (key, x) in enumerate(sorted(features.items()))}
    assert np.array_equal(FORMS[name](features, weights, present), FORMS[name](other, weights, present))
    assert np.abs(array(layer(features, present=present)) - array(layer(other, present=present))).max() < 1e-6


@pytest.mark.parametrize("name", MAKE)
def test_a_row_does_not_depend_on_the_others(name, features):
    layer, _ = drawn(name, features)
    alone = array(layer({key: values[4:5] for key, values in features.items()}))
    assert np.abs(array(layer(features))[4:5] - alone).max() < 1e-5


@pytest.mark.parametrize("name", MAKE)
def test_the_number_of_weights_is_that_of_the_formula(name, features):
    layer, _ = drawn(name, features)
    assert layer.count_params() == COUNTS[name]


def test_one_step_moves_every_weight_evaluation_none_and_one_batch_is_learned_by_heart(features, labels):
    """Of every fusion, side by side in one model: compiling eight would take most of the time of this file."""
    given = {name: keras.Input((width,), name=name) for name, width in WIDTHS.items()}
    heads = [keras.Sequential([keras.layers.Dense(32, "relu"), models.classifier(3)]) for _ in MAKE]
    sides = [fusion.vector_classifier(WIDTHS, make(), head) for make, head in zip(MAKE.values(), heads, strict=True)]
    named = [
        keras.Model(side.input, side.output, name=name.replace(" ", "_"))
        for name, side in zip(MAKE, sides, strict=True)
    ]
    model = keras.Model(given, [side(given) for side in named])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), [loss] * len(MAKE))
    before, truth = model.get_weights(), [labels] * len(MAKE)
    assert model.evaluate(features, truth, verbose=0)[0] == pytest.approx(len(MAKE) * np.log(3), rel=0.05)
    assert all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))
    model.train_on_batch(features, truth)
    assert len(before) == sum(len(side.weights) for side in sides)
    names = [weight.path for weight in model.weights]
    still = [n for n, old, new in zip(names, before, model.get_weights(), strict=True) if np.array_equal(old, new)]
    assert not still
    for _ in range(200):
        model.train_on_batch(features, truth)
    learned = {name: array(logits).argmax(-1) for name, logits in zip(MAKE, model(features), strict=True)}
    assert [name for name, answers in learned.items() if not np.array_equal(answers, labels)] == []


@pytest.mark.parametrize("name", MAKE)
def test_every_modality_matters(name, features):
    model = fusion.vector_classifier(WIDTHS, drawn(name, features)[0], models.classifier(3))
    logits = model.predict(features, verbose=0)
    for key in features:
        assert np.abs(model.predict(mm.probe.shuffle(features, key), verbose=0) - logits).max() > 1e-5, key


@pytest.mark.parametrize("name", MAKE)
def test_saved_and_loaded_it_gives_the_same(name, features, present, tmp_path):
    model = fusion.forgiving_classifier(WIDTHS, drawn(name, features)[0], models.classifier(3), rate=0.5)
    given = features | {"present": present}
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert np.abs(model.predict(given, verbose=0) - loaded.predict(given, verbose=0)).max() < 1e-6


@pytest.mark.parametrize("name", [*MEANS, "gated"])
def test_shares_sum_to_one_and_are_zero_where_nothing_is(name, features, present):
    layer, weights = drawn(name, features)
    for there in (np.ones((20, 3), bool), present):
        found = array(layer.shares(features, present=there))
        assert np.abs(found.sum(1) - 1).max() < 1e-6
        assert found[~there].max(initial=0) < 1e-6
        assert found.min() >= 0
    if name in MEANS:
        mapped = np.stack([features[key] @ W for key, W in zip(sorted(features), weights, strict=False)], axis=1)
        expected = (array(layer.shares(features))[..., None] * mapped).sum(1)
        assert np.abs(array(layer(features)) - expected).max() < 1e-5


def test_by_hand():
    x = {"a": np.array([[2.0]]), "b": np.array([[3.0, -1.0]])}
    maps = np.array([[1.0]]), np.array([[2.0], [0.0]])  # mapped: 2 and 6
    assert np.allclose(fusion.concatenate_numpy(x), [[2, 3, -1]])
    assert np.allclose(fusion.weighted_sum_numpy(x, maps, np.log([3, 1])), 0.75 * 2 + 0.25 * 6)
    gates = np.zeros((3, 1)), np.array([[np.log(3) / 2], [0], [0]])  # shares 1/4 and 3/4
    assert np.allclose(fusion.gated_numpy(x, maps, gates), 0.25 * np.tanh(2) + 0.75 * np.tanh(6))
    scorer = np.array([[1.0]]), np.array([-2.0]), np.array([np.log(3) / np.tanh(4)])  # scores 0 and ln 3
    assert np.allclose(fusion.attention_fusion_numpy(x, maps, scorer), 0.25 * 2 + 0.75 * 6)
    W = np.arange(6.0)[:, None]  # of the products 6 -2 2 3 -1 1
    assert np.allclose(fusion.bilinear_numpy(x, W, np.array([0.5])), [-2 + 4 + 9 - 4 + 5 + 0.5])
    factors = np.array([[[1.0], [1]], [[0], [2]]]), np.array([[[1.0], [0], [0]], [[0], [1], [1]]])
    assert np.allclose(fusion.low_rank_numpy(x, factors, np.array([0.5])), 3 * 3 + 2 * 0 + 0.5)
    knobs = (np.array([[1.0], [0]]), np.array([1.0])), (np.array([[0.0], [1]]), np.array([4.0]))
    assert np.allclose(fusion.film_numpy(x, np.array([[5.0]]), *knobs, "a"), 4 * 10 + 3)


def test_two_modalities_agree_alike_and_the_odd_one_of_three_is_turned_down():
    same, odd = np.ones((1, 2)), -np.ones((1, 2))
    layer = fusion.SimilarityWeighted(2)
    features = {"a": same, "b": same, "c": odd}
    layer.build({name: values.shape for name, values in features.items()})
    layer.set_weights([np.eye(2)] * 3)
    assert array(layer.shares(features))[0] == pytest.approx([0.5, 0.5, 0], abs=1e-3)
    two = fusion.SimilarityWeighted(2)
    two.build({"a": same.shape, "c": odd.shape})
    assert array(two.shares({"a": same, "c": odd}))[0] == pytest.approx([0.5, 0.5])


def test_a_low_rank_table_is_a_bilinear_table():
    random = np.random.RandomState(0)
    features = {"a": random.standard_normal((7, 2)), "b": random.standard_normal((7, 3))}
    factors, b = [random.standard_normal(shape) for shape in ((2, 3, 4), (2, 4, 4))], random.standard_normal(4)
    W = np.einsum("riu,rju->iju", *factors).reshape(12, 4)
    assert np.allclose(fusion.low_rank_numpy(features, factors, b), fusion.bilinear_numpy(features, W, b))


def test_keras_differentiates_the_forms_that_no_lesson_numbers(features):
    if keras.backend.backend() == "torch":
        pytest.skip("keras.ops.jvp has no PyTorch form")
    random, h = np.random.RandomState(2), 1e-4
    x = {name: values[:3].astype(np.float64) for name, values in features.items()}
    for name in ("similarity", "film"):
        _, weights = drawn(name, features)
        nudge = [random.standard_normal(weight.shape) for weight in weights]
        ends = [FORMS[name](x, [w + side * n for w, n in zip(weights, nudge, strict=True)], None) for side in (h, -h)]
        expected = (ends[0] - ends[1]) / (2 * h)
        given = {key: ops.convert_to_tensor(values, "float32") for key, values in x.items()}
        tensors = [tuple(ops.convert_to_tensor(one, "float32") for one in many) for many in (weights, nudge)]
        _, found = ops.jvp(lambda *w, given=given, name=name: by_layer(MAKE[name](), given, list(w)), *tensors)
        assert np.linalg.norm(array(found) - expected) / np.linalg.norm(expected) < 1e-4
