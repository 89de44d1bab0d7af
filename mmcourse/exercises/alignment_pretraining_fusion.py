"""Hidden cases of the lesson *Alignment, pretraining, fusion*."""

import numpy as np

from mmcourse.exercises import Exercise


def _carrier(scores, margin):
    best = scores["both"]
    if best <= scores["chance"] + margin:
        return "neither"
    alone = [name for name in ("image", "text") if scores[name] >= best - margin]
    return {0: "both", 1: alone[0] if alone else None, 2: "either"}[len(alone)]


def _better_alone(scores, margin):
    return max(("image", "text"), key=scores.get)


def _largest(scores, margin):
    return max(("image", "text", "both"), key=scores.get)


def _without_chance(scores, margin):
    return _carrier({**scores, "chance": -1.0}, margin)


def _above_chance(scores, margin):
    alone = [name for name in ("image", "text") if scores[name] > scores["chance"] + margin]
    if scores["both"] <= scores["chance"] + margin:
        return "neither"
    return {0: "both", 1: alone[0] if alone else None, 2: "either"}[len(alone)]


def _without_margin(scores, margin):
    return _carrier(scores, 0.0)


_WORDS = ("image", "text", "either", "both", "neither")


def _as_numbers(answer) -> np.ndarray:
    """The answer as a number from 1 up; 0 for a word that is none of the five."""
    return np.array(1 + _WORDS.index(answer) if answer in _WORDS else 0)


def _case(image, text, both, chance=0.5):
    return {"image": image, "text": text, "both": both, "chance": chance}, 0.05


CARRIER = Exercise(
    reference=_carrier,
    cases=[
        _case(0.97, 0.50, 0.98),  # image
        _case(0.52, 0.99, 0.97),  # text
        _case(0.96, 0.96, 0.96),  # either
        _case(0.51, 0.49, 0.93),  # both
        _case(0.70, 0.75, 0.95),  # both: each tells a part
        _case(0.17, 0.16, 0.17, 0.17),  # neither
        _case(0.40, 0.90, 0.92, 0.17),  # text
        _case(0.97, 0.80, 0.99),  # image; the text tells a part of it
    ],
    mistakes={
        "That is the better one alone; ask first whether one alone is as good as both.": _better_alone,
        "That is the largest score. Two scores within the margin count as equal.": _largest,
        "Where even both are no better than guessing, neither carries the answer.": _without_chance,
        "Above guessing is not enough: compare each one alone with both together.": _above_chance,
        "Use the margin: small differences are chance.": _without_margin,
    },
    hint='Return one of the words "image", "text", "either", "both", "neither".',
    observe=_as_numbers,
)


def _prefix_mask(places, words):
    mask = np.tri(places + words, dtype=bool)
    mask[:places, :places] = True
    return mask


def _causal(places, words):
    return np.tri(places + words, dtype=bool)


def _places_see_all(places, words):
    mask = _causal(places, words)
    mask[:places] = True
    return mask


def _words_see_places_only(places, words):
    mask = np.zeros((places + words,) * 2, bool)
    mask[:, :places] = True
    return mask


def _not_itself(places, words):
    mask = _prefix_mask(places, words)
    mask[range(places, places + words), range(places, places + words)] = False
    return mask


def _words_without_places(places, words):
    mask = _prefix_mask(places, words)
    mask[places:, :places] = False
    return mask


PREFIX_MASK = Exercise(
    reference=_prefix_mask,
    cases=[(2, 3), (4, 2), (1, 5), (3, 3)],
    mistakes={
        "That is the mask of a plain decoder: the places of a picture may look at each other in both directions.": (
            _causal
        ),
        "That lets the places of the picture look at words: they would read what is still to be written.": (
            _places_see_all
        ),
        "That is the mask of an encoder: a word may not look at later words.": lambda places, words: np.ones(
            (places + words,) * 2, bool
        ),
        "Words look at the picture only; they may look at earlier words and at themselves too.": _words_see_places_only,
        "Each position may look at itself: the diagonal is True.": _not_itself,
        "The words do not see the picture.": _words_without_places,
        "Rows and columns are exchanged: row i says where position i looks.": lambda *case: _prefix_mask(*case).T,
        "True means *may look*; your mask is the other way round.": lambda *case: ~_prefix_mask(*case),
        "The picture stands before the words, so its places are the first rows and columns.": lambda places, words: (
            _prefix_mask(words, places)
        ),
    },
    hint="Return an array of bool (places + words, places + words); start from np.tri(places + words, dtype=bool).",
)

EXERCISES = {"carrier": CARRIER, "prefix-mask": PREFIX_MASK}
