"""The embedded speech bank: ten digits and the words of the picture world, in six synthetic voices.

`data_scripts/make_speech_bank.py` made it with eSpeak NG. A digit has ten takes a voice (speed and pitch differ), any
other word one. All sounds are 8 kHz, mono. Licence: CC BY 4.0.
"""

import functools
import json
from pathlib import Path

import numpy as np

RATE = 8000
_BANK = Path(__file__).parent / "bank"


@functools.cache
def _index() -> dict:
    return json.loads((_BANK / "index.json").read_text(encoding="utf-8"))


@functools.cache
def _clips(voice: str) -> dict[tuple[str, int], tuple[int, int]]:
    return {(word, take): (start, length) for word, take, start, length in _index()["clips"][voice]}


@functools.cache
def _sound(voice: str) -> np.ndarray:
    import soundfile

    return soundfile.read(_BANK / f"{voice}.ogg", dtype="float32")[0]  # (samples of all clips,)


def voices() -> list[str]:
    """Names of the six voices, sorted."""
    return sorted(_index()["clips"])


def words() -> list[str]:
    """Every word of the bank, the ten digits first (in the order of their values), the others sorted."""
    return [*_index()["digits"], *_index()["words"]]


def takes(word: str) -> int:
    """How many takes of `word` each voice has. Raises ValueError for a word that is not in the bank."""
    known = words()
    if word not in known:
        raise ValueError(f"The speech bank has no word {word!r}. It has {len(known)}: {', '.join(known)}.")
    return _index()["takes"] if word in _index()["digits"] else 1


def clip(word: str, voice: str, take: int = 0) -> np.ndarray:
    """One spoken word: (samples,) float32 in [-1, 1] at 8,000 Hz, without silence at its ends.

    `take` counts from 0; take 0 has ordinary speed and pitch. Raises ValueError for an unknown word, voice or take.
    """
    if voice not in voices():
        raise ValueError(f"The speech bank has no voice {voice!r}. Choose one of: {', '.join(voices())}.")
    if take not in range(takes(word)):
        raise ValueError(f"{word!r} has takes 0 to {takes(word) - 1} in the speech bank, not {take!r}.")
    start, length = _clips(voice)[word, take]
    return np.clip(_sound(voice)[start : start + length], -1, 1)


def spoken_digits() -> dict:
    """All 600 spoken digits: `audio` list of (samples,) float32 at 8 kHz, `label`, `take` int32, `speaker` (600,)."""
    digits = _index()["digits"]
    keys = [(label, voice, take) for label in range(10) for voice in voices() for take in range(takes(digits[label]))]
    label, speaker, take = zip(*keys, strict=True)
    return {
        "audio": [clip(digits[d], v, t) for d, v, t in keys],
        "label": np.array(label, np.int32),
        "speaker": np.array(speaker),
        "take": np.array(take, np.int32),
    }
