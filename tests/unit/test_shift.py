"""Pictures at another place and sounds at another time."""

import numpy as np
import pytest

from mmcourse.data import shift

RANDOM = np.random.RandomState(0)


def test_picture_stands_where_it_is_put_and_nothing_else_does():
    images = RANDOM.uniform(0.1, 1, size=(3, 2, 4, 1))
    placed = shift.place(images, np.array([[0, 0], [3, 1], [1, 0]]), 5)
    assert placed.shape == (3, 5, 5, 1)
    assert placed.dtype == np.float32
    assert np.allclose(placed[1, 3:, 1:], images[1])
    assert np.allclose(placed.sum((1, 2, 3)), images.sum((1, 2, 3)))


def test_delayed_sound_is_the_sound_after_silence():
    audio = RANDOM.uniform(0.1, 1, size=(3, 6))
    later = shift.delay(audio, np.array([0, 2, 9]))
    assert np.allclose(later[0], audio[0])
    assert np.allclose(later[1], [0, 0, *audio[1, :4]])
    assert not later[2].any()


@pytest.mark.parametrize(
    ("corners", "message"),
    [([[0, 2]], "corners from 0 to 1"), ([[-1, 0]], "run from -1"), ([0, 0], r"corners has shape \(2,\)")],
)
def test_picture_outside_the_square_is_refused(corners, message):
    with pytest.raises(ValueError, match=message):
        shift.place(np.ones((1, 4, 4, 1)), np.array(corners), 5)


def test_negative_delay_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        shift.delay(np.ones((1, 4)), np.array([-1]))
