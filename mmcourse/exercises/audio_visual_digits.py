"""Hidden cases of the lesson *Audio-visual digits*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)
_PRIOR = np.array([0.5, 0.3, 0.2])


def _chances(count: int) -> np.ndarray:
    return _random.dirichlet(np.ones(3), count)


def _normal(scores):
    return scores / scores.sum(1, keepdims=True)


def _one_more(fused, new, prior):
    return _normal(fused * new / prior)


def _over_the_rows(fused, new, prior):
    return (fused * new / prior) / (fused * new / prior).sum(0)


ONE_MORE = Exercise(
    reference=_one_more,
    cases=[(_chances(4), _chances(4), _PRIOR), (_chances(2), _chances(2), np.array([0.1, 0.1, 0.8]))],
    mistakes={
        "You left out the prior: it stands in both factors, and may count once.": lambda f, n, p: _normal(f * n),
        "You multiply by the prior; divide, for each factor has it already.": lambda f, n, p: _normal(f * n * p),
        "You divide by the prior twice; one of the two may stay.": lambda f, n, p: _normal(f * n / p**2),
        "The rows do not sum to 1: divide each by its sum.": lambda f, n, p: f * n / p,
        "You took the mean; this is the product.": lambda f, n, p: (f + n) / 2,
        "You divide by the sums over the samples; take those over the classes, axis 1.": _over_the_rows,
    },
    hint="An expert that gives the prior for every sample tells nothing: then the result must be `fused` itself.",
)


def _triples(seed: int, pictures: int, takes: int, count: int) -> dict:
    random = np.random.RandomState(seed)
    recordings = np.array([f"anna says 3, take {take}" for take in random.randint(0, takes, count)])
    return {"picture": random.randint(0, pictures, count), "recording": recordings}


def _met(train, test, column):
    return np.isin(test[column], train[column])


def _leaked(train, test):
    return float(np.mean(_met(train, test, "picture") | _met(train, test, "recording")))


def _as_pairs(train, test):
    pairs = set(zip(train["picture"], train["recording"], strict=True))
    return float(np.mean([pair in pairs for pair in zip(test["picture"], test["recording"], strict=True)]))


LEAKED = Exercise(
    reference=_leaked,
    cases=[
        (_triples(1, 40, 90, 30), _triples(2, 40, 90, 25)),
        (_triples(3, 90, 30, 40), _triples(4, 90, 30, 10)),
        (_triples(5, 9, 900, 40), _triples(6, 900, 900, 30)),
    ],
    mistakes={
        "You look at pictures only; a recording can leak as well.": lambda a, b: float(np.mean(_met(a, b, "picture"))),
        "You look at recordings only; a picture can leak as well.": lambda a, b: float(
            np.mean(_met(a, b, "recording"))
        ),
        "You ask for pairs that are in both; one known half of a pair is enough to leak.": _as_pairs,
        "You ask that picture and recording are both known; one of them is enough.": lambda a, b: float(
            np.mean(_met(a, b, "picture") & _met(a, b, "recording"))
        ),
        "You turned the two around: the share is that of the test triples.": lambda a, b: _leaked(b, a),
        "You count triples; give their share.": lambda a, b: _leaked(a, b) * len(b["picture"]),
        "That is the share that is new; the question is for the share that is not.": lambda a, b: 1 - _leaked(a, b),
    },
    hint="np.isin(a, b) says for each entry of a whether b has it.",
)


def _batch(count: int) -> tuple:
    columns = [_random.rand(count, 3) for _ in range(3)]
    return (*columns, _random.randint(0, 10, count))


def _two_parts(text, image, audio, labels):
    return {"text": text, "image": image, "audio": audio}, labels


def _total(part) -> float:
    """The sum of all numbers in a part of a batch; -1 for no part."""
    if part is None:
        return -1.0
    values = part.values() if isinstance(part, dict) else part if isinstance(part, tuple | list) else [part]
    return float(sum(np.sum(value) for value in values))


def _as_keras_reads_it(batch) -> np.ndarray:
    """Observe a batch: how many parts it has, whether the inputs are named, and what is input, target and weight."""
    parts = batch if isinstance(batch, tuple) else (batch,)
    x, y, weights, *_ = (*parts, None, None)
    names = sorted(x) if isinstance(x, dict) else []
    named = [_total(x[name]) for name in names] if names == ["audio", "image", "text"] else [-1, -1, -1]
    return np.array([len(parts), *named, _total(x), _total(y), _total(weights)])


BATCH = Exercise(
    reference=_two_parts,
    cases=[_batch(4), _batch(6)],
    observe=_as_keras_reads_it,
    mistakes={
        "That is (x, y, sample_weight) to Keras: put the three senses into one dictionary.": lambda t, i, a, y: (
            t,
            i,
            a,
        ),
        "The labels are missing: return two things, the inputs and the labels.": lambda t, i, a, y: (
            {"text": t, "image": i, "audio": a},
        ),
        "Four things are one too many: put the three senses into one dictionary.": lambda t, i, a, y: (t, i, a, y),
        "The order is inputs, then labels.": lambda t, i, a, y: (y, {"text": t, "image": i, "audio": a}),
        "Give the senses by name, in a dictionary: then their order cannot be wrong.": lambda t, i, a, y: (
            (t, i, a),
            y,
        ),
    },
    hint="Keras reads a batch as inputs, target, weights of the samples; names of the inputs: text, image, audio.",
)

EXERCISES = {"one-more": ONE_MORE, "leaked": LEAKED, "batch": BATCH}
