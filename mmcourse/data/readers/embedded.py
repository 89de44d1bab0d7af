"""What is always there: scikit-learn's handwritten digits and the course's own bank of spoken digits."""

from pathlib import Path

import numpy as np

from mmcourse.data import audio, speech
from mmcourse.data.readers import Reader

DIGITS = tuple("0123456789")
_TRAIN_IMAGES = 1287
_TEST_TAKES = 2
SECONDS = 1.0  # every spoken digit is cut or filled to this length


def digits(folder: Path | None, split: str) -> dict[str, np.ndarray]:
    """UCI handwritten digits: `image` (n, 8, 8, 1) float32 in [0, 1], `label` (n,) int32.

    scikit-learn keeps the digits of one writer together: the first 1,287 train, the last 510, mostly of other writers,
    test.
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    rows = slice(None, _TRAIN_IMAGES) if split == "train" else slice(_TRAIN_IMAGES, None)
    return {
        "image": (data.images[rows, ..., None] / 16).astype(np.float32),
        "label": data.target[rows].astype(np.int32),
    }


def spoken_digits(folder: Path | None, split: str) -> dict[str, np.ndarray]:
    """The digits of the bank: `audio` (n, 8000) float32 at 8 kHz, `label`, `speaker`, `take`; takes 0 and 1 test.

    So every voice is on both sides: hold out voices to measure new ones.
    """
    return spoken(speech.spoken_digits(), split, _TEST_TAKES)


def spoken(data: dict, split: str, test_takes: int) -> dict[str, np.ndarray]:
    """Spoken digits of one split, equally loud and long; the first takes of every speaker test."""
    rows = np.flatnonzero((data["take"] < test_takes) == (split == "test"))
    sounds = [audio.normalize(data["audio"][row]) for row in rows]
    chosen = {name: values[rows] for name, values in data.items() if name != "audio"}
    return {"audio": audio.pad(sounds, int(SECONDS * speech.RATE)), **chosen}


_EMBEDDED = {"train": "", "test": ""}
READERS = {
    "digits": Reader(_EMBEDDED, digits, ("image", "label"), classes=DIGITS),
    "spoken_digits": Reader(
        _EMBEDDED, spoken_digits, ("audio", "label", "speaker", "take"), ("label", "speaker", "take"), classes=DIGITS
    ),
}
