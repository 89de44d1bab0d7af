"""Every unit test begins with the same random numbers."""

import pytest

import mmcourse as mm


@pytest.fixture(autouse=True)
def seeded():
    mm.seed(0)
