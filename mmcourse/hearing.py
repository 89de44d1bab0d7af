"""Spoken questions heard: a small network names the word in each frame of sound, a grammar says which words can follow.

The best way through the states of a sentence is found as by Viterbi (`nn.hidden_markov`), for all sentences at once.
"""

import functools
from typing import NamedTuple

import numpy as np

from mmcourse.data import audio, speech, world
from mmcourse.data.dialogues import every_question

AROUND = 5  # frames before and after the one that is named: 11 of 16 ms
KEPT = 0.15  # share of the frames that the network learns from
SILENCE, FLOOR, IMPOSSIBLE = 0, 1e-4, -1e9


class Listener(NamedTuple):
    """A trained network, the mean and spread of its inputs (352,), and how frequent its classes are (words + 1,)."""

    network: object
    mean: np.ndarray
    spread: np.ndarray
    prior: np.ndarray


@functools.cache
def heard_words() -> tuple[str, ...]:
    """The words of the questions, sorted; class 0 of a listener is silence, class 1 the first of these."""
    return tuple(sorted({word for question in every_question() for word in question.split()}))


def windows(sound: np.ndarray) -> np.ndarray:
    """A waveform (samples,) at 8 kHz -> (S, 352): each log-mel frame with five before and five after it.

    The mean frame of the sound is taken off, and with it much of what is peculiar to a voice.
    Raises ValueError for other axes and an empty sound.
    """
    if np.ndim(sound) != 1 or not len(sound):
        raise ValueError(f"The sound has the shape {np.shape(sound)}; give a waveform (samples,) at 8,000 Hz.")
    frames = audio.log_mel(np.pad(np.asarray(sound, np.float32), audio.FRAME)[None])[0]  # (S, 32)
    padded = np.pad(frames - frames.mean(0), ((AROUND, AROUND), (0, 0)))
    return np.concatenate([padded[start : start + len(frames)] for start in range(2 * AROUND + 1)], axis=1)


def labeled_question(question: str, voice: str, random: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """A question, said as `world.speak` says it but faster or slower (0.8 to 1.2) -> windows (S, 352), classes (S,)."""
    parts, labels = [np.zeros(800, np.float32)], [np.full(800, SILENCE)]
    for word in question.split():
        clip, pause = speech.clip(word, voice), round(random.uniform(0.02, 0.12) * speech.RATE)
        parts += [clip, np.zeros(pause, np.float32)]
        labels += [np.full(len(clip), 1 + heard_words().index(word)), np.full(pause, SILENCE)]
    sound, labels = np.concatenate(parts), np.concatenate(labels)
    places = np.arange(0, len(sound) - 1, random.uniform(0.8, 1.2))
    sound = np.interp(places, np.arange(len(sound)), sound) * random.uniform(0.5, 1)
    found = windows(sound)
    middle = np.arange(len(found)) * audio.HOP - audio.FRAME // 2  # of each frame, in samples of the sound
    inside = (middle >= 0) & (middle < len(places))
    classes = labels[places[np.clip(middle, 0, len(places) - 1)].astype(int)]
    return found, np.where(inside, classes, SILENCE)


def train_listener(voices: list[str], seed: int = 0) -> Listener:
    """A listener that has heard every question twice from each of the voices: one hidden layer of 96 units.

    Raises ValueError for no voices and an unknown one.
    """
    from sklearn.neural_network import MLPClassifier

    if not len(voices):
        raise ValueError("voices is empty: give one or more of mmcourse.data.speech.voices().")
    random, inputs, classes = np.random.RandomState(seed), [], []
    for voice in voices:
        for question in every_question() * 2:
            found, labels = labeled_question(question, voice, random)
            kept = random.uniform(size=len(found)) < KEPT
            inputs.append(found[kept])
            classes.append(labels[kept])
    x, y = np.concatenate(inputs), np.concatenate(classes)
    mean, spread = x.mean(0), x.std(0) + 0.1
    network = MLPClassifier((96,), alpha=0.3, learning_rate_init=2e-3, max_iter=15, random_state=seed)
    with _quiet():
        network.fit((x - mean) / spread, y)
    return Listener(network, mean, spread, np.bincount(y, minlength=1 + len(heard_words())) / len(y))


def question_scores(listener: Listener, sound: np.ndarray) -> np.ndarray:
    """A waveform (samples,) at 8 kHz -> (30,): how well each question fits it, log probabilities summed over frames.

    A question is a row of states, silence before, between and after its words; only silence may be left out.
    Raises ValueError as `windows`.
    """
    inputs = (windows(sound) - listener.mean) / listener.spread
    fit = np.log(listener.network.predict_proba(inputs) + FLOOR) - np.log(listener.prior)  # (S, words + 1)
    table = _states()
    steps = np.where(table < 0, IMPOSSIBLE, fit[:, table])  # (S, 30, states)
    is_word = np.arange(table.shape[1]) % 2 == 1
    best = np.full(table.shape, IMPOSSIBLE)
    best[:, :2] = steps[0, :, :2]
    for step in steps[1:]:
        one, two = (np.pad(best, ((0, 0), (by, 0)), constant_values=IMPOSSIBLE)[:, :-by] for by in (1, 2))
        best = step + np.maximum(np.maximum(best, one), np.where(is_word, two, IMPOSSIBLE))
    last, rows = (table >= 0).sum(1) - 1, np.arange(len(table))
    return np.maximum(best[rows, last], best[rows, last - 1])


def heard_question(listener: Listener, sound: np.ndarray) -> str:
    """A waveform (samples,) at 8 kHz -> the question that fits it best; always one of the 30. Errors as `windows`."""
    return every_question()[int(question_scores(listener, sound).argmax())]


def spoken_again(questions: list[str], voice: str, seed: int = 0) -> list[np.ndarray]:
    """Questions (n,) said by a voice, each with its own speed, loudness and pauses -> n waveforms at 8 kHz."""
    random = np.random.RandomState(seed)
    return [world.speak(question, voice, random) for question in questions]


@functools.cache
def _states() -> np.ndarray:
    """(30, states): the classes that a question goes through, silence first and last; -1 after its end."""
    rows = []
    for question in every_question():
        words = [1 + heard_words().index(word) for word in question.split()]
        rows.append([SILENCE, *(state for word in words for state in (word, SILENCE))])
    longest = max(map(len, rows))
    return np.array([row + [-1] * (longest - len(row)) for row in rows])


def _quiet():
    """Fifteen rounds are enough: no warning that the network has not converged."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    return warnings.catch_warnings(action="ignore", category=ConvergenceWarning)
