"""Hidden cases of the lesson *Sentiment and emotion*."""

from itertools import permutations

import numpy as np

from mmcourse.exercises import Exercise


def _table(seed, shape):
    table = np.random.RandomState(seed).uniform(0.05, 1, shape)
    return table / table.sum()


def _best(table):
    """p[a, b, y]: a reader of b alone answers what is likeliest for each b."""
    return table.sum(0).max(-1).sum()


BEST = Exercise(
    reference=_best,
    cases=[(_table(0, (2, 2, 2)),), (_table(1, (2, 3, 2)),), (_table(2, (3, 2, 4)),)],
    mistakes={
        "That reader sees both: sum the first axis out before you take the largest.": lambda t: t.max(-1).sum(),
        "That is the reader of the first source; the second one is the middle axis.": lambda t: t.sum(1).max(-1).sum(),
        "Sum the first axis before you take the largest: it cannot answer by what it does not see.": lambda t: (
            t.max(-1).sum(0).max()
        ),
        "That is the largest cell for each answer; take the largest over the answers, for each b.": lambda t: (
            t.sum(0).max(0).sum()
        ),
        "That reader sees nothing at all: keep the second source, and answer for each of its values.": lambda t: t.sum(
            (0, 1)
        ).max(),
    },
    hint="Two steps: the table p[b, y] of what this reader sees, then the largest entry of each row, summed.",
)


def _credit(worth, name):
    names = sorted({one for selection in worth for one in selection})
    gains = []
    for order in permutations(names):
        before = tuple(sorted(order[: order.index(name)]))
        gains.append(worth[tuple(sorted((*before, name)))] - worth[before])
    return np.mean(gains)


def _last(worth, name):
    names = max(worth, key=len)
    return worth[names] - worth[tuple(one for one in names if one != name)]


def _by_selection(worth, name):
    gains = [worth[tuple(sorted((*s, name)))] - value for s, value in worth.items() if name not in s]
    return np.mean(gains)


_CLIPS = {(): 0.5, ("face",): 0.8, ("voice",): 0.5, ("words",): 0.7, ("face", "voice"): 0.8, ("face", "words"): 0.8}
_CLIPS |= {("voice", "words"): 0.85, ("face", "voice", "words"): 0.883}
_OTHER = {(): 0.1, ("a",): 0.3, ("b",): 0.2, ("c",): 0.7, ("a", "b"): 0.9, ("a", "c"): 0.75, ("b", "c"): 0.8}
_OTHER |= {("a", "b", "c"): 1.0}

CREDIT = Exercise(
    reference=_credit,
    cases=[(_CLIPS, "voice"), (_CLIPS, "words"), (_OTHER, "a"), (_OTHER, "c")],
    mistakes={
        "That is what it adds to nothing, one order of many: also let it come second, and last.": lambda worth, name: (
            worth[(name,)] - worth[()]
        ),
        "That is what its absence costs, its gain when it comes last: also let it come first, and second.": _last,
        "Take the worth of what came before away: a gain is a difference.": lambda worth, name: np.mean(
            [value for selection, value in worth.items() if name in selection]
        ),
        "Each order counts alike, not each selection: it comes first in a third of the orders.": _by_selection,
    },
    hint="Go through `itertools.permutations(names)`; in each order, what was there before `name`?",
)


def _constant_f1(share):
    return 2 * share / (1 + share)


CONSTANT = Exercise(
    reference=_constant_f1,
    cases=[(0.62,), (0.5,), (0.9,)],
    mistakes={
        "That is its accuracy, which is also its precision.": lambda share: share,
        "That is its recall: it finds every positive.": lambda share: 1.0,
        "That is the plain mean of precision and recall; F1 is their harmonic mean, 2 p r / (p + r).": lambda share: (
            (1 + share) / 2
        ),
        "That is for always negative, and the negatives.": lambda share: 2 * (1 - share) / (2 - share),
    },
    hint="Always positive: what is its precision, what its recall? F1 is 2 p r / (p + r).",
)

EXERCISES = {"best": BEST, "credit": CREDIT, "constant": CONSTANT}
