"""Hidden cases of the lesson *Measuring*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _precision_in(share, recall, alarm):
    right, wrong = recall * share, alarm * (1 - share)
    return right / (right + wrong)


PRECISION_IN = Exercise(
    reference=_precision_in,
    cases=[(0.05, 0.84, 0.065), (0.5, 0.9, 0.2), (0.001, 0.7, 0.01)],
    mistakes={
        "Weigh each kind by how many come: a share of the callers should come in, all others should not.": (
            lambda share, recall, alarm: recall / (recall + alarm)
        ),
        "That is the share of wrong openings; precision is the share of right ones.": lambda share, recall, alarm: (
            1 - _precision_in(share, recall, alarm)
        ),
        "Divide by all openings, right and wrong.": lambda share, recall, alarm: recall * share,
        "All openings are right plus wrong ones; you divided by the wrong ones alone.": lambda share, recall, alarm: (
            recall * share / (alarm * (1 - share))
        ),
        "You exchanged the two groups: recall belongs to the share that should come in.": lambda share, recall, alarm: (
            recall * (1 - share) / (recall * (1 - share) + alarm * share)
        ),
    },
    hint="Of 1,000 callers, how many come in rightly, and how many wrongly?",
)


def _words(batch, length, vocabulary):
    probabilities = _random.dirichlet(np.ones(vocabulary), (batch, length))
    targets = np.where(_random.rand(batch, length) < 0.7, probabilities.argmax(-1), 0)
    lengths = _random.randint(1, length, batch)
    lengths[0] = length
    return probabilities, targets, np.arange(length) < lengths[:, None]


def _hits(probabilities, targets):
    return probabilities.argmax(-1) == targets


def _per_sentence(probabilities, targets, mask):
    return np.mean((_hits(probabilities, targets) & mask).sum(1) / mask.sum(1))


def _wrong_axis(probabilities, targets, mask):
    positions = probabilities.argmax(1)  # (B, V)
    return np.mean(positions[:, :1] == targets)


RIGHT_WORDS = Exercise(
    reference=lambda probabilities, targets, mask: np.mean(_hits(probabilities, targets)[mask]),
    cases=[_words(4, 6, 5), _words(3, 5, 7), _words(6, 9, 4)],
    mistakes={
        "You count the padding too: leave the positions out where the mask is False.": (
            lambda probabilities, targets, mask: np.mean(_hits(probabilities, targets))
        ),
        "Divide by the number of real tokens, not by all positions.": lambda probabilities, targets, mask: np.mean(
            _hits(probabilities, targets) & mask
        ),
        "Each token counts alike; you gave each sentence the same weight.": _per_sentence,
        "The mask is True at real tokens; you kept the padding.": lambda probabilities, targets, mask: np.mean(
            _hits(probabilities, targets)[~mask]
        ),
        "That is a number of tokens; return a share.": lambda probabilities, targets, mask: np.sum(
            _hits(probabilities, targets)[mask]
        ),
        "The vocabulary is the last axis; axis 1 is time.": _wrong_axis,
    },
    hint="Try one sentence of two tokens, one of them padding: the answer is 0 or 1.",
)


def _voices(*counts):
    speaker = np.repeat(np.array(list("abcdef"))[: len(counts)], counts)
    return _random.rand(len(speaker)) < 0.3 + 0.5 * (speaker == "a") + 0.1 * (speaker == "b"), speaker


def _drawn(right, speaker, drawn):
    return np.mean(np.concatenate([right[speaker == name] for name in drawn]))


DRAWN_ACCURACY = Exercise(
    reference=_drawn,
    cases=[
        (*_voices(20, 30, 10), ["a", "a", "c"]),
        (*_voices(25, 5, 40, 10), ["d", "b", "a", "b"]),
        (*_voices(12, 31), ["a", "a"]),
        (*_voices(8, 40, 19), ["b", "a", "b"]),
    ],
    mistakes={
        "A voice that is drawn twice counts twice; np.isin finds it once.": lambda right, speaker, drawn: np.mean(
            right[np.isin(speaker, drawn)]
        ),
        "Take the mean over all rows drawn, not the mean of the voices' means: they have different numbers of rows.": (
            lambda right, speaker, drawn: np.mean([right[speaker == name].mean() for name in drawn])
        ),
        "You left `drawn` out: that is the accuracy of the rows as they are.": lambda right, speaker, drawn: np.mean(
            right
        ),
        "You took the voices that were not drawn.": lambda right, speaker, drawn: (
            np.mean(right[~np.isin(speaker, drawn)]) if not np.isin(speaker, drawn).all() else 0.0
        ),
        "Divide by the number of rows drawn, not by the number of rows that are there.": lambda right, speaker, drawn: (
            sum(right[speaker == name].sum() for name in drawn) / len(right)
        ),
    },
    hint="Put the rows of each drawn voice one after the other, then take one mean.",
)

WORST_ERROR = Exercise(
    reference=lambda count: 1 - 0.05 ** (1 / count),
    cases=[(20,), (5,), (300,), (1,)],
    mistakes={
        "3 / count is an approximation for many answers; solve (1 - e) ** count = 0.05.": lambda count: 3 / count,
        "That is how often the model is right at least; the error rate is one minus that.": lambda count: (
            0.05 ** (1 / count)
        ),
        "The chance of no mistake is 0.05, not that of one or more.": lambda count: 1 - 0.95 ** (1 / count),
        "That is the chance of no mistake at an error rate of 0.05; the chance is given, the rate is sought.": (
            lambda count: 0.95**count
        ),
        "Dividing the chance by the count is not the root that undoes a power.": lambda count: 0.05 / count,
    },
    hint="No mistake in one answer has the chance 1 - e; in two, (1 - e) squared.",
)

EXERCISES = {
    "precision-in": PRECISION_IN,
    "right-words": RIGHT_WORDS,
    "drawn-accuracy": DRAWN_ACCURACY,
    "worst-error": WORST_ERROR,
}
