"""Fixtures of several unit tests."""

import pytest
import toy_dataset
from made_archives import Shelf

from mmcourse.data import transfer


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A data folder in which a test puts small archives; nothing else can be had."""
    return Shelf(tmp_path / "data", monkeypatch)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A data folder, and a local server with the dataset "toy"; between two attempts nobody waits."""
    monkeypatch.setattr(transfer, "PAUSES", (0, 0))
    with toy_dataset.served(tmp_path, monkeypatch) as place:
        yield place
