"""Waveforms: sound files to samples, and samples to samples. Lessons find all of this in `mmcourse.data.audio`.

Samples are float32 in [-1, 1]. A sound of one channel is (samples,); several channels, or a batch, are rows, and every
function whose shapes begin with `...` works along the last axis. A rate is a whole number of samples per second (Hz).
"""

from pathlib import Path

import numpy as np

from mmcourse import shapes

FRAME, HOP = 256, 128  # samples: 32 ms, and 16 ms from one frame to the next, at 8 kHz
_STREAMED = 0xFFFFFFFF  # the length in the head of a WAV file whose writer did not know it


def load(path: Path, rate: int) -> np.ndarray:
    """A sound file, WAV, FLAC or OGG -> (channels, samples) float32 in [-1, 1], resampled to `rate` Hz.

    The rate has no default on purpose: files that keep their own rates cannot stand in one batch. `mono` mixes the
    channels. Only a file of float samples can pass 1. Raises ValueError, with the name of the file, for what is no
    sound, was cut short, holds no samples, or NaN.
    """
    check_rate(rate, "rate")
    samples, found = _decode(path)
    return resample(samples.T, found, rate)


def read(path: Path, rate: int) -> np.ndarray:
    """A sound file with one channel -> (samples,) float32 in [-1, 1].

    Raises ValueError, with the name of the file, for another rate, more channels, and whatever `load` refuses.
    """
    samples, found = _decode(path)
    if found != rate or samples.shape[1] != 1:
        shape = samples.squeeze().shape
        raise ValueError(f"expected one channel at {rate} Hz, got shape {shape} at {found} Hz in {path}")
    return samples[:, 0]


def mono(sound: np.ndarray) -> np.ndarray:
    """(channels, samples) -> (samples,) float32: the mean of the channels."""
    return check_sound(sound, "channels samples", "sound").mean(0, dtype=np.float32)


def resample(sound: np.ndarray, rate: int, target: int) -> np.ndarray:
    """(..., samples) at `rate` Hz -> (..., ceil(samples * target / rate)) float32 at `target` Hz.

    A low-pass filter takes out what the target rate cannot represent, so nothing is aliased; a peak may pass 1 by a
    little. Raises ValueError for a rate that is not a positive whole number.
    """
    from scipy import signal

    sound = check_sound(sound, _axes(sound), "sound").astype(np.float32)
    check_rate(rate, "rate")
    check_rate(target, "target")
    return sound if rate == target else signal.resample_poly(sound, target, rate, axis=-1)


def band_pass(sound: np.ndarray, rate: int, low: float | None = None, high: float | None = None) -> np.ndarray:
    """(..., samples) -> (..., samples) float32: keep the frequencies from `low` to `high` Hz.

    Without `low` it is a low-pass filter, without `high` a high-pass filter. Butterworth, fourth order, forward and
    backward, so that nothing is shifted in time. Raises ValueError for cut-offs that are not between 0 and rate / 2.
    """
    from scipy import signal

    sound = check_sound(sound, _axes(sound), "sound").astype(np.float32)
    check_rate(rate, "rate")
    cuts = [cut for cut in (low, high) if cut is not None]
    if not cuts or not all(0 < cut < rate / 2 for cut in cuts) or cuts != sorted(set(cuts)):
        raise ValueError(
            f"low is {low!r}, high is {high!r}: give one or both, with 0 < low < high < {rate / 2:g} Hz, half the rate."
        )
    kind = "bandpass" if len(cuts) == 2 else "lowpass" if low is None else "highpass"
    sections = signal.butter(4, cuts if len(cuts) == 2 else cuts[0], kind, fs=rate, output="sos")
    edge = min(3 * (2 * len(sections) + 1), sound.shape[-1] - 1)
    return signal.sosfiltfilt(sections, sound, axis=-1, padlen=edge).astype(np.float32)


def trim(sound: np.ndarray, below: float = 40.0) -> np.ndarray:
    """(samples,) -> (fewer samples,): without the frames at both ends that are quiet.

    Quiet is more than `below` decibels under the loudest frame of 256 samples. Silence throughout stays as it is.
    Raises ValueError for a threshold that is not positive.
    """
    sound = check_sound(sound, "samples", "sound")
    if not below > 0:
        raise ValueError(f"below is {below!r}; give a positive number of decibels, for example 40.")
    starts = np.arange(0, max(len(sound) - FRAME, 0) + HOP, HOP)
    power = np.array([np.mean(np.square(sound[start : start + FRAME], dtype=np.float64)) for start in starts])
    loud = starts[power >= power.max() * 10 ** (-below / 10)]
    return sound[loud[0] : loud[-1] + FRAME]


