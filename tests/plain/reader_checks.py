"""What holds for every reader, and how to run one on the real files."""

import os
from pathlib import Path

import pytest

from mmcourse.data import load
from mmcourse.data.readers import find

MIRROR = os.environ.get("MMCOURSE_MIRROR", "")


def assert_disjoint(name: str, *columns: str) -> None:
    """No value of these columns, by default of the key of the reader, is in two splits."""
    key = columns or find(name).key
    assert key
    seen: dict[tuple, str] = {}
    for split in find(name).splits:
        data = load.load(name, split, columns=key)
        for value in zip(*(data[column] for column in key), strict=True):
            assert seen.setdefault(value, split) == split, f"{value} is in {seen[value]} and in {split}"


def needs_real(name: str, file: str) -> pytest.MarkDecorator:
    """Skip a test, visibly, where the mirror does not hold a file of the dataset."""
    there = MIRROR and Path(MIRROR, name, file).is_file()
    return pytest.mark.skipif(not there, reason=f"MMCOURSE_MIRROR names no folder with {name}/{file}")


def use_real(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    """Let `load` take files from the mirror, and keep what it unpacks in a temporary folder."""
    patch.setenv("MMCOURSE_DATA_DIR", str(tmp_path))
    patch.setenv("MMCOURSE_OFFLINE", "1")
