"""Hidden cases of the lesson *Image-text alignment*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _unit(*shape):
    vectors = _random.standard_normal(shape)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _shares(pictures, classes, temperature):
    """(n, D), (K, D) -> (n, K): softmax of the similarities over the temperature."""
    powers = np.exp(pictures @ classes.T / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


SHARES = Exercise(
    reference=_shares,
    cases=[(_unit(3, 2), _unit(4, 2), 0.5), (_unit(5, 8), _unit(3, 8), 0.1), (_unit(2, 4), _unit(6, 4), 0.07)],
    mistakes={
        "You multiplied by the temperature; divide by it, so that a small one enlarges differences.": lambda p, c, t: (
            _shares(p, c, 1 / t)
        ),
        "You left the temperature out.": lambda p, c, t: _shares(p, c, 1.0),
        "Each column sums to 1; each picture, a row, needs probabilities of its own.": lambda p, c, t: (
            _shares(c, p, t).T
        ),
        "All entries together sum to 1; divide each row by its own sum.": lambda p, c, t: (
            np.exp(p @ c.T / t) / np.exp(p @ c.T / t).sum()
        ),
        "Those are powers that do not sum to 1 in a row: divide by their sum.": lambda p, c, t: np.exp(p @ c.T / t),
        "Those are similarities over the temperature; take the exponential, and divide by the row's sum.": (
            lambda p, c, t: p @ c.T / t
        ),
        "You divided the similarities by their sum; take the exponential first.": lambda p, c, t: (
            (p @ c.T / t) / (p @ c.T / t).sum(axis=1, keepdims=True)
        ),
        "Those are the numbers of the nearest classes; return all probabilities.": lambda p, c, t: (p @ c.T).argmax(1),
        "The table has a row a class; it needs a row a picture.": lambda p, c, t: _shares(p, c, t).T,
    },
    hint="Similarities (n, K) over the temperature, the exponential of each, then each row divided by its sum.",
)


def _of_another(scores, right):
    """(n, n), (n, n) bool -> share of queries whose first hit is true and not their own."""
    first, rows = scores.argmax(axis=1), np.arange(len(scores))
    return float(np.mean(right[rows, first] & (first != rows)))


def _search(count, share, lead):
    right = (_random.uniform(size=(count, count)) < share) | np.eye(count, dtype=bool)
    return _random.standard_normal((count, count)) + lead * right, right


def _first_is(scores, right, test):
    first, rows = scores.argmax(axis=1), np.arange(len(scores))
    return float(np.mean(test(right[rows, first], first == rows)))


LUCK = Exercise(
    reference=_of_another,
    cases=[_search(30, 0.1, 2.0), _search(12, 0.3, 1.0), _search(50, 0.05, 3.0), _search(25, 0.2, 1.5)],
    mistakes={
        "You counted every true first hit, the query's own too.": lambda s, r: _first_is(s, r, lambda true, own: true),
        "You counted every first hit that is not the own one, the false ones too.": lambda s, r: _first_is(
            s, r, lambda true, own: ~own
        ),
        "You counted the false first hits.": lambda s, r: _first_is(s, r, lambda true, own: ~true),
        "You counted the queries that find their own item.": lambda s, r: _first_is(s, r, lambda true, own: own),
        "You looked along the columns: row i is query i, its gallery lies along the row.": lambda s, r: _of_another(
            s.T, r.T
        ),
        "You took the smallest score; the best fit has the largest.": lambda s, r: _of_another(-s, r),
        "Return the share of all queries, not their number.": lambda s, r: len(s) * _of_another(s, r),
        "Divide by all queries, not by those whose first hit is true.": lambda s, r: (
            _of_another(s, r) / _first_is(s, r, lambda true, own: true)
        ),
        "That is one answer a query; return their mean.": lambda s, r: (
            r[np.arange(len(s)), s.argmax(1)] & (s.argmax(1) != np.arange(len(s)))
        ),
    },
    hint="The first hit of each query is its argmax; it must be marked in `right` and differ from the query's number.",
)


def _may_be_wrong(numbers):
    """(B,) -> (B, B) bool: cells of different pictures."""
    numbers = np.asarray(numbers)
    return numbers[:, None] != numbers[None, :]


TWINS = Exercise(
    reference=_may_be_wrong,
    cases=[(np.array([3, 7, 3, 1]),), (np.array([5, 5, 5, 2, 2]),), (np.array([4, 1, 9]),)],
    mistakes={
        "You marked the cells of the same picture; those are the ones that may not count.": lambda n: ~_may_be_wrong(n),
        "You left out the diagonal alone; two rows of one picture are no negatives of each other.": lambda n: (
            ~np.eye(len(n), dtype=bool)
        ),
        "You left the diagonal in; a pair is not its own negative.": lambda n: (
            _may_be_wrong(n) | np.eye(len(n), dtype=bool)
        ),
        "You compared neighbors only; any two rows can hold the same picture.": lambda n: (
            ~np.eye(len(n), dtype=bool)
            & ~np.diag(np.asarray(n)[1:] == np.asarray(n)[:-1], 1)
            & ~np.diag(np.asarray(n)[1:] == np.asarray(n)[:-1], -1)
        ),
        "You returned a row; every row of the batch meets every column: (B, B).": lambda n: np.array(
            [np.sum(np.asarray(n) == one) == 1 for one in n]
        ),
    },
    hint="Compare the numbers as a column with the numbers as a row: two cells of one picture are equal.",
)

EXERCISES = {"shares": SHARES, "luck": LUCK, "twins": TWINS}
