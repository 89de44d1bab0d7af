"""Random scenes, the same on every platform: integers from `RandomState`, whose streams NumPy has frozen (NEP 19)."""

from collections.abc import Iterator

import numpy as np

from mmcourse.data.world.scenes import LEVELS, SPLITS, Object, Scene, arrangements, choose, is_in

_BLOCK = 512  # scenes drawn at once, whatever the count, so that sample(10, seed) begins sample(100, seed)


def sample(count: int, seed: int, split: str = "train", level: int = 1) -> list[Scene]:
    """`count` scenes of a split (SPLITS) and level (1, 2, 3), drawn with replacement.

    A level's numbers of objects are equally likely, and so are all its scenes with the same number. The first scenes
    of a longer sample are those of a shorter one. A scene can come twice: `list(dict.fromkeys(scenes))` keeps it once.
    Raises ValueError for a count below 1, a seed that is no whole number from 0 to 2**32 - 1, another split or level.
    """
    check_count(count)
    choose(split, SPLITS, "The split")
    choose(level, LEVELS, "The level")
    found = (scene for scene in draws(random_state(seed, 0), level) if is_in(scene, split))
    return [next(found) for _ in range(count)]


def draws(random: np.random.RandomState, level: int) -> Iterator[Scene]:
    """Endless random scenes of a level, from all splits."""
    table, known = LEVELS[level], LEVELS[level].kinds
    while True:
        counts = _integers(random, len(table.counts))
        backgrounds = _integers(random, len(table.backgrounds))
        places = random.randint(0, 2**62, _BLOCK, dtype=np.int64)
        kinds = _different(random, len(known), max(table.counts))
        for count, background, place, kind in zip(counts, backgrounds, places.tolist(), kinds, strict=True):
            number = table.counts[count]
            cells = arrangements(level, number)
            objects = [Object(*known[k], cell) for k, cell in zip(kind, cells[place % len(cells)], strict=False)]
            yield Scene(tuple(objects), table.backgrounds[background], level)


def check_count(count) -> None:
    """Raise ValueError unless `count` is a positive whole number."""
    if not isinstance(count, int | np.integer) or isinstance(count, bool) or count < 1:
        raise ValueError(f"count is {count!r}; give a positive whole number.")


def random_state(seed, stream: int) -> np.random.RandomState:
    """Random numbers for a seed: each stream has its own, and none is that of RandomState(seed).

    Raises ValueError unless the seed is a whole number from 0 to 2**32 - 1.
    """
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or not 0 <= seed < 2**32:
        raise ValueError(f"seed is {seed!r}; give a whole number from 0 to 2**32 - 1.")
    return np.random.RandomState([seed, 1 + stream])


def check_rng(rng) -> None:
    """Raise ValueError unless `rng` is a RandomState: streams of the newer Generator may change with NumPy."""
    if not isinstance(rng, np.random.RandomState):
        raise ValueError(f"rng is {type(rng).__name__}; give np.random.RandomState(seed).")


def pick(choices, rng: np.random.RandomState):
    """One of a sequence, all equally likely."""
    return choices[int(rng.randint(0, len(choices), dtype=np.int64))]


def _integers(random: np.random.RandomState, high: int) -> list[int]:
    return random.randint(0, high, _BLOCK, dtype=np.int64).tolist()


def _different(random: np.random.RandomState, high: int, count: int) -> list[list[int]]:
    """Rows of `count` different integers below `high`: each is drawn from what its predecessors have left."""
    rows = np.empty((_BLOCK, 0), np.int64)
    for taken in range(count):
        new = random.randint(0, high - taken, _BLOCK, dtype=np.int64)
        for column in np.sort(rows, axis=1).T:
            new += new >= column
        rows = np.column_stack([rows, new])
    return rows.tolist()
