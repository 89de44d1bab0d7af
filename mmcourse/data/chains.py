"""Strips of noisy handwritten digits whose digits follow a Markov chain: what a hidden Markov model reads."""

from typing import NamedTuple

import numpy as np

from mmcourse.data.load import load

UP, STAY, RESTART = 0.85, 0.10, 0.05  # what a counter does in one step, and how often


class Chain(NamedTuple):
    """`start` (K,): probabilities of the first state; `move` (K, K): from the row's state to the column's."""

    start: np.ndarray
    move: np.ndarray


def counter(step: int) -> Chain:
    """A counter with the states 0 to 9, started anywhere.

    In one step it goes up by `step` (after 9 comes 0) with probability 0.85, stays with 0.10, jumps to 0 with 0.05.
    Raises ValueError for a step outside 1 to 9.
    """
    if step not in range(1, 10):
        raise ValueError(f"step is {step!r}; a counter with ten digits goes up by 1 to 9.")
    move = STAY * np.eye(10) + UP * np.roll(np.eye(10), step, axis=1)
    move[:, 0] += RESTART
    return Chain(np.full(10, 0.1), move)


def sample(chain: Chain, length: int, random: np.random.RandomState) -> np.ndarray:
    """(length,) int64: a path of states drawn from the chain. Raises ValueError for a length below 1."""
    if length < 1:
        raise ValueError(f"length is {length!r}; give 1 or more.")
    edges = np.cumsum(chain.move, axis=1)
    path = [int(np.searchsorted(np.cumsum(chain.start), random.uniform(), side="right"))]
    for draw in random.uniform(size=length - 1):
        path.append(int(np.searchsorted(edges[path[-1]], draw, side="right")))
    return np.minimum(path, len(edges) - 1)  # a sum of 0.999… lets a draw fall behind the last state


def strips(
    chain: Chain, count: int, length: int, noise: float, random: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (count, length, 8, 8, 1), float64, and the digits (count, length) that they show.

    Each strip is a path of the chain; state s shows the digit s modulo 10. Each picture is a test digit drawn at random
    plus Gaussian noise of standard deviation `noise` on each pixel (ink is 1, paper 0).
    """
    data = load("digits", "test")
    rows = [np.flatnonzero(data["label"] == digit) for digit in range(10)]
    digits = np.stack([sample(chain, length, random) for _ in range(count)]) % 10
    chosen = [rows[digit][random.randint(len(rows[digit]))] for digit in digits.ravel()]
    pictures = data["image"][chosen].reshape(count, length, *data["image"].shape[1:])
    return pictures + noise * random.standard_normal(pictures.shape), digits


def likelihood(pictures: np.ndarray, noise: float) -> np.ndarray:
    """(..., 8, 8, 1) -> (..., 10): how probable each picture is if it shows each digit, up to a factor of the picture.

    A picture of a digit is taken to be one of the clean training pictures of that digit, all equally probable, plus
    Gaussian noise of standard deviation `noise`. Raises ValueError for other shapes and for a noise not above 0.
    """
    if np.shape(pictures)[-3:] != (8, 8, 1) or not noise > 0:
        raise ValueError(f"pictures have shape {np.shape(pictures)}, noise is {noise!r}; give (..., 8, 8, 1), above 0.")
    data = load("digits", "train")
    clean, seen = data["image"].reshape(-1, 64).astype(float), np.reshape(pictures, (-1, 64))
    distance = np.square(seen).sum(1)[:, None] - 2 * seen @ clean.T + np.square(clean).sum(1)  # (n, 1287)
    nearness = np.exp((distance.min(1, keepdims=True) - distance) / (2 * noise**2))
    found = np.stack([nearness[:, data["label"] == digit].mean(1) for digit in range(10)], axis=-1)
    return found.reshape(*np.shape(pictures)[:-3], 10)
