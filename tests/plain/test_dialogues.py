"""Generated dialogues: every answer is true, every place holds it, and the words alone do not tell what is missing."""

import numpy as np
import pytest

from mmcourse import probe
from mmcourse.data import dialogues, turns, world
from mmcourse.data.world.captions import RELATIONS

TALKS = dialogues.dialogues(1500, seed=0, missing=0.3)
TURNS = [(one.scene, turn) for one in TALKS for turn in one.turns]


def true_reply(scene: world.Scene, question: str, before: int) -> tuple[str, int]:
    """Answer and place by another way than the generator's: from the words of the question and the scene alone."""
    cell = {dialogues.cell_of(thing): thing for thing in scene.objects}
    words = question.split()
    if words[-1] == "it" and words[1] in ("color", "shape"):
        return getattr(cell[before], words[1]), before
    if words[-1] == "it":
        relation = question.removeprefix("what is ").removesuffix(" it")
        beside = [at for at, thing in cell.items() if RELATIONS[relation](thing.cell, cell[before].cell)]
        return (cell[beside[0]].shape, beside[0]) if beside else (dialogues.NOTHING, dialogues.NOWHERE)
    named, asked = ("color", "shape") if words[-1] == "object" else ("shape", "color")
    word = words[-2] if named == "color" else words[-1]
    found = [at for at, thing in cell.items() if getattr(thing, named) == word]
    return (getattr(cell[found[0]], asked), found[0]) if found else (dialogues.MISSING, dialogues.NOWHERE)


def test_every_answer_and_every_place_is_true():
    for scene, turn in TURNS:
        assert (turn.answer, turn.place) == true_reply(scene, turn.question, turn.before)
        assert turn.question in dialogues.every_question()
        assert turn.answer in dialogues.ANSWERS


def test_it_is_what_was_shown_last():
    for one in TALKS:
        assert one.turns[0].before == dialogues.NOWHERE
        for last, turn in zip(one.turns, one.turns[1:], strict=False):
            assert turn.before == dialogues.after(last)
            assert not (turn.question.endswith(" it") and turn.before == dialogues.NOWHERE)


def test_the_share_of_missing_things_is_the_wanted_one():
    named = [turn.answer for _, turn in TURNS if turn.kind in ("named", "and")]
    assert np.mean([answer == dialogues.MISSING for answer in named]) == pytest.approx(0.3, abs=0.04)
    none = dialogues.dialogues(200, seed=0, missing=0)
    assert all(turn.answer != dialogues.MISSING for one in none for turn in one.turns)


def test_a_question_alone_tells_neither_the_answer_nor_what_is_missing():
    test = [turn for one in dialogues.dialogues(1500, 1, "test", 0.3) for turn in one.turns]
    columns = {"question": [turn.question for _, turn in TURNS], "answer": [turn.answer for _, turn in TURNS]}
    blind = np.array(probe.blind_answers(columns, [turn.question for turn in test]))
    right = blind == [turn.answer for turn in test]
    kinds = np.array([turn.kind for turn in test])
    assert right[kinds == "named"].mean() == pytest.approx(0.3, abs=0.05)  # always "not there"
    assert right[kinds == "beside"].mean() < 0.58
    assert right[kinds == "it"].mean() < 0.25


def test_a_seed_gives_the_same_dialogues_and_splits_share_no_scene():
    again = dialogues.dialogues(20, seed=0, missing=0.3)
    assert again == TALKS[:20]
    assert dialogues.dialogues(20, seed=1, missing=0.3) != again
    assert all(world.split_of(one.scene) == "test" for one in dialogues.dialogues(50, 1, "test"))


@pytest.mark.parametrize("given", [{"count": 0}, {"missing": 1.2}, {"missing": -0.1}, {"split": "other"}])
def test_bad_arguments_are_refused(given):
    with pytest.raises(ValueError, match=r"give|Choose"):
        dialogues.dialogues(**{"count": 2, "seed": 0, **given})


@pytest.mark.parametrize(
    ("question", "answer", "before", "thing"),
    [
        ("what color is the ring", "red", "", "the ring"),
        ("and the red object", "cross", "the ring", "the red object"),
        ("what is left of it", "cross", "the ring", "the cross"),
        ("what is above it", dialogues.NOTHING, "the ring", "the ring"),
        ("and the square", dialogues.MISSING, "the ring", "the ring"),
        ("what color is it", "red", "the ring", "the ring"),
    ],
)
def test_the_thing_that_it_stands_for_follows_the_turns(question, answer, before, thing):
    assert turns.thing_of(question, answer, before) == thing


def test_what_each_memory_reads():
    past = [("what color is the ring", "red"), ("what is left of it", "cross")]
    told = {memory: turns.told(past, "what color is it", memory) for memory in turns.MEMORIES}
    assert told["none"] == told["place"] == "what color is it"
    assert told["rewritten"] == "what color is the cross"
    assert told["words"] == "what color is the ring red what is left of it cross what color is it"
    with pytest.raises(ValueError, match="choose one of"):
        turns.told(past, "what color is it", "attic")


@pytest.mark.parametrize("memory", turns.MEMORIES)
def test_the_inputs_of_every_memory(memory):
    talks = TALKS[:200]
    images = turns.photographed(talks, 0.1)
    inputs, labels = turns.turn_inputs(talks, images, memory)
    assert inputs["question"].shape == (600, turns.LENGTHS[memory])
    assert np.array_equal(inputs["image"][::3], images)
    assert labels.tolist() == [
        [dialogues.ANSWERS.index(turn.answer), turn.place] for one in talks for turn in one.turns
    ]
    cells = [turn.before for one in talks for turn in one.turns]
    assert inputs["memory"].sum() == (np.sum(np.array(cells) < 9) if memory == "place" else 0)


def test_pictures_have_the_noise_and_bad_ones_are_refused():
    clean, noisy = turns.photographed(TALKS[:50]), turns.photographed(TALKS[:50], 0.3, seed=1)
    assert np.std(noisy - clean) == pytest.approx(0.3, abs=0.01)
    with pytest.raises(ValueError, match="at least 0"):
        turns.photographed(TALKS[:2], -1)
    with pytest.raises(ValueError, match="0 to 9"):
        turns.marked_cells([10])
    with pytest.raises(ValueError, match="shape"):
        turns.turn_inputs(TALKS[:2], clean[:3])
