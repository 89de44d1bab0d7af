"""Hidden cases of the lesson *GRU*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)
_UNITS, _WIDTH = 3, 2


def _given(*bias_rows):
    shapes = ((_WIDTH, 3 * _UNITS), (_UNITS, 3 * _UNITS), (*bias_rows, 3 * _UNITS))
    return tuple(_random.standard_normal(shape) for shape in shapes)


def _signs(z, r, candidate):
    """A function that multiplies the blocks of W, U and b by these numbers."""

    def change(*weights):
        return tuple(w * np.repeat([z, r, candidate], w.shape[-1] // 3) for w in weights)

    return change


_negated = _signs(-1, 1, 1)


def _in_line(weights):
    """W, U and b, each with its shape, as one vector."""
    W, U, b = weights
    return np.concatenate([[*np.shape(w), *np.ravel(w)] for w in (W, U, b)])


def _one_minus(*weights):
    return tuple(np.where(np.arange(w.shape[-1]) < w.shape[-1] // 3, 1 - w, w) for w in weights)


def _exchanged(*weights):
    order = [1, 0, 2]
    return tuple(np.concatenate([np.split(w, 3, axis=-1)[block] for block in order], axis=-1) for w in weights)


def _one_bias(W, U, b):
    return *_negated(W, U), np.concatenate([_negated(b[:1])[0], b[1:]])


def _first_rows(*weights):
    changed = tuple(w.copy() for w in weights)
    for w in changed:
        w[: len(w) // 3] *= -1
    return changed


CONVERT = Exercise(
    reference=_negated,
    cases=[_given(2), _given(2), _given(2)],
    mistakes={
        "You changed the bias alone: the sum that goes into the gate comes from W and U too.": lambda W, U, b: (
            W,
            U,
            _negated(b)[0],
        ),
        "You left the bias as it is: the whole sum that goes into the gate must change its sign.": lambda W, U, b: (
            *_negated(W, U),
            b,
        ),
        "b has two rows, and both are added inside the gate: both must change their sign.": _one_bias,
        "That is the second third, the reset gate: Keras's order is update, reset, candidate.": _signs(1, -1, 1),
        "That is the last third, the candidate: the update gate is the first one.": _signs(1, 1, -1),
        "You negated all three blocks: both papers have the same reset gate and candidate.": _signs(-1, -1, -1),
        "You negated both gates: the reset gate is the same in both papers.": _signs(-1, -1, 1),
        "1 - z is one minus the gate, not one minus the weights: look for the a with sigmoid(a) = 1 - z.": _one_minus,
        "You exchanged update and reset gate; the gate itself has to be turned round.": _exchanged,
        "Those are the first rows; the blocks stand side by side, in the columns.": _first_rows,
        "You gave back the weights as they were.": lambda *weights: weights,
    },
    hint="1 - sigmoid(a) = sigmoid(-a). Give back W, U and b, in this order, with the shapes that they had.",
    observe=_in_line,
)


def _count(D, H, reset_after):
    return 3 * (D * H + H * H + (1 + reset_after) * H)


COUNT = Exercise(
    reference=_count,
    cases=[(D, H, reset_after) for D, H in ((5, 3), (2, 7), (1, 1)) for reset_after in (True, False)],
    mistakes={
        "That is the LSTM, with four blocks: a GRU has three.": lambda D, H, reset_after: 4 * (D * H + H * H + H),
        "Three quarters of the LSTM's, exactly, holds without the second bias: with reset_after there are two.": (
            lambda D, H, reset_after: 3 * (D * H + H * H + H)
        ),
        "You count two biases in both cases: without reset_after there is one.": lambda D, H, reset_after: (
            3 * (D * H + H * H + 2 * H)
        ),
        "It is the other way round: reset_after=True has the second bias.": lambda D, H, reset_after: _count(
            D, H, not reset_after
        ),
        "Only the candidate's bias is doubled in your count; Keras stores a second one for every block.": (
            lambda D, H, reset_after: 3 * (D * H + H * H + H) + reset_after * H
        ),
        "That is one block; there are three: update gate, reset gate, candidate.": lambda D, H, reset_after: (
            _count(D, H, reset_after) // 3
        ),
        "The biases are missing.": lambda D, H, reset_after: 3 * (D * H + H * H),
        "A block has D rows for the input and H for the state, not the square of both together.": (
            lambda D, H, reset_after: 3 * ((D + H) ** 2 + (1 + reset_after) * H)
        ),
    },
    hint="One block with D = 1 and H = 1 has one weight for the input, one for the state, and its bias or biases.",
)


def _candidate(x, h, r, W, U, b):
    return np.tanh(x @ W + (r * h) @ U + b)


_CASES = [
    tuple(
        _random.standard_normal(shape)
        for shape in ((2, _UNITS), (2, _UNITS), (2, _UNITS), (_UNITS, _UNITS), (_UNITS, _UNITS), (_UNITS,))
    )
    for _ in range(3)
]
_CASES = [(x, h, 1 / (1 + np.exp(-r)), W, U, b) for x, h, r, W, U, b in _CASES]

CANDIDATE = Exercise(
    reference=_candidate,
    cases=_CASES,
    mistakes={
        "You reset the input; the gate belongs to h, the past.": lambda x, h, r, W, U, b: np.tanh(
            (r * x) @ W + h @ U + b
        ),
        "That is the other variant, the gate after the product (reset_after=True): put it on h itself.": (
            lambda x, h, r, W, U, b: np.tanh(x @ W + r * (h @ U) + b)
        ),
        "Your reset gate works the wrong way round: at 0 the past has to be gone.": lambda x, h, r, W, U, b: _candidate(
            x, h, 1 - r, W, U, b
        ),
        "The reset gate is missing.": lambda x, h, r, W, U, b: np.tanh(x @ W + h @ U + b),
        "The tanh is missing: a candidate lies between -1 and 1.": lambda x, h, r, W, U, b: x @ W + (r * h) @ U + b,
        "A candidate is no gate: it needs tanh, not the sigmoid.": lambda x, h, r, W, U, b: (
            1 / (1 + np.exp(-(x @ W + (r * h) @ U + b)))
        ),
        "You put one matrix on input and past: W is for x, U for h.": lambda x, h, r, W, U, b: np.tanh(
            (x + r * h) @ W + b
        ),
        "You exchanged the matrices: W is for x, U for h.": lambda x, h, r, W, U, b: _candidate(x, h, r, U, W, b),
        "The bias is missing.": lambda x, h, r, W, U, b: _candidate(x, h, r, W, U, 0),
        "You gave the past twice: x has to come in.": lambda x, h, r, W, U, b: np.tanh(h @ W + (r * h) @ U + b),
    },
    hint="At r = 0 your result must not change with h; at r = 1 it is a plain RNN.",
)

EXERCISES = {"convert": CONVERT, "count": COUNT, "candidate": CANDIDATE}
