"""Hidden cases of the lesson *The picture world*."""

import itertools

import numpy as np

from mmcourse.data import world
from mmcourse.exercises import Exercise

_CELLS = list(itertools.product(range(3), range(3)))

LEFT_OF = Exercise(
    reference=lambda first, second: first[1] < second[1],
    cases=[(first, second) for first, second in itertools.permutations(_CELLS, 2)],
    mistakes={
        "You compare rows: that is above and below. The column is the second number.": lambda a, b: a[0] < b[0],
        "That is right of: the smaller column is further left.": lambda a, b: a[1] > b[1],
        "In the same column neither is left of the other: the comparison must be strict.": lambda a, b: a[1] <= b[1],
        "You compare the pairs as a whole, and then the row decides.": lambda a, b: a < b,
        "Any row is allowed, not only the same one.": lambda a, b: a[0] == b[0] and a[1] < b[1],
        "One column apart is not the only way to be left of something.": lambda a, b: b[1] - a[1] == 1,
        "Return True or False, not how far it is.": lambda a, b: max(b[1] - a[1], 0),
        "Return True or False, not a difference.": lambda a, b: b[1] - a[1],
    },
    hint="(2, 0) lies left of (0, 1); (0, 1) does not lie left of (2, 1).",
)


def _bits(p):
    p = np.asarray(p, float)
    return -(p[p > 0] * np.log2(p[p > 0])).sum()


def _without_care(p):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -(np.asarray(p) * np.log2(p)).sum()


BITS_OF = Exercise(
    reference=_bits,
    cases=[
        (np.array(p),) for p in ([0.5, 0.5], [0.25] * 4, [0.7, 0.2, 0.1], [0.5, 0.25, 0.125, 0.125, 0.0], [1 / 6] * 6)
    ],
    mistakes={
        "0 times log 0 gives no number: leave out the probabilities that are 0.": _without_care,
        "That is in nats, with the natural logarithm; bits need base 2.": lambda p: _bits(p) * np.log(2),
        "The sign: logarithms of probabilities are negative, an entropy is not.": lambda p: -_bits(p),
        "You took a mean; the probabilities are already the weights of a sum.": lambda p: _bits(p) / len(p),
        "Each logarithm is weighted by its own probability, not all of them equally.": lambda p: (
            -np.log2(p[p > 0]).mean()
        ),
        "That is the logarithm of the number of outcomes: right only if all are equally likely.": lambda p: np.log2(
            len(p)
        ),
        "That is the logarithm of the number of possible outcomes: right only if all are equally likely.": lambda p: (
            np.log2(np.count_nonzero(p))
        ),
    },
    hint="The probabilities 0.5, 0.25, 0.25 and 0 must give 1.5 bits.",
)


def _belong(result) -> list[float]:
    """Observe pictures and captions: shape and a fingerprint of the pictures, how many captions, how many are true."""
    images, captions = result
    images, captions = np.asarray(images), list(captions)
    scenes, _ = world.read(images)
    true = [world.is_true(scene, caption) for scene, caption in zip(scenes, captions, strict=False)]
    weights = np.arange(images.size).reshape(images.shape) % 97
    return [*images.shape, float((weights * images).mean()), len(captions), sum(true)]


def _pairs(count: int, seed: int, other: int | None = None, size: int = 32, level: int = 1):
    scenes = world.sample(count, seed, level=level)
    described = scenes if other is None else world.sample(count, other, level=level)
    return world.render(scenes, size), [world.describe(scene) for scene in described]


def _one_scene(count: int, seed: int):
    images, captions = _pairs(1, seed)
    return np.repeat(images, count, axis=0), captions * count


PAIRED = Exercise(
    reference=_pairs,
    cases=[(40, 10), (25, 3)],
    observe=_belong,
    mistakes={
        "The captions are true of other scenes: sample once, and make both from the same scenes.": lambda n, s: _pairs(
            n, s, s + 1
        ),
        "The pictures should have 32 pixels a side.": lambda n, s: _pairs(n, s, size=16),
        "It should give `count` pairs.": lambda n, s: _pairs(1000, s),
        "The seed does not reach the sample.": lambda n, s: _pairs(n, 0),
        "All pictures are alike: sample `count` scenes, not one.": _one_scene,
        "The scenes should be of level 1.": lambda n, s: _pairs(n, s, level=3),
    },
    hint="Return a pair: pictures (count, 32, 32, 3) and captions, both of world.sample(count, seed), in this order.",
)

_FIELDS = ("license", "name", "pairing", "size", "version")
_CARD = {"name": "Flickr8k", "version": "2013", "size": 8092, "license": "research only", "pairing": "file name"}


def _missing(card):
    return [field for field in _FIELDS if card.get(field) in (None, "")]


def _which(fields) -> list[float]:
    """Observe a list of names: its length, and where each field stands in it (-1 where it does not)."""
    fields = list(fields)
    return [len(fields), *(fields.index(name) if name in fields else -1 for name in _FIELDS)]


MISSING = Exercise(
    reference=_missing,
    cases=[
        (_CARD,),
        ({"name": "YouTube", "license": "", "version": None},),
        ({**_CARD, "size": 0, "license": ""},),
        ({**_CARD, "pairing": None, "language": None},),
        ({},),
    ],
    observe=_which,
    mistakes={
        "The number 0 is a size; test for None and for the empty text, not for truth.": lambda card: [
            field for field in _FIELDS if not card.get(field)
        ],
        "A field that is not in the card at all is missing too.": lambda card: sorted(
            field for field, value in card.items() if field in _FIELDS and value in (None, "")
        ),
        "The empty text is missing too, not only None.": lambda card: [
            field for field in _FIELDS if card.get(field) is None
        ],
        "None is missing too, not only the empty text.": lambda card: [
            field for field in _FIELDS if card.get(field, "") == ""
        ],
        "Only the five fields count; the card may have others.": lambda card: sorted(
            {field for field in (*_FIELDS, *card) if card.get(field) in (None, "")}
        ),
        "A field that is there but empty is missing too.": lambda card: [
            field for field in _FIELDS if field not in card
        ],
        "The list should be sorted.": lambda card: [
            field for field in ("name", "version", "size", "license", "pairing") if field in _missing(card)
        ],
        "The list should be sorted from a to z.": lambda card: _missing(card)[::-1],
        "Those are the fields that are there; return the others.": lambda card: [
            field for field in _FIELDS if field not in _missing(card)
        ],
    },
    hint="An empty card, {}, lacks all five fields; return their names as a sorted list.",
)

EXERCISES = {"left-of": LEFT_OF, "bits-of": BITS_OF, "paired": PAIRED, "missing": MISSING}
