"""Hidden cases of the lesson *Embeddings*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)
_COUNTS = np.array([[0, 4, 2, 0], [5, 0, 1, 3], [2, 1, 6, 0], [0, 2, 0, 1]], float)  # not symmetric


def _ratio(counts, row):
    """Observed over expected, for each column."""
    return counts[row] * counts.sum() / (counts[row].sum() * counts.sum(0))


def _pmi(counts, row):
    with np.errstate(divide="ignore"):
        return np.log2(_ratio(counts, row))


def _ppmi(counts, row):
    return np.maximum(0, _pmi(counts, row))


def _without_total(counts, row):
    with np.errstate(divide="ignore"):
        return np.maximum(0, np.log2(_ratio(counts, row) / counts.sum()))


def _row_sums(counts, row):
    with np.errstate(divide="ignore"):
        return np.maximum(0, np.log2(counts[row] * counts.sum() / (counts[row].sum() * counts.sum(1))))


def _column(counts, row):
    return _ppmi(counts.T, row)


def _all_rows(counts, row):
    return np.array([_ppmi(counts, each) for each in range(len(counts))])


def _row_only(counts, row):
    with np.errstate(divide="ignore"):
        return np.maximum(0, np.log2(counts[row] / counts[row].mean()))


PPMI_ROW = Exercise(
    reference=_ppmi,
    cases=[(_COUNTS, row) for row in range(4)],
    mistakes={
        "Some of your values are negative: cut them at 0, that is the first P of PPMI.": _pmi,
        "Multiply by the sum of the whole table: without it nothing is larger than expected.": _without_total,
        "That is the ratio; PPMI is its logarithm to base 2, cut at 0.": _ratio,
        "That is the natural logarithm; bits need base 2.": lambda *case: _ppmi(*case) * np.log(2),
        "That is the logarithm to base 10; bits need base 2.": lambda *case: _ppmi(*case) * np.log10(2),
        "The ratio stands upside down: observed goes above, expected below.": lambda *case: np.maximum(0, -_pmi(*case)),
        "You kept the sign: values below 0 become 0, not positive.": lambda *case: np.abs(_pmi(*case)),
        "You took the sums of the rows twice: n_c is the sum of a column.": _row_sums,
        "That is a column of the table; the cases are not symmetric.": _column,
        "That is the whole table; give one row of it.": _all_rows,
        "Divide by the sums of the columns too: a frequent neighbor is expected everywhere.": _row_only,
    },
    hint="A pair seen as often as expected must give 0; one never seen must give 0 too, not minus infinity.",
)

_TABLE = _random.standard_normal((6, 4))

LOOK_UP = Exercise(
    reference=lambda ids, table: table[ids],
    cases=[(np.array(ids), _TABLE) for ids in ([2, 4, 1], [5, 0, 5], [0, 1, 3])],
    mistakes={
        "You multiply by the index itself: word 4 is not four times word 1. Turn each id into a one-hot row first.": (
            lambda ids, table: np.outer(ids, table[0])
        ),
        "You multiply rows by their index: look up the row and leave it as it is.": lambda ids, table: (
            ids[:, None] * table[ids]
        ),
        "One vector for each id: you added them up.": lambda ids, table: table[ids].sum(0),
        "One vector for each id: you took their mean.": lambda ids, table: table[ids].mean(0),
        "The ids count from 0: row 0 of the table is a word too.": lambda ids, table: table[ids - 1],
        "That is the one-hot table; multiply it by the table of vectors.": lambda ids, table: np.eye(len(table))[ids],
        "Rows of the result should be words: you gave it transposed.": lambda ids, table: table[ids].T,
        "No bias: a look-up adds nothing.": lambda ids, table: table[ids] + 1,
    },
    hint="Three ids and a table (6, 4) must give an array (3, 4), the three rows of the table.",
)


def _cosine(vectors, query):
    return vectors @ vectors[query] / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(vectors[query]))


def _first(scores, query, k):
    order = np.argsort(-scores, kind="stable")
    return order[order != query][:k]


def _distances(vectors, query):
    return np.linalg.norm(vectors - vectors[query], axis=1)


_VECTORS = _random.standard_normal((12, 3)) * _random.uniform(0.2, 5, (12, 1))

NEIGHBORS = Exercise(
    reference=lambda vectors, query, k: _first(_cosine(vectors, query), query, k),
    cases=[(_VECTORS, query, k) for query, k in ((0, 4), (5, 4), (11, 4), (7, 4))],
    mistakes={
        "The word itself is among its neighbors: leave it out.": lambda vectors, query, k: np.argsort(
            -_cosine(vectors, query), kind="stable"
        )[:k],
        "You left the word out and are one neighbor short.": lambda vectors, query, k: _first(
            _cosine(vectors, query), query, k - 1
        ),
        "Those are the farthest: sort from the largest cosine down.": lambda vectors, query, k: _first(
            -_cosine(vectors, query), query, k
        ),
        "Divide by the lengths: a long vector is not a near one.": lambda vectors, query, k: _first(
            vectors @ vectors[query], query, k
        ),
        "That is the Euclidean distance; the cosine looks at directions only.": lambda vectors, query, k: _first(
            -_distances(vectors, query), query, k
        ),
        "Return the row numbers, not the cosines.": lambda vectors, query, k: np.sort(
            np.delete(_cosine(vectors, query), query)
        )[::-1][:k],
        "The right neighbors in the wrong order: the nearest first.": lambda vectors, query, k: _first(
            _cosine(vectors, query), query, k
        )[::-1],
        "You left out row 0 instead of the row that is asked for.": lambda vectors, query, k: _first(
            _cosine(vectors, query), 0, k
        ),
    },
    hint="Return k row numbers, the nearest first; the row that is asked for is not among them.",
)

EXERCISES = {"ppmi-row": PPMI_ROW, "look-up": LOOK_UP, "neighbors": NEIGHBORS}
