"""Questions of the picture world are answered rightly, in both languages."""

import re
from collections import Counter, defaultdict
from typing import NamedTuple

import drawn_questions
import numpy as np
import plain_world as plain
import pytest

from mmcourse.data import world

LINK = "(left of|right of|above|below)"
DRAWN = {  # (level, split) -> number of questions
    (1, "train"): 2000,
    (2, "train"): 2000,
    (3, "train"): 2000,
    (1, "test"): 100,
    (1, "compositional-train"): 500,
    (1, "compositional-test"): 50,
    (3, "compositional-train"): 500,
    (3, "compositional-test"): 50,
}


@pytest.fixture(scope="module")
def asked() -> dict[tuple[int, str], list[tuple[world.Scene, str, str, str]]]:
    """For each level and split of DRAWN, rows of scene, question, answer and kind."""
    return drawn_questions.rows(DRAWN)


class Asked(NamedTuple):
    """What a question asks: "exist", "count", "more", "fewer", "as many", "related", "color" or "shape"."""

    what: str
    nouns: list[tuple]
    link: str | None = None


def english(question: str) -> Asked:
    """What a question in English asks."""
    if found := re.fullmatch("is there (.+)", question):
        return Asked("exist", [plain.article_noun(found[1])])
    if found := re.fullmatch("how many (.+) are there", question):
        return Asked("count", [plain.plain_noun(found[1], plural=True)])
    if found := re.fullmatch("are there (?:(more|fewer) (.+) than (.+)|(as many) (.+) as (.+))", question):
        what, one, other = (text for text in found.groups() if text)
        return Asked(what, [plain.plain_noun(text, plural=True) for text in (one, other)])
    if found := re.fullmatch(f"is the (.+) {LINK} the (.+)", question):
        return Asked("related", [plain.plain_noun(found[1]), plain.plain_noun(found[3])], found[2])
    found = re.fullmatch(f"what (color|shape) is the (.+?)(?: {LINK} the (.+))?", question)
    return Asked(found[1], [plain.plain_noun(text) for text in (found[2], found[4]) if text], found[3])


def chinese(question: str) -> Asked:
    """What a question in Chinese asks."""
    noun, link = plain.chinese_noun, "(左边|右边|上方|下方)"
    if found := re.fullmatch("图片中有(几个)?(.+?)(吗)?", question):
        assert (found[1] is None) == (found[3] is not None), question
        return Asked("count" if found[1] else "exist", [noun(found[2])])
    if found := re.fullmatch("(.+?)(比|和)(.+?)(一样多|多|少)吗", question):
        assert (found[2] == "和") == (found[4] == "一样多"), question
        return Asked({"多": "more", "少": "fewer", "一样多": "as many"}[found[4]], [noun(found[1]), noun(found[3])])
    if found := re.fullmatch(f"(.+)在(.+)的{link}吗", question):
        return Asked("related", [noun(found[1]), noun(found[2])], plain.ZH_BEYOND[found[3]])
    found = re.fullmatch(f"(?:(.+){link}的)?(.+)是什么(颜色|形状)", question)
    nouns = [noun(text) for text in (found[3], found[1]) if text]
    return Asked({"颜色": "color", "形状": "shape"}[found[4]], nouns, plain.ZH_BEYOND.get(found[2]))


def reply(scene: world.Scene, question: str) -> str | None:
    """The answer to a question, found by looking at every object; None where "the ring" is not one and only one."""
    what, nouns, link = english(question) if question.isascii() else chinese(question)
    one, *others = ([one for one in scene.objects if plain.is_one(one, noun)] for noun in nouns)
    if what == "exist":
        return "yes" if one else "no"
    if what == "count":
        return plain.NUMBERS[len(one)]
    if what in ("more", "fewer", "as many"):
        more = len(one) - len(others[0])
        return "yes" if {"more": more > 0, "fewer": more < 0, "as many": more == 0}[what] else "no"
    if any(len(other) != 1 for other in others):
        return None
    if what == "related":
        if len(one) != 1 or one == others[0]:
            return None
        return "yes" if plain.beyond(one[0].cell, others[0][0].cell, link) else "no"
    if others:
        one = [each for each in one if plain.beyond(each.cell, others[0][0].cell, link)]
    return getattr(one[0], what) if len(one) == 1 else None


@pytest.mark.parametrize(("level", "split"), DRAWN)
def test_answers_are_right(asked, level, split):
    for scene, question, answer, _ in asked[level, split]:
        assert answer == reply(scene, question) == world.true_answer(scene, question), (scene, question)
        assert world.write(world.parse_question(question)) == question


