"""Hidden cases of the lesson *Joint embedding*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _hardest(scores, margin, others=None, axis=1, cut=True, reduce=np.mean):
    """The worst violation of each row (axis 1) or column (axis 0)."""
    right = np.expand_dims(np.diag(scores), axis)
    wrong = np.where(np.eye(len(scores), dtype=bool), -np.inf, scores) if others is None else others(scores)
    costs = margin - right + wrong
    worst = costs.max(axis=axis)
    return reduce(np.maximum(0, worst) if cut else worst)


def _all_of_them(scores, margin):
    costs = np.maximum(0, margin - np.diag(scores)[:, None] + scores)
    return costs[~np.eye(len(scores), dtype=bool)].sum() / len(scores)


HARDEST = Exercise(
    reference=_hardest,
    cases=[
        (np.array([[0.9, 0.8, 0.1], [0.2, 0.7, 0.1], [0.5, 0.6, 0.55]]), 0.2),
        (_random.uniform(-1, 1, (5, 5)) + 0.6 * np.eye(5), 0.3),
        (0.8 * _random.uniform(-1, 1, (4, 4)) + 0.9 * np.eye(4), 0.4),
        (np.array([[0.1, -0.3, -0.2], [-0.4, 0.2, -0.1], [-0.5, -0.2, 0.1]]), 0.5),  # all wrong ones are below 0
    ],
    mistakes={
        "You put 0 in the place of the right partner; where all others are below 0, it wins. Leave it out.": (
            lambda s, m: _hardest(s, m, others=lambda scores: np.where(np.eye(len(scores), dtype=bool), 0, scores))
        ),
        "You counted the right partner among the wrong ones; it always violates by the margin.": lambda s, m: _hardest(
            s, m, others=lambda scores: scores
        ),
        "You summed over all wrong partners, as the hinge above does; only the hardest one counts.": _all_of_them,
        "You let the columns look for their rows; go along each row.": lambda s, m: _hardest(s, m, axis=0),
        "A row without a violation costs 0: cut at zero.": lambda s, m: _hardest(s, m, cut=False),
        "Take the mean over the rows, not the sum.": lambda s, m: _hardest(s, m, reduce=np.sum),
        "That is one cost a row; return their mean.": lambda s, m: _hardest(s, m, reduce=lambda costs: costs),
        "The sign of the margin: the right partner must lead by it, so it is added to the cost.": lambda s, m: _hardest(
            s, -m
        ),
        "You took the easiest wrong partner; the hardest has the largest similarity.": lambda s, m: np.mean(
            np.maximum(0, m - np.diag(s) + np.where(np.eye(len(s), dtype=bool), np.inf, s).min(axis=1))
        ),
    },
    hint="For one row: the largest wrong similarity, minus the right one, plus the margin, cut at 0.",
)


def _found(scores, k):
    """(n, n), k -> share of rows whose own column is among the k largest."""
    first = np.argsort(-scores, axis=1)[:, :k]
    return float(np.mean((first == np.arange(len(scores))[:, None]).any(axis=1)))


def _scores(count, lead):
    return _random.standard_normal((count, count)) + lead * np.eye(count)


RECALL = Exercise(
    reference=_found,
    cases=[(_scores(9, 1.0), 3), (_scores(12, 1.5), 1), (_scores(20, 0.5), 5), (_scores(20, 1.0), 2)],
    mistakes={
        "You took the k smallest scores; the best fit has the largest.": lambda s, k: _found(-s, k),
        "You sorted the columns: row i is query i, its gallery lies along the row.": lambda s, k: _found(s.T, k),
        "You looked one place too far: among the first k, not k + 1.": lambda s, k: _found(s, k + 1),
        "You looked at the first place alone, whatever k is.": lambda s, k: _found(s, 1),
        "You looked at place k alone; every place up to k counts.": lambda s, k: float(
            np.mean(np.argsort(-s, axis=1)[:, k - 1] == np.arange(len(s)))
        ),
        "Return the share of the queries, not their number.": lambda s, k: len(s) * _found(s, k),
        "You divided by k: a query counts once, whatever k is.": lambda s, k: _found(s, k) / k,
        "That is one answer a query; return their mean.": lambda s, k: (
            np.argsort(-s, axis=1)[:, :k] == np.arange(len(s))[:, None]
        ).any(axis=1),
    },
    hint="For each row: how many scores are larger than the one on the diagonal? Fewer than k must be.",
)


def _unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _classes(pictures, sentences):
    """(n, D), (C, D) -> (n,): the sentence with the largest cosine."""
    return (_unit(pictures) @ _unit(sentences).T).argmax(axis=1)


def _named_case(count, classes, width):
    lengths = _random.uniform(0.2, 5, (classes, 1))
    return _random.standard_normal((count, width)), lengths * _random.standard_normal((classes, width))


ZERO_SHOT = Exercise(
    reference=_classes,
    cases=[_named_case(12, 4, 3), _named_case(20, 6, 5), _named_case(9, 3, 8)],
    mistakes={
        "You took the products as they are: a long sentence vector then wins. Divide by the lengths.": lambda p, s: (
            p @ s.T
        ).argmax(axis=1),
        "You chose the least similar sentence.": lambda p, s: _classes(-p, s),
        "You chose a picture for each sentence; choose a sentence for each picture.": lambda p, s: _classes(s, p),
        "You chose the nearest by distance; lengths then matter. Compare directions.": lambda p, s: (
            np.square(p[:, None] - s[None]).sum(-1).argmin(axis=1)
        ),
        "You divided each column by its length; each row is a vector.": lambda p, s: (
            (p / np.linalg.norm(p, axis=0)) @ (s / np.linalg.norm(s, axis=0)).T
        ).argmax(axis=1),
        "That is the largest similarity; return the number of the sentence that has it.": lambda p, s: (
            _unit(p) @ _unit(s).T
        ).max(axis=1),
        "Those are the similarities; return the number of the largest in each row.": lambda p, s: _unit(p) @ _unit(s).T,
    },
    hint="The similarity matrix has a row a picture and a column a class; where is each row largest?",
)

EXERCISES = {"hardest": HARDEST, "recall": RECALL, "zero-shot": ZERO_SHOT}
