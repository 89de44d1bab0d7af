"""Pairs of a picture and a sound of one digit never mix classes or splits."""

import numpy as np
import pytest

import mmcourse as mm
from mmcourse.data import pairs


def test_pairs_agree_in_class_and_come_from_one_split():
    made = pairs.digit_pairs("test", 95, seed=0)
    assert np.bincount(made["label"]).tolist() in ([10] * 5 + [9] * 5,)
    for name, column in (("digits", "image"), ("spoken_digits", "audio")):
        data = mm.load(name, "test")
        labels = {row.tobytes(): label for row, label in zip(data[column], data["label"], strict=True)}
        assert [labels[row.tobytes()] for row in made[column]] == made["label"].tolist()


def test_pairs_of_some_speakers():
    mine = {row.tobytes() for row in pairs.digit_pairs("test", 50, 0, speakers=["ben", "emily"])["audio"]}
    data = mm.load("spoken_digits", "test")
    allowed = np.isin(data["speaker"], ["ben", "emily"])
    assert mine <= {row.tobytes() for row in data["audio"][allowed]}


def test_pairs_depend_on_the_seed_alone():
    first, again, other = (pairs.digit_pairs("train", 40, seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["image"], other["image"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pairs.digit_pairs("train", 2.5, 0), "count"),
        (lambda: pairs.digit_pairs("train", 0, 0), "count"),
        (lambda: pairs.digit_pairs("train", 5, 0, spoken="digits"), "dataset of spoken digits"),
        (lambda: pairs.digit_pairs("dev", 5, 0), "no split 'dev'"),
        (lambda: pairs.digit_pairs("test", 5, 0, speakers=["zoe"]), "choose some of: anna"),
        (lambda: pairs.digit_pairs("test", 5, 0, speakers=[]), "choose some of: anna"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
