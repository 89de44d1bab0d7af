"""Captions and questions said aloud, from the embedded bank of spoken words."""

import numpy as np

from mmcourse.data import speech
from mmcourse.data.world.sampling import check_rng, pick

_PAUSE = 0.06  # seconds after a word
_QUIET = 0.1  # seconds of silence before the first word


def speak(text: str, voice: str = "anna", rng: np.random.RandomState | None = None) -> np.ndarray:
    """An English sentence as sound: (samples,) float32 in [-1, 1] at 8,000 Hz.

    `voice` is one of `mmcourse.data.speech.voices()`. With `rng` the speed (0.9 to 1.1, the pitch with it), the
    loudness (half to full), each pause (20 to 120 ms) and the take of a number vary; without it nothing does. Raises
    ValueError for an empty text, a word or voice that the bank does not have, and for Chinese, which it cannot say.
    """
    words = text.lower().rstrip(" \t\n.?").split() if isinstance(text, str) else []
    if not words:
        raise ValueError(f"Expected a sentence to say, but got {text!r}.")
    if not text.isascii():
        raise ValueError(f"The bank has English words only, so it cannot say {text!r}.")
    if rng is None:
        return _join([speech.clip(word, voice) for word in words], [_PAUSE] * len(words))
    check_rng(rng)
    sounds = [speech.clip(word, voice, pick(range(speech.takes(word)), rng)) for word in words]
    sound = _join(sounds, rng.uniform(0.02, 0.12, len(words)))
    return _at_speed(sound, rng.uniform(0.9, 1.1)) * np.float32(rng.uniform(0.5, 1))


def _join(sounds: list[np.ndarray], pauses) -> np.ndarray:
    silences = [np.zeros(round(seconds * speech.RATE), np.float32) for seconds in (_QUIET, *pauses)]
    return np.concatenate([silences[0], *(part for pair in zip(sounds, silences[1:], strict=True) for part in pair)])


def _at_speed(sound: np.ndarray, speed: float) -> np.ndarray:
    places = np.arange(0, len(sound) - 1, speed)
    return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)
