"""The answerer that points, dialogues played by it, and the assistant that keeps what "it" is."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse import conversation
from mmcourse.data import dialogues, turns, world
from mmcourse.nn import answerers, pointing

TALKS = dialogues.dialogues(16, seed=0, missing=0.3)
IMAGES = turns.photographed(TALKS)
INPUTS, LABELS = turns.turn_inputs(TALKS, IMAGES)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    mm.seed(0)
    eyes = answerers.cell_encoder((turns.SIZE, turns.SIZE, 3), 16)
    reader = answerers.question_reader(len(turns.turn_words()), 16, turns.LENGTHS["place"])
    built = pointing.pointing_answerer(eyes, reader, len(dialogues.ANSWERS), hidden=32)
    return pointing.compile_pointing(built, 60, 1e-2)


def test_seen_from_counts_from_the_marked_place():
    places = np.zeros((2, 9, 1))
    memory = np.stack([np.eye(9)[2], np.zeros(9)])  # top right, and nowhere
    seen = pointing.seen_from_numpy(places, memory)
    assert seen[0, 2].tolist() == [0, 1, 0, 0]
    assert seen[0, 0].tolist() == [0, 0, 0, -2]  # two columns to the left
    assert seen[0, 8].tolist() == [0, 0, 2, 0]  # two rows below
    assert seen[1, 0].tolist() == [0, 0, -1, -1]
    layer = keras.ops.convert_to_numpy(pointing.SeenFrom()(places.astype("float32"), memory.astype("float32")))
    assert layer == pytest.approx(seen, abs=1e-6)


def test_the_first_loss_is_that_of_guessing_and_every_input_matters(model):
    logits = model.predict(INPUTS, verbose=0)
    loss = keras.ops.convert_to_numpy(pointing.answer_and_place_loss(LABELS, logits)).mean()
    assert loss == pytest.approx(np.log(14) + np.log(10), rel=0.05)
    for name in INPUTS:
        assert np.abs(model.predict(mm.probe.shuffle(INPUTS, name), verbose=0) - logits).max() > 1e-6


def test_it_learns_a_batch_and_every_weight_moves(model):
    before = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    record = mm.train.run(model, mm.train.Batches(INPUTS, LABELS, 60, 48, 0))
    after = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    assert all(np.abs(a - b).max() > 0 for a, b in zip(before, after, strict=True))
    assert record["curve"]["loss"][-1] < record["curve"]["loss"][0] / 2


def test_played_with_the_true_past_is_what_the_inputs_give(model):
    done = conversation.played(model, TALKS, IMAGES, own=False)
    chances, places = conversation.both_chances(model, INPUTS)
    assert done.chances.reshape(48, -1) == pytest.approx(chances, abs=1e-5)
    assert done.places.reshape(48, -1) == pytest.approx(places, abs=1e-5)
    assert done.chances.sum(-1) == pytest.approx(np.ones((16, 3)))
    assert np.array_equal(done.right.ravel(), chances.argmax(1) == LABELS[:, 0])


def test_the_own_past_is_what_was_shown(model):
    done = conversation.played(model, TALKS, IMAGES, own=True)
    before = np.full(16, dialogues.NOWHERE)
    for number in range(dialogues.TURNS):
        tokens = turns.text_tokens([one.turns[number].question for one in TALKS])
        inputs = {"image": IMAGES, "question": tokens, "memory": turns.marked_cells(before)}
        assert done.chances[:, number] == pytest.approx(conversation.both_chances(model, inputs)[0], abs=1e-5)
        shown = done.pointed[:, number]
        before = np.where(shown == dialogues.NOWHERE, before, shown)


def test_the_columns_of_what_was_asked():
    kinds = conversation.asked_for(TALKS)
    assert np.array_equal(kinds["missing"].ravel(), LABELS[:, 0] == dialogues.ANSWERS.index(dialogues.MISSING))
    assert np.array_equal(kinds["there"], kinds["named"] | kinds["and"])
    assert np.array_equal(sum(kinds[kind].astype(int) for kind in dialogues.KINDS), (~kinds["missing"]).astype(int))


def test_an_assistant_keeps_it_and_forgets_when_told(model):
    helper = conversation.Assistant(model, IMAGES[0], listener=lambda sound: "what color is the ring")
    assert "nothing was shown" in helper.refusal("What color is it?")
    helper.before = 4
    reply = helper.ask("  What is left of it? ")
    assert reply.question == "what is left of it"
    assert reply.answer in dialogues.ANSWERS
    assert helper.before == (4 if reply.cell is None else 3 * reply.cell[0] + reply.cell[1])
    assert helper.ask(np.zeros(100)).question == "what color is the ring"
    assert len(helper.history) == 2
    helper.reset()
    assert (helper.history, helper.before) == ([], dialogues.NOWHERE)


@pytest.mark.parametrize(
    ("question", "said"),
    [("what color is the banana", "banana"), ("", "Ask, for example"), ("is it red", "is no question")],
)
def test_an_assistant_refuses_kindly_and_keeps_nothing(model, question, said):
    helper = conversation.Assistant(model, IMAGES[0])
    assert said in helper.refusal(question)
    with pytest.raises(ValueError, match=said):
        helper.ask(question)
    assert helper.history == []
    assert "cannot hear" in helper.refusal(np.zeros(100))


def test_sentences_can_be_said():
    for one in TALKS:
        for turn in one.turns:
            assert len(world.speak(conversation.sentence(turn.question, turn.answer))) > 1000
    assert conversation.sentence("and the pink object", dialogues.MISSING) == "there is no pink object"


def test_a_frame_lies_around_the_cell():
    from matplotlib import pyplot as plt

    mm.plots.pointed(np.ones((2, 12, 12, 3)), [(0, 2), None], ["a", "b"])
    first, second = plt.gcf().axes[:2]
    assert [patch.get_bbox().bounds for patch in first.patches] == [(7.5, -0.5, 4.0, 4.0)]
    assert not second.patches
    plt.close("all")
    with pytest.raises(ValueError, match="titles"):
        mm.plots.pointed(np.ones((2, 12, 12, 3)), [None, None], ["a"])


def test_bad_parts_are_refused(model):
    reader = answerers.question_reader(20, 8, 8)
    with pytest.raises(ValueError, match="give places"):
        pointing.pointing_answerer(reader, reader, 5)
    with pytest.raises(ValueError, match="square grid"):
        pointing.SeenFrom()(np.zeros((1, 5, 2), "float32"), np.zeros((1, 5), "float32"))
    with pytest.raises(ValueError, match="image"):
        conversation.Assistant(model, np.zeros((8, 8, 3)))
