"""What is done to pictures as arrays: each operation against a second way to say it, and clear errors."""

import numpy as np
import pytest
from PIL import Image

from mmcourse.data import image

RANDOM = np.random.RandomState(0)
PICTURE = RANDOM.uniform(size=(24, 36, 3)).astype(np.float32)
BATCH = RANDOM.uniform(size=(5, 8, 6, 3)).astype(np.float32)
NUMBERS = np.arange(24, dtype=np.float32).reshape(4, 6, 1) / 24

TAKES_ONE = {
    "resize": lambda picture: image.resize(picture, (4, 4)),
    "rotate": lambda picture: image.rotate(picture, 10),
    "batch": lambda picture: image.batch([picture], (4, 4)),
}
TAKES_MANY = {
    "crop": lambda images: image.crop(images, 0, 0, (1, 1)),
    "center_crop": lambda images: image.center_crop(images, (1, 1)),
    "flip_left_right": image.flip_left_right,
    "flip_top_bottom": image.flip_top_bottom,
    "quarter_turns": image.quarter_turns,
    "statistics": image.statistics,
    "normalize": lambda images: image.normalize(images, [0.5] * 3, [0.5] * 3),
}


@pytest.mark.parametrize("size", [(24, 36), (7, 50), (12, 18), (5, 5), (1, 1), (100, 100)])
def test_resize_is_its_formula(size):
    resized = image.resize(PICTURE, size)
    assert resized.shape == (*size, 3)
    assert resized.dtype == np.float32
    assert np.abs(resized - image.resize_numpy(PICTURE, size)).max() < 1e-6


@pytest.mark.parametrize(("old", "new"), [(9, 4), (4, 9), (10, 10), (100, 3), (5000, 7)])
def test_the_weights_of_an_interpolation(old, new):
    weights = image.interpolation(old, new)
    assert weights.shape == (new, old)
    assert (weights >= 0).all()
    assert np.allclose(weights.sum(1), 1)
    assert np.allclose(weights, weights[::-1, ::-1])
    if old == new:
        assert np.array_equal(weights, np.eye(old))


def test_resize_averages_a_fine_pattern():
    stripes = np.tile(np.float32([0, 1]), 32)[None, :, None] * np.ones((64, 1, 3), np.float32)
    assert set(np.unique(stripes[::2, ::2])) == {0}  # every second pixel: the pattern is gone, and the picture is black
    inner = image.resize(stripes, (32, 32))[:, 1:-1]  # at the edge the triangle has only one half
    assert np.abs(inner - 0.5).max() < 1e-6


def test_resize_is_finer_than_bytes():
    ramp = np.linspace(0, 1, 3000, dtype=np.float32).reshape(1, 3000, 1) / 1000
    assert len(np.unique(image.resize(ramp, (1, 100)))) == 100


def test_batch_takes_the_central_part():
    wide, tall = PICTURE, np.swapaxes(PICTURE, 0, 1)
    batch = image.batch([wide, tall], (12, 12))
    assert batch.shape == (2, 12, 12, 3)
    assert np.allclose(batch[0], image.resize(wide[:, 6:30], (12, 12)))
    assert np.allclose(batch[1], image.resize(tall[6:30], (12, 12)))
    assert np.allclose(image.batch([wide], (8, 12))[0], image.resize(wide, (8, 12)))
    assert np.allclose(image.batch([wide], (12, 6))[0], image.resize(wide[:, 12:24], (12, 6)))


def test_batch_of_odd_sizes_and_errors():
    pictures = [RANDOM.uniform(size=(*RANDOM.randint(1, 40, 2), 1)) for _ in range(50)]
    assert image.batch(pictures, (7, 3)).shape == (50, 7, 3, 1)
    for nothing in ([], None, (picture for picture in pictures)):
        with pytest.raises(ValueError, match="batch was given no pictures; give a list"):
            image.batch(nothing, (4, 4))
    with pytest.raises(ValueError, match=r"have \[1, 3\] channels"):
        image.batch([PICTURE, NUMBERS], (4, 4))


