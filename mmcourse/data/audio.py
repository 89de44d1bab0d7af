"""Sound: raw waveform to arrays that a network can read, and back.

Waveforms are float32 in [-1, 1], shape (samples,) or (B, samples), with a rate in Hz; files, resampling, trimming and
loudness stand in `mmcourse.data.waveform` and are here too. The formulas are NumPy and equal librosa's in the tests
(STFT without centering, HTK mel scale, triangles of height one).
"""

import functools
from collections.abc import Iterator

import numpy as np

from mmcourse import shapes
from mmcourse.data.waveform import (
    FRAME,
    HOP,
    band_pass,
    check_rate,
    check_sound,
    is_count,
    load,
    mono,
    normalize,
    pad,
    read,
    resample,
    trim,
)

__all__ = ["BANDS", "FRAME", "HOP", "RATE", "band_pass", "frames", "hann", "istft", "load", "log_mel"]
__all__ += ["mel_filters", "mono", "normalize", "pad", "read", "resample", "spectrogram", "stft", "trim"]

RATE = 8000  # Hz
BANDS = 32  # of the mel scale
_PRODUCT = 2**18  # multiplications in one matrix product: so few stay on one thread, where none waits for another


def frames(audio: np.ndarray, length: int, hop: int) -> np.ndarray:
    """(B, samples) -> (B, S, length): overlapping windows, `hop` samples apart; the incomplete last one is dropped.

    S = 1 + (samples - length) // hop. Raises ValueError for a frame longer than the sound, and a length or hop below 1.
    """
    audio = check_sound(audio, "B samples", "audio")
    for name, number in (("length", length), ("hop", hop)):
        if not is_count(number):
            raise ValueError(f"{name} is {number!r}; give a positive whole number of samples.")
    if audio.shape[1] < length:
        raise ValueError(f"A frame needs {length} samples, the sound has {audio.shape[1]}: pad it first.")
    return np.lib.stride_tricks.sliding_window_view(audio, length, axis=1)[:, ::hop]


@functools.cache
def hann(length: int) -> np.ndarray:
    """(length,) float32 from 0 to 1: Hann's window in its periodic form, 0.5 - 0.5 cos(2 pi n / length)."""
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)).astype(np.float32)
    window.flags.writeable = False
    return window


def stft(audio: np.ndarray, frame: int = FRAME, hop: int = HOP) -> np.ndarray:
    """(B, samples) -> (B, S, frame // 2 + 1) complex64: the Fourier transform of each Hann-windowed frame.

    Bin k is the frequency k * rate / frame. Errors as `frames`. Allen and Rabiner, 1977.
    """
    from scipy import fft

    windows = frames(audio, frame, hop)
    return fft.rfft(np.multiply(windows, hann(frame), dtype=np.float32), axis=-1)


