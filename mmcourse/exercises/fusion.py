"""Hidden cases of the lesson *Fusion*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _gate_case(batch, first, second, units):
    shapes = ((batch, first), (batch, second), (first, units), (second, units), (first + second, units))
    return tuple(_random.standard_normal(shape) for shape in shapes)


def _mix(z, a, b, W_a, W_b, squash=np.tanh):
    return z * squash(a @ W_a) + (1 - z) * squash(b @ W_b)


def _open(a, b, G):
    return _sigmoid(np.concatenate([a, b], axis=-1) @ G)


def _gate(a, b, W_a, W_b, G):
    return _mix(_open(a, b, G), a, b, W_a, W_b)


def _softmax_gate(a, b, W_a, W_b, G):
    e = np.exp(np.concatenate([a, b], axis=-1) @ G)
    return _mix(e / e.sum(-1, keepdims=True), a, b, W_a, W_b)


def _one_gate(a, b, W_a, W_b, G):
    z = _open(a, b, G)
    return z * np.tanh(a @ W_a) + z * np.tanh(b @ W_b)


def _linear_gate(a, b, W_a, W_b, G):
    return _mix(np.concatenate([a, b], axis=-1) @ G, a, b, W_a, W_b)


def _half_gate(a, b, W_a, W_b, G):
    return _mix(_sigmoid(a @ G[: a.shape[1]]), a, b, W_a, W_b)


def _other_half_gate(a, b, W_a, W_b, G):
    return _mix(_sigmoid(b @ G[a.shape[1] :]), a, b, W_a, W_b)


def _late_tanh(a, b, W_a, W_b, G):
    z = _open(a, b, G)
    return np.tanh(z * (a @ W_a) + (1 - z) * (b @ W_b))


GATE = Exercise(
    reference=_gate,
    cases=[_gate_case(3, 2, 4, 5), _gate_case(1, 3, 3, 2), _gate_case(4, 1, 2, 1)],
    mistakes={
        "You exchanged the two: z belongs to a, and 1 - z to b.": lambda a, b, W_a, W_b, G: _mix(
            1 - _open(a, b, G), a, b, W_a, W_b
        ),
        "The tanh is missing: it keeps every unit between -1 and 1.": lambda a, b, W_a, W_b, G: _mix(
            _open(a, b, G), a, b, W_a, W_b, squash=lambda x: x
        ),
        "The tanh belongs on each mapped vector, before they are mixed.": _late_tanh,
        "Each unit has a gate of its own: the logistic function, not a softmax over the units.": _softmax_gate,
        "What a gains, b must lose: use z for a and 1 - z for b.": _one_gate,
        "The gate lacks the logistic function; it must lie between 0 and 1.": _linear_gate,
        "Your gate looks at a alone; it must see both vectors, side by side.": _half_gate,
        "Your gate looks at b alone; it must see both vectors, side by side.": _other_half_gate,
        "For the gate put a first and b second: the first rows of G belong to a.": lambda a, b, W_a, W_b, G: _mix(
            _sigmoid(np.concatenate([b, a], axis=-1) @ G), a, b, W_a, W_b
        ),
    },
    hint="z is the logistic function of [a, b] G and has the shape of the result, (B, U).",
)


def _shares(scores, present):
    e = np.exp(scores - scores.max(-1, keepdims=True)) * present
    return e / e.sum(-1, keepdims=True)


def _softmax(scores, axis=-1):
    e = np.exp(scores - scores.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def _present(*rows):
    return np.array(rows, dtype=bool)


SHARES = Exercise(
    reference=_shares,
    cases=[
        (_random.standard_normal((3, 3)), _present([1, 1, 1], [1, 0, 1], [0, 1, 0])),
        (_random.standard_normal((2, 4)), _present([1, 1, 0, 0], [0, 1, 1, 1])),
        (np.array([[2.0, -3], [-1, 1]]), _present([0, 1], [1, 1])),
    ],
    mistakes={
        "You left `present` out.": lambda scores, present: _softmax(scores),
        "Your shares do not sum to 1 where a modality is absent: divide by the sum over those present.": (
            lambda scores, present: _softmax(scores) * present
        ),
        "A score of 0 is not absent: e to the 0 is 1. Use minus infinity, or multiply after the exponential.": (
            lambda scores, present: _softmax(scores * present)
        ),
        "You normalized down the batch; the shares of one row sum to 1.": lambda scores, present: _softmax(
            np.where(present, scores, -1e9), axis=0
        ),
        "You gave the absent modalities the shares, and the present ones none.": lambda scores, present: _softmax(
            np.where(present, -1e9, scores)
        ),
        "All that is present got an equal share: let the scores decide.": lambda scores, present: (
            present / present.sum(-1, keepdims=True)
        ),
    },
    hint="In a row with one modality present, its share is 1, whatever its score.",
)


def _weights(widths, units, rank):
    return rank * units * sum(width + 1 for width in widths) + units


WEIGHTS = Exercise(
    reference=_weights,
    cases=[([6, 8], 8, 2), ([6, 10, 8], 8, 2), ([100, 73, 100], 32, 4), ([1], 1, 1)],
    mistakes={
        "You left out the bias, one number a unit.": lambda widths, units, rank: _weights(widths, units, rank) - units,
        "A 1 stands at the end of each vector: each factor has D_m + 1 rows.": lambda widths, units, rank: (
            rank * units * sum(widths) + units
        ),
        "That is the full table of the bilinear fusion, a product of the widths; factors add up.": (
            lambda widths, units, rank: units * int(np.prod([width + 1 for width in widths])) + units
        ),
        "One 1 for all: each modality gets its own.": lambda widths, units, rank: (
            rank * units * (sum(widths) + 1) + units
        ),
        "The bias is added once, after the sum over the rank.": lambda widths, units, rank: (
            rank * (units * sum(width + 1 for width in widths) + units)
        ),
        "You forgot the rank: there are that many factors for each modality.": lambda widths, units, rank: (
            units * sum(width + 1 for width in widths) + units
        ),
    },
    hint="For one modality of width 1, one unit and rank 1 there are three: two in the factor, one bias.",
)

EXERCISES = {"gate": GATE, "shares": SHARES, "weights": WEIGHTS}
