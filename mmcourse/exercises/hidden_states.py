"""Hidden cases of the lesson *Hidden states*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _rows(*shape):
    table = _random.exponential(size=shape)
    return table / table.sum(-1, keepdims=True)


_MOVES = [_rows(3, 3), _rows(4, 4), np.roll(np.eye(5), 1, axis=1)]
_AHEAD = [(_rows(len(move)), move, steps) for move, steps in zip(_MOVES, (2, 3, 4), strict=True)]


def _ahead(belief, move, steps):
    return belief @ np.linalg.matrix_power(move, steps)


AHEAD = Exercise(
    reference=_ahead,
    cases=_AHEAD,
    mistakes={
        "You multiply from the other side: a belief is a row, so it stands before the matrix.": (
            lambda belief, move, steps: np.linalg.matrix_power(move, steps) @ belief
        ),
        "That is one step; repeat it.": lambda belief, move, steps: belief @ move,
        "You take one step too many.": lambda belief, move, steps: _ahead(belief, move, steps + 1),
        "You take one step too few.": lambda belief, move, steps: _ahead(belief, move, steps - 1),
        "move ** steps raises each entry; a step is a matrix product.": lambda belief, move, steps: (
            belief @ move**steps
        ),
        "Multiplying by the number of steps is not taking them: probabilities must sum to 1.": (
            lambda belief, move, steps: steps * (belief @ move)
        ),
        "That is the most probable state; give the probability of each.": lambda belief, move, steps: _ahead(
            belief, move, steps
        ).argmax(),
    },
    hint="Try a chain that always goes from state 0 to 1 to 2 to 0: three steps must give the belief back.",
)


def _both(before, after):
    product = before * after
    return product / product.sum(-1, keepdims=True)


_SIDES = [(_rows(5, 3), _random.uniform(size=(5, 3))), (_rows(3, 3), _rows(3, 3)), (_rows(7, 2), _rows(7, 2))]

BOTH = Exercise(
    reference=_both,
    cases=_SIDES,
    mistakes={
        "The product of two probabilities is not yet one: divide each row by its sum.": lambda before, after: (
            before * after
        ),
        "You divide by the sum over the steps; each step, a row, must sum to 1.": lambda before, after: (
            before * after / (before * after).sum(0)
        ),
        "You divide by the sum of the whole table; each row must sum to 1.": lambda before, after: (
            before * after / (before * after).sum()
        ),
        "Multiply the two, do not add: a state that one side rules out is ruled out.": lambda before, after: (
            (before + after) / (before + after).sum(-1, keepdims=True)
        ),
        "That looks at the past only.": lambda before, after: before,
        "That is a state for each step; give the probabilities of all states.": lambda before, after: (
            before * after
        ).argmax(-1),
    },
    hint="Two arrays (T, K) give one (T, K), and every row sums to 1.",
)


def _long(states, steps):
    return _rows(states), _rows(states, states), _random.uniform(0.01, 0.2, (steps, states))


_SEEN = [_long(2, 3), _long(3, 8), _long(3, 500), _long(2, 900)]


def _sum_logs(start, move, seen, joined):
    logs = np.log(start) + np.log(seen[0])
    for row in seen[1:]:
        logs = joined(logs[:, None] + np.log(move), 0) + np.log(row)
    return joined(logs, 0)


def _joined(logs, axis):
    return np.logaddexp.reduce(logs, axis)


def _log_likelihood(start, move, seen):
    return _sum_logs(start, move, seen, _joined)


def _plain(start, move, seen):
    alpha = start * seen[0]
    for row in seen[1:]:
        alpha = (alpha @ move) * row
    with np.errstate(divide="ignore"):
        return np.log(alpha.sum())


def _without_start(start, move, seen):
    return _sum_logs(np.full(len(start), 1 / len(start)), move, seen, _joined)


LOG_LIKELIHOOD = Exercise(
    reference=_log_likelihood,
    cases=_SEEN,
    mistakes={
        "That still underflows: a product, or np.exp, is 0 before the logarithm. Keep logarithms throughout.": _plain,
        "You took the best path; the likelihood is the sum over all paths.": lambda start, move, seen: _sum_logs(
            start, move, seen, np.max
        ),
        "Your matrix is transposed: rows of move are where a path comes from.": lambda start, move, seen: (
            _log_likelihood(start, move.T, seen)
        ),
        "You left out what was seen at the first step.": lambda start, move, seen: _log_likelihood(
            start, move, np.concatenate([np.ones_like(seen[:1]), seen[1:]])
        ),
        "You left out the probabilities of the first state.": _without_start,
        "That is in bits; here it is the natural logarithm.": lambda start, move, seen: (
            _log_likelihood(start, move, seen) / np.log(2)
        ),
        "That is a mean over the steps; give the sum.": lambda start, move, seen: (
            _log_likelihood(start, move, seen) / len(seen)
        ),
        "The sign is turned: the logarithm of a small probability is negative.": lambda start, move, seen: (
            -_log_likelihood(start, move, seen)
        ),
    },
    hint="With one step, the answer is log((start * seen[0]).sum()).",
)

_ALLOWED = np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0], [0.3, 0.0, 0.7]])
_PATHS = [np.array(path) for path in ([0, 2, 1, 1, 0], [1, 0, 0, 2, 2, 1], [0, 1, 0, 1, 2, 2], [2, 1])]


def _impossible(path, move):
    return int((move[path[:-1], path[1:]] == 0).sum())


IMPOSSIBLE = Exercise(
    reference=_impossible,
    cases=[(path, _ALLOWED) for path in _PATHS],
    mistakes={
        "Those are the possible moves; count the others.": lambda path, move: int(
            (move[path[:-1], path[1:]] > 0).sum()
        ),
        "You read the table the other way round: the row is where a path comes from.": lambda path, move: _impossible(
            path, move.T
        ),
        "Give the number of moves, not their share.": lambda path, move: (
            _impossible(path, move) / max(1, len(path) - 1)
        ),
        "Give the number of such moves, not only whether there is one.": lambda path, move: int(
            _impossible(path, move) > 0
        ),
        "That counts a move from the last state back to the first.": lambda path, move: int(
            (move[path, np.roll(path, -1)] == 0).sum()
        ),
    },
    hint="A path of T states has T - 1 moves; move[i, j] is the probability of going from i to j.",
)

EXERCISES = {"ahead": AHEAD, "both-sides": BOTH, "log-likelihood": LOG_LIKELIHOOD, "impossible": IMPOSSIBLE}
