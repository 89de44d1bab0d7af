"""Captions and questions of the picture world said aloud."""

import numpy as np
import pytest

from mmcourse.data import speech, world
from mmcourse.data.world.grammar import vocabulary


def test_the_bank_has_every_word_of_the_grammar():
    assert set(vocabulary()) <= set(speech.words())
    assert {"an", "orange", "crosses", "objects", "background", "nine", "than", "zero"} - set(vocabulary()) == {"zero"}
    assert all(word == word.lower() and word.isalpha() for word in vocabulary())


@pytest.mark.parametrize("level", world.LEVELS)
def test_every_caption_and_question_can_be_said(level):
    rng = np.random.RandomState(level)
    texts = [world.describe(scene, "en", rng) for scene in world.sample(500, seed=level, level=level)]
    texts += world.questions(500, seed=level, level=level)["question"]
    for number, text in enumerate(texts):
        sound = world.speak(text, speech.voices()[number % 6], rng)
        assert sound.dtype == np.float32
        assert sound.ndim == 1
        assert 0.05 < np.abs(sound).max() <= 1, text
        assert 0.15 < len(sound) / speech.RATE / len(text.split()) < 0.8, text  # seconds a word


def test_without_random_numbers_nothing_varies():
    for voice in speech.voices():
        sound = world.speak("a red ring left of a blue square", voice)
        np.testing.assert_array_equal(sound, world.speak("a red ring  left of a blue SQUARE.", voice))
        words = [speech.clip(word, voice) for word in "a red ring left of a blue square".split()]
        assert len(sound) == sum(map(len, words)) + 800 + 8 * 480  # silence: 0.1 s, and 0.06 s after each word
        np.testing.assert_array_equal(sound[800 : 800 + len(words[0])], words[0])
    assert np.array_equal(world.speak("red", "anna"), world.speak("red"))


def test_speech_varies_with_the_random_numbers():
    rng, same = np.random.RandomState(0), np.random.RandomState(0)
    sounds = [world.speak("there are two red rings", "anna", rng) for _ in range(20)]
    for sound in sounds:
        np.testing.assert_array_equal(sound, world.speak("there are two red rings", "anna", same))
    lengths = np.array([len(sound) for sound in sounds])
    assert len(set(lengths)) > 15
    assert 1.1 < lengths.max() / lengths.min() < 1.8
    loudness = [np.abs(sound).max() for sound in sounds]
    assert max(loudness) > 1.3 * min(loudness)


def test_voices_differ():
    sounds = [world.speak("a red ring", voice) for voice in speech.voices()]
    assert len({sound.tobytes() for sound in sounds}) == 6
