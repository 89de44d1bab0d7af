"""Hidden cases of the lesson *Caption a picture*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _bits(logits, targets, log=np.log2, padding=False, reduce=np.sum):
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    costs = -log(np.take_along_axis(p, targets[..., None], -1)[..., 0])  # (B, T)
    return reduce(costs if padding else costs * (targets != 0), axis=1)


def _as_probabilities(logits, targets):
    given = np.take_along_axis(np.abs(logits) + 1e-9, targets[..., None], -1)[..., 0]
    return (-np.log2(given) * (targets != 0)).sum(1)


def _mean_of_tokens(logits, targets):
    return _bits(logits, targets) / (targets != 0).sum(1)


def _captions(lengths, size):
    longest = max(lengths) + 1
    targets = np.zeros((len(lengths), longest), np.int64)
    for row, length in enumerate(lengths):
        targets[row, :length] = _random.randint(2, size, length)
    return 2 * _random.standard_normal((len(lengths), longest, size)), targets


SURPRISE = Exercise(
    reference=_bits,
    cases=[_captions((3, 5), 7), _captions((1, 4, 2), 5), _captions((6, 2, 3, 3), 9)],
    mistakes={
        "You counted the padding too: where the target is 0 there is no word.": lambda z, w: _bits(z, w, padding=True),
        "Those are nats; bits use the logarithm to base 2.": lambda z, w: _bits(z, w, log=np.log),
        "The sum of a caption's tokens, not their mean.": _mean_of_tokens,
        "You divided by all places, padding included; and the sum is asked for.": lambda z, w: _bits(
            z, w, reduce=np.mean
        ),
        "That is one number for all; return one for each caption.": lambda z, w: _bits(z, w).sum(),
        "The average over the captions is for the loss; return one number for each.": lambda z, w: _bits(z, w).mean(),
        "The sign: a probability below 1 has a negative logarithm, a surprise is positive.": lambda z, w: -_bits(z, w),
        "Logits are no probabilities: take the softmax over the last axis first.": _as_probabilities,
        "That is the cost of each token; sum along the caption.": lambda z, w: _bits(
            z, w, reduce=lambda costs, axis: costs
        ),
    },
    hint="Softmax, the entry of the target, minus its base-2 logarithm, 0 where the target is 0, sum along axis 1.",
)


def _nucleus(p, share, order=None, crossing=True):
    order = np.argsort(-p) if order is None else order(p)
    held = np.cumsum(p[order])
    keep = np.zeros(len(p), bool)
    keep[order[(held - p[order] < share) if crossing else (held <= share)]] = True
    return keep


def _shares(size):
    p = _random.dirichlet(np.full(size, 0.7))
    return p, float(_random.uniform(0.5, 0.9))


NUCLEUS = Exercise(
    reference=_nucleus,
    cases=[
        (np.array([0.1, 0.45, 0.15, 0.3]), 0.7),
        (np.array([0.05, 0.9, 0.05]), 0.5),
        *(_shares(n) for n in (6, 9, 12)),
    ],
    mistakes={
        "Your tokens hold less than the share: the one that reaches it belongs to the nucleus too.": lambda p, s: (
            _nucleus(p, s, crossing=False)
        ),
        "You began with the least likely tokens.": lambda p, s: _nucleus(p, s, order=np.argsort),
        "You went through the tokens as they stand; sort by probability first.": lambda p, s: _nucleus(
            p, s, order=lambda p: np.arange(len(p))
        ),
        "You kept every token whose own probability is large; the sum of the likeliest decides.": lambda p, s: (
            p >= 1 - s
        ),
        "You compared each probability with the share; the sum of the likeliest decides.": lambda p, s: p >= s,
        "The mask stands in the order of the sorted tokens; put it back into theirs.": lambda p, s: _nucleus(
            np.sort(p)[::-1], s
        ),
        "You kept the others: True means that a token may be drawn.": lambda p, s: ~_nucleus(p, s),
        "Return which tokens stay, True and False, not their probabilities.": lambda p, s: np.where(
            _nucleus(p, s), p, 0
        ),
    },
    hint="Sort from the likeliest; a token stays if those before it hold less than the share.",
)

EXERCISES = {"surprise": SURPRISE, "nucleus": NUCLEUS}
