"""Sound files as bytes."""

import io

import numpy as np
import soundfile


def sound(samples: np.ndarray, rate: int, kind: str = "WAV") -> bytes:
    """A "WAV" or "FLAC" file of 16-bit samples, (n,) or (n, channels) int16."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=kind, subtype="PCM_16")
    return buffer.getvalue()


def noise(count: int, seed: int) -> np.ndarray:
    """(count,) int16."""
    return np.random.RandomState(seed).randint(-30000, 30000, count).astype(np.int16)


def decoded(samples: np.ndarray) -> np.ndarray:
    """What a reader gives for 16-bit samples: float32 in [-1, 1]."""
    return samples.astype(np.float32) / 32768
