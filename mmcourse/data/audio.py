"""Sound: raw waveform to arrays that a network can read.

Waveforms are float32 in [-1, 1], shape (samples,) or (B, samples), with a rate in Hz. The formulas stand here as NumPy
and equal librosa's in the tests (STFT without centering, HTK mel scale, triangles of height one).
"""

import functools
from pathlib import Path

import numpy as np

from mmcourse import shapes

RATE = 8000  # Hz
FRAME, HOP = 256, 128  # samples: 32 ms, and 16 ms from one frame to the next
BANDS = 32  # of the mel scale


def read(path: Path, rate: int) -> np.ndarray:
    """A sound file with one channel -> (samples,) float32 in [-1, 1].

    Raises ValueError, with the name of the file, for another rate, more channels, and a file that is no sound.
    """
    import soundfile

    try:
        samples, found = soundfile.read(path, dtype="float32")
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path} is no sound that can be read ({error}): replace it, or fetch it again.") from error
    if found != rate or samples.ndim != 1:
        raise ValueError(f"expected one channel at {rate} Hz, got shape {samples.shape} at {found} Hz in {path}")
    return samples


def pad(sounds: list[np.ndarray], samples: int) -> np.ndarray:
    """List of (samples_i,) -> (B, samples) float32: each sound cut or filled with silence on the right."""
    if not len(sounds):
        raise ValueError("pad was given no sounds; give a list with at least one array of shape (samples,).")
    if samples < 1:
        raise ValueError(f"samples is {samples!r}; give the length of the result, at least 1.")
    out = np.zeros((len(sounds), samples), np.float32)
    for row, sound in zip(out, sounds, strict=True):
        shapes.check(sound, "samples", "sound")
        row[: len(sound)] = sound[:samples]
    return out


def normalize(sound: np.ndarray, level: float = 0.12) -> np.ndarray:
    """(samples,) -> (samples,) float32 in [-1, 1]: scaled so that the root mean square is `level`, then clipped.

    Silence stays silence. Raises ValueError for an empty sound or a sound with several channels.
    """
    shapes.check(sound, "samples", "sound")
    if not len(sound):
        raise ValueError("normalize was given a sound of 0 samples.")
    loudness = np.sqrt(np.mean(np.square(sound, dtype=np.float64)))
    return np.clip(sound * (level / max(loudness, 1e-6)), -1, 1).astype(np.float32)


def frames(audio: np.ndarray, length: int, hop: int) -> np.ndarray:
    """(B, samples) -> (B, S, length): overlapping windows, `hop` samples apart; the incomplete last one is dropped."""
    shapes.check(audio, "B samples", "audio")
    if audio.shape[1] < length:
        raise ValueError(f"A frame needs {length} samples, the sound has {audio.shape[1]}: pad it first.")
    return np.lib.stride_tricks.sliding_window_view(audio, length, axis=1)[:, ::hop]


def spectrogram(audio: np.ndarray) -> np.ndarray:
    """(B, samples) -> (B, S, 129) float32: power of each frequency in each Hann-windowed frame."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)  # periodic Hann
    spectrum = np.fft.rfft(frames(audio, FRAME, HOP) * window.astype(np.float32), axis=-1)  # (B, S, 129)
    return (spectrum.real**2 + spectrum.imag**2).astype(np.float32)


@functools.cache
def mel_filters() -> np.ndarray:
    """(129, 32) float32: triangles equally wide on the mel scale, 2595 log10(1 + f / 700), f from 0 to 4,000 Hz."""
    mel = np.linspace(0, 2595 * np.log10(1 + RATE / 2 / 700), BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)  # (BANDS + 2,) in Hz
    left, center, right = edges[:-2], edges[1:-1], edges[2:]
    f = np.linspace(0, RATE / 2, FRAME // 2 + 1)[:, None]
    rising, falling = (f - left) / (center - left), (right - f) / (right - center)
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def log_mel(audio: np.ndarray) -> np.ndarray:
    """(B, samples) at 8 kHz -> (B, S, 32) float32: log(1 + energy) of mel bands, in windows of 32 ms, one every 16 ms.

    The 1 makes silence 0; a much smaller summand would make silence an extreme value, and a model that was trained on
    noise fails on clean sound.
    """
    shapes.check(audio, "B samples", "audio")
    parts = [spectrogram(part) @ mel_filters() for part in np.array_split(audio, len(audio) // 500 + 1)]
    return np.log1p(np.concatenate(parts))