def test_crop():
    part = image.crop(NUMBERS, 1, 2, (2, 3))
    assert (part[..., 0] * 24).astype(int).tolist() == [[8, 9, 10], [14, 15, 16]]
    assert np.array_equal(image.crop(BATCH, 3, 1, (5, 5)), BATCH[:, 3:, 1:])
    part[:] = 0
    assert NUMBERS[1, 2, 0] > 0


@pytest.mark.parametrize(("top", "left", "size"), [(3, 0, (2, 2)), (0, 5, (2, 2)), (-1, 0, (1, 1)), (0, 0, (5, 1))])
def test_a_crop_outside_the_picture(top, left, size):
    with pytest.raises(ValueError, match="does not lie in a picture of 4 by 6"):
        image.crop(NUMBERS, top, left, size)


def test_center_crop():
    assert np.array_equal(image.center_crop(NUMBERS, (2, 2)), NUMBERS[1:3, 2:4])
    assert np.array_equal(image.center_crop(NUMBERS, (1, 3)), NUMBERS[1:2, 1:4])
    assert np.array_equal(image.center_crop(BATCH, (8, 6)), BATCH)
    with pytest.raises(ValueError, match="does not lie in a picture of 4 by 6"):
        image.center_crop(NUMBERS, (5, 2))


@pytest.mark.parametrize("images", [PICTURE, BATCH], ids=["one", "batch"])
def test_flips_and_turns(images):
    height, width = images.shape[-3:-1]
    mirrored, sunk, turned = image.flip_left_right(images), image.flip_top_bottom(images), image.quarter_turns(images)
    assert turned.shape[-3:-1] == (width, height)
    for row, column in ((0, 0), (1, 4), (height - 1, 2)):
        assert np.array_equal(mirrored[..., row, width - 1 - column, :], images[..., row, column, :])
        assert np.array_equal(sunk[..., height - 1 - row, column, :], images[..., row, column, :])
        assert np.array_equal(turned[..., width - 1 - column, row, :], images[..., row, column, :])
    assert np.array_equal(image.flip_left_right(mirrored), images)
    assert np.array_equal(image.flip_top_bottom(sunk), images)
    assert np.array_equal(image.quarter_turns(images, 2), image.flip_top_bottom(mirrored))
    for _ in range(3):
        turned = image.quarter_turns(turned)
    assert np.array_equal(turned, images)
    assert np.array_equal(image.quarter_turns(images, -1), image.quarter_turns(images, 3))


def test_results_are_copies():
    given = BATCH.copy()
    for change in (image.flip_left_right, image.flip_top_bottom, lambda x: image.quarter_turns(x, 0)):
        change(given)[:] = 0
    assert np.array_equal(given, BATCH)


def test_rotate_agrees_with_quarter_turns():
    square = PICTURE[:, :24]
    for turns in range(5):
        assert np.abs(image.rotate(square, 90 * turns) - image.quarter_turns(square, turns)).max() < 1e-6


def test_rotate_fills_the_corners_and_keeps_the_rest():
    white = np.ones((21, 21, 3), np.float32)
    assert np.array_equal(image.rotate(white, 30, fill=1), white)
    turned = image.rotate(white, 45)
    assert np.array_equal(turned[10, 10], [1, 1, 1])
    assert np.array_equal(turned[0, 0], [0, 0, 0])
    point = np.zeros((21, 21, 1), np.float32)
    point[10, 18] = 1  # on the right; counterclockwise by 45 degrees it goes up
    row, column = np.unravel_index(image.rotate(point, 45)[..., 0].argmax(), (21, 21))
    assert row < 10 < column


@pytest.mark.parametrize(("degrees", "fill"), [(np.nan, 0), (np.inf, 0), ([1], 0), ("90", 0), (10, 2), (10, None)])
def test_rotate_errors(degrees, fill):
    with pytest.raises(ValueError, match="give a finite number, and one from 0 to 1"):
        image.rotate(PICTURE, degrees, fill)
    with pytest.raises(ValueError, match="whole number of quarter turns"):
        image.quarter_turns(PICTURE, 0.5)


