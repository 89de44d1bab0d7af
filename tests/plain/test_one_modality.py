"""The tasks of single modalities: answers are true, nothing is in two splits, the words alone do not tell."""

import numpy as np
import pytest

from mmcourse.data import one_modality as tasks
from mmcourse.data import world
from mmcourse.data.load import load


def test_the_answer_of_a_sentence_is_true_of_its_scene():
    texts, labels = tasks.sentences(300, seed=3)
    for text, label in zip(texts, labels, strict=True):
        sentence = world.parse(text)
        first, second = sentence.nouns
        cells = {"left of": ((1, 0), (1, 2)), "right of": ((1, 2), (1, 0)), "above": ((0, 1), (2, 1))}
        here, there = cells.get(sentence.relations[0], ((2, 1), (0, 1)))
        objects = tuple(sorted((world.Object(*first, here), world.Object(*second, there)), key=lambda one: one.cell))
        scene = world.Scene(objects, sentence.background or "white", 3)
        assert world.is_true(scene, text)
        assert objects[0].color == world.COLORS[label]  # sorted by cell: the upper or left one comes first


def test_the_colors_of_a_sentence_leave_two_answers_equally_likely():
    texts, labels = tasks.sentences(2000, seed=0)
    colors = [[world.COLORS.index(word) for word in text.split() if word in world.COLORS] for text in texts]
    assert all(len(set(pair)) == 2 and label in pair for pair, label in zip(colors, labels, strict=True))
    first = np.mean([pair[0] == label for pair, label in zip(colors, labels, strict=True)])
    assert abs(first - 0.5) < 4 * 0.5 / np.sqrt(2000)


def test_no_sentence_is_in_two_splits():
    train, test = (set(tasks.sentences(2000, seed, split)[0]) for seed, split in ((0, "train"), (1, "test")))
    assert not train & test


def test_tokens_fit_and_no_word_is_unknown():
    inputs, labels = tasks.meant_color(500, seed=1, split="test")
    assert inputs["text"].shape == (500, tasks.LENGTH)
    assert not (inputs["text"] == 3).any()
    ends = (inputs["text"] == 2).sum(1)
    assert (ends == 1).all()
    assert set(np.unique(labels)) == set(range(8))


def test_pictures_are_the_digits_of_their_split_at_other_places():
    inputs, labels = tasks.placed_digit(600, seed=2, split="test")
    again, _ = tasks.placed_digit(600, seed=2, split="test")
    assert inputs["image"].shape == (600, 16, 16, 1)
    assert np.array_equal(inputs["image"], again["image"])
    digits = load("digits", "test")
    known = {
        tuple(np.sort(image, axis=None)): label for image, label in zip(digits["image"], digits["label"], strict=True)
    }
    for image, label in zip(inputs["image"][..., 0], labels, strict=True):  # the same inks, whatever the place
        assert known[tuple(np.sort(image, axis=None)[-64:])] == label
    used = [len(np.unique(inputs["image"].any(axis=axis).argmax(1))) for axis in ((2, 3), (1, 3))]
    assert min(used) >= 9


def test_digits_of_the_voices_that_are_asked_for():
    from mmcourse.data import speech

    voices = speech.voices()
    inputs, labels = tasks.said_digit(voices[:2])
    alone, _ = tasks.said_digit(voices[:1])
    assert inputs["audio"].shape == (200, tasks.FRAMES, tasks.BANDS)
    assert np.array_equal(np.bincount(labels), [20] * 10)
    assert alone["audio"].shape[0] == 100


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tasks.sentences(0, 0), "count is 0"),
        (lambda: tasks.sentences(1, 0, "validation"), "choose train or test"),
        (lambda: tasks.placed_digit(1.5, 0), "count is 1.5"),
        (lambda: tasks.placed_digit(1, 0, "dev"), "dev"),
        (lambda: tasks.said_digit([]), "choose from anna"),
        (lambda: tasks.said_digit(["nobody"]), "nobody"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
