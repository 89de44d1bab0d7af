"""Questions of the picture world: answered rightly, and their words alone tell nothing about the answer."""

import re
from collections import Counter, defaultdict

import numpy as np
import plain_world as plain
import pytest
from scipy import stats

from mmcourse.data import world
from mmcourse.data.world.grammar import parse_question, write

LINK = "(left of|right of|above|below)"
DRAWN = {  # (level, split) -> number of questions
    (1, "train"): 50_000,
    (2, "train"): 10_000,
    (3, "train"): 10_000,
    (1, "test"): 4000,
    (1, "compositional-train"): 10_000,
    (1, "compositional-test"): 700,
    (3, "compositional-train"): 2000,
    (3, "compositional-test"): 250,
}


@pytest.fixture(scope="module")
def asked() -> dict[tuple[int, str], list[tuple[world.Scene, str, str, str]]]:
    """For each level and split of DRAWN, rows of scene, question, answer and kind."""
    table = {}
    for (level, split), count in DRAWN.items():
        columns = world.questions(count, seed=level, split=split, level=level)
        assert list(columns) == ["scene", "question", "answer", "kind"]
        assert {len(values) for values in columns.values()} == {count}
        table[level, split] = list(zip(*columns.values(), strict=True))
    return table


def reply(scene: world.Scene, question: str) -> str | None:
    """The answer to a question, found by looking at every object; None where "the ring" is not one and only one."""
    objects = scene.objects
    if found := re.fullmatch("is there (.+)", question):
        return "yes" if some(objects, plain.article_noun(found[1])) else "no"
    if found := re.fullmatch("how many (.+) are there", question):
        return plain.NUMBERS[len(some(objects, plain.plain_noun(found[1], plural=True)))]
    if found := re.fullmatch("are there (more|fewer|as many) (.+) (?:than|as) (.+)", question):
        one, other = (len(some(objects, plain.plain_noun(text, plural=True))) for text in found.groups()[1:])
        assert ("as many" in question) == (" as " in question.replace("as many", ""))
        return "yes" if {"more": one > other, "fewer": one < other, "as many": one == other}[found[1]] else "no"
    if found := re.fullmatch(f"is the (.+) {LINK} the (.+)", question):
        one, other = (some(objects, plain.plain_noun(found[place])) for place in (1, 3))
        if len(one) != 1 or len(other) != 1 or one == other:
            return None
        return "yes" if plain.beyond(one[0].cell, other[0].cell, found[2]) else "no"
    found = re.fullmatch(f"what (color|shape) is the (.+?)(?: {LINK} the (.+))?", question)
    asked_for = some(objects, plain.plain_noun(found[2]))
    if found[3]:
        other = some(objects, plain.plain_noun(found[4]))
        if len(other) != 1:
            return None
        asked_for = [one for one in asked_for if plain.beyond(one.cell, other[0].cell, found[3])]
    return getattr(asked_for[0], found[1]) if len(asked_for) == 1 else None


def some(objects: tuple, noun: tuple) -> list:
    """The objects that are a noun."""
    return [one for one in objects if plain.is_one(one, noun)]


def possible(question: str, level: int, split: str) -> list[str]:
    """Every answer a question can have."""
    if question.startswith("how many"):
        return plain.NUMBERS[: max(plain.COUNTS[level]) + 1]
    if not question.startswith("what"):
        return ["no", "yes"]
    name = question.split()[1]
    words = {"color": plain.COLORS, "shape": plain.SHAPES}[name][: plain.VARIETY[level][0]]
    if split != "compositional-train" or re.search(LINK, question):
        return words
    _, color, shape = plain.plain_noun(question.partition(" is the ")[2])
    return [word for word in words if not {(word, shape), (color, word)} & world.HELD_OUT]


@pytest.mark.parametrize(("level", "split"), DRAWN)
def test_answers_are_right(asked, level, split):
    for scene, question, answer, _ in asked[level, split][:3000]:
        assert answer == reply(scene, question) == world.true_answer(scene, question), (scene, question)
        assert write(parse_question(question)) == question


