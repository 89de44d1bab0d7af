"""The split by hash is the same everywhere and has the shares that it promises."""

from collections import Counter

import pytest

from mmcourse.data.readers.splits import split_of


@pytest.mark.parametrize(
    ("key", "split"), [("a", "test"), ("b", "train"), ("c", "validation"), ("Hi.", "train"), ("你好。", "test")]
)
def test_a_key_keeps_its_split(key, split):
    assert split_of(key) == split


def test_eight_tenths_train_one_validates_one_tests():
    counts = Counter(split_of(f"picture {number}.jpg") for number in range(10_000))
    assert set(counts) == {"train", "validation", "test"}
    assert 7_800 < counts["train"] < 8_200
    assert 850 < counts["validation"] < 1_150
