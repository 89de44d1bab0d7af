"""Free Spoken Digits, from made recordings with the real names and, where they are here, from the real ones."""

import numpy as np
import pytest
from made_archives import tar_gz
from made_sounds import decoded, noise, sound
from reader_checks import assert_disjoint, needs_real, use_real

from mmcourse.data import audio, load
from mmcourse.data.readers import find, fsdd

ARCHIVE = "free-spoken-digit-dataset-1.0.9.tar.gz"
TAKES = (0, 4, 5, 10, 49)
SPOKEN = [(digit, speaker, take) for digit in (0, 7) for speaker in ("george", "theo") for take in TAKES]
SAMPLES = {key: noise(300 + 450 * number, number) for number, key in enumerate(SPOKEN)}  # 300 to 8,850 samples


def files(rate=8000):
    root = "free-spoken-digit-dataset-1.0.9"
    recordings = {
        f"{root}/recordings/{digit}_{speaker}_{take}.wav": sound(SAMPLES[digit, speaker, take], rate)
        for digit, speaker, take in reversed(SPOKEN)
    }
    return {f"{root}/README.md": b"# Free Spoken Digit Dataset", f"{root}/metadata.py": b"metadata = {}", **recordings}


@pytest.fixture
def put(shelf, monkeypatch):
    monkeypatch.setattr(fsdd, "COUNT", len(SPOKEN))
    return lambda made: shelf.put("fsdd", {ARCHIVE: tar_gz(made)})


@pytest.mark.parametrize(("split", "takes"), [("test", (0, 4)), ("train", (5, 10, 49))])
def test_columns_are_what_the_recordings_hold(put, split, takes):
    put(files())
    data = load.load("fsdd", split)
    rows = [key for key in SPOKEN if key[2] in takes]
    assert list(zip(data["label"], data["speaker"], data["take"], strict=True)) == rows
    assert data["label"].dtype == data["take"].dtype == np.int32
    assert data["audio"].dtype == np.float32
    assert data["audio"].shape == (len(rows), 8000)
    for values, key in zip(data["audio"], rows, strict=True):
        expected = audio.normalize(decoded(SAMPLES[key]))[:8000]
        np.testing.assert_array_equal(values[: len(expected)], expected)
        assert not values[len(expected) :].any()


def test_no_take_of_a_speaker_is_in_two_splits(put):
    put(files())
    assert_disjoint("fsdd")


def test_limit_and_columns(put):
    put(files())
    data = load.load("fsdd", "train", limit=4, columns=("take", "speaker"))
    assert data["take"].tolist() == [5, 10, 49, 5]
    assert data["speaker"].tolist() == ["george"] * 3 + ["theo"]


def test_an_incomplete_folder_is_refused(put):
    made = files()
    del made["free-spoken-digit-dataset-1.0.9/recordings/7_theo_4.wav"]
    put(made)
    with pytest.raises(ValueError, match=r"expected 20 recordings .* found 19.*Delete .* and fetch"):
        load.load("fsdd", "train")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (sound(noise(80, 0), 16000), "expected one channel at 8000 Hz"),
        (sound(np.zeros((80, 2), np.int16), 8000), "expected one channel at 8000 Hz"),
        (b"<html>404</html>", "is no sound that can be read"),
    ],
)
def test_another_rate_stereo_and_no_sound_are_refused(put, content, problem):
    put(files() | {"free-spoken-digit-dataset-1.0.9/recordings/0_george_0.wav": content})
    with pytest.raises(ValueError, match=problem):
        load.load("fsdd", "test")


def test_the_reader_has_no_other_split():
    assert list(find("fsdd").splits) == ["train", "test"]


@needs_real("fsdd", ARCHIVE)
def test_the_real_recordings(tmp_path, monkeypatch):
    use_real(tmp_path, monkeypatch)
    assert_disjoint("fsdd")
    columns = fsdd.read(next(tmp_path.glob("fsdd/unpacked-*")))
    assert len(columns["audio"]) == 2500
    assert all(sound.ndim == 1 and sound.dtype == np.float32 and abs(sound).max() <= 1 for sound in columns["audio"])
    assert sum(len(sound) > 8000 for sound in columns["audio"]) == 4  # the lesson says how many are cut at a second
    assert columns["label"].dtype == columns["take"].dtype == np.int32
    assert np.bincount(columns["label"]).tolist() == [250] * 10
    assert np.bincount(columns["take"]).tolist() == [50] * 50
    assert sorted(set(columns["speaker"])) == ["george", "jackson", "nicolas", "theo", "yweweler"]
    order = list(zip(columns["label"], columns["speaker"], columns["take"], strict=True))
    assert order == sorted(order)
