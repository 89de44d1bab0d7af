"""The listener names frames and fits sentences; the way through the states is the best of all ways."""

import itertools

import numpy as np
import pytest

from mmcourse import hearing
from mmcourse.data import dialogues, world


class Oracle:
    """A network that returns given probabilities."""

    def __init__(self, chances: np.ndarray):
        self.chances = chances

    def predict_proba(self, inputs: np.ndarray) -> np.ndarray:
        return self.chances[: len(inputs)]


def listener_of(chances: np.ndarray) -> hearing.Listener:
    classes = 1 + len(hearing.heard_words())
    return hearing.Listener(Oracle(chances), np.zeros(352), np.ones(352), np.full(classes, 1 / classes))


@pytest.fixture(scope="module")
def listener() -> hearing.Listener:
    return hearing.train_listener(["anna"], seed=0)


def test_windows_have_a_row_a_frame_and_lose_the_mean():
    sound = world.speak("what color is it")
    found = hearing.windows(sound)
    assert found.shape == (1 + (len(sound) + 2 * 256 - 256) // 128, 352)
    middle = found[:, 5 * 32 : 6 * 32]
    assert np.abs(middle.mean(0)).max() < 1e-4
    assert np.array_equal(found[3, :32], np.zeros(32))  # before the sound begins
    assert np.array_equal(found[5, :32], middle[0])


def test_labels_name_each_word_once_and_in_order():
    found, labels = hearing.labeled_question("what is left of it", "ben", np.random.RandomState(0))
    assert len(found) == len(labels)
    order = [key for key, _ in itertools.groupby(labels) if key]
    assert [hearing.heard_words()[key - 1] for key in order] == "what is left of it".split()


def test_the_best_way_is_that_of_trying_all():
    random = np.random.RandomState(0)
    sound = np.zeros(384, np.float32)  # 6 frames with the padding
    steps = len(hearing.windows(sound))
    chances = random.dirichlet(np.ones(1 + len(hearing.heard_words())), steps)
    scores = hearing.question_scores(listener_of(chances), sound)
    fit = np.log(chances + hearing.FLOOR) + np.log(chances.shape[1])
    question = dialogues.every_question().index("and the ring")
    words = [1 + hearing.heard_words().index(word) for word in ("and", "the", "ring")]
    states = [0, words[0], 0, words[1], 0, words[2], 0]
    best = max(
        sum(fit[step, states[at]] for step, at in enumerate(way))
        for way in itertools.product(range(7), repeat=steps)
        if way[0] < 2 and way[-1] > 4 and all(_follows(a, b) for a, b in itertools.pairwise(way))
    )
    assert scores[question] == pytest.approx(best)


def _follows(a: int, b: int) -> bool:
    return b - a in (0, 1) or (b - a == 2 and a % 2 == 1)


def test_a_known_voice_is_heard(listener):
    said = list(dialogues.every_question())
    heard = [hearing.heard_question(listener, sound) for sound in hearing.spoken_again(said, "anna")]
    assert np.mean([a == b for a, b in zip(said, heard, strict=True)]) > 0.7


def test_bad_sounds_and_voices_are_refused():
    with pytest.raises(ValueError, match="waveform"):
        hearing.windows(np.zeros((2, 100)))
    with pytest.raises(ValueError, match="waveform"):
        hearing.windows(np.zeros(0))
    with pytest.raises(ValueError, match="voices is empty"):
        hearing.train_listener([])
