"""The model of a window: equal to NumPy, sees its window only, the same places as counts, learns a pattern."""

import keras
import numpy as np
import pytest
from keras import ops

import mmcourse as mm
from mmcourse.data.text import END, PAD, START, CharacterVocabulary
from mmcourse.nn import window_model as wm
from mmcourse.nn.counting import NGrams

TEXTS = ["abca", "cab", "bc"]


@pytest.fixture
def vocabulary():
    return CharacterVocabulary().fit(TEXTS, 10)


@pytest.mark.parametrize("hidden", [1, 3])
def test_keras_and_numpy_give_the_same_logits(hidden):
    model = wm.window_model(9, 4, hidden, units=12, width=3)
    tokens = np.random.RandomState(0).randint(0, 9, size=(5, 4)).astype("int32")
    logits = ops.convert_to_numpy(model({"tokens": tokens}))
    assert logits.shape == (5, 9)
    assert np.abs(logits - wm.window_model_numpy(tokens, *wm.parts(model))).max() < 1e-5
    assert model.count_params() == 9 * 3 + (12 + 1) * 12 + (hidden - 1) * 13 * 12 + 13 * 9


def test_every_place_of_the_window_counts():
    model = wm.window_model(9, 4, units=12, width=3)
    before = np.array([[4, 5, 6, 7]])
    old = wm.window_model_numpy(before, *wm.parts(model))
    for place in range(4):
        after = before.copy()
        after[:, place] = 8
        assert np.abs(wm.window_model_numpy(after, *wm.parts(model)) - old).max() > 1e-5
    moved = wm.window_model_numpy(before[:, ::-1], *wm.parts(model))
    assert np.abs(moved - old).max() > 1e-5


def test_contexts_are_those_that_counts_see(vocabulary):
    tokens, targets = wm.contexts(TEXTS, vocabulary, 3)
    a, b, c = vocabulary.encode("abc")
    assert tokens[:5].tolist() == [[PAD, PAD, START], [PAD, START, a], [START, a, b], [a, b, c], [b, c, a]]
    assert targets[:5].tolist() == [a, b, c, a, END]
    assert len(targets) == sum(len(text) + 1 for text in TEXTS)
    assert (tokens[5] == [PAD, PAD, START]).all()  # a text begins anew
    assert START not in targets


def test_bits_are_counted_as_those_of_counts(vocabulary):
    model = wm.window_model(len(vocabulary), 3, units=8, width=2)
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    rows = [[START, *vocabulary.encode(text), END] for text in TEXTS]
    assert np.isclose(wm.bits(model, TEXTS, vocabulary), NGrams(0, len(vocabulary)).fit(rows).bits(rows))


def test_next_probabilities_are_the_softmax_of_the_model(vocabulary):
    model = wm.window_model(len(vocabulary), 3, units=8, width=2)
    ask = wm.next_probabilities(model)
    for row in ([START], [START, 4], [START, 4, 5, 6, 4]):
        window = np.array([([PAD] * 3 + row)[-3:]])
        expected = ops.convert_to_numpy(ops.softmax(model({"tokens": window})))[0]
        assert np.allclose(ask(row), expected, atol=1e-6)
        assert np.isclose(ask(row).sum(), 1)


@pytest.mark.parametrize("hidden", [1, 3])
def test_a_pattern_is_learned_and_every_weight_moves(vocabulary, hidden):
    texts = ["abcabcabc", "bcabcabca", "cabcabcab"]
    model = wm.window_model(len(vocabulary), 2, hidden, units=16, width=4)
    before = model.get_weights()
    tokens, targets = wm.contexts(texts, vocabulary, 2)
    mm.train.compile_classifier(model, 150, 1e-2)
    mm.train.fit(model, {"tokens": tokens}, targets, 150, 30)
    assert all(np.abs(old - new).max() > 0 for old, new in zip(before, model.get_weights(), strict=True))
    assert wm.next_probabilities(model)([START, *vocabulary.encode("abcab")])[vocabulary.encode("c")[0]] > 0.7
    assert wm.bits(model, texts, vocabulary) < 0.8


def test_saving_keeps_the_outputs(tmp_path):
    model = wm.window_model(9, 4, units=12, width=3)
    model.save(tmp_path / "window.keras")
    again = keras.saving.load_model(tmp_path / "window.keras")
    tokens = np.random.RandomState(0).randint(0, 9, size=(5, 4)).astype("int32")
    assert np.allclose(model.predict({"tokens": tokens}, verbose=0), again.predict({"tokens": tokens}, verbose=0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda vocabulary: wm.window_model(9, 0), "length is 0"),
        (lambda vocabulary: wm.window_model(9, 3, hidden=0), "hidden is 0"),
        (lambda vocabulary: wm.window_model(9, 3, units=2.5), r"units is 2\.5"),
        (lambda vocabulary: wm.contexts([], vocabulary, 3), "0 texts"),
        (lambda vocabulary: wm.contexts(TEXTS, vocabulary, 0), "length is 0"),
        (lambda vocabulary: wm.window_model_numpy(np.zeros((2, 3, 1), int), np.zeros((9, 2)), []), "tokens"),
    ],
)
def test_what_is_refused(vocabulary, change, message):
    with pytest.raises(ValueError, match=message):
        change(vocabulary)
