"""Character models: what they may see, how bits are counted, what a sample is."""

import keras
import numpy as np
import pytest
from keras import ops

import mmcourse as mm
from mmcourse.data.text import END, PAD, START, CharacterVocabulary
from mmcourse.nn import language

TEXTS = ["abca", "cab", "bc"]


@pytest.fixture
def vocabulary():
    return CharacterVocabulary().fit(TEXTS, 10)


def tokens(batch=3, length=7, vocab_size=7):
    return np.random.RandomState(0).randint(4, vocab_size, size=(batch, length)).astype("int32")


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_character_model_sees_no_token_that_comes_later(cell):
    model = language.character_model(cell, 7, dim=8)
    before = tokens()
    after = before.copy()
    after[:, 4] = 3
    old, new = (ops.convert_to_numpy(model({"tokens": given})) for given in (before, after))
    assert old.shape == (3, 7, 7)
    assert np.abs(old[:, :4] - new[:, :4]).max() < 1e-6
    assert np.abs(old[:, 4:] - new[:, 4:]).max(axis=(0, 2)).min() > 1e-6  # all later states have seen it


@pytest.mark.parametrize("sides", ["left", "both"])
def test_a_hidden_character_is_not_seen_its_neighbors_are(sides):
    model = language.hidden_character_model(7, dim=8, sides=sides)
    before = tokens()
    old = ops.convert_to_numpy(model({"tokens": before}))
    assert old.shape == (3, 5, 7)
    for place in range(7):
        after = before.copy()
        after[:, place] = 3
        moved = np.abs(old - ops.convert_to_numpy(model({"tokens": after}))).max(axis=(0, 2)) > 1e-7  # of 1, 2, … 5
        expected = [place != hidden and (place < hidden or sides == "both") for hidden in range(1, 6)]
        assert moved.tolist() == expected


def test_the_leaking_model_sees_the_token_that_it_shall_guess():
    model = language.leaking_model(7, dim=8)
    before = tokens()
    after = before.copy()
    after[:, 4] = 3
    old, new = (ops.convert_to_numpy(model({"tokens": given})) for given in (before, after))
    assert np.abs(old[:, 3] - new[:, 3]).max() > 1e-4


def test_bits_of_guessing_are_the_logarithm_of_the_number_of_tokens():
    targets = np.array([[4, 5, PAD], [6, END, PAD]])
    assert np.isclose(language.bits_numpy(np.zeros((2, 3, 8)), targets), 3)
    logits = np.zeros((2, 3, 8))
    logits[:, 2] = 1e3 * np.eye(8)[7]  # a sure and wrong guess, at places that do not count
    assert np.isclose(language.bits_numpy(logits, targets), 3)
    sure = 1e3 * np.eye(8)[targets]
    assert language.bits_numpy(sure, targets) == 0


def test_bits_of_texts_do_not_depend_on_their_order_or_batch(vocabulary):
    model = language.character_model("rnn", len(vocabulary), dim=8)
    texts = TEXTS * 30  # more than one batch
    rows = [[START, *vocabulary.encode(text), END] for text in TEXTS]
    single = [ops.convert_to_numpy(model({"tokens": np.array([row[:-1]])})) for row in rows]
    sums = [
        language.bits_numpy(logits, np.array([row[1:]])) * (len(row) - 1)
        for logits, row in zip(single, rows, strict=True)
    ]
    expected = sum(sums) / sum(len(row) - 1 for row in rows)
    assert np.isclose(language.bits_per_character(model, texts, vocabulary), expected, atol=1e-5)
    assert np.isclose(language.bits_per_character(model, texts[::-1], vocabulary), expected, atol=1e-5)


def test_windows_hold_all_texts_and_each_target_is_the_next_token(vocabulary):
    given, targets = language.windows(TEXTS, vocabulary, length=3)
    stream = [i for text in TEXTS for i in (START, *vocabulary.encode(text), END)]
    assert given.ravel().tolist() == stream[: given.size]
    assert [t if t != PAD else START for t in targets.ravel()] == stream[1 : given.size + 1]
    assert START not in targets
    assert PAD in targets


