"""The bootstrap: how far would a score move with other test rows? Ask the rows that are there, drawn anew."""

from collections.abc import Callable, Sequence

import numpy as np

from mmcourse import shapes


def bootstrap(
    score: Callable,
    columns: Sequence[np.ndarray],
    repeats: int = 1000,
    seed: int = 0,
    groups: np.ndarray | None = None,
) -> np.ndarray:
    """Score of columns (B, …) -> (repeats,): `score(*columns)` on B rows drawn with replacement, the same of each.

    With `groups` (B,), a speaker's name for each row, whole groups are drawn: rows of one speaker are not independent.
    Raises ValueError for columns of different length or without rows, fewer than 2 groups, and repeats below 1.
    Source: Efron 1979.
    """
    columns = [np.asarray(column) for column in columns]
    lengths = [len(column) if column.ndim else 0 for column in columns]
    if not lengths or min(lengths) < 1 or len(set(lengths)) > 1:
        raise ValueError(f"The columns have {lengths} rows; give columns of one length, at least one row.")
    draw = _rows(lengths[0]) if groups is None else _groups(groups, lengths[0])
    random = np.random.RandomState(seed)
    picked = (draw(random) for _ in range(shapes.whole(repeats, "repeats")))
    return np.array([float(score(*(column[rows] for column in columns))) for rows in picked])


def interval(scores: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Scores (repeats,) of a bootstrap -> low, high: the middle `level` of them, by percentiles.

    Raises ValueError for scores that are no finite numbers, fewer than two, and a level that is not between 0 and 1.
    Source: Efron and Tibshirani 1993, chapter 13.
    """
    scores = np.asarray(scores, float)
    shapes.check(scores, "repeats", "scores")
    if len(scores) < 2 or not np.all(np.isfinite(scores)):
        raise ValueError(f"An interval needs at least 2 scores, all of them numbers: given are {len(scores)}.")
    if not 0 < level < 1:
        raise ValueError(f"level is {level!r}; give a share between 0 and 1, such as 0.95.")
    low, high = np.quantile(scores, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def paired_difference(
    score: Callable, truth: np.ndarray, first: np.ndarray, second: np.ndarray, repeats: int = 1000, seed: int = 0
) -> np.ndarray:
    """Truth and two models' predictions (B, …) -> (repeats,): score of the first minus the second, on the same rows.

    Hard rows are hard for both, so the difference moves less than either score. Errors as `bootstrap`.
    """

    def difference(truth, first, second):
        return score(truth, first) - score(truth, second)

    return bootstrap(difference, (truth, first, second), repeats, seed)


def _rows(count: int) -> Callable:
    return lambda random: random.randint(0, count, count, dtype=np.int64)


def _groups(groups: np.ndarray, count: int) -> Callable:
    groups = np.asarray(groups)
    shapes.check(groups, "B", "groups", B=count)
    names = np.unique(groups)
    if len(names) < 2:
        raise ValueError(f"There is one group, {str(names[0])!r}; the bootstrap draws among at least 2.")
    members = [np.flatnonzero(groups == name) for name in names]

    def draw(random):
        drawn = random.randint(0, len(names), len(names), dtype=np.int64)
        return np.concatenate([members[group] for group in drawn])

    return draw
