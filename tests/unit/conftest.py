"""Fixtures of several unit tests."""

import pytest
from made_archives import Shelf


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A data folder in which a test puts small archives; nothing else can be had."""
    return Shelf(tmp_path / "data", monkeypatch)
