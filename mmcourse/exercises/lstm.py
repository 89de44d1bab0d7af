"""Hidden cases of the lesson *LSTM*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)
_GATES = [(_random.uniform(0.2, 0.95, (2, length, 3)),) for length in (5, 3, 8)]


def _left(forget):
    """(B, T, H) -> (B, T, H): the product of the gates after each step, 1 at the last one."""
    after = np.concatenate([forget[:, 1:], np.ones_like(forget[:, :1])], axis=1)
    return np.cumprod(after[:, ::-1], axis=1)[:, ::-1]


LEFT = Exercise(
    reference=_left,
    cases=_GATES,
    mistakes={
        "You let a step's own forget gate act on what is written at that step: it acts from the next step on.": (
            lambda f: np.cumprod(f[:, ::-1], axis=1)[:, ::-1]
        ),
        "That is what is left of the first cell after each step; go backward from the last one.": lambda f: np.cumprod(
            f, axis=1
        ),
        "That is one number a unit, what is left of the cell before the first step.": lambda f: np.prod(f, axis=1),
        "You added the gates: what is left is a product.": lambda f: _left(f) * 0 + np.cumsum(f[:, ::-1], 1)[:, ::-1],
        "You multiplied along the batch or the units; time is the second axis.": lambda f: np.cumprod(f, axis=-1),
        "You multiplied along the batch; time is the second axis.": lambda f: np.cumprod(f, axis=0),
        "The product is right but stands in the wrong order: row t belongs to step t.": lambda f: _left(f)[:, ::-1],
        "You multiplied by the next gate alone; every later gate acts.": lambda f: np.concatenate(
            [f[:, 1:], np.ones_like(f[:, :1])], axis=1
        ),
        "You left the last step out: what is written there is all there, 1.": lambda f: _left(f)[:, :-1],
    },
    hint="Of what is written at the last step all is left, 1; of what is written one step earlier, the last gate.",
)


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _blocks(x, h, W, U, b):
    return np.split(x @ W + h @ U + b, 3, axis=-1)


def _step(keep, write, candidate=np.tanh, show=np.tanh):
    """A coupled step whose gates are functions of the forget gate's sum."""

    def step(x, h, c, W, U, b):
        f, g, o = _blocks(x, h, W, U, b)
        c = keep(f) * c + write(f) * candidate(g)
        return _sigmoid(o) * show(c), c

    return step


def _coupled_case(batch, width, units):
    shapes = ((batch, width), (batch, units), (batch, units), (width, 3 * units), (units, 3 * units), (3 * units,))
    return tuple(_random.standard_normal(shape) for shape in shapes)


def _one_minus(f):
    return 1 - _sigmoid(f)


def _swapped(x, h, c, W, U, b):
    return _step(_sigmoid, _one_minus)(x, h, c, W, U, b)[::-1]


def _after_tanh(x, h, c, W, U, b):
    f, g, o = _blocks(x, h, W, U, b)
    c = np.tanh(_sigmoid(f) * c + (1 - _sigmoid(f)) * np.tanh(g))
    return _sigmoid(o) * c, c


def _other_order(x, h, c, W, U, b):
    g, f, o = _blocks(x, h, W, U, b)
    c = _sigmoid(f) * c + (1 - _sigmoid(f)) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


def _in_line(result):
    """State and cell as one vector; anything else as it is."""
    if isinstance(result, tuple | list) and len(result) == 2:
        return np.concatenate([np.ravel(part) for part in result])
    return result


def _state_only(*case):
    return _step(_sigmoid, _one_minus)(*case)[0]


COUPLED = Exercise(
    reference=_step(_sigmoid, _one_minus),
    cases=[_coupled_case(2, 3, 4), _coupled_case(3, 2, 2), _coupled_case(1, 5, 3)],
    observe=_in_line,
    mistakes={
        "Return both, the state and the cell.": _state_only,
        "The right two in the wrong order: first the state, then the cell.": _swapped,
        "The input gate is 1 - f: you used f for both.": _step(_sigmoid, _sigmoid),
        "You exchanged the gates: f keeps the old cell, 1 - f lets the candidate in.": _step(_one_minus, _sigmoid),
        "You left the forget gate without the logistic function.": _step(lambda f: f, lambda f: 1 - f),
        "There is no input gate left in your cell: the candidate comes in with 1 - f.": _step(_sigmoid, lambda f: 1),
        "The candidate lacks its tanh.": _step(_sigmoid, _one_minus, candidate=lambda g: g),
        "The candidate is no gate: it needs tanh, not the logistic function.": _step(
            _sigmoid, _one_minus, candidate=_sigmoid
        ),
        "The state is the output gate times tanh of the cell: the tanh is missing.": _step(
            _sigmoid, _one_minus, show=lambda c: c
        ),
        "No tanh on the cell that is carried on: only the state shows it through tanh.": _after_tanh,
        "The blocks stand in the order f, g, o.": _other_order,
    },
    hint="Compute the three blocks first; f = 1 must leave the cell exactly as it was.",
)


def _count(width, units):
    return 4 * (width * units + units * units + units)


PARAMETERS = Exercise(
    reference=_count,
    cases=[(4, 24), (32, 59), (1, 1), (300, 8)],
    mistakes={
        "You left the biases out, one number a unit and block.": lambda D, H: 4 * (D * H + H * H),
        "That is a plain RNN: an LSTM has four such blocks.": lambda D, H: _count(D, H) // 4,
        "Three blocks are the gates; the candidate is a fourth.": lambda D, H: 3 * _count(D, H) // 4,
        "You left out the weights from the state before, H by H in each block.": lambda D, H: 4 * (D * H + H),
        "You left out the weights from the input, D by H in each block.": lambda D, H: 4 * (H * H + H),
        "The cell brings a fifth block in your count: c has no weights.": lambda D, H: 5 * _count(D, H) // 4,
        "One bias a unit is enough in Keras's LSTM; you counted two.": lambda D, H: 4 * (D * H + H * H + 2 * H),
    },
    hint="For one input and one unit there are 12: in each of four blocks two weights and a bias.",
)

EXERCISES = {"left": LEFT, "coupled": COUPLED, "parameters": PARAMETERS}