def normalize(sound: np.ndarray, level: float = 0.12) -> np.ndarray:
    """(samples,) -> (samples,) float32 in [-1, 1]: scaled so that the root mean square is `level`, then clipped.

    Silence stays silence, and nothing is raised more than `level` would raise a root mean square of 1e-6. Raises
    ValueError for an empty sound, a sound with several channels, or a level outside (0, 1].
    """
    sound = check_sound(sound, "samples", "sound")
    if not 0 < level <= 1:
        raise ValueError(f"level is {level!r}; give a root mean square over 0 and up to 1, for example 0.12.")
    loudness = np.sqrt(np.mean(np.square(sound, dtype=np.float64)))
    return np.clip(sound * (level / max(loudness, 1e-6)), -1, 1).astype(np.float32)


def pad(sounds: list[np.ndarray], samples: int) -> np.ndarray:
    """List of (samples_i,) -> (B, samples) float32: each sound cut or filled with silence on the right."""
    if not len(sounds):
        raise ValueError("pad was given no sounds; give a list with at least one array of shape (samples,).")
    if not is_count(samples):
        raise ValueError(f"samples is {samples!r}; give the length of the result, a whole number, at least 1.")
    out = np.zeros((len(sounds), samples), np.float32)
    for row, sound in zip(out, sounds, strict=True):
        row[: len(sound)] = check_sound(sound, "samples", "sound")[:samples]
    return out


def check_sound(sound: np.ndarray, axes: str, name: str) -> np.ndarray:
    """The array of a sound, with the given axes. Raises ValueError for anything that is no sound.

    That is a wrong shape, no samples, NaN or infinite samples, and whole numbers beyond [-1, 1].
    """
    sound = np.asarray(sound)
    shapes.check(sound, axes, name)
    if not sound.size:
        raise ValueError(f"{name} has 0 samples, its shape is {sound.shape}; give a sound of at least one sample.")
    if sound.dtype.kind == "f":
        if not np.isfinite(sound).all():
            raise ValueError(f"{name} has samples that are NaN or infinite: mend or leave out that recording.")
    elif sound.dtype.kind not in "iub" or sound.max() > 1 or sound.min() < -1:
        raise ValueError(
            f"{name} has samples of type {sound.dtype}, expected float32 in [-1, 1]: divide 16-bit samples by 32768."
        )
    return sound


def check_rate(rate: int, name: str) -> None:
    """Raise ValueError unless the rate is a positive whole number of samples per second."""
    if not is_count(rate):
        raise ValueError(f"{name} is {rate!r}; give samples per second, a positive whole number such as 8000 or 16000.")


def is_count(number) -> bool:
    """Whether `number` is a positive whole number; 8000.0 and True are none."""
    return isinstance(number, int | np.integer) and not isinstance(number, bool) and number >= 1


def _axes(sound: np.ndarray) -> str:
    return "B samples" if np.ndim(sound) == 2 else "samples"


def _decode(path: Path) -> tuple[np.ndarray, int]:
    """Samples (samples, channels) float32 and their rate."""
    import soundfile

    path = Path(path)
    if not path.is_file():
        raise ValueError(f"There is no sound file {path}: check its name and folder.")
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, ValueError) as error:  # ValueError: a FLAC file that tells no length
        raise ValueError(f"{path} is no sound that can be read ({error}): replace it, or fetch it again.") from error
    if _cut_short(path) or not len(samples):
        raise ValueError(f"{path} was cut short, it holds {len(samples)} samples: replace it, or fetch it again.")
    if not np.isfinite(samples).all():
        raise ValueError(f"{path} holds samples that are NaN or infinite: mend or leave out that recording.")
    return samples, rate


def _cut_short(path: Path) -> bool:
    """Whether a WAV or OGG file ends before its own head says; a FLAC file that does cannot be decoded."""
    with path.open("rb") as file:
        head, size = file.read(12), path.stat().st_size
        file.seek(-min(size, 65_536), 2)  # a page of an OGG file is shorter
        tail = file.read()
    if head[:4] == b"RIFF":
        told = int.from_bytes(head[4:8], "little")
        return told != _STREAMED and told + 8 > size
    return head[:4] == b"OggS" and not _ends_stream(tail[max(tail.rfind(b"OggS"), 0) :])


def _ends_stream(page: bytes) -> bool:
    """Whether an OGG page is the last of its stream and complete (RFC 3533, section 6)."""
    pieces = page[26] if len(page) > 26 else 0
    length = 27 + pieces + sum(page[27 : 27 + pieces])
    return len(page) >= length and bool(page[5] & 4)
