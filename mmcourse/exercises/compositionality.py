"""Hidden cases of the lesson *Compositionality*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _unit(count, width):
    vectors = _random.standard_normal((count, width))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _with_ties(count, width, ties):
    pictures, true, false = (_unit(count, width) for _ in range(3))
    false[:ties] = true[:ties]
    return pictures, true, false


def _lead(pictures, true, false):
    return ((true - false) * pictures).sum(axis=1)


def _prefers(pictures, true, false):
    """(n, D) each -> share of pictures nearer to the true sentence; equal ones count a half."""
    lead = _lead(pictures, true, false)
    return float(np.mean((lead > 1e-9) + 0.5 * (np.abs(lead) <= 1e-9)))


PREFERS = Exercise(
    reference=_prefers,
    cases=[_with_ties(9, 4, 4), _with_ties(20, 3, 5), _with_ties(12, 6, 0), _with_ties(7, 5, 7)],
    mistakes={
        "You counted equal similarities as wrong; a bag of words then scores 0 on a swap. Count them a half.": (
            lambda p, t, f: np.mean(_lead(p, t, f) > 1e-9)
        ),
        "You counted equal similarities as right; a model without any order then scores 1. Count them a half.": (
            lambda p, t, f: np.mean(_lead(p, t, f) > -1e-9)
        ),
        "You counted the pictures that prefer the false sentence.": lambda p, t, f: _prefers(p, f, t),
        "You compared every picture with every sentence; row i of all three belongs together.": lambda p, t, f: np.mean(
            np.sign(p @ t.T - p @ f.T) / 2 + 0.5
        ),
        "You compared the two sentences with each other; the picture has to be asked.": lambda p, t, f: np.mean(
            (t * f).sum(axis=1) > 0
        ),
        "Return the share of the pictures, not their number.": lambda p, t, f: len(p) * _prefers(p, t, f),
        "That is the mean lead; count how often it is above 0.": lambda p, t, f: _lead(p, t, f).mean(),
        "That is one answer a picture; return their mean.": lambda p, t, f: np.sign(_lead(p, t, f).round(9)) / 2 + 0.5,
    },
    hint="For each row: the product of picture and true sentence minus that of picture and false sentence. Its sign?",
)


def _own(scores, false, temperature, reduce=np.mean, choose=np.diag):
    """(B, B), (B,) -> cross-entropy of a picture's partner among B sentences and its own false one."""
    logits = np.concatenate([scores, false[:, None]], axis=1) / temperature
    top = logits.max(axis=1, keepdims=True)
    totals = top[:, 0] + np.log(np.exp(logits - top).sum(axis=1))
    return reduce(totals - choose(scores) / temperature)


def _all_false(scores, false, temperature):
    among = np.concatenate([scores, np.broadcast_to(false, scores.shape)], axis=1) / temperature
    return np.mean(np.log(np.exp(among).sum(axis=1)) - np.diag(scores) / temperature)


def _similarities(count):
    return 0.6 * _random.uniform(-1, 1, (count, count)) + 0.4 * np.eye(count), _random.uniform(-1, 1, count)


OWN = Exercise(
    reference=_own,
    cases=[(*_similarities(4), 0.2), (*_similarities(6), 0.5), (*_similarities(3), 0.1), (*_similarities(5), 0.7)],
    mistakes={
        "You left the false sentence out of the sum below the fraction.": lambda s, f, t: _own(
            s, np.full_like(f, -1e9), t
        ),
        "You gave each picture the false sentences of all; only its own counts here.": _all_false,
        "You left the partner out of the sum below the fraction; it belongs there too.": lambda s, f, t: _own(
            np.where(np.eye(len(s), dtype=bool), -1e9, s), f, t, choose=lambda _: np.diag(s)
        ),
        "You let the sentences look for pictures; go along each row.": lambda s, f, t: _own(s.T, f, t),
        "You did not divide by the temperature.": lambda s, f, t: _own(s, f, 1.0),
        "You multiplied by the temperature; divide.": lambda s, f, t: _own(s, f, 1 / t),
        "You took the false sentence for the partner.": lambda s, f, t: _own(s, f, t, choose=lambda _: f),
        "Take the mean over the pictures, not the sum.": lambda s, f, t: _own(s, f, t, reduce=np.sum),
        "That is one cost a picture; return their mean.": lambda s, f, t: _own(s, f, t, reduce=lambda costs: costs),
        "The sign: a cost is minus the logarithm of the share.": lambda s, f, t: -_own(s, f, t),
    },
    hint="Put the own false similarity beside each row as one more column; then it is a cross-entropy along the rows.",
)


def _both(s):
    """(n, 2, 2), picture, sentence -> whether both pictures, both sentences choose their own."""
    text = (s[:, 0, 0] > s[:, 0, 1]) & (s[:, 1, 1] > s[:, 1, 0])
    image = (s[:, 0, 0] > s[:, 1, 0]) & (s[:, 1, 1] > s[:, 0, 1])
    return text, image


def _group(s):
    """(n, 2, 2) -> (text score, image score, group score)."""
    text, image = _both(s)
    return np.array([text.mean(), image.mean(), (text & image).mean()])


def _loosely(s):
    text = (s[:, 0, 0] >= s[:, 0, 1]) & (s[:, 1, 1] >= s[:, 1, 0])
    image = (s[:, 0, 0] >= s[:, 1, 0]) & (s[:, 1, 1] >= s[:, 0, 1])
    return np.array([text.mean(), image.mean(), (text & image).mean()])


def _single(s):
    text = [s[:, 0, 0] > s[:, 0, 1], s[:, 1, 1] > s[:, 1, 0]]
    image = [s[:, 0, 0] > s[:, 1, 0], s[:, 1, 1] > s[:, 0, 1]]
    return np.array([np.mean(text), np.mean(image), np.mean(text + image)])


def _examples(count, lead):
    s = _random.uniform(-1, 1, (count, 2, 2)) + lead * np.eye(2)
    s[:3] = 0.5  # a model that cannot tell
    return s


GROUP = Exercise(
    reference=_group,
    cases=[(_examples(20, 0.6),), (_examples(30, 0.2),), (_examples(25, 1.0),), (_examples(40, 0.4),)],
    mistakes={
        "You counted equal similarities as right; a model that gives all the same then scores 1.": _loosely,
        "You counted single choices; an example counts if both of its choices are right.": _single,
        "You exchanged the first two: for the text score a picture chooses between the sentences.": lambda s: _group(s)[
            [1, 0, 2]
        ],
        "The group score is not the product of the others: ask of each example whether all choices are right.": (
            lambda s: np.array([*_group(s)[:2], np.prod(_group(s)[:2])])
        ),
        "The group score is not the smaller of the others: ask of each example whether all choices are right.": (
            lambda s: np.array([*_group(s)[:2], min(_group(s)[:2])])
        ),
        "For the group score all choices have to be right, not those of pictures or of sentences.": lambda s: np.array(
            [*_group(s)[:2], np.mean(_both(s)[0] | _both(s)[1])]
        ),
        "Return shares of the examples, not numbers.": lambda s: len(s) * _group(s),
    },
    hint="s[k, i, j] is picture i with sentence j. Text: compare along j for each i. Image: along i for each j.",
)

EXERCISES = {"prefers": PREFERS, "own": OWN, "group": GROUP}
