"""Read the Free Spoken Digit Dataset 1.0.9."""

from pathlib import Path

import numpy as np

RATE = 8000  # Hz
COUNT = 2500  # 10 digits x 5 speakers x 50 takes
RECORDINGS = Path("free-spoken-digit-dataset-1.0.9", "recordings")  # inside the archive


def read(folder: Path) -> dict:
    """Columns of n = 2,500 recordings, sorted by digit, speaker and take.

    audio: list of n float32 arrays (samples,) in [-1, 1] at 8000 Hz; label (n,) int32, 0 to 9; speaker (n,) str;
    take (n,) int32, 0 to 49. Raises ValueError if recordings are missing or have another rate or more than one channel.
    Source: mmcourse.data.fetch.get("fsdd").
    """
    paths = sorted((folder / RECORDINGS).glob("*.wav"), key=_parts)
    if len(paths) != COUNT:
        raise ValueError(
            f"expected {COUNT} recordings in {folder / RECORDINGS}, found {len(paths)}. "
            f"Delete {folder} and fetch the dataset again."
        )
    labels, speakers, takes = zip(*(_parts(path) for path in paths), strict=True)
    return {
        "audio": [_samples(path) for path in paths],
        "label": np.array(labels, np.int32),  # (n,)
        "speaker": np.array(speakers),  # (n,)
        "take": np.array(takes, np.int32),  # (n,)
    }


def _parts(path: Path) -> tuple[int, str, int]:
    """Digit, speaker and take of `7_jackson_32.wav`."""
    digit, speaker, take = path.stem.split("_")
    return int(digit), speaker, int(take)


def _samples(path: Path) -> np.ndarray:
    """(samples,) float32 in [-1, 1]."""
    import soundfile

    samples, rate = soundfile.read(path, dtype="float32")
    if rate != RATE or samples.ndim != 1:
        raise ValueError(f"expected one channel at {RATE} Hz, got shape {samples.shape} at {rate} Hz in {path}")
    return samples
