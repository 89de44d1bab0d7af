"""Delayed recall: the label is the symbol at the bell, and nothing else tells it."""

import numpy as np
import pytest

from mmcourse.data.recall import recall


def test_the_label_is_the_symbol_at_the_bell():
    x, y = recall(200, 7, early=4, classes=5, seed=3)
    assert x.shape == (200, 11, 6)
    assert x.dtype == np.float32
    assert np.array_equal(x[..., :5].sum(-1), np.ones((200, 11)))
    bell = x[..., 5]
    assert np.array_equal(bell.sum(1), np.ones(200))
    assert set(bell.argmax(1)) == {0, 1, 2, 3}
    assert np.array_equal(x[bell == 1][:, :5].argmax(-1), y)


def test_with_one_early_step_the_first_symbol_is_asked_for():
    x, y = recall(50, 3, early=1)
    assert np.array_equal(x[:, 0, :4].argmax(-1), y)
    assert np.array_equal(x[:, :, 4], [[1, 0, 0, 0]] * 50)


def test_symbols_are_drawn_alike_and_those_without_bell_tell_nothing():
    x, y = recall(8000, 2, early=1, seed=0)
    symbols = x[..., :4].argmax(-1)
    together = np.histogram2d(symbols[:, 1], y, bins=4)[0] / len(y)
    assert np.abs(together - 1 / 16).max() < 0.012
    assert np.abs(x[..., :4].mean((0, 1)) - 1 / 4).max() < 0.02


def test_a_seed_gives_the_same_sequences_and_another_one_others():
    first, again, other = (recall(20, 10, seed=seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((0, 5), "count is 0"),
        ((3, 0), "delay is 0"),
        ((3, 5, 0), "early"),
        ((3, 5, 1, 1), "classes"),
        ((2.5, 5), "2.5"),
    ],
)
def test_wrong_numbers_are_named(given, message):
    with pytest.raises(ValueError, match=message):
        recall(*given)
