"""CMU-MOSI, from made tables with the real layout and, where they are here, from the real ones."""

import numpy as np
import pytest
from reader_checks import assert_disjoint, needs_real, use_real

from mmcourse.data import load
from mmcourse.data.readers import find

WIDTHS = {"text": 100, "audio": 73, "video": 100}
# A line of the transcripts: video, number, text, label; sorted by letters, so 10 before 2.
TRANSCRIPTS = [
    ("03bSnISJMiM", 1, "ANYHOW IT WAS REALLY GOOD", 1),
    ("03bSnISJMiM", 10, "THERE IS SAD PART", 0),
    ("03bSnISJMiM", 2, "A ", 1),
    ("2iD-tVS8NPw", 17, 'HE SAID "NO", TWICE', 0),
    ("6_0THN4chvY", 3, "BAD", 0),
    ("6_0THN4chvY", 4, "IT IS, WELL, GOOD", 1),
]
LINES = {"test": [0, 2, 1], "train": [5, 3, 4]}  # the files list positive utterances first
ORDER = {"test": [0, 2, 1], "train": [3, 4, 5]}  # by video, then number
RNG = np.random.RandomState(0)
FEATURES = {
    (kind, split): (RNG.randn(3, width) * 100).round(4) for kind, width in WIDTHS.items() for split in LINES
}  # rows as in the files


def csv(rows, end="\n"):
    quoted = (",".join('"' + str(value).replace('"', '""') + '"' for value in row) for row in rows)
    return "".join(f"{row}{end}" for row in quoted).encode()


def files():
    """The nine registered files; lines of the transcripts end with CR and LF, the others with LF."""
    rows = [(f"{video}_{number}", text, "93", label) for video, number, text, label in TRANSCRIPTS]
    made = {"mosi_transcripts.csv": csv(rows, "\r\n")}
    for split, lines in LINES.items():
        for kind in WIDTHS:
            values = FEATURES[kind, split]
            labeled = [(*row, TRANSCRIPTS[line][3]) for row, line in zip(values, lines, strict=True)]
            made[f"mosi_{kind}_{split}0.csv"] = csv(labeled)
        made[f"mosi_text_{split}.csv"] = csv(
            (line, *row) for line, row in zip(lines, FEATURES["text", split], strict=True)
        )
    return made


@pytest.mark.parametrize("split", LINES)
def test_columns_are_what_the_tables_hold(shelf, split):
    shelf.put("cmu_mosi", files())
    data = load.load("cmu_mosi", split)
    rows = [TRANSCRIPTS[line] for line in ORDER[split]]
    assert data["text"] == [text for _, _, text, _ in rows]
    assert data["video"].tolist() == [video for video, _, _, _ in rows]
    assert data["utterance"].dtype == np.int64
    assert data["utterance"].tolist() == [number for _, number, _, _ in rows]
    assert data["label"].dtype == np.int32
    assert data["label"].tolist() == [label for _, _, _, label in rows]
    for kind in WIDTHS:
        features = data[f"{kind}_features"]
        assert features.dtype == np.float32
        expected = [FEATURES[kind, split][LINES[split].index(line)] for line in ORDER[split]]
        np.testing.assert_array_equal(features, np.array(expected, np.float32))


def test_limit_and_columns(shelf):
    shelf.put("cmu_mosi", files())
    data = load.load("cmu_mosi", "test", limit=2, columns=("text", "label"))
    assert list(data) == ["text", "label"]
    assert data["text"] == ["ANYHOW IT WAS REALLY GOOD", "A "]
    assert data["label"].tolist() == [1, 1]


def test_no_video_is_in_two_splits(shelf):
    shelf.put("cmu_mosi", files())
    assert_disjoint("cmu_mosi")
    moved = {"mosi_text_train.csv": files()["mosi_text_train.csv"].replace(b'"5"', b'"0"', 1)}
    shelf.put("cmu_mosi", files() | moved)
    with pytest.raises(AssertionError, match="03bSnISJMiM"):
        assert_disjoint("cmu_mosi")


