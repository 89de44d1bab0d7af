"""Exact bits of the words of a caption: against the world's entropies and against counting by hand."""

import math

import numpy as np
import pytest

from mmcourse.data import caption_bits, world

CAPTIONS = caption_bits.level_one_captions()


def test_all_captions_of_level_one_are_there_once():
    assert len(CAPTIONS) == len(set(CAPTIONS)) == 5040
    random = np.random.RandomState(0)
    drawn = {world.describe(scene, "en", random) for scene in world.sample(500, seed=0)}
    assert drawn <= set(CAPTIONS)
    assert math.log2(len(CAPTIONS)) == pytest.approx(world.entropy(1))


def test_two_captions_of_a_scene_are_true():
    random = np.random.RandomState(1)
    for scene in world.sample(5, seed=1):
        true = caption_bits.true_captions(scene, CAPTIONS)
        assert len(true) == 2
        assert world.describe(scene, "en", random) in true
        assert math.log2(len(true)) == world.entropy(1, "image")


def test_words_by_hand():
    possible = ["a dog", "a cat", "a cat sleeps", "no dog"]
    assert caption_bits.word_bits("a cat", possible) == [
        ("a", pytest.approx(math.log2(4 / 3))),
        ("cat", pytest.approx(math.log2(3 / 2))),
        (caption_bits.END, 1),
    ]


def test_the_words_sum_to_the_caption():
    scene = world.sample(1, seed=2)[0]
    true = caption_bits.true_captions(scene, CAPTIONS)
    for possible in (CAPTIONS, true):
        bits = caption_bits.word_bits(true[0], possible)
        assert [word for word, _ in bits] == [*true[0].split(), caption_bits.END]
        assert sum(bit for _, bit in bits) == pytest.approx(math.log2(len(possible)))


@pytest.mark.parametrize("possible", [["a cat"], ["a dog", "a dog"]])
def test_bad_input_is_named(possible):
    with pytest.raises(ValueError, match="list each caption once"):
        caption_bits.word_bits("a dog", possible)
