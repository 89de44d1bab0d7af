"""CMU-MOSI: opinions spoken in videos, as utterances with features of text, sound and picture."""

from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged, fields, lines

CLASSES = ("negative", "positive")
TRANSCRIPTS = "mosi_transcripts.csv"
TEXT, AUDIO, VIDEO = 100, 73, 100  # features of an utterance


def table(folder: Path, split: str) -> dict:
    """Columns of n utterances, sorted by video and number.

    text: list of n str, capital letters without punctuation; text_features (n, 100), audio_features (n, 73) and
    video_features (n, 100) float32; label (n,) int32, the index in CLASSES; video (n,) str; utterance (n,) int64.
    The official split, which shares no video: 1,447 utterances of 62 videos train, 752 of 31 test. The features of text
    and picture seem to have been trained on the labels of train: its held-out videos score far above test, so choose
    nothing by them. Features are not scaled: sound goes from -12 to 376, picture from 0 to 198, and 32 of the latter
    are always 0. Take mean and scale from train. The scores from -3 to 3 are not in these files.
    What is joined: row i of mosi_text_<split>.csv, whose first field is a line of the transcripts counted from 0, of
    mosi_audio_<split>0.csv and of mosi_video_<split>0.csv is one utterance. These files hold all positive utterances
    before the negative ones; the rows here are sorted anew. mosi_text_<split>0.csv repeats features and is not read.
    Raises ValueError where rows, fields or the labels of two files do not agree.
    """
    transcripts = fields(folder, TRANSCRIPTS, 4)  # "<video>_<utterance>", text, a length, label
    for row in transcripts:
        if row[3] not in ("0", "1") or not row[0].rpartition("_")[2].isdecimal():
            raise damaged(folder, TRANSCRIPTS, f"expected <video>_<number>, text, length and label 0 or 1, got {row}")
    numbered = _matrix(folder, f"mosi_text_{split}.csv", 1 + TEXT)  # (n, 101)
    if not np.isin(numbered[:, 0], np.arange(len(transcripts))).all():
        raise damaged(folder, f"mosi_text_{split}.csv", f"expected lines of the {len(transcripts):,} transcripts first")
    rows = numbered[:, 0].astype(np.int64)  # (n,)
    label = np.array([int(transcripts[row][3]) for row in rows], np.int32)
    sound = _features(folder, f"mosi_audio_{split}0.csv", AUDIO, label)
    picture = _features(folder, f"mosi_video_{split}0.csv", VIDEO, label)
    names, numbers = zip(*(transcripts[row][0].rsplit("_", 1) for row in rows), strict=True)
    utterance = np.array(numbers, np.int64)
    order = np.lexsort((utterance, names))
    return {
        "text": [transcripts[row][1] for row in rows[order]],
        "text_features": numbered[order, 1:].astype(np.float32),
        "audio_features": sound[order],
        "video_features": picture[order],
        "label": label[order],
        "video": np.array(names)[order],
        "utterance": utterance[order],
    }


def _features(folder: Path, name: str, width: int, label: np.ndarray) -> np.ndarray:
    """(n, width) float32, after a check that the last column is the label of the transcripts."""
    values = _matrix(folder, name, width + 1)
    if not np.array_equal(values[:, -1], label):
        raise damaged(folder, name, f"expected {len(label):,} rows that end with the labels in {TRANSCRIPTS}")
    return values[:, :-1].astype(np.float32)


def _matrix(folder: Path, name: str, width: int) -> np.ndarray:
    """(n, width) float64: a CSV file of quoted numbers without a header."""
    rows = lines(folder, name)
    if not rows:
        raise damaged(folder, name, "the file is empty")
    try:
        values = np.loadtxt(rows, delimiter=",", quotechar='"', ndmin=2)
    except ValueError as error:
        raise damaged(folder, name, f"expected {width} numbers in every row, but {error}") from error
    if values.shape[1:] != (width,) or not np.isfinite(values).all():
        raise damaged(folder, name, f"expected {width} finite numbers in every row, got a table of {values.shape}")
    return values


READERS = {
    "cmu_mosi": Reader(
        {"train": "cmu_mosi", "test": "cmu_mosi"},
        table,
        ("text", "text_features", "audio_features", "video_features", "label", "video", "utterance"),
        key=("video",),
        classes=CLASSES,
    )
}
