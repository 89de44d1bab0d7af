"""Hidden cases of the lesson *Search and retrieval*."""

import numpy as np

from mmcourse.exercises import Exercise


def _cells(count, looks):
    """C + looks n / C is least where its slope 1 - looks n / C² is 0."""
    return np.sqrt(looks * count)


CELLS = Exercise(
    reference=_cells,
    cases=[(10_000, 4), (1_000_000, 16), (5_000, 2)],
    mistakes={
        "That is right for a look into one cell; how does it grow with the looks?": lambda count, looks: np.sqrt(count),
        "That is the square; take the root.": lambda count, looks: looks * count,
        "That is the size of a cell; the number of cells grows with the looks.": lambda count, looks: np.sqrt(
            count / looks
        ),
        "That is the number of comparisons there, not of cells.": lambda count, looks: 2 * _cells(count, looks),
    },
    hint="Set the slope of C + looks n / C to zero, and try it: 10,000 vectors and 4 looks want 200 cells.",
)


def _tops(seed, count):
    random = np.random.RandomState(seed)
    there = random.uniform(size=count) < 0.4
    return random.uniform(0.5, 0.9, count) + 0.1 * there, there


def _threshold(tops, there, keep):
    return np.quantile(tops[there], 1 - keep)


THRESHOLD = Exercise(
    reference=_threshold,
    cases=[(*_tops(0, 60), 0.9), (*_tops(1, 81), 0.95), (*_tops(2, 40), 0.7)],
    mistakes={
        "So few pass: a share of 1 - keep of those that fit may lie below the threshold.": lambda tops, there, keep: (
            np.quantile(tops[there], keep)
        ),
        "Only queries that fit something count here; you took all.": lambda tops, there, keep: np.quantile(
            tops, 1 - keep
        ),
        "These are the queries that fit nothing: take the others.": lambda tops, there, keep: np.quantile(
            tops[~there], 1 - keep
        ),
        "You asked that the absent be refused at that rate; `keep` is about those that are there.": (
            lambda tops, there, keep: np.quantile(tops[~there], keep)
        ),
    },
    hint="np.quantile(values, q) is the number below which a share q of the values lies.",
)


def _vectors(seed, count):
    random = np.random.RandomState(seed)
    items = random.standard_normal((count, 6))
    queries = items + random.standard_normal((count, 6))
    return queries * random.uniform(0.2, 3, (count, 1)), items * random.uniform(0.2, 3, (count, 1))


def _unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _recall(queries, items):
    return np.mean((queries @ _unit(items).T).argmax(axis=1) == np.arange(len(items)))


def _in_blocks(queries, items, size=20):
    starts = range(0, len(items), size)
    return np.mean([_recall(queries[start : start + size], items[start : start + size]) for start in starts])


def _raw(queries, items):
    return np.mean((queries @ items.T).argmax(axis=1) == np.arange(len(items)))


RECALL = Exercise(
    reference=_recall,
    cases=[_vectors(0, 100), _vectors(1, 140), _vectors(2, 60)],
    mistakes={
        "You compare products, and long items win: bring the items to length 1, not the queries alone.": _raw,
        "Each query has to look among all items, not among those of its block.": _in_blocks,
        "You search the queries for the items: the best stands along the items, axis 1.": lambda queries, items: (
            np.mean((_unit(queries) @ _unit(items).T).argmax(axis=0) == np.arange(len(items)))
        ),
        "That is the share of queries that miss.": lambda queries, items: 1 - _recall(queries, items),
    },
    hint="One matrix of all scores, (n, n); then the largest of each row; then compare with the row's own number.",
)

EXERCISES = {"cells": CELLS, "threshold": THRESHOLD, "recall": RECALL}
