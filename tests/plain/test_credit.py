"""Credit is shared by hand-worked cases: additive worth, an exclusive or, and the sum that is always kept."""

from itertools import combinations

import numpy as np
import pytest

from mmcourse.credit import shared_credit


def test_of_a_sum_each_gets_its_own_part():
    worth = {(): 1.0, ("a",): 3.0, ("b",): 1.5, ("a", "b"): 3.5}
    assert shared_credit(worth) == pytest.approx({"a": 2.0, "b": 0.5})


def test_an_exclusive_or_is_shared_in_halves():
    assert shared_credit({(): 0.5, ("a",): 0.5, ("b",): 0.5, ("a", "b"): 1.0}) == pytest.approx({"a": 0.25, "b": 0.25})


def test_the_last_to_come_and_the_first_count_alike():
    worth = {(): 0, ("f",): 0.3, ("v",): 0, ("w",): 0.2, ("f", "v"): 0.3, ("f", "w"): 0.3, ("v", "w"): 0.35}
    credit = shared_credit(worth | {("f", "v", "w"): 0.383})
    assert credit["v"] == pytest.approx((2 * 0 + 0 + 0.15 + 2 * 0.083) / 6)  # first twice, after f, after w, last twice


def test_the_credits_sum_to_the_whole_gain():
    random, names = np.random.RandomState(0), ("a", "b", "c", "d")
    worth = {s: random.uniform() for size in range(5) for s in combinations(names, size)}
    assert sum(shared_credit(worth).values()) == pytest.approx(worth[names] - worth[()])


@pytest.mark.parametrize("worth", [{(): 0.5, ("a",): 1.0, ("b",): 1.0}, {(): 0, ("b", "a"): 1, ("a",): 1, ("b",): 1}])
def test_a_missing_selection_is_told(worth):
    with pytest.raises(ValueError, match="give each of"):
        shared_credit(worth)