@pytest.mark.parametrize(("level", "split"), DRAWN)
def test_scenes_are_of_the_split_and_level(asked, level, split):
    scenes = [scene for scene, *_ in asked[level, split]]
    assert all(world.is_in(scene, split) for scene in scenes)
    assert {scene.level for scene in scenes} == {level}
    assert {scene.background for scene in scenes} == set(plain.GROUNDS[level])
    shapes, colors, sizes = plain.VARIETY[level]
    known = {(c, b, a) for a in plain.SHAPES[:shapes] for b in plain.COLORS[:colors] for c in plain.SIZES[-sizes:]}
    for scene in scenes:
        kinds = {one.kind for one in scene.objects}
        assert len(kinds) == len(scene.objects) in plain.COUNTS[level]
        assert kinds <= known


@pytest.mark.parametrize("split", world.SPLITS)
@pytest.mark.parametrize("level", world.LEVELS)
def test_one_kind_alone(level, split):
    for kind in world.KINDS:
        columns = world.questions(10, 0, split, kind, level)
        assert columns["kind"] == [kind] * 10
        assert len(set(columns["answer"])) > 1
        assert set(columns["answer"]) <= set(world.answers(kind, level))
        assert [reply(*pair) for pair in zip(columns["scene"], columns["question"], strict=True)] == columns["answer"]
    assert set(world.questions(40, 0, split, ("exist", "color"), level)["kind"]) == {"exist", "color"}


@pytest.mark.parametrize("level", world.LEVELS)
def test_chinese_questions_ask_the_same(level):
    english_ones, chinese_ones = (world.questions(400, 5, level=level, language=name) for name in ("en", "zh"))
    for name in ("scene", "answer", "kind"):
        assert english_ones[name] == chinese_ones[name]
    for scene, one, other in zip(
        english_ones["scene"], english_ones["question"], chinese_ones["question"], strict=True
    ):
        assert english(one) == chinese(other), (one, other)
        assert world.parse_question(one) == world.parse_question(f"{other}？")
        assert world.true_answer(scene, other) == reply(scene, other)


def test_a_relation_matters_for_the_answer(asked):
    """Two objects that are asked for lie apart on that axis; without "left of the ring" the object is not known."""
    for scene, question, _, kind in asked[1, "train"] + asked[3, "train"]:
        what, nouns, link = english(question)
        one, other = ([one for one in scene.objects if plain.is_one(one, noun)] for noun in (nouns[0], nouns[-1]))
        if kind == "relation":
            axis = plain.BEYOND[link][0]
            assert one[0].cell[axis] != other[0].cell[axis], (scene, question)
        elif link:
            assert len({getattr(each, what) for each in scene.objects if each not in other}) > 1, (scene, question)


def test_answers_are_those_of_a_kind():
    assert world.answers("count", 2) == ("zero", "one", "two", "three")
    assert world.answers("color", 1) == tuple(plain.COLORS[:6])
    assert world.answers("shape", 3) == tuple(plain.SHAPES)
    assert world.answers("exist", 1) == world.answers("relation", 2) == world.answers("compare", 3) == ("no", "yes")


def test_a_seed_gives_the_same_questions():
    assert world.questions(50, 3, level=2) == world.questions(50, 3, level=2) != world.questions(50, 4, level=2)


@pytest.mark.parametrize("level", world.LEVELS)
def test_ask(level):
    rng = np.random.RandomState(0)
    answers = defaultdict(Counter)
    for scene in world.sample(80, seed=1, split="test", level=level):
        for kind in world.KINDS:
            found = world.ask(scene, kind, rng, ("en", "zh")[rng.randint(2)])
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
    ring, other = world.Object("large", "red", "ring", (0, 0)), world.Object("large", "blue", "ring", (0, 1))
    rings, rng = world.Scene((ring, other)), np.random.RandomState(0)
    assert world.ask(rings, "color", rng) is None
    assert world.ask(rings, "shape", rng) in [
        (f"what shape is the {color} object", "ring") for color in ("red", "blue")
    ]
    assert world.ask(world.Scene((ring,)), "relation", rng) is None
    assert world.true_answer(rings, "is the ring left of the blue object") is None
    assert world.true_answer(rings, "is the red object left of the blue object") == "yes"
    assert world.true_answer(rings, "is the red ring left of the red object") is None
