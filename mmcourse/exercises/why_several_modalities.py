"""Hidden cases of the lesson *Why several modalities*."""

import numpy as np

from mmcourse import joint_table
from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _chances(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (B, T) of the right words without and with a picture."""
    return _random.uniform(0.05, 0.4, shape), _random.uniform(0.4, 1, shape)


def _worth(without, seen):
    return np.mean(np.sum(np.log2(seen) - np.log2(without), axis=1))


PICTURE_BITS = Exercise(
    reference=_worth,
    cases=[_chances((1, 3)), _chances((4, 5)), (np.array([[0.5, 0.125]]), np.array([[0.5, 1.0]]))],
    mistakes={
        "The sign is turned: a picture that helps must give a positive number.": lambda w, s: -_worth(w, s),
        "That is the natural logarithm; bits use base 2.": lambda w, s: _worth(w, s) * np.log(2),
        "You took the mean over the words; the bits of a caption are their sum.": lambda w, s: np.mean(np.log2(s / w)),
        "You added up all captions; take the mean over them.": lambda w, s: np.sum(np.log2(s / w)),
        "You left one number for each caption; return their mean.": lambda w, s: np.sum(np.log2(s / w), axis=1),
        "That is the ratio of the probabilities; bits are its logarithm to base 2.": lambda w, s: np.mean(
            np.prod(s / w, axis=1)
        ),
        "You took the logarithm of mean probabilities; take the logarithm of each first.": lambda w, s: np.log2(
            np.mean(s) / np.mean(w)
        ),
    },
    hint="A word whose probability rises from 1/8 to 1 saves 3 bits; the others of the same caption are added.",
)


def _table(seed: int) -> np.ndarray:
    table = np.random.RandomState(seed).uniform(size=(2, 3, 2)) ** 3
    return table / table.sum()


def _synergy_table() -> np.ndarray:
    table = np.zeros((2, 2, 2))
    for a, b in np.ndindex(2, 2):
        table[a, b, a ^ b] = 0.25
    return table


def _parts(table) -> tuple[float, float, float]:
    both = table.reshape(-1, table.shape[2])
    return tuple(joint_table.mutual_information(part) for part in (table.sum(1), table.sum(0), both))


def _more(table):
    one, other, both = _parts(table)
    return both - one - other


def _sources_alike(table):
    one, _, both = _parts(table)
    return both - 2 * one


MORE_TOGETHER = Exercise(
    reference=_more,
    cases=[(_table(1),), (_table(2),), (_synergy_table(),)],
    mistakes={
        "The sign is turned: for the joke table the result must be +1.": lambda t: -_more(t),
        "That is what both tell together; subtract what each of them tells alone.": lambda t: _parts(t)[2],
        "You used one source twice: sum the other one away, over axis 1 and over axis 0.": _sources_alike,
        "You subtracted only one of the two sources.": lambda t: _parts(t)[2] - _parts(t)[0],
        "You forgot what both tell together.": lambda t: -_parts(t)[0] - _parts(t)[1],
    },
    hint="Both sources side by side are one source: table.reshape(-1, table.shape[2]) has the shape (A B, Y).",
)


def _case(seed: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.RandomState(seed)
    seen, heard, other = random.randint(0, 10, (3, count))
    heard[: count // 4] = seen[: count // 4]  # some pairs agree
    which = random.randint(0, 3, count)
    return np.choose(which, [seen, heard, other]), seen, heard


def _followed(answers, seen, heard):
    a, s, h = (column[seen != heard] for column in (answers, seen, heard))
    return np.array([np.mean(a == s), np.mean(a == h), np.mean((a != s) & (a != h))])


def _of_all(answers, seen, heard):
    return np.array([np.mean(column) for column in _hits(answers, seen, heard)])


def _hits(a, s, h):
    return a == s, a == h, (a != s) & (a != h)


def _share_of_all(answers, seen, heard):
    return _followed(answers, seen, heard) * np.mean(seen != heard)


FOLLOWED = Exercise(
    reference=_followed,
    cases=[_case(1, 40), _case(2, 60), (np.array([3, 8, 9, 1]), np.array([3, 3, 3, 1]), np.array([8, 8, 8, 1]))],
    mistakes={
        "You counted pairs that agree too: there nobody can say which sense was followed.": _of_all,
        "Eye and ear have changed places.": lambda a, s, h: _followed(a, h, s),
        "You count answers; give their shares.": lambda a, s, h: _followed(a, s, h) * np.sum(s != h),
        "You divided by all pairs; divide by those that disagree.": _share_of_all,
    },
    hint="The three shares must sum to 1: do yours?",
    observe=lambda shares: np.asarray(shares, float),
)

EXERCISES = {"picture-bits": PICTURE_BITS, "more-together": MORE_TOGETHER, "followed": FOLLOWED}