def test_normalize_and_back():
    mean, std = image.statistics(BATCH)
    assert np.allclose(mean, [BATCH[..., channel].mean() for channel in range(3)])
    assert np.allclose(std, [BATCH[..., channel].std() for channel in range(3)])
    values = image.normalize(BATCH, mean, std)
    assert values.dtype == np.float32
    assert np.allclose(values.mean((0, 1, 2)), 0, atol=1e-6)
    assert np.allclose(values.std((0, 1, 2)), 1, atol=1e-6)
    assert np.allclose(image.denormalize(values, mean, std), BATCH, atol=1e-6)
    assert np.allclose(image.normalize(np.float32([[[0.25, 0.5, 0.75]]]), [0.5] * 3, [0.25] * 3), [[[-1, 0, 1]]])


@pytest.mark.parametrize("fn", [image.normalize, image.denormalize])
def test_normalize_errors(fn):
    with pytest.raises(ValueError, match=r"mean has shape \(1,\)"):
        fn(BATCH, [0.5], [0.5] * 3)
    with pytest.raises(ValueError, match=r"std has shape \(\)"):
        fn(BATCH, [0.5] * 3, 0.5)
    with pytest.raises(ValueError, match=r"expected .*H W C"):
        fn(np.float32(1), [0.5] * 3, [0.5] * 3)
    for std in ([0.5, 0, 0.5], [0.5, -1, 0.5], [0.5, np.nan, 0.5]):
        with pytest.raises(ValueError, match="std above 0"):
            fn(BATCH, [0.5] * 3, std)


@pytest.mark.parametrize("fn", [*TAKES_ONE.values(), *TAKES_MANY.values()], ids=[*TAKES_ONE, *TAKES_MANY])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((PICTURE * 255).astype(np.uint8), "got uint8: divide bytes by 255"),
        (PICTURE * 255, "values from .* Bytes: divide by 255"),
        (PICTURE - 1, "expected finite values"),
        (np.where(PICTURE > 0.5, np.nan, PICTURE), "values from nan to nan"),
        (np.where(PICTURE > 0.5, np.inf, PICTURE), "to inf"),
        (PICTURE[..., 0], r"got shape \(24, 36\).*image\[..., None\]"),
        (np.moveaxis(PICTURE, -1, 0), r"got shape \(3, 24, 36\).*np.moveaxis"),
        (np.ones((24, 36, 4)), r"C = 1 or 3, got shape \(24, 36, 4\)"),
        (np.ones((0, 36, 3)), r"got shape \(0, 36, 3\)"),
    ],
    ids=["bytes", "0 to 255", "negative", "nan", "inf", "no channel", "channels first", "alpha", "empty"],
)
def test_bad_images(fn, given, message):
    with pytest.raises(ValueError, match=message):
        fn(given)


@pytest.mark.parametrize("fn", TAKES_ONE.values(), ids=list(TAKES_ONE))
def test_one_picture_at_a_time(fn):
    with pytest.raises(ValueError, match=r"expected \(H W C\) with C = 1 or 3, got shape \(5, 8, 6, 3\)"):
        fn(BATCH)


@pytest.mark.parametrize("fn", [image.resize, image.center_crop, lambda p, s: image.crop(p, 0, 0, s)])
@pytest.mark.parametrize("size", [(0, 4), (4, -1), (4.0, 4), (True, 4), (4, 3000), 4, (4,), (4, 4, 3)])
def test_bad_sizes(fn, size):
    with pytest.raises(ValueError, match=r"size is .* give (the pixels of a side|a pair \(height, width\))"):
        fn(PICTURE, size)


def test_pillow_agrees_about_sides():
    picture = Image.fromarray((PICTURE * 255).astype(np.uint8))
    assert picture.size == (36, 24)  # Pillow says (width, height)
    flipped = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert np.array_equal(image.flip_left_right(np.asarray(picture) / 255), np.float32(np.asarray(flipped) / 255))
