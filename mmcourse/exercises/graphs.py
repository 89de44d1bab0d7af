"""Hidden cases of the lesson *Graphs*."""

import numpy as np

from mmcourse.exercises import Exercise

_RANDOM = np.random.RandomState(1)


def _edges(length: int, share: float) -> np.ndarray:
    """A random graph (L, L) without self loops, its edges in both directions."""
    upper = np.triu(_RANDOM.uniform(size=(length, length)) < share, 1)
    return (upper | upper.T).astype(float)


def _mean(nodes, adjacency, W, b):
    looped = adjacency + np.eye(len(adjacency))
    return looped / looped.sum(1, keepdims=True) @ nodes @ W + b


def _mean_case(length, width, units, share):
    directed = _edges(length, share) * (_RANDOM.uniform(size=(length, length)) < 0.8)
    shapes = ((length, width), (width, units), (units,))
    nodes, W, b = (_RANDOM.standard_normal(shape) for shape in shapes)
    return nodes, directed, W, b


def _no_loops(nodes, adjacency, W, b):
    return adjacency / np.maximum(adjacency.sum(1, keepdims=True), 1) @ nodes @ W + b


def _loop_not_counted(nodes, adjacency, W, b):
    degrees = np.maximum(adjacency.sum(1, keepdims=True), 1)
    return (adjacency + np.eye(len(adjacency))) / degrees @ nodes @ W + b


def _by_sender(nodes, adjacency, W, b):
    looped = adjacency + np.eye(len(adjacency))
    return looped / looped.sum(0, keepdims=True) @ nodes @ W + b


def _by_roots(nodes, adjacency, W, b):
    looped = adjacency + np.eye(len(adjacency))
    roots = np.sqrt(looped.sum(1))
    return looped / roots[:, None] / roots[None] @ nodes @ W + b


def _lost_axis(nodes, adjacency, W, b):
    looped = adjacency + np.eye(len(adjacency))
    return looped / looped.sum(1) @ nodes @ W + b


MEAN = Exercise(
    reference=_mean,
    cases=[_mean_case(5, 3, 2, 0.5), _mean_case(7, 2, 4, 0.3), _mean_case(3, 1, 1, 0.9)],
    mistakes={
        "The node itself is missing: add the self loops, the ones on the diagonal, first.": _no_loops,
        "The self loop is in the sum but not in the degree: count it there too.": _loop_not_counted,
        "You divided by the degree of the sender, the sum of a column; a mean divides by what the receiver hears, the "
        "sum of its row.": _by_sender,
        "sum(1) has lost its axis, so that each column is divided; with keepdims=True each row is.": _lost_axis,
        "You went along the edges the wrong way: row i of the table says whom node i hears.": (
            lambda nodes, adjacency, W, b: _mean(nodes, adjacency.T, W, b)
        ),
        "That is the sum over the neighbors: the node itself is missing, and nothing is divided.": (
            lambda nodes, adjacency, W, b: adjacency @ nodes @ W + b
        ),
        "No activation is asked for: negative numbers stay.": (
            lambda nodes, adjacency, W, b: np.maximum(_mean(nodes, adjacency, W, b), 0)
        ),
        "Those are the roots of both degrees; here the mean is asked for.": _by_roots,
        "That is the sum: divide by the degree of the receiver.": lambda nodes, adjacency, W, b: (
            (adjacency + np.eye(len(adjacency))) @ nodes @ W + b
        ),
        "The bias is missing.": lambda nodes, adjacency, W, b: _mean(nodes, adjacency, W, 0 * b),
        "The rows of a mean sum to 1: you divided by the root of the degree.": lambda nodes, adjacency, W, b: (
            (adjacency + np.eye(len(adjacency)))
            / np.sqrt((adjacency + np.eye(len(adjacency))).sum(1, keepdims=True))
            @ nodes
            @ W
            + b
        ),
        "You divided after the bias was added; only what is heard is divided.": lambda nodes, adjacency, W, b: (
            ((adjacency + np.eye(len(adjacency))) @ nodes @ W + b)
            / (adjacency + np.eye(len(adjacency))).sum(1, keepdims=True)
        ),
    },
    hint="A node without neighbors keeps its own vector, times W, plus b.",
)


def _layers(adjacency, source, target):
    known, count = {target}, 0
    while source not in known:
        wider = known | {int(j) for i in known for j in np.flatnonzero(adjacency[i])}
        if wider == known:
            return -1
        known, count = wider, count + 1
    return count


def _chain(length: int) -> np.ndarray:
    """Node i hears node i - 1 alone."""
    return np.eye(length, k=-1)


_FORK = np.zeros((6, 6))
_FORK[[0, 1, 2, 0, 4, 3], [1, 2, 3, 4, 3, 0]] = 1  # 0 hears 3 in two layers by 4, in three by 1 and 2


def _walks(adjacency, source, target):
    return int(adjacency[target, source] > 0) or -1


LAYERS = Exercise(
    reference=_layers,
    cases=[
        (_chain(5), 0, 4),
        (_chain(5), 1, 3),
        (_chain(5), 4, 0),
        (_FORK, 3, 0),
        (_FORK, 0, 3),
        (_FORK, 1, 4),
    ],
    mistakes={
        "You went along the edges the wrong way: row i of the table says whom node i hears.": lambda A, s, t: _layers(
            A.T, s, t
        ),
        "One too many: a node that hears another one directly needs one layer.": lambda A, s, t: (
            _layers(A, s, t) + (_layers(A, s, t) > 0)
        ),
        "You counted the nodes between them: that is one less than the layers.": lambda A, s, t: (
            _layers(A, s, t) - (_layers(A, s, t) > 0)
        ),
        "Say -1 where no number of layers is enough.": lambda A, s, t: max(_layers(A, s, t), 0),
        "You looked at direct neighbors only; what they heard comes one layer later.": _walks,
        "You took the edges in both directions; here they have one.": lambda A, s, t: _layers(A + A.T, s, t),
    },
    hint="Start at the target: after one layer it knows whom it hears, after two whom those hear.",
)


def _weights(kinds, width, units):
    return kinds * width * units + width * units + units


WEIGHTS = Exercise(
    reference=_weights,
    cases=[(8, 32, 32), (1, 3, 5), (4, 1, 2), (2, 16, 8)],
    mistakes={
        "You left out the matrix for the node itself.": lambda kinds, D, H: kinds * D * H + H,
        "You left the biases out, one number a unit.": lambda kinds, D, H: (kinds + 1) * D * H,
        "One bias a unit is enough for all kinds together.": lambda kinds, D, H: (kinds + 1) * (D * H + H),
        "That is one matrix for all kinds; each kind has its own.": lambda kinds, D, H: 2 * D * H + H,
        "The bias belongs to what comes out: H numbers, not D.": lambda kinds, D, H: (kinds + 1) * D * H + D,
    },
    hint="One kind, one number in and one out: a weight for the neighbors, one for the node, a bias, so 3.",
)

EXERCISES = {"mean": MEAN, "layers": LAYERS, "weights": WEIGHTS}