def test_bits_by_context_ask_for_the_same_characters_with_less_before_them(vocabulary):
    texts = TEXTS * 10
    contexts, targets = language.contexts_of(texts, vocabulary, length=4, every=2)
    stream = [i for text in texts for i in (START, *vocabulary.encode(text), END)]
    expected = [(stream[n : n + 4], stream[n + 4]) for n in range(0, len(stream) - 4, 2) if stream[n + 4] != START]
    assert contexts.tolist() == [context for context, _ in expected]
    assert targets.tolist() == [target for _, target in expected]
    model = language.character_model("rnn", len(vocabulary), dim=8)
    one, four = language.bits_by_context(model, texts, vocabulary, [1, 4], every=2)
    logits = ops.convert_to_numpy(model({"tokens": contexts})).astype(np.float64)
    assert np.isclose(four, language.bits_numpy(logits[:, -1:], targets[:, None]), atol=1e-6)
    assert one != four


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_sample_step_by_step_is_what_the_whole_model_would_draw(cell, vocabulary):
    model = language.character_model(cell, len(vocabulary), dim=8)
    model.layers[-1].kernel.assign(1e5 * model.layers[-1].kernel)  # so sure that there is nothing to draw
    (text,) = language.sample(model, vocabulary, count=1, length=6)
    row = [START]
    while len(row) < 7 and row[-1] != END:
        logits = np.array(ops.convert_to_numpy(model({"tokens": np.array([row])}))[0, -1])
        logits[[PAD, START, 3]] = -np.inf
        row.append(int(logits.argmax()))
    assert text == vocabulary.decode(row)


def test_samples_are_drawn_with_the_probabilities_of_the_model(vocabulary):
    model = language.character_model("rnn", len(vocabulary), dim=8)
    model.layers[-1].kernel.assign(0 * model.layers[-1].kernel)
    bias = np.log([1, 1, 1, 1, 4, 2, 1]).astype("f")  # END, a, b, c
    model.layers[-1].bias.assign(bias)
    first = [text[:1] for text in language.sample(model, vocabulary, count=4000, length=1)]
    letters = [vocabulary.decode([i]) for i in (4, 5, 6)]
    shares = [first.count(letter) / 4000 for letter in [*letters, ""]]
    assert np.abs(np.array(shares) - [4 / 8, 2 / 8, 1 / 8, 1 / 8]).max() < 0.03


def test_descent_learns_and_tells_the_norm_before_clipping(vocabulary):
    given, targets = language.windows(["abcabcabcabc"] * 20, vocabulary, length=12)
    curves = []
    for clip in (None, 1e-6):
        mm.seed(0)
        model = language.character_model("rnn", len(vocabulary), dim=8)
        curves.append(language.descend(model, given, targets, language.WatchedSGD(1.0, global_clipnorm=clip), 30))
    free, held = curves
    assert len(free["bits"]) == len(free["norm"]) == 30
    assert free["bits"][-1] < 0.5 * free["bits"][0]
    assert held["bits"][-1] > 0.9 * held["bits"][0]  # steps too short to learn anything
    assert np.isclose(held["norm"][0], free["norm"][0], rtol=1e-3)
    assert held["norm"].min() > 1e-3


def test_the_norm_is_that_of_all_gradients():
    optimizer = language.WatchedSGD(0.1)
    variables = [keras.Variable(np.zeros((2, 2), "f")), keras.Variable(np.zeros(1, "f"))]
    optimizer.build(variables)
    optimizer.apply([ops.ones((2, 2)) * 2, ops.ones(1) * 3], variables)
    assert np.isclose(float(optimizer.norm.value), 5)


def test_descent_ends_where_the_loss_is_no_number(vocabulary):
    given, targets = language.windows(["abcabcabcabc"] * 20, vocabulary, length=12)
    model = language.character_model("rnn", len(vocabulary), dim=8)
    curve = language.descend(model, given, targets, language.WatchedSGD(float("inf")), 30)
    assert 1 <= len(curve["bits"]) < 30
    assert not np.isfinite(curve["bits"][-1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v: language.character_model("elman", 7), "one of rnn, lstm, gru"),
        (lambda v: language.character_model("rnn", 4), "vocab_size 4"),
        (lambda v: language.hidden_character_model(7, sides="right"), "sides is 'right'"),
        (lambda v: language.windows(["ab"], v, length=20), "too few"),
        (lambda v: language.bits_numpy(np.zeros((2, 3)), np.zeros((2, 3), int)), "logits has shape"),
        (lambda v: language.bits_numpy(np.zeros((2, 3, 4)), np.zeros((2, 4), int)), "targets has shape"),
    ],
)
def test_what_is_refused(vocabulary, change, message):
    with pytest.raises(ValueError, match=message):
        change(vocabulary)
