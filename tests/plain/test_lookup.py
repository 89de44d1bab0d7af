"""Look-up: the label is the value that stood with the key, and nothing else tells it."""

import numpy as np
import pytest

from mmcourse.data.lookup import lookup, overwritten

KEYS, VALUES, PAIRS = 9, 5, 6


def parts(x):
    """Sequences -> keys (B, T), values (B, T), both as numbers, and the mark of the question (B, T)."""
    return x[..., :KEYS].argmax(-1), x[..., KEYS:-1].argmax(-1), x[..., -1]


@pytest.mark.parametrize("make", [lookup, overwritten])
def test_the_last_step_asks_with_a_key_alone(make):
    x, y = make(200, PAIRS, KEYS, VALUES, seed=3)
    assert x.shape == (200, PAIRS + 1, KEYS + VALUES + 1)
    assert x.dtype == np.float32
    assert (x[..., :KEYS].sum(-1) == 1).all()
    assert (x[:, :-1, KEYS:-1].sum(-1) == 1).all()
    assert not x[:, -1, KEYS:-1].any()
    assert np.array_equal(parts(x)[2], np.eye(PAIRS + 1)[[PAIRS] * 200])
    assert set(y) == set(range(VALUES))


def test_keys_differ_and_the_label_stood_with_the_key_asked_for():
    x, y = lookup(300, PAIRS, KEYS, VALUES, seed=1)
    keys, values, _ = parts(x)
    assert all(len(set(row)) == PAIRS for row in keys[:, :-1])
    found = keys[:, :-1] == keys[:, -1:]
    assert (found.sum(1) == 1).all()
    assert np.array_equal(values[:, :-1][found], y)


def test_of_two_pairs_with_the_key_the_later_one_counts():
    x, y = overwritten(300, PAIRS, KEYS, VALUES, seed=1)
    keys, values, _ = parts(x)
    found = keys[:, :-1] == keys[:, -1:]
    assert (found.sum(1) == 2).all()
    first, later = values[:, :-1][found].reshape(-1, 2).T
    assert np.array_equal(later, y)
    assert (first != later).all()
    assert all(len(set(row)) == PAIRS - 1 for row in keys[:, :-1])


def test_all_pairs_are_asked_for_alike_and_labels_are_drawn_alike():
    x, y = lookup(12000, PAIRS, KEYS, VALUES)
    keys, _, _ = parts(x)
    places = (keys[:, :-1] == keys[:, -1:]).argmax(1)
    assert np.abs(np.bincount(places) / len(y) - 1 / PAIRS).max() < 0.015
    assert np.abs(np.bincount(y) / len(y) - 1 / VALUES).max() < 0.015
    together = np.histogram2d(keys[:, -1], y, bins=(KEYS, VALUES))[0] / len(y)
    assert np.abs(together - 1 / KEYS / VALUES).max() < 0.008  # the key alone does not tell the value


def test_a_seed_gives_the_same_sequences_and_another_one_others():
    for make in (lookup, overwritten):
        first, again, other = (make(20, PAIRS, seed=seed)[0] for seed in (1, 1, 2))
        assert np.array_equal(first, again)
        assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("make", "given", "message"),
    [
        (lookup, (0, 3), "count is 0"),
        (lookup, (5, 0), "pairs is 0"),
        (lookup, (5, 2.0), "pairs is 2.0"),
        (lookup, (5, 3, 4, 1), "values is 1"),
        (lookup, (5, 5, 4), "5 pairs with 4 keys"),
        (overwritten, (5, 1), "pairs is 1; give a whole number from 2"),
    ],
)
def test_bad_input_is_named(make, given, message):
    with pytest.raises(ValueError, match=message):
        make(*given)
