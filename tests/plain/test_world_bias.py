"""The words of a question of the picture world alone tell nothing about its answer."""

from collections import Counter, defaultdict

import drawn_questions
import numpy as np
import plain_world as plain
import pytest
from scipy import stats

from mmcourse.data import world

DRAWN = {  # (level, split) -> number of questions
    (1, "train"): 50_000,
    (2, "train"): 6000,
    (3, "train"): 6000,
    (1, "test"): 1500,
    (1, "compositional-train"): 4000,
    (1, "compositional-test"): 150,
    (3, "compositional-train"): 400,
}


@pytest.fixture(scope="module")
def asked() -> dict[tuple[int, str], list[tuple[str, str, str]]]:
    """For each level and split of DRAWN, rows of question, answer and kind."""
    return {drawn: [row[1:] for row in rows] for drawn, rows in drawn_questions.rows(DRAWN).items()}


def possible(question: str, level: int, split: str) -> list[str]:
    """Every answer a question can have."""
    if question.startswith("how many"):
        return plain.NUMBERS[: max(plain.COUNTS[level]) + 1]
    if not question.startswith("what"):
        return ["no", "yes"]
    name = question.split()[1]
    words = {"color": plain.COLORS, "shape": plain.SHAPES}[name][: plain.VARIETY[level][0]]
    if split != "compositional-train" or question.count(" the ") > 1:  # "the object left of the ring"
        return words
    _, color, shape = plain.plain_noun(question.partition(" is the ")[2])
    return [word for word in words if not {(word, shape), (color, word)} & set(world.HELD_OUT)]


@pytest.mark.parametrize(("level", "split"), DRAWN)
def test_kinds_are_equally_likely(asked, level, split):
    kinds = Counter(kind for *_, kind in asked[level, split])
    assert set(kinds) == set(world.KINDS)
    assert stats.chisquare(list(kinds.values())).pvalue > 1e-4, kinds


@pytest.mark.parametrize(("level", "split"), DRAWN)
def test_answers_are_uniform_whatever_the_question(asked, level, split):
    """Chi-square: summed over the questions of a kind, and for each question, corrected for their number."""
    for kind in world.KINDS:
        answers = defaultdict(Counter)
        for question, answer, _ in (row for row in asked[level, split] if row[2] == kind):
            answers[question][answer] += 1
        statistics, freedoms = [], []
        for question, found in answers.items():
            words = possible(question, level, split)
            assert set(found) <= set(words), question
            expected = found.total() / len(words)
            statistics.append(sum((found[word] - expected) ** 2 / expected for word in words))
            freedoms.append(len(words) - 1)
            if expected >= 5:
                assert stats.chi2.sf(statistics[-1], freedoms[-1]) > 1e-3 / len(answers), (question, found)
        assert stats.chi2.sf(sum(statistics), sum(freedoms)) > 1e-4, (kind, sum(statistics), sum(freedoms))


@pytest.mark.parametrize(("level", "split"), DRAWN)
def test_the_best_guess_from_the_question_alone_is_chance(asked, level, split):
    """A table of the most frequent answer to each question, from one half; within 2 points on the other half."""
    rows = asked[level, split]
    table = defaultdict(Counter)
    for question, answer, kind in rows[: len(rows) // 2]:
        table[question][answer] += 1
        table[kind][answer] += 1
    half = rows[len(rows) // 2 :]
    right = [table[q if q in table else kind].most_common(1)[0][0] == answer for q, answer, kind in half]
    chance = [1 / len(possible(question, level, split)) for question, *_ in half]
    error = np.sqrt(np.mean(chance) / len(half))
    assert abs(np.mean(right) - np.mean(chance)) < max(0.02, 3 * error)
    if len(half) >= 3000:
        assert abs(np.mean(right) - np.mean(chance)) < 0.02


def test_every_question_of_level_1_is_asked(asked):
    number = Counter(kind for _, kind in {(question, kind) for question, _, kind in asked[1, "train"]})
    apart = 12 * 11  # ordered pairs of different nouns, each one of six colors or six shapes
    assert number == {"exist": 36, "count": 12, "color": 6, "shape": 6, "relation": 4 * apart, "compare": 3 * apart}
