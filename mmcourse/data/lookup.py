"""Look-up: pairs of a key and a value in random order, then a key alone, and the question which value stood with it."""

import numpy as np


def lookup(count: int, pairs: int, keys: int = 26, values: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Sequences (count, pairs + 1, keys + values + 1) float32 and labels (count,): the value of the key asked for.

    A step is a one-hot key, a one-hot value and a last column, 1 at the last step only: there a key stands without a
    value, and its value is asked for. The keys of a sequence differ, its values are drawn alike; every pair is asked
    for equally often. Guessing is right once in `values` times.
    Raises ValueError for fewer than one sequence, one pair or two values, and for more pairs than keys.
    Source: after the associative retrieval of Ba et al. 2016.
    """
    _check(count, pairs, keys, values, least=1)
    random = np.random.RandomState(seed)
    names = random.uniform(size=(count, keys)).argsort(1)[:, :pairs]  # (count, pairs), all different in a row
    meanings = random.randint(values, size=(count, pairs), dtype=np.int64)
    asked = random.randint(pairs, size=count, dtype=np.int64)
    return _sequences(names, meanings, asked, keys, values)


def overwritten(
    count: int, pairs: int, keys: int = 26, values: int = 8, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """As `lookup`, but the key asked for stands in two pairs, with different values: the later one is asked for.

    All else is drawn as there. Who sees the pairs without their order is right at best in one of two cases.
    Raises ValueError as `lookup`, and for fewer than two pairs.
    """
    _check(count, pairs, keys, values, least=2)
    random, rows = np.random.RandomState(seed), np.arange(count)
    names = random.uniform(size=(count, keys)).argsort(1)[:, :pairs]
    meanings = random.randint(values, size=(count, pairs), dtype=np.int64)
    places = np.sort(random.uniform(size=(count, pairs)).argsort(1)[:, :2], axis=1)  # two of them, the earlier first
    first, later = places.T
    names[rows, first] = names[rows, later]
    meanings[rows, first] = (meanings[rows, later] + random.randint(1, values, size=count)) % values
    return _sequences(names, meanings, later, keys, values)


def _sequences(names, meanings, asked, keys: int, values: int) -> tuple[np.ndarray, np.ndarray]:
    """Keys and values (count, pairs), the pair asked for (count,) -> sequences and labels."""
    count, pairs = names.shape
    rows = np.arange(count)
    x = np.zeros((count, pairs + 1, keys + values + 1), np.float32)
    x[:, :pairs, :keys] = np.eye(keys)[names]
    x[:, :pairs, keys:-1] = np.eye(values)[meanings]
    x[rows, -1, names[rows, asked]] = 1
    x[:, -1, -1] = 1
    return x, meanings[rows, asked]


def _check(count: int, pairs: int, keys: int, values: int, least: int) -> None:
    numbers = (("count", count, 1), ("pairs", pairs, least), ("keys", keys, 2), ("values", values, 2))
    for name, value, lowest in numbers:
        if not isinstance(value, int | np.integer) or value < lowest:
            raise ValueError(f"{name} is {value!r}; give a whole number from {lowest} up.")
    if pairs > keys:
        raise ValueError(f"{pairs} pairs with {keys} keys: the keys of a sequence differ, give at least as many.")
