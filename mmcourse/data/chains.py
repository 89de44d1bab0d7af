"""Strips of noisy handwritten digits whose digits follow a Markov chain: what a hidden Markov model reads."""

from typing import NamedTuple

import numpy as np

from mmcourse import shapes
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


def checked(chain: Chain) -> Chain:
    """The chain as arrays of float. Raises ValueError for other shapes, and rows that are no probabilities."""
    start, move = (np.asarray(values, float) for values in chain)
    states = start.size
    if start.shape != (states,) or move.shape != (states, states) or not states:
        raise ValueError(f"The chain has shapes {start.shape} and {move.shape}; give (K,) and (K, K), K at least 1.")
    if not np.allclose(start.sum(), 1) or not np.allclose(move.sum(1), 1) or min(start.min(), move.min()) < 0:
        raise ValueError("A row of the chain does not sum to 1, or is negative; divide each row by its sum.")
    return Chain(start, move)


def sample(chain: Chain, length: int, random: np.random.RandomState) -> np.ndarray:
    """(length,) int64: a path of states drawn from the chain.

    Raises ValueError for a length below 1, and what is no chain.
    """
    draws = random.uniform(size=shapes.whole(length, "length"))
    start, move = checked(chain)
    edges = np.cumsum(move, axis=1)[:, :-1]  # without the last one, which may be 0.999…: no draw falls behind it
    path = [int(np.searchsorted(np.cumsum(start)[:-1], draws[0], side="right"))]
    for value in draws[1:]:
        path.append(int(np.searchsorted(edges[path[-1]], value, side="right")))
    return np.array(path, np.int64)


def draw(labels: np.ndarray, chain: Chain, count: int, length: int, random: np.random.RandomState) -> np.ndarray:
    """(count, length) row numbers: examples, one of each digit in a path of the chain, drawn at random.

    State s shows the digit s modulo 10, `labels` (n,) are the digits of the examples. Raises ValueError where a digit
    from 0 to 9 has none, for a count or length below 1, and what is no chain.
    """
    rows = [np.flatnonzero(np.asarray(labels) == digit) for digit in range(10)]
    if not all(map(len, rows)):
        raise ValueError(f"No example shows the digit {[len(found) for found in rows].index(0)}; give all ten digits.")
    paths = np.stack([sample(chain, length, random) for _ in range(shapes.whole(count, "count"))]) % 10
    return np.array([[rows[digit][random.randint(len(rows[digit]))] for digit in path] for path in paths])


def strips(
    chain: Chain, count: int, length: int, noise: float, random: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (count, length, 8, 8, 1), float64, and the digits (count, length) int64 that they show.

    Each strip is a path of the chain; state s shows the digit s modulo 10. Each picture is a test digit drawn at random
    plus Gaussian noise of standard deviation `noise` on each pixel (ink is 1, paper 0).
    Raises ValueError as `draw`, and for a noise below 0.
    """
    if not 0 <= noise < np.inf:
        raise ValueError(f"noise is {noise!r}; give a standard deviation, 0 or more.")
    data = load("digits", "test")
    rows = draw(data["label"], chain, count, length, random)
    pictures = data["image"][rows]
    return pictures + noise * random.standard_normal(pictures.shape), data["label"][rows].astype(np.int64)


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
