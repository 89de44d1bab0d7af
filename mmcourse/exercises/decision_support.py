"""Hidden cases of the lesson *Decision support*."""

import numpy as np

from mmcourse.exercises import Exercise


def _threshold(costs):
    """costs[truth, act]: both acts cost the same at the threshold."""
    alarm, miss = costs[0, 1] - costs[0, 0], costs[1, 0] - costs[1, 1]
    return alarm / (alarm + miss)


THRESHOLD = Exercise(
    reference=_threshold,
    cases=[
        (np.array([[0.0, 1.0], [10.0, 2.0]]),),
        (np.array([[0.5, 3.0], [20.0, 4.0]]),),
        (np.array([[1.0, 2.0], [9.0, 6.0]]),),
    ],
    mistakes={
        "Right acts cost something too: take off what the right act would have cost in the same row.": lambda c: (
            c[0, 1] / (c[0, 1] + c[1, 0])
        ),
        "That is the chance of the other class: the cost of a false alarm stands above the line.": lambda c: (
            1 - _threshold(c)
        ),
        "Rows are the truth, columns the acts; you exchanged them.": lambda c: _threshold(c.T),
        "These are odds; a chance is odds divided by one plus the odds.": lambda c: (
            (c[0, 1] - c[0, 0]) / (c[1, 0] - c[1, 1])
        ),
    },
    hint="Write the expected cost of each act as a line in p; the threshold is where the two lines cross.",
)


def _rows(seed, count):
    random = np.random.RandomState(seed)
    sure = random.permutation(np.linspace(0.51, 0.99, count))
    return random.uniform(size=count) < 0.9 - 0.6 * sure, sure


def _answered(wrong, sure, share):
    surest = np.argsort(-sure)[: round(share * len(wrong))]
    return np.mean(wrong[surest])


ANSWERED = Exercise(
    reference=_answered,
    cases=[(*_rows(0, 40), 0.5), (*_rows(1, 50), 0.8), (*_rows(2, 60), 0.6)],
    mistakes={
        "Those are the least sure ones: answer where `sure` is largest.": lambda wrong, sure, share: np.mean(
            wrong[np.argsort(sure)[: round(share * len(wrong))]]
        ),
        "Divide by the number of those answered, not of all.": lambda wrong, sure, share: (
            _answered(wrong, sure, share) * round(share * len(wrong)) / len(wrong)
        ),
        "The share says how many are answered; it is no threshold for `sure`.": lambda wrong, sure, share: np.mean(
            wrong[sure >= share]
        ),
        "That is the share of right answers.": lambda wrong, sure, share: 1 - _answered(wrong, sure, share),
        "Order the rows by `sure` first; you took the first ones as they come.": lambda wrong, sure, share: np.mean(
            wrong[: round(share * len(wrong))]
        ),
    },
    hint="Try four rows with share 0.5: the two surest are answered.",
)


def _unweighted(chance, weight):
    return chance / (chance + weight * (1 - chance))


UNWEIGHTED = Exercise(
    reference=_unweighted,
    cases=[(np.array([0.1, 0.5, 0.9]), 4.0), (np.array([0.3, 0.77]), 10.0), (np.array([0.05, 0.6, 0.99]), 2.5)],
    mistakes={
        "The weight multiplies the odds p / (1 - p), not the chance.": lambda chance, weight: chance / weight,
        "You apply the weight a second time: divide the odds by it.": lambda chance, weight: (
            weight * chance / (weight * chance + 1 - chance)
        ),
        "These are the odds; turn them back into a chance: odds / (1 + odds).": lambda chance, weight: (
            chance / (1 - chance) / weight
        ),
        "You give the chance of the other class.": lambda chance, weight: 1 - _unweighted(chance, weight),
    },
    hint="A weight of 4 makes one ill patient count as four: what are the odds before and after?",
)

EXERCISES = {"threshold": THRESHOLD, "answered": ANSWERED, "unweighted": UNWEIGHTED}
