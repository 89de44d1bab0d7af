"""Counters, paths and strips of digits: probabilities, frequencies, the density of a noisy picture."""

import numpy as np
import pytest

from mmcourse.data import chains
from mmcourse.data.load import load


@pytest.mark.parametrize("step", [1, 3, 9])
def test_a_counter_goes_up_stays_or_restarts(step):
    chain = chains.counter(step)
    assert np.allclose(chain.move.sum(1), 1)
    assert np.isclose(chain.start.sum(), 1)
    for digit in range(10):
        expected = {digit: 0.10, 0: 0.05}
        expected[digit] = 0.10 + 0.05 * (digit == 0)
        up = (digit + step) % 10
        expected[up] = expected.get(up, 0) + 0.85
        for other in range(10):
            assert np.isclose(chain.move[digit, other], expected.get(other, 0))


def test_paths_follow_the_chain():
    chain = chains.Chain(np.array([0.2, 0.8, 0.0]), np.array([[0.1, 0.9, 0.0], [0.3, 0.3, 0.4], [0.0, 1.0, 0.0]]))
    random = np.random.RandomState(0)
    starts = [chains.sample(chain, 1, random)[0] for _ in range(2000)]
    assert np.abs(np.bincount(starts, minlength=3) / 2000 - chain.start).max() < 0.05
    path = chains.sample(chain, 20000, random)
    moves = np.zeros((3, 3))
    np.add.at(moves, (path[:-1], path[1:]), 1)
    assert np.abs(moves / moves.sum(1, keepdims=True) - chain.move).max() < 0.03
    assert (moves[chain.move == 0] == 0).all()


def test_strips_show_their_digits_and_repeat_with_the_seed():
    pictures, digits = chains.strips(chains.counter(1), 6, 5, 0, np.random.RandomState(0))
    again, _ = chains.strips(chains.counter(1), 6, 5, 0, np.random.RandomState(0))
    assert pictures.shape == (6, 5, 8, 8, 1)
    assert digits.shape == (6, 5)
    assert np.array_equal(pictures, again)
    test = load("digits", "test")
    for picture, digit in zip(pictures.reshape(-1, 8, 8, 1), digits.ravel(), strict=True):
        same = np.abs(test["image"] - picture).max((1, 2, 3)) < 1e-6
        assert digit in test["label"][same]


def test_noise_is_as_large_as_asked():
    still, _ = chains.strips(chains.counter(1), 20, 10, 0, np.random.RandomState(0))
    noisy, _ = chains.strips(chains.counter(1), 20, 10, 0.7, np.random.RandomState(0))
    assert abs((noisy - still).std() - 0.7) < 0.02


def test_twenty_states_show_ten_digits():
    zero = np.zeros((10, 10))
    move = np.block([[chains.counter(1).move, zero], [zero, chains.counter(3).move]])
    _, digits = chains.strips(chains.Chain(np.full(20, 0.05), move), 40, 10, 1, np.random.RandomState(0))
    assert digits.max() == 9
    steps = (digits[:, 1:] - digits[:, :-1]) % 10
    assert (steps == 1).any()
    assert (steps == 3).any()


def test_the_likelihood_is_a_mean_of_densities_up_to_a_factor_of_the_picture():
    pictures, _ = chains.strips(chains.counter(1), 2, 3, 0.8, np.random.RandomState(0))
    found = chains.likelihood(pictures, 0.8)
    assert found.shape == (2, 3, 10)
    train = load("digits", "train")
    for picture, values in zip(pictures.reshape(-1, 64), found.reshape(-1, 10), strict=True):
        squares = np.square(train["image"].reshape(-1, 64).astype(float) - picture).sum(1)
        density = np.exp(-squares / (2 * 0.8**2)) / (2 * np.pi * 0.8**2) ** 32
        expected = [density[train["label"] == digit].mean() for digit in range(10)]
        assert np.allclose(values / values.sum(), expected / np.sum(expected), rtol=1e-6)


def test_clean_pictures_are_read_nearly_always():
    pictures, digits = chains.strips(chains.counter(1), 20, 10, 0, np.random.RandomState(0))
    assert (chains.likelihood(pictures, 0.2).argmax(-1) == digits).mean() > 0.9


def test_no_draw_falls_behind_the_last_state():
    class Last:  # the largest number that `uniform` gives
        def uniform(self, size):
            return np.full(size, np.nextafter(1, 0))

    tenths = np.full(10, 0.1)
    assert np.cumsum(tenths)[-1] <= np.nextafter(1, 0)
    assert chains.sample(chains.Chain(tenths, np.tile(tenths, (10, 1))), 4, Last()).tolist() == [9] * 4


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="step is 0"):
        chains.counter(0)
    with pytest.raises(ValueError, match="length"):
        chains.sample(chains.counter(1), 0, np.random.RandomState(0))
    with pytest.raises(ValueError, match="noise"):
        chains.likelihood(np.zeros((2, 8, 8, 1)), 0)
    with pytest.raises(ValueError, match="shape"):
        chains.likelihood(np.zeros((2, 8, 8)), 1)
    for noise in (-1, np.nan):
        with pytest.raises(ValueError, match=f"noise is {noise}"):
            chains.strips(chains.counter(1), 2, 3, noise, np.random.RandomState(0))
    with pytest.raises(ValueError, match="count is 0"):
        chains.strips(chains.counter(1), 0, 3, 1, np.random.RandomState(0))
    with pytest.raises(ValueError, match="does not sum to 1"):
        chains.sample(chains.Chain(np.array([0.2, 0.2]), np.eye(2)), 3, np.random.RandomState(0))