@pytest.mark.parametrize(("level", "split"), DRAWN)
def test_scenes_are_of_the_split_and_level(asked, level, split):
    scenes = [scene for scene, *_ in asked[level, split]]
    assert all(world.is_in(scene, split) for scene in scenes)
    assert {scene.level for scene in scenes} == {level}
    assert {scene.background for scene in scenes} == set(plain.GROUNDS[level])
    shapes, colors, sizes = plain.VARIETY[level]
    known = {(a, b, c) for a in plain.SHAPES[:shapes] for b in plain.COLORS[:colors] for c in plain.SIZES[-sizes:]}
    for scene in scenes:
        kinds = {one[:3] for one in scene.objects}
        assert len(kinds) == len(scene.objects) in plain.COUNTS[level]
        assert kinds <= known


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
        for _, question, answer, _ in (row for row in asked[level, split] if row[3] == kind):
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
    for _, question, answer, kind in rows[: len(rows) // 2]:
        table[question][answer] += 1
        table[kind][answer] += 1
    half = rows[len(rows) // 2 :]
    right = [table[q if q in table else kind].most_common(1)[0][0] == answer for _, q, answer, kind in half]
    chance = [1 / len(possible(question, level, split)) for _, question, *_ in half]
    error = np.sqrt(np.mean(chance) / len(half))
    assert abs(np.mean(right) - np.mean(chance)) < max(0.02, 3 * error)
    if len(half) >= 3000:
        assert abs(np.mean(right) - np.mean(chance)) < 0.02


def test_every_question_of_level_1_is_asked(asked):
    number = Counter(kind for _, kind in {(question, kind) for _, question, _, kind in asked[1, "train"]})
    apart = 12 * 11  # ordered pairs of different nouns, each one of six colors or six shapes
    assert number == {"exist": 36, "count": 12, "color": 6, "shape": 6, "relation": 4 * apart, "compare": 3 * apart}


@pytest.mark.parametrize("split", world.SPLITS)
@pytest.mark.parametrize("level", world.LEVELS)
def test_one_kind_alone(level, split):
    for kind in world.KINDS:
        columns = world.questions(12, 0, split, kind, level)
        assert columns["kind"] == [kind] * 12
        assert len(set(columns["answer"])) > 1
        assert [reply(*pair) for pair in zip(columns["scene"], columns["question"], strict=True)] == columns["answer"]
    assert set(world.questions(40, 0, split, ("exist", "color"), level)["kind"]) == {"exist", "color"}


def test_a_seed_gives_the_same_questions():
    assert world.questions(50, 3, level=2) == world.questions(50, 3, level=2) != world.questions(50, 4, level=2)


@pytest.mark.parametrize("level", world.LEVELS)
def test_ask(level):
    rng = np.random.RandomState(0)
    answers = defaultdict(Counter)
    for scene in world.sample(150, seed=1, split="test", level=level):
        for kind in world.KINDS:
            found = world.ask(scene, kind, rng)
            answers[kind][found and found[1]] += 1
            if found:
                assert reply(scene, found[0]) == found[1], (scene, found)
    for kind in ("exist", "compare", "relation"):
        yes, no = answers[kind]["yes"], answers[kind]["no"]
        assert abs(yes - no) < 4 * np.sqrt(yes + no), kind
        assert None not in answers[kind] or kind == "relation"
    assert None not in answers["count"]
    assert set(answers["color"]) - {None} == set(plain.COLORS[: plain.VARIETY[level][1]])
    assert set(answers["shape"]) - {None} == set(plain.SHAPES[: plain.VARIETY[level][0]])


def test_ask_gives_nothing_where_no_question_makes_sense():
    ring, other = world.Object("ring", "red", "large", (0, 0)), world.Object("ring", "blue", "large", (0, 1))
    rings, rng = world.Scene((ring, other)), np.random.RandomState(0)
    assert world.ask(rings, "color", rng) is None
    assert world.ask(rings, "shape", rng) in {("what shape is the red object", "ring")} | {
        ("what shape is the blue object", "ring")
    }
    assert world.ask(world.Scene((ring,)), "relation", rng) is None
    assert world.true_answer(rings, "is the ring left of the blue object") is None
    assert world.true_answer(rings, "is the red object left of the blue object") == "yes"
    assert world.true_answer(rings, "is the red ring left of the red object") is None