def swapped(name):
    """The same rows, the first and the last exchanged: labels of another order."""
    rows = files()[name].splitlines(keepends=True)
    return {name: b"".join([rows[-1], *rows[1:-1], rows[0]])}


def replaced(name, old, new):
    assert old in files()[name]
    return {name: files()[name].replace(old, new, 1)}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (swapped("mosi_audio_train0.csv"), r"audio_train0\.csv: expected 3 rows that end with the labels in mosi_tran"),
        (swapped("mosi_video_train0.csv"), r"video_train0\.csv: expected 3 rows that end with the labels"),
        (swapped("mosi_text_train.csv"), r"audio_train0\.csv: expected 3 rows that end with the labels"),
        ({"mosi_audio_train0.csv": files()["mosi_audio_test0.csv"]}, r"audio_train0\.csv: expected 3 rows that end"),
        ({"mosi_video_train0.csv": b""}, r"video_train0\.csv: the file is empty"),
        ({"mosi_video_train0.csv": csv([[0] * 101])}, r"video_train0\.csv: expected 3 rows that end"),
        ({"mosi_audio_train0.csv": files()["mosi_video_train0.csv"]}, r"expected 74 finite numbers .*\(3, 101\)"),
        (replaced("mosi_text_train.csv", b'"5"', b'"6"'), r"text_train\.csv: expected lines of the 6 transcripts"),
        (replaced("mosi_text_train.csv", b'"5"', b'"nan"'), r"text_train\.csv: expected 101 finite numbers"),
        (replaced("mosi_text_train.csv", b'"5"', b'"five"'), r"text_train\.csv: expected 101 numbers .*'five'"),
        (replaced("mosi_text_train.csv", b'"5",', b""), r"text_train\.csv: expected 101 numbers in every row, but"),
        (replaced("mosi_transcripts.csv", b',"93"', b""), r"transcripts\.csv: expected 4 fields .*got 3 in row 1"),
        (replaced("mosi_transcripts.csv", b'"1"\r', b'"2"\r'), r"transcripts\.csv: expected <video>_<number>"),
        (replaced("mosi_transcripts.csv", b"iM_1", b"iM1"), r"transcripts\.csv: expected <video>_<number>"),
    ],
)
def test_tables_that_do_not_agree_are_named(shelf, change, problem):
    shelf.put("cmu_mosi", files() | change)
    with pytest.raises(ValueError, match=rf"{problem}.*Delete .*unpacked-.* and fetch"):
        load.load("cmu_mosi", "train")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"mosi_transcripts\.csv: the file is missing\. Delete"):
        find("cmu_mosi").table(tmp_path, "test")


@needs_real("cmu_mosi", "mosi_transcripts.csv")
def test_the_real_tables(tmp_path, monkeypatch):
    use_real(tmp_path, monkeypatch)
    assert_disjoint("cmu_mosi")
    counts = {"train": (1447, 62, [738, 709]), "test": (752, 31, [285, 467])}
    for split, (utterances, videos, labels) in counts.items():
        data = load.load("cmu_mosi", split)
        assert len(data["text"]) == utterances
        assert len(set(data["video"].tolist())) == videos
        assert np.bincount(data["label"]).tolist() == labels
        assert {name: data[f"{name}_features"].shape for name in WIDTHS} == {
            name: (utterances, width) for name, width in WIDTHS.items()
        }
        order = list(zip(data["video"], data["utterance"], strict=True))
        assert order == sorted(order)
        assert 0.2 < data["label"][:50].mean() < 0.95  # both classes, also in the first rows
        if split == "test":
            assert (data["text"][0], *order[0]) == ("ANYHOW IT WAS REALLY GOOD", "03bSnISJMiM", 1)
            assert data["text_features"][0, 0] == np.float32(-0.571784)
            assert data["audio_features"][0, 0] == np.float32(211.09)
