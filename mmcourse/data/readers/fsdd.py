"""The Free Spoken Digit Dataset 1.0.9: recordings of people."""

from pathlib import Path

import numpy as np

from mmcourse.data import audio
from mmcourse.data.readers import Reader
from mmcourse.data.readers.embedded import DIGITS, spoken

RATE = 8000  # Hz
COUNT = 2500  # 10 digits x 5 speakers x 50 takes
RECORDINGS = Path("free-spoken-digit-dataset-1.0.9", "recordings")  # inside the archive
_TEST_TAKES = 5


def table(folder: Path, split: str) -> dict:
    """Columns as those of `spoken_digits`: `audio` (n, 8000) float32 at 8 kHz, `label`, `speaker`, `take`.

    The official split: takes 0 to 4 of every speaker test. So it measures known voices; hold out speakers to measure
    new ones.
    """
    return spoken(read(folder), split, _TEST_TAKES)


def read(folder: Path) -> dict:
    """Columns of n = 2,500 recordings, sorted by digit, speaker and take.

    audio: list of n float32 arrays (samples,) in [-1, 1] at 8000 Hz; label (n,) int32, 0 to 9; speaker (n,) str;
    take (n,) int32, 0 to 49. Raises ValueError if recordings are missing or have another rate or more than one channel.
    """
    paths = sorted((folder / RECORDINGS).glob("*.wav"), key=_parts)
    if len(paths) != COUNT:
        raise ValueError(
            f"expected {COUNT} recordings in {folder / RECORDINGS}, found {len(paths)}. "
            f"Delete {folder} and fetch the dataset again."
        )
    labels, speakers, takes = zip(*(_parts(path) for path in paths), strict=True)
    return {
        "audio": [audio.read(path, RATE) for path in paths],
        "label": np.array(labels, np.int32),  # (n,)
        "speaker": np.array(speakers),  # (n,)
        "take": np.array(takes, np.int32),  # (n,)
    }


def _parts(path: Path) -> tuple[int, str, int]:
    """Digit, speaker and take of `7_jackson_32.wav`."""
    digit, speaker, take = path.stem.split("_")
    return int(digit), speaker, int(take)


READERS = {
    "fsdd": Reader(
        {"train": "fsdd", "test": "fsdd"},
        table,
        ("audio", "label", "speaker", "take"),
        key=("label", "speaker", "take"),
        classes=DIGITS,
    )
}
