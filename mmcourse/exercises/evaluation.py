"""Hidden cases of the lesson *Evaluate what a model writes*."""

from collections import Counter

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _runs(text, n):
    words = text.split()
    return Counter(tuple(words[start : start + n]) for start in range(len(words) - n + 1))


def _recall(reference, candidate, n):
    return (_runs(reference, n) & _runs(candidate, n)).total() / _runs(reference, n).total()


def _precision(reference, candidate, n):
    return _recall(candidate, reference, n)


def _not_clipped(reference, candidate, n):
    wanted, said = _runs(reference, n), _runs(candidate, n)
    return sum(count for run, count in wanted.items() if run in said) / wanted.total()


def _kinds(reference, candidate, n):
    wanted, said = set(_runs(reference, n)), set(_runs(candidate, n))
    return len(wanted & said) / len(wanted)


def _f1(reference, candidate, n):
    recall, precision = _recall(reference, candidate, n), _precision(reference, candidate, n)
    return 2 * recall * precision / (recall + precision) if recall else 0.0


def _up_to(reference, candidate, n):
    return np.mean([_recall(reference, candidate, length) for length in range(1, n + 1)])


def _letters(reference, candidate, n):
    spaced = (" ".join(text.replace(" ", "_")) for text in (reference, candidate))
    return _recall(*spaced, n)


ROUGE_N = Exercise(
    reference=_recall,
    cases=[
        ("a red ring left of a blue square", "a blue square right of a red ring", 2),
        ("the ring of the ring of the square is red", "the ring of it", 2),
        ("a ring and a star and a ring", "a ring here a star and a heart and a cross", 1),
        ("a ring and a star and a ring", "one ring and a red star", 3),
        ("the cat sat on the mat", "the the cat", 1),
    ],
    mistakes={
        "You divided by the n-grams of the candidate, as BLEU does; here those of the reference count.": _precision,
        "Clip: a run that the candidate has once cannot be found twice in the reference.": _not_clipped,
        "You counted kinds of n-grams; one that stands twice in the reference counts twice.": _kinds,
        "That is the harmonic mean of precision and recall; return the recall.": _f1,
        "You averaged over all lengths up to n; take runs of n words alone.": _up_to,
        "You ignored n: single words are compared.": lambda r, c, n: _recall(r, c, 1),
        "Those are runs of letters; split the texts at white space.": _letters,
        "That is a count; divide by the n-grams of the reference.": lambda r, c, n: (_runs(r, n) & _runs(c, n)).total(),
    },
    hint="Count the n-grams of both texts; of each, the smaller count is shared; divide by those of the reference.",
)


def _beats(true, false, tie=0.5):
    lead = true[:, None] - false[None]
    return np.mean((lead > 0) + tie * (lead == 0))


def _one_by_one(true, false):
    shared = min(len(true), len(false))
    lead = true[:shared] - false[:shared]
    return np.mean((lead > 0) + 0.5 * (lead == 0))


def _scores(count, other):
    return _random.randint(0, 8, count) / 4, _random.randint(0, 6, other) / 4


BEATS = Exercise(
    reference=_beats,
    cases=[
        (np.array([0.5, 0.5, 1.0]), np.array([0.5, 0.25])),
        *(_scores(*counts) for counts in ((6, 6), (9, 5), (4, 12))),
    ],
    mistakes={
        "Equal scores count a half; you gave them nothing.": lambda t, f: _beats(t, f, tie=0),
        "Equal scores count a half; you counted them as wins.": lambda t, f: _beats(t, f, tie=1),
        "You compared row by row; any true one may meet any false one.": _one_by_one,
        "The other way round: how often is the true one larger?": lambda t, f: _beats(f, t),
        "You compared the means; count the pairs.": lambda t, f: float(t.mean() > f.mean()),
        "That is the difference of the means; count the pairs in which the true one is larger.": lambda t, f: (
            t.mean() - f.mean()
        ),
        "That is a number of pairs; divide by all of them.": lambda t, f: _beats(t, f) * len(t) * len(f),
    },
    hint="All pairs: true[:, None] - false[None]; above 0 counts 1, 0 counts a half; the mean.",
)

EXERCISES = {"rouge-n": ROUGE_N, "beats": BEATS}
