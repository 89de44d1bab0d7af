"""Delayed recall: random symbols, at one of them a bell rings, and at the end the question which one that was."""

import numpy as np


def recall(count: int, delay: int, early: int = 20, classes: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Sequences (count, early + delay, classes + 1) float32 and labels (count,): the symbol at which the bell rang.

    A step is a one-hot symbol, 0 to classes - 1, all drawn alike, and a last column, 1 where the bell rings: once,
    at one of the first `early` steps, so `delay` to `early + delay - 1` steps lie between bell and end. With `early=1`
    the first symbol is asked for. Guessing is right once in `classes` times.
    Raises ValueError for fewer than one sequence, step of delay, early step, or two classes.
    Source: after the tasks with long delays of Hochreiter and Schmidhuber 1997.
    """
    numbers = (("count", count, 1), ("delay", delay, 1), ("early", early, 1), ("classes", classes, 2))
    for name, value, least in numbers:
        if not isinstance(value, int | np.integer) or value < least:
            raise ValueError(f"{name} is {value!r}; give a whole number from {least} up.")
    random, rows = np.random.RandomState(seed), np.arange(count)
    symbols = random.randint(classes, size=(count, early + delay), dtype=np.int64)
    places = random.randint(early, size=count, dtype=np.int64)
    x = np.eye(classes + 1, dtype=np.float32)[symbols]  # (count, early + delay, classes + 1)
    x[rows, places, classes] = 1
    return x, symbols[rows, places]
