"""Hidden cases of the lesson *A dialogue about a picture*."""

import numpy as np

from mmcourse.data.dialogues import NOWHERE, next_memory
from mmcourse.exercises import Exercise


def _before_each(places, rule=next_memory):
    before, found = NOWHERE, []
    for place in places:
        found.append(before)
        before = rule(before, place)
    return found


def _after_each(places):
    return [*_before_each(places)[1:], _before_each([*places, 0])[-1]]


def _first_kept(places):
    return _before_each(places, lambda before, place: next_memory(place, before))


MEMORY = Exercise(
    reference=_before_each,
    cases=[([8, 2, 9],), ([9, 4, 9, 9, 1],), ([3, 9, 5, 7, 9, 0],)],
    mistakes={
        "That is where it is after each turn; the question of a turn is read with the place before it.": _after_each,
        "Where nothing was shown, it stays where it was.": lambda places: [NOWHERE, *places[:-1]],
        "You kept the first place that was shown; it is the last one.": _first_kept,
        "You gave back the places themselves.": lambda places: list(places),
    },
    hint="Begin with 9; note where it is, then look at what the turn showed, and go on to the next.",
)


def _sure(seed):
    random = np.random.RandomState(seed)
    missing = random.uniform(size=60) < 0.3
    return random.beta(6, 2, size=60) - 0.2 * missing, missing


def _caught(sure, missing, price):
    return np.mean(sure[missing] < np.quantile(sure[~missing], price))


CAUGHT = Exercise(
    reference=_caught,
    cases=[(*_sure(0), 0.1), (*_sure(1), 0.3), (*_sure(2), 0.5)],
    mistakes={
        "The price is paid by the things that are there: take the quantile of their sureness, not of all.": (
            lambda sure, missing, price: np.mean(sure[missing] < np.quantile(sure, price))
        ),
        "The price is a share of questions, not a threshold on the sureness.": lambda sure, missing, price: np.mean(
            sure[missing] < price
        ),
        "You let the surest be declined: the least sure ones are.": lambda sure, missing, price: np.mean(
            sure[missing] > np.quantile(sure[~missing], 1 - price)
        ),
        "That is the share of all questions: divide by the number of missing things.": lambda sure, missing, price: (
            np.mean((sure < np.quantile(sure[~missing], price)) & missing)
        ),
        "You exchanged the two groups: `missing` is True for what is not there.": lambda sure, missing, price: np.mean(
            sure[~missing] < np.quantile(sure[missing], price)
        ),
    },
    hint="First the threshold: the quantile `price` of the sureness where the thing is there.",
)


def _recent(past, question, most):
    return [*(token for turn in past for token in turn), *question][-most:]


_PAST = [[4, 9, 5, 6, 12], [4, 5, 14, 8, 7, 17], [11, 6, 13]]

RECENT = Exercise(
    reference=_recent,
    cases=[(_PAST[:2], [4, 9, 5, 7], 12), (_PAST, [4, 9, 5, 6, 17], 9), (_PAST[:1], [4, 5, 16, 7], 6)],
    mistakes={
        "You kept the oldest tokens: the question itself is cut off.": lambda past, question, most: [
            *(token for turn in past for token in turn),
            *question,
        ][:most],
        "The newest turn comes last, directly before the question.": lambda past, question, most: [
            *(token for turn in past[::-1] for token in turn),
            *question,
        ][-most:],
        "The question comes last, after the past.": lambda past, question, most: [
            *question,
            *(token for turn in past for token in turn),
        ][:most],
        "`most` counts all tokens, those of the question too.": lambda past, question, most: [
            *[token for turn in past for token in turn][-most:],
            *question,
        ],
    },
    hint="Join everything, the question last, and keep the last `most` tokens.",
)

EXERCISES = {"memory": MEMORY, "caught": CAUGHT, "recent": RECENT}
