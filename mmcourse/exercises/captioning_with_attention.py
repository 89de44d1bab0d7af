"""Hidden cases of the lesson *Captioning with attention*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _softmax(scores, axis=-1):
    powers = np.exp(scores - scores.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def _bilinear_case(words, places, width, channels):
    return tuple(_random.standard_normal(shape) for shape in ((words, width), (places, channels), (width, channels)))


BILINEAR = Exercise(
    reference=lambda words, places, W: _softmax(words @ W @ places.T),
    cases=[_bilinear_case(3, 4, 2, 3), _bilinear_case(2, 5, 3, 2), _bilinear_case(1, 6, 4, 1)],
    mistakes={
        "Those are the scores; the weights are their softmax.": lambda words, places, W: words @ W @ places.T,
        "The weights of each word, a row, have the sum 1: you took the softmax down the columns.": lambda w, p, W: (
            _softmax(w @ W @ p.T, axis=0)
        ),
        "This score is not divided by a root.": lambda w, p, W: _softmax(w @ W @ p.T / np.sqrt(w.shape[-1])),
        "This score is not divided by the root of the places' width either.": lambda w, p, W: _softmax(
            w @ W @ p.T / np.sqrt(p.shape[-1])
        ),
        "The exponentials are not divided by their sum.": lambda w, p, W: np.exp(w @ W @ p.T),
        "Those are the means of the places; the weights (T, S) are asked for.": lambda w, p, W: (
            _softmax(w @ W @ p.T) @ p
        ),
        "The weights belong to words in rows and places in columns: yours are turned.": lambda w, p, W: (
            _softmax(w @ W @ p.T).T
        ),
        "There is no tanh in this score.": lambda w, p, W: _softmax(np.tanh(w @ W @ p.T)),
    },
    hint="Scores (T, S) by two products of matrices, then softmax along the last axis.",
)


def _score(chances, length, alpha):
    return np.log(chances[:length]).sum() / ((5 + length) / 6) ** alpha


SCORE = Exercise(
    reference=_score,
    cases=[
        (np.array([0.45, 0.52, 1.0, 1.0, 1.0]), 3, 0.6),
        (np.array([0.45, 0.48, 0.9, 0.8, 0.7]), 4, 0.6),
        (np.array([0.5, 0.25, 0.8, 1.0]), 3, 0.0),
        (np.array([0.5, 0.25, 0.8, 0.9, 0.3]), 5, 1.0),
    ],
    mistakes={
        "That is not yet divided.": lambda c, n, a: np.log(c[:n]).sum(),
        "That is the probability; the score has its logarithm.": lambda c, n, a: c[:n].prod() / ((5 + n) / 6) ** a,
        "You multiplied by the penalty; the score is divided by it.": lambda c, n, a: (
            np.log(c[:n]).sum() * ((5 + n) / 6) ** a
        ),
        "Only the first `length` tokens are real.": lambda c, n, a: np.log(c).sum() / ((5 + n) / 6) ** a,
        "n is the number of real tokens, not that of the array.": lambda c, n, a: (
            _score(c, n, 0) / ((5 + len(c)) / 6) ** a
        ),
        "You left the end out; it is a token with a probability too.": lambda c, n, a: _score(c, n - 1, a),
        "The exponent belongs to the whole fraction (5 + n) / 6.": lambda c, n, a: (
            np.log(c[:n]).sum() / ((5 + n) ** a / 6)
        ),
        "That is the mean; the score has its own divisor.": lambda c, n, a: np.log(c[:n]).mean(),
        "That divisor is n to the power of alpha; here it is (5 + n) / 6.": lambda c, n, a: np.log(c[:n]).sum() / n**a,
        "That is the logarithm to base 2; the score has the natural one.": lambda c, n, a: _score(c, n, a) / np.log(2),
    },
    hint="Sum the natural logarithms of the real tokens, and divide by ((5 + n) / 6) to the power of alpha.",
)


def _sums(weights):
    """A decoder: logits (T, 2), of which row t is a sum over the tokens with the weights of row t."""
    return lambda tokens: np.stack([weights @ tokens, -(weights @ tokens)], axis=1).astype(float)


def _single(size, row, column):
    weights = np.tri(size)
    weights[row, column] = 1
    return weights


def _moves(read, tokens, place, rows):
    changed = tokens.copy()
    changed[place] += 1
    moved = np.abs(read(changed) - read(tokens)).max(1) > 1e-6
    return bool(moved[rows].any())


def _leaks(read, tokens):
    return any(_moves(read, tokens, place, slice(0, place)) for place in range(len(tokens)))


_TOKENS = np.array([4, 7, 5, 6])
LEAKS = Exercise(
    reference=lambda read, tokens: _leaks(read, tokens),
    cases=[
        (_sums(np.tri(4)), _TOKENS),  # causal
        (_sums(np.ones((4, 4))), _TOKENS),  # sees all
        (_sums(np.eye(4)), _TOKENS),  # each its own
        (_sums(_single(4, 1, 2)), _TOKENS),  # one leak in the middle
        (_sums(_single(4, 0, 3)), _TOKENS),  # one leak from the end
        (_sums(np.tri(4, k=-1)), _TOKENS),  # only what came before
    ],
    mistakes={
        "A change of the last token alone does not show a leak between two others.": lambda read, tokens: _moves(
            read, tokens, len(tokens) - 1, slice(0, len(tokens) - 1)
        ),
        "A position may see its own token: only the rows before the changed one count.": lambda read, tokens: any(
            _moves(read, tokens, place, slice(0, place + 1)) for place in range(len(tokens))
        ),
        "You looked at the rows behind the change; those may move.": lambda read, tokens: any(
            _moves(read, tokens, place, slice(place, None)) for place in range(len(tokens))
        ),
        "You looked at the rows after the change; those may move.": lambda read, tokens: any(
            _moves(read, tokens, place, slice(place + 1, None)) for place in range(len(tokens))
        ),
        "Return True where something leaks: yours is the other way round.": lambda read, tokens: (
            not _leaks(read, tokens)
        ),
        "A change of the first token shows no leak: nothing stands before it.": lambda read, tokens: _moves(
            read, tokens, 0, slice(0, 0)
        ),
        "The neighbor alone is not enough: a leak can come from farther behind.": lambda read, tokens: any(
            _moves(read, tokens, place, slice(place - 1, place)) for place in range(1, len(tokens))
        ),
    },
    hint="For each place: change its token in a copy, read again, and compare the rows before that place.",
    observe=bool,
)


def _rows(parents):
    count, width = parents.shape
    return (width * np.arange(count)[:, None] + parents).ravel()


ROWS = Exercise(
    reference=_rows,
    cases=[
        (np.array([[0, 0, 2], [1, 0, 1]]),),
        (np.array([[1, 0], [0, 0], [1, 1]]),),
        (np.array([[2, 1, 0]]),),
        (np.array([[0, 3, 3, 1], [2, 2, 0, 1]]),),
    ],
    mistakes={
        "Those are the parents within each picture; the rows of picture i begin at i times the width.": lambda p: (
            p.ravel()
        ),
        "The rows of picture i begin at i times the width, not at i.": lambda p: (
            np.arange(len(p))[:, None] + p
        ).ravel(),
        "The rows of picture i begin at i times the width, not at i times the number of pictures.": lambda p: (
            len(p) * np.arange(len(p))[:, None] + p
        ).ravel(),
        "The arrays go picture by picture: yours go beginning by beginning.": lambda p: (
            p.shape[1] * np.arange(len(p))[:, None] + p
        ).T.ravel(),
        "The right numbers as a table (n, W); the cache has one row for each, (n W,).": lambda p: (
            p.shape[1] * np.arange(len(p))[:, None] + p
        ),
        "A parent names a beginning of its own picture, so it is not multiplied.": lambda p: (
            p.shape[1] * p + np.arange(len(p))[:, None]
        ).ravel(),
    },
    hint="Beginning w of picture i stands in row i * W + w.",
)

EXERCISES = {"bilinear": BILINEAR, "score": SCORE, "leaks": LEAKS, "rows": ROWS}
