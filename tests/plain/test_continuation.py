"""What language models are used for: the chain rule over all texts, temperature, completion, draws."""

import numpy as np
import pytest

from mmcourse.data.text import END, START, CharacterVocabulary, WordVocabulary
from mmcourse.nn import continuation
from mmcourse.nn.counting import NGrams

TEXTS = ["the cat", "the cat", "the cow", "the cat sat"]
A, B = 4, 5


@pytest.fixture(scope="module")
def vocabulary():
    return CharacterVocabulary().fit(TEXTS, 100)


@pytest.fixture(scope="module")
def counts(vocabulary):
    rows = [[START, *vocabulary.encode(text), END] for text in TEXTS]
    return NGrams(4, len(vocabulary)).fit(rows).probabilities


def toy(row):
    """After START: A 3/4, END 1/4; after A: B; after B: A or END, 1/2 each."""
    return np.array({START: [0, 0, 1, 0, 3, 0], A: [0, 0, 0, 0, 0, 4], B: [0, 0, 2, 0, 2, 0]}[row[-1]]) / 4


def test_the_chain_rule_multiplies():
    assert 2 ** -continuation.text_bits([START, A, B, A, B, END], toy) == 3 / 4 * 1 * 1 / 2 * 1 * 1 / 2
    assert continuation.text_bits([START, END], toy) == 2
    assert continuation.text_bits([START, B, END], toy) == np.inf


def test_all_texts_together_have_the_probability_1_but_for_those_not_yet_ended():
    sums = []
    for length in (0, 1, 2, 4, 8):
        rows = list(continuation.texts_up_to(length, [A, B]))
        assert len(rows) == len({tuple(row) for row in rows}) == 2 ** (length + 1) - 1
        sums.append(sum(2 ** -continuation.text_bits(row, toy) for row in rows))
    assert np.allclose(sums, [1 / 4, 1 / 4, 5 / 8, 13 / 16, 1 - 3 / 64])


def test_the_bits_of_counts_are_the_chain_rule(vocabulary):
    rows = [[START, *vocabulary.encode(text), END] for text in TEXTS]
    model = NGrams(3, len(vocabulary)).fit(rows)
    total = sum(continuation.text_bits(row, model.probabilities) for row in rows)
    assert np.isclose(total / sum(len(row) - 1 for row in rows), model.bits(rows))


@pytest.mark.parametrize("temperature", [0.25, 0.5, 1.0, 2.0, 4.0])
def test_temperature_is_a_power(temperature):
    probabilities = np.array([0.5, 0.25, 0.125, 0.125, 0])
    powers = probabilities ** (1 / temperature)
    found = continuation.tempered_numpy(probabilities, temperature)
    assert np.allclose(found, powers / powers.sum())
    assert found[-1] == 0


def test_a_very_low_temperature_takes_the_largest_without_an_overflow():
    assert np.allclose(continuation.tempered_numpy(np.array([0.3, 0.4, 0.3]), 1e-4), [0, 1, 0])
    assert np.allclose(continuation.tempered_numpy(np.array([0.3, 0.4, 0.3]), 1e6), 1 / 3)


@pytest.mark.parametrize("temperature", [0, -1, np.nan, np.inf])
def test_a_temperature_that_is_not_above_0_is_refused(temperature):
    with pytest.raises(ValueError, match="above 0"):
        continuation.tempered_numpy(np.array([0.5, 0.5]), temperature)


def test_draws_follow_the_probabilities_and_end():
    class Letters:
        encode = staticmethod(lambda text: ["ab".index(letter) + A for letter in text])
        decode = staticmethod(lambda row: "".join("ab"[i - A] for i in row if i in (A, B)))

        def __len__(self):
            return 6

    drawn = [continuation.draw(toy, Letters(), "ab", 2, 1.0, seed) for seed in range(600)]
    assert set(drawn) == {"ab", "abab"}
    assert abs(drawn.count("ab") - 300) < 60
    assert continuation.draw(toy, Letters(), "a", 1, 1.0) == "ab"
    flat = [continuation.draw(toy, Letters(), "", 1, 1e6, seed) for seed in range(600)]
    assert abs(flat.count("a") - 300) < 60  # without temperature 450


def test_the_likeliest_tokens_and_the_end(counts, vocabulary):
    found = continuation.likeliest(counts, vocabulary, "the ca", count=2)
    assert next(iter(found)) == "t"
    assert len(found) == 2
    assert next(iter(continuation.likeliest(counts, vocabulary, "the cow"))) == "END"


def test_completion_stops_after_the_word_or_the_text(counts, vocabulary):
    assert continuation.complete(counts, vocabulary, "t") == "the"
    assert continuation.complete(counts, vocabulary, "t", words=2) == "the cat"
    assert continuation.complete(counts, vocabulary, "the cow") == "the cow"
    assert continuation.complete(counts, vocabulary, "the", words=2, length=3) == "the ca"
    assert continuation.complete(counts, vocabulary, "the") == "the cat"  # a space that comes first ends no word


@pytest.mark.parametrize("without", [CharacterVocabulary().fit(["cat"], 100), WordVocabulary().fit(["the cat"], 100)])
def test_completion_needs_spaces(without, counts):
    with pytest.raises(ValueError, match="a space is no token"):
        continuation.complete(counts, without, "cat")
