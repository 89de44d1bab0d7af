"""Hidden cases of the lesson *Attention*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _softmax(scores, axis=-1):
    powers = np.exp(scores - scores.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def _squares(query, key):
    """(T, K), (S, K) -> (T, S): squared distances."""
    return ((query[:, None] - key[None]) ** 2).sum(-1)


def _near_case(queries, length, width, units):
    return tuple(_random.standard_normal(shape) for shape in ((queries, width), (length, width), (length, units)))


NEAR = Exercise(
    reference=lambda q, k, v: _softmax(-_squares(q, k) / 2) @ v,
    cases=[_near_case(3, 4, 2, 2), _near_case(2, 5, 3, 1), _near_case(4, 4, 4, 4)],
    mistakes={
        "Near keys should have large weights: the sign of the scores is wrong.": lambda q, k, v: (
            _softmax(_squares(q, k) / 2) @ v
        ),
        "The half is missing in the scores.": lambda q, k, v: _softmax(-_squares(q, k)) @ v,
        "You took the distance; the scores are made of its square.": lambda q, k, v: (
            _softmax(-np.sqrt(_squares(q, k)) / 2) @ v
        ),
        "Those are the weights; the output is their mean of the values.": lambda q, k, v: _softmax(-_squares(q, k) / 2),
        "The weights of each query, a row, have the sum 1: you took the softmax down the columns.": lambda q, k, v: (
            _softmax(-_squares(q, k) / 2, axis=0) @ v
        ),
        "The exponentials are not divided by their sum.": lambda q, k, v: np.exp(-_squares(q, k) / 2) @ v,
        "That is the dot product; here nearness counts.": lambda q, k, v: _softmax(q @ k.T) @ v,
        "You divided by the root of the width; the task has a half instead.": lambda q, k, v: (
            _softmax(-_squares(q, k) / np.sqrt(q.shape[-1])) @ v
        ),
        "The half is enough: nothing is divided by the root of the width here.": lambda q, k, v: (
            _softmax(-_squares(q, k) / 2 / np.sqrt(q.shape[-1])) @ v
        ),
        "That is the scaled dot product; here nearness counts.": lambda q, k, v: (
            _softmax(q @ k.T / np.sqrt(q.shape[-1])) @ v
        ),
    },
    hint="First the squared distances, (T, S), then softmax along the last axis, then the product with the values.",
)


def _window(length, back):
    place = np.arange(length)
    ago = place[:, None] - place[None]  # how far the key lies behind the query
    return (ago >= 0) & (ago <= back)


WINDOW = Exercise(
    reference=lambda length, back: _window(length, back).astype(int),
    cases=[(5, 2), (4, 0), (6, 3), (3, 5)],
    mistakes={
        "Your window reaches into the future too.": lambda n, b: (
            np.abs(np.arange(n)[:, None] - np.arange(n)) <= b
        ).astype(int),
        "Rows are queries, columns are keys: you exchanged them.": lambda n, b: _window(n, b).T.astype(int),
        "That is the causal mask alone; keys that lie too far back are hidden too.": lambda n, b: np.tri(n, dtype=int),
        "One key too few: the position itself and `back` more, so `back + 1` in all.": lambda n, b: _window(
            n, b - 1
        ).astype(int),
        "One key too many: the position itself and `back` more, so `back + 1` in all.": lambda n, b: _window(
            n, b + 1
        ).astype(int),
        "True is where a query may look: you marked what is hidden.": lambda n, b: (~_window(n, b)).astype(int),
        "A position may look at itself too.": lambda n, b: (_window(n, b) & ~np.eye(n, dtype=bool)).astype(int),
    },
    hint="Compare the places of queries, as a column, with those of keys, as a row.",
    observe=lambda mask: (np.asarray(mask) != 0).astype(int),  # also of 0 and -infinity, to be added
)


def _count(width, context, heads, size):
    return (width + 2 * context) * heads * size + heads * size * width


PARAMETERS = Exercise(
    reference=_count,
    cases=[(35, 35, 2, 16), (8, 12, 3, 4), (64, 32, 4, 16), (5, 7, 1, 2)],
    mistakes={
        "The context has a width of its own: it enters keys and values.": lambda D, C, N, K: 4 * D * N * K,
        "The matrix of the output is missing.": lambda D, C, N, K: (D + 2 * C) * N * K,
        "Every head has matrices of its own.": lambda D, C, N, K: _count(D, C, 1, K),
        "You counted biases, and there are none.": lambda D, C, N, K: _count(D, C, N, K) + 3 * N * K + D,
        "Only the queries come from x; keys and values both come from the context.": lambda D, C, N, K: (
            3 * D * N * K + C * N * K
        ),
        "Keys and values have a matrix each.": lambda D, C, N, K: (2 * D + C) * N * K,
        "The output has the width of x, not of the context.": lambda D, C, N, K: (D + 3 * C) * N * K,
    },
    hint="Four matrices: into queries, keys and values, and back to the width of x.",
)

EXERCISES = {"near": NEAR, "window": WINDOW, "parameters": PARAMETERS}
