"""Bits in a table of probabilities: what two sources tell about an answer, alone, both alike, and only together.

A table holds the probability of every combination: p[a, b, y] that the first source says a, the second b, and the
answer is y. All logarithms are to base 2, and 0 log 0 is 0.
"""

import numpy as np

PARTS = ("redundant", "first alone", "second alone", "synergy")


def entropy(table: np.ndarray) -> float:
    """Probabilities of any shape -> bits, from 0 up: -sum p log2 p.

    Raises ValueError for what are no probabilities. Source: Shannon 1948; Cover and Thomas 2006, section 2.1.
    """
    p = _checked(table).ravel()
    p = p[p > 0]
    return float(-(p * np.log2(p)).sum()) + 0.0


def mutual_information(table: np.ndarray) -> float:
    """Table (A, Y) -> bits that one tells about the other, from 0 up: H(A) + H(Y) - H(A, Y).

    Raises ValueError for another number of axes and for no probabilities. Source: Cover and Thomas 2006, section 2.4.
    """
    table = _checked(table, axes=2)
    return entropy(table.sum(1)) + entropy(table.sum(0)) - entropy(table)


def decompose(table: np.ndarray) -> dict[str, float]:
    """Table (A, B, Y) -> bits about the answer that are redundant, in one source alone, or in both together only.

    The four parts (PARTS) sum to I(A, B; Y). Redundant is what the less telling source says of each answer, in the mean
    over the answers; the rest follows from the mutual informations of each source and of both. The definition is that
    of Williams and Beer 2010; others exist, and agree with it where each source holds all or nothing of the answer.
    Raises ValueError for another number of axes and for no probabilities.
    """
    table = _checked(table, axes=3)
    first, second = table.sum(1), table.sum(0)  # (A, Y), (B, Y)
    both = table.reshape(-1, table.shape[2])  # (A B, Y)
    one, other, together = map(mutual_information, (first, second, both))
    answers = table.sum((0, 1))  # (Y,)
    redundant = float(answers @ np.minimum(specific_information(first), specific_information(second)))
    parts = (redundant, one - redundant, other - redundant, together - one - other + redundant)
    return dict(zip(PARTS, parts, strict=True))


def specific_information(table: np.ndarray) -> np.ndarray:
    """Table (A, Y) -> (Y,) bits that the source tells of each answer: sum over a of p(a|y) log2(p(y|a) / p(y)).

    0 for an answer that never comes. Its mean over the answers is the mutual information.
    """
    table = _checked(table, axes=2)
    expected = table.sum(1, keepdims=True) * table.sum(0)  # (A, Y), were the two independent
    ratio = np.divide(table, expected, out=np.ones_like(table), where=table > 0)
    of_answer = np.divide(table, table.sum(0), out=np.zeros_like(table), where=table > 0)  # p(a|y)
    return (of_answer * np.log2(ratio)).sum(0)


def from_samples(first: np.ndarray, second: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Whole numbers from 0 up, three of (n,) -> table (A, B, Y): the share of the samples with each combination.

    Bits of a table of shares are too many where samples are few. Raises ValueError for columns that do not fit.
    """
    columns = [np.asarray(column) for column in (first, second, answers)]
    fits = all(column.ndim == 1 and column.dtype.kind in "iub" for column in columns)
    if not fits or len({len(column) for column in columns}) != 1 or not len(columns[0]):
        raise ValueError("Give three columns of whole numbers of equal length, at least one row.")
    if min(column.min() for column in columns) < 0:
        raise ValueError("A column has a number below 0; number what it can say from 0 up.")
    rows = tuple(column.astype(np.int64) for column in columns)
    table = np.zeros([column.max() + 1 for column in rows])
    np.add.at(table, rows, 1 / len(rows[0]))
    return table


def _checked(table: np.ndarray, axes: int | None = None) -> np.ndarray:
    table = np.asarray(table, np.float64)
    if axes is not None and table.ndim != axes:
        raise ValueError(f"The table has shape {table.shape}; give {axes} axes, the answers last.")
    if not table.size or not np.all(table >= 0) or abs(table.sum() - 1) > 1e-6:
        raise ValueError(f"The table sums to {table.sum():.4g}; give probabilities from 0 up that sum to 1.")
    return table
