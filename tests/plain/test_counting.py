"""Language models that count: the formula by hand, probabilities that sum to 1, what is refused."""

import numpy as np
import pytest

from mmcourse.data.text import END, START
from mmcourse.nn.counting import NGrams

A, B = 4, 5
ROWS = [[START, A, B, A, B, A, END]]  # after A: B twice, END once; after B: A twice; after START: A


def test_the_formula_by_hand():
    unigram = (3 + 3 / 6) / (6 + 3)  # A is three of the six tokens that follow something, 3 different ones, V = 6
    assert NGrams(0, 6).fit(ROWS).probability(A) == 1 / 6
    assert np.isclose(NGrams(1, 6).fit(ROWS).probability(A, [B]), unigram)
    bigram = NGrams(2, 6).fit(ROWS)
    assert np.isclose(bigram.probability(A, [B]), (2 + 1 * unigram) / (2 + 1))  # after B came A only, twice
    never = (0 + 2 * unigram) / (3 + 2)  # after A came two different tokens in three places, A none of them
    assert np.isclose(bigram.probability(A, [A]), never)
    trigram = NGrams(3, 6).fit(ROWS)
    assert np.isclose(trigram.probability(A, [A, A]), never)  # a context never met: that of the shorter one


def test_only_the_last_tokens_of_the_context_count():
    bigram = NGrams(2, 6).fit(ROWS)
    assert bigram.probability(A, [START, A, B]) == bigram.probability(A, [B])
    trigram = NGrams(3, 6).fit(ROWS)
    assert trigram.probability(END, [A, B, A]) != trigram.probability(END, [START, A])


@pytest.mark.parametrize("order", [0, 1, 2, 3, 6])
@pytest.mark.parametrize("context", [[], [START], [A], [END, END], [START, A, B, A, B]])
def test_probabilities_sum_to_1_and_are_those_of_single_tokens(order, context):
    model = NGrams(order, 9).fit(ROWS)
    found = model.probabilities(context)
    assert found.shape == (9,)
    assert found.min() > 0
    assert np.isclose(found.sum(), 1)
    assert np.array_equal(found, [model.probability(token, context) for token in range(9)])


def test_bits_are_the_mean_surprise_without_start_and_with_end():
    model = NGrams(2, 6).fit(ROWS)
    by_hand = [model.probability(token, [before]) for before, token in [(START, B), (B, A), (A, END)]]
    assert np.isclose(model.bits([[START, B, A, END]]), -np.log2(by_hand).mean())
    assert np.isclose(NGrams(0, 8).fit(ROWS).bits(ROWS), 3)


def test_longer_contexts_know_a_repeating_text_better():
    random = np.random.RandomState(0)
    rows = [[START, *np.repeat(random.randint(4, 8, size=30), 2), END] for _ in range(50)]
    one, two, three = (NGrams(order, 8).fit(rows[:40]).bits(rows[40:]) for order in (1, 2, 3))
    assert one > two + 0.3 > three + 0.6


def test_a_sample_begins_with_start_and_ends_with_the_end():
    model = NGrams(3, 6).fit(ROWS * 50)
    row = model.sample(100, np.random.RandomState(0), end=END)
    assert row[:2] == [START, A]
    assert row[-1] == END
    assert len(model.sample(5, np.random.RandomState(1), end=0)) == 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: NGrams(-1, 6), "order is -1"),
        (lambda: NGrams(2, 0), "vocab_size 0"),
        (lambda: NGrams(2, 6).fit([[START, 6]]), "no token 6"),
        (lambda: NGrams(2, 6).fit(ROWS).probability(-1), "no token -1"),
        (lambda: NGrams(2, 6).fit(ROWS).probabilities([7]), "no token 7"),
        (lambda: NGrams(2, 6).fit(ROWS).bits([[START]]), "no token to predict"),
    ],
)
def test_what_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        change()
