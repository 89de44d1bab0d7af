"""One check for every public border."""

import numpy as np
import pytest

from mmcourse import shapes


def test_check_returns_the_shape():
    assert shapes.check(np.zeros((2, 3, 4)), "B T D", "x") == (2, 3, 4)
    assert shapes.check(np.zeros((2, 8)), "B D", "x", D=8) == (2, 8)
    assert shapes.check(np.zeros((5, 8, 8, 1)), "B 8 8 1", "images") == (5, 8, 8, 1)


@pytest.mark.parametrize(
    ("shape", "axes", "sizes"),
    [
        ((2, 3), "B T D", {}),
        ((2, 3, 4), "B T", {}),
        ((2, 3), "B D", {"D": 4}),
        ((2, 7, 8, 1), "B 8 8 1", {}),
        ((), "B", {}),
    ],
)
def test_check_names_what_was_given_and_expected(shape, axes, sizes):
    with pytest.raises(ValueError, match="hidden has shape") as error:
        shapes.check(np.zeros(shape), axes, "hidden", **sizes)
    assert str(shape) in str(error.value)


@pytest.mark.parametrize("shape", [(8, 8), (8, 0, 1), (8.0, 8, 1), None, 8])
def test_check_sizes_refuses(shape):
    with pytest.raises(ValueError, match="positive whole numbers"):
        shapes.check_sizes(shape, "H W C", "shape")


@pytest.mark.parametrize("number", [1, 0, 2.0, True, None, "3"])
def test_whole_refuses(number):
    with pytest.raises(ValueError, match=f"count is {number!r}; give a whole number from 2 up"):
        shapes.whole(number, "count", least=2)


def test_whole_accepts():
    assert shapes.whole(1, "count") == 1
    assert type(shapes.whole(np.int64(2), "count", least=2)) is int


def test_check_sizes_accepts():
    assert shapes.check_sizes((8, 8, 1), "H W C", "shape") is None
