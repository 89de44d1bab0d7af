"""Questions about pictures of the picture world, as arrays: what a question answerer is trained and tested on.

Level 1: two objects. A question alone tells nothing about its answer (`world.questions`).
"""

import functools
from typing import NamedTuple

import numpy as np

from mmcourse import shapes
from mmcourse.data import text, world

SIZE = 16  # pixels of a picture's side
LENGTH = 11  # tokens of the longest question, START and END counted
ANSWERS = tuple(dict.fromkeys(word for kind in world.KINDS for word in world.answers(kind, 1)))  # 17, by first kind
CHANCE = {kind: 1 / len(world.answers(kind, 1)) for kind in world.KINDS}  # accuracy of guessing one's answers


class Asked(NamedTuple):
    """Scenes, questions, answers, lists of n; `kinds` (n,) of `world.KINDS`; `inputs`, `labels` (n,) int32.

    `inputs` holds "image" (n, size, size, 3) in [0, 1] and "question" (n, 11) int32. The labels are places in ANSWERS.
    """

    scenes: list[world.Scene]
    questions: list[str]
    answers: list[str]
    kinds: np.ndarray
    inputs: dict[str, np.ndarray]
    labels: np.ndarray


def asked(count: int, seed: int, split: str = "train", size: int = SIZE, kinds: tuple[str, ...] = world.KINDS) -> Asked:
    """`count` questions of level 1, each with a scene of its own from a split; the `kinds` are equally likely.

    A kind that stands twice in `kinds` comes twice as often. Raises ValueError for a count below 1, an unknown split or
    kind, and a size below 16 pixels.
    """
    drawn = world.questions(shapes.whole(count, "count"), seed, split, kinds)
    inputs = {"image": world.render(drawn["scene"], size), "question": question_tokens(drawn["question"])}
    labels = answer_labels(drawn["answer"])
    return Asked(drawn["scene"], drawn["question"], drawn["answer"], np.array(drawn["kind"]), inputs, labels)


@functools.cache
def question_words() -> text.WordVocabulary:
    """The 40 words of the questions of level 1, with their ids."""
    return text.WordVocabulary().fit(world.questions(4000, seed=0)["question"], size=100)


def question_tokens(questions: list[str], length: int = LENGTH) -> np.ndarray:
    """Questions (n,) -> (n, length) int32, tokens of `question_words`, every word known, nothing cut off.

    Capital letters and a question mark do not matter. Raises ValueError for no question, an empty one, an unknown
    word, and one with more than length - 2 words.
    """
    plain = [_plain(one, number) for number, one in enumerate(text.checks.check_texts(questions, "questions"))]
    for number, words in enumerate(plain):
        for word in words.split():
            if word not in _known():
                known = ", ".join(_known())
                raise ValueError(f"Question {number}, {words!r}, has the unknown word {word!r}. Known are: {known}.")
    return text.whole_batch(question_words(), plain, length)[0]


def answer_labels(answers: list[str]) -> np.ndarray:
    """Answers (n,) -> their places in ANSWERS (n,) int32. Raises ValueError for none, and one that is not there."""
    for number, word in enumerate(text.checks.check_texts(answers, "answers")):
        if word not in ANSWERS:
            raise ValueError(f"Answer {number} is {word!r}, outside the set. The answers are: {', '.join(ANSWERS)}.")
    return np.array([ANSWERS.index(word) for word in answers], np.int32)


def by_kind(kinds: np.ndarray, right: np.ndarray) -> dict[str, float]:
    """kinds (n,), right (n,) bool -> the share of right answers "overall", and of each kind that is there.

    Raises ValueError for columns of different lengths, and for none.
    """
    count = shapes.check(right, "n", "right")[0]
    shapes.check(kinds, "n", "kinds", n=count)
    if not count:
        raise ValueError("There is no answer to count: give at least one.")
    kinds, right = np.asarray(kinds), np.asarray(right, bool)
    found = {kind: float(right[kinds == kind].mean()) for kind in world.KINDS if np.any(kinds == kind)}
    return {"overall": float(right.mean()), **found}


def _plain(question: str, number: int) -> str:
    words = question.lower().rstrip("?？. \t\n").split()
    if not words:
        raise ValueError(f"Question {number} is empty: {question!r}. Ask, for example: {_EXAMPLE!r}.")
    return " ".join(words)


@functools.cache
def _known() -> tuple[str, ...]:
    words = question_words()
    return tuple(sorted(words.decode([number]) for number in range(text.vocabulary.FIRST, len(words))))


_EXAMPLE = "what color is the ring"