def istft(spectrum: np.ndarray, frame: int = FRAME, hop: int = HOP) -> np.ndarray:
    """(B, S, frame // 2 + 1) complex -> (B, (S - 1) * hop + frame) float32: the inverse of `stft`.

    Frames are windowed once more, added where they overlap and divided by the sum of squared windows (Griffin and Lim,
    1984). The outermost samples were faded out to nothing and are lost, and with a changed spectrum the first and last
    half frame suffer: with `frame` samples of silence before and after the sound, `np.pad(sound, frame)`, every sample
    of it comes back. Raises ValueError for a hop over half a frame: between such frames the windows are nearly 0.
    """
    from scipy import fft

    if not is_count(frame) or not is_count(hop) or hop > frame // 2:
        raise ValueError(f"frame is {frame!r}, hop {hop!r}: give whole numbers, and a hop from 1 to half a frame.")
    count, steps, _ = shapes.check(spectrum, "B S bins", "spectrum", bins=frame // 2 + 1)
    if not count or not steps or not np.isfinite(spectrum).all():
        raise ValueError(f"spectrum has {count} sounds of {steps} frames: give at least one of each, finite numbers.")
    parts = fft.irfft(spectrum, n=frame, axis=-1) * hann(frame)  # (B, S, frame)
    audio = np.zeros((count, (steps - 1) * hop + frame), np.float32)
    weight = np.zeros(audio.shape[1], np.float32)
    for step in range(steps):
        place = slice(step * hop, step * hop + frame)
        audio[:, place] += parts[:, step]
        weight[place] += hann(frame) ** 2
    return np.divide(audio, weight, out=np.zeros_like(audio), where=weight > 1e-6)


def spectrogram(audio: np.ndarray, frame: int = FRAME, hop: int = HOP) -> np.ndarray:
    """(B, samples) -> (B, S, frame // 2 + 1) float32: power of each frequency in each Hann-windowed frame."""
    return _power(stft(audio, frame, hop))


@functools.lru_cache(typed=True)  # 8000.0 is refused even where 8000 was kept
def mel_filters(rate: int = RATE, frame: int = FRAME, bands: int = BANDS) -> np.ndarray:
    """(frame // 2 + 1, bands) float32: triangles equally wide on the mel scale, 2595 log10(1 + f / 700).

    They cover f from 0 to rate / 2 Hz. Raises ValueError for a rate, frame or number of bands that is no positive whole
    number, and for so many bands that one holds no frequency of the frame.
    """
    check_rate(rate, "rate")
    if not is_count(frame) or not is_count(bands):
        raise ValueError(f"frame is {frame!r}, bands is {bands!r}: give positive whole numbers.")
    mel = np.linspace(0, 2595 * np.log10(1 + rate / 2 / 700), bands + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)  # (bands + 2,) in Hz
    left, center, right = edges[:-2], edges[1:-1], edges[2:]
    f = np.fft.rfftfreq(frame, 1 / rate)[:, None]  # (frame // 2 + 1, 1) in Hz
    rising, falling = (f - left) / (center - left), (right - f) / (right - center)
    filters = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    if not filters.any(0).all():
        empty = np.flatnonzero(~filters.any(0))
        raise ValueError(
            f"Of {bands} bands {len(empty)}, the first number {empty[0]}, lie between two frequencies of a frame of "
            f"{frame} samples at {rate} Hz: give fewer bands or a longer frame."
        )
    filters.flags.writeable = False
    return filters


def log_mel(audio: np.ndarray, rate: int = RATE, frame: int = FRAME, hop: int = HOP, bands: int = BANDS) -> np.ndarray:
    """(B, samples) -> (B, S, bands) float32: log(1 + energy) of mel bands, in windows of 32 ms, one every 16 ms.

    The 1 makes silence 0; a much smaller summand would make silence an extreme value, and a model that was trained on
    noise fails on clean sound. `frame` and `hop` count samples: at another rate than 8 kHz, choose them anew. Errors as
    `frames` and `mel_filters`.
    """
    from scipy import fft

    windows, filters = frames(audio, frame, hop), mel_filters(rate, frame, bands)
    energy = np.empty((*windows.shape[:2], bands), np.float32)
    for place in _blocks(*windows.shape[:2], max(1, _PRODUCT // filters.size)):
        faded = np.multiply(windows[place], hann(frame), dtype=np.float32)
        np.matmul(_power(fft.rfft(faded, axis=-1)), filters, out=energy[place])
    return np.log1p(energy, out=energy)


def _power(spectrum: np.ndarray) -> np.ndarray:
    return spectrum.real**2 + spectrum.imag**2


def _blocks(count: int, steps: int, most: int) -> Iterator[tuple[slice, slice]]:
    """Places in an array (B, S, ...) that hold at most `most` frames each."""
    rows = max(1, most // steps)
    for row in range(0, count, rows):
        for step in range(0, steps, most):
            yield slice(row, row + rows), slice(step, step + most)
