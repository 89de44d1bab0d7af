"""Datasets as columns, and pairs that never mix the splits."""

import numpy as np
import pytest

import mmcourse as mm
from mmcourse.data import load


@pytest.mark.parametrize(("name", "sizes"), [("digits", (1287, 510)), ("spoken_digits", (480, 120))])
def test_splits_have_their_sizes_and_ranges(name, sizes):
    for split, size in zip(load.SPLITS, sizes, strict=True):
        columns = mm.load(name, split)
        assert {len(values) for values in columns.values()} == {size}
        assert columns["label"].dtype == np.int32
        assert set(columns["label"]) == set(range(10))
    column, lowest, highest = ("image", 0, 1) if name == "digits" else ("audio", -1, 1)
    values = columns[column]
    assert values.dtype == np.float32
    assert values.min() >= lowest
    assert 0.5 < values.max() <= highest
    assert values.shape[1:] == ((8, 8, 1) if name == "digits" else (8000,))


@pytest.mark.parametrize("name", ["digits", "spoken_digits"])
def test_no_sample_is_in_both_splits(name):
    column = "image" if name == "digits" else "audio"
    train, test = ({row.tobytes() for row in mm.load(name, split)[column]} for split in load.SPLITS)
    assert not train & test


def test_limit_keeps_the_first_rows():
    assert np.array_equal(mm.load("digits", "test", limit=3)["image"], mm.load("digits", "test")["image"][:3])


def test_pairs_agree_in_class_and_come_from_one_split():
    pairs = load.digit_pairs("test", 95, seed=0)
    assert np.bincount(pairs["label"]).tolist() in ([10] * 5 + [9] * 5,)
    for name, column in (("digits", "image"), ("spoken_digits", "audio")):
        data = mm.load(name, "test")
        labels = {row.tobytes(): label for row, label in zip(data[column], data["label"], strict=True)}
        assert [labels[row.tobytes()] for row in pairs[column]] == pairs["label"].tolist()


def test_pairs_of_some_speakers():
    mine = {row.tobytes() for row in load.digit_pairs("test", 50, 0, speakers=["ben", "emily"])["audio"]}
    data = mm.load("spoken_digits", "test")
    allowed = np.isin(data["speaker"], ["ben", "emily"])
    assert mine <= {row.tobytes() for row in data["audio"][allowed]}


def test_pairs_depend_on_the_seed_alone():
    first, again, other = (load.digit_pairs("train", 40, seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["image"], other["image"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mm.load("mnist", "train"), "no dataset 'mnist'"),
        (lambda: mm.load("digits", "validation"), "no split 'validation'"),
        (lambda: mm.load("digits", "train", limit=0), "positive number of rows"),
        (lambda: mm.load("digits", "train", limit=2.5), "positive number of rows"),
        (lambda: load.digit_pairs("train", 2.5, 0), "positive number of pairs"),
        (lambda: load.digit_pairs("train", 0, 0), "positive number of pairs"),
        (lambda: load.digit_pairs("train", 5, 0, speech="digits"), "dataset of spoken digits"),
        (lambda: load.digit_pairs("dev", 5, 0), "no split 'dev'"),
        (lambda: load.digit_pairs("test", 5, 0, speakers=["zoe"]), "choose some of: anna"),
        (lambda: load.digit_pairs("test", 5, 0, speakers=[]), "choose some of: anna"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_can_load_says_why_not(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("MMCOURSE_OFFLINE", "1")
    monkeypatch.setenv("MMCOURSE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("MMCOURSE_MIRROR", raising=False)
    assert load.can_load("digits")
    assert not load.can_load("fsdd")
    assert "fsdd is not on this machine" in capsys.readouterr().out
    with pytest.raises(ValueError, match="no dataset"):
        load.can_load("mnist")
