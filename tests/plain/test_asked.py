"""Questions as arrays: they belong to their pictures, are balanced, refuse what nobody can answer."""

import numpy as np
import pytest

from mmcourse import answering, probe
from mmcourse.data import asked, text, world


@pytest.fixture(scope="module")
def some():
    return asked.asked(600, seed=1)


def test_pictures_questions_and_answers_belong_together(some):
    assert some.inputs["image"].shape == (600, 16, 16, 3)
    assert np.array_equal(some.inputs["image"], world.render(some.scenes, 16))
    assert some.inputs["question"].shape == (600, asked.LENGTH)
    assert [asked.question_words().decode(row) for row in some.inputs["question"]] == some.questions
    assert [asked.ANSWERS[label] for label in some.labels] == some.answers
    assert list(map(world.true_answer, some.scenes, some.questions)) == some.answers
    assert set(some.kinds) == set(world.KINDS)


def test_every_word_is_known_and_every_answer_is_in_the_set():
    drawn = asked.asked(3000, seed=7, split="test")
    assert text.UNKNOWN not in drawn.inputs["question"]
    assert len(asked.question_words()) == 44
    assert len(asked.ANSWERS) == len(set(asked.ANSWERS)) == 17
    assert {answer for kind in world.KINDS for answer in world.answers(kind, 1)} == set(asked.ANSWERS)


def test_the_question_alone_gives_no_more_than_guessing(some):
    test = asked.asked(3000, seed=8, split="test")
    train = asked.asked(3000, seed=9)
    columns = {"question": train.questions, "answer": train.answers}
    right = np.array(probe.blind_answers(columns, test.questions)) == np.array(test.answers)
    for kind, share in asked.by_kind(test.kinds, right).items():
        chance = np.mean(list(asked.CHANCE.values())) if kind == "overall" else asked.CHANCE[kind]
        assert share < chance + 0.1, kind


def test_splits_share_no_scene_and_a_seed_gives_the_same_again(some):
    test = asked.asked(200, seed=1, split="test")
    assert not set(some.scenes) & set(test.scenes)
    again = asked.asked(600, seed=1)
    assert again.questions == some.questions
    assert np.array_equal(again.inputs["image"], some.inputs["image"])


def test_padding_can_be_longer_and_case_and_question_mark_do_not_matter():
    short, long = asked.question_tokens(["is there a red ring"]), asked.question_tokens(["is there a red ring"], 15)
    assert np.array_equal(long[:, :11], short)
    assert not long[:, 11:].any()
    assert np.array_equal(asked.question_tokens(["Is there a red ring?"]), short)


@pytest.mark.parametrize(
    ("questions", "problem"),
    [
        ([], "is empty"),
        ([""], "Question 0 is empty"),
        (["is there a red ring", " ? "], "Question 1 is empty"),
        (["what colour is the ring"], "unknown word 'colour'. Known are: a, above"),
        (["戒指是什么颜色"], "unknown word"),
        (["is the red ring left of the blue circle or"], "unknown word 'or'"),
        (["is the red ring left of the left of the blue circle"], "has 12 tokens"),
        ("is there a red ring", "give a list"),
        ([5], "give a str"),
    ],
)
def test_questions_that_cannot_become_tokens(questions, problem):
    with pytest.raises(ValueError, match=problem.replace("?", r"\?")):
        asked.question_tokens(questions)


def test_an_answer_outside_the_set_is_refused():
    assert asked.answer_labels(["yes", "ring"]).tolist() == [1, 14]
    with pytest.raises(ValueError, match=r"Answer 1 is 'pink', outside the set\. The answers are: no, yes"):
        asked.answer_labels(["red", "pink"])


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ("is ring the a", "outside the grammar"),
        ("what color is the object left of the ring", "level 3"),
        ("what color is the small ring", "unknown word 'small'"),
        ("", "is empty"),
    ],
)
def test_what_a_reader_cannot_ask_is_said_kindly(question, problem):
    assert problem in answering.refusal(question)
    with pytest.raises(ValueError, match=problem):
        answering.check_question(question)


def test_what_a_reader_can_ask():
    assert answering.refusal("Are there more red objects than rings?") is None


def test_shares_by_kind():
    found = asked.by_kind(np.array(["count", "color", "count"]), np.array([True, True, False]))
    assert found == {"overall": 2 / 3, "count": 0.5, "color": 1.0}
    with pytest.raises(ValueError, match="at least one"):
        asked.by_kind(np.array([]), np.array([]))
    with pytest.raises(ValueError, match="kinds"):
        asked.by_kind(np.array(["count"]), np.array([True, False]))


@pytest.mark.parametrize("options", [{"count": 0}, {"count": 3, "split": "exam"}, {"count": 3, "size": 8}])
def test_bad_requests(options):
    with pytest.raises(ValueError, match=r"count|split|size"):
        asked.asked(**{"seed": 0, **options})
