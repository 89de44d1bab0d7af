"""Pictures of the picture world: drawn at any size, read back, also through noise, and other pictures not believed."""

import numpy as np
import pytest
from sklearn.datasets import load_sample_images

from mmcourse.data import world


@pytest.fixture(scope="module")
def noisy() -> dict[tuple[int, int, float], tuple[float, float]]:
    """{(size, level, standard deviation of the noise): (rate read correctly, mean confidence)} on 400 scenes each."""
    return {
        (size, level, std): _read_through(std, size, level)
        for size, stds in ((16, (0.05, 0.1, 0.15, 0.3)), (32, (0.1, 0.15, 0.3)))
        for level in world.LEVELS
        for std in stds
    }


def _read_through(std: float, size: int, level: int) -> tuple[float, float]:
    scenes = world.sample(400, seed=7, level=level)
    noise = np.random.RandomState(7).normal(0, std, (400, size, size, 3))
    found, confidence = world.read(np.clip(world.render(scenes, size) + noise, 0, 1))
    return float(np.mean([one == other for one, other in zip(scenes, found, strict=True)])), float(confidence.mean())


@pytest.mark.parametrize("size", [16, 17, 33, 96])
def test_pictures_of_any_size(size):
    images = world.render(world.sample(20, seed=1, level=3), size)
    assert images.shape == (20, size, size, 3)
    assert images.dtype == np.float32
    assert 0 <= images.min() < images.max() <= 1


def test_a_picture_looks_the_same_at_any_size():
    """Its mean color hardly changes, and a large one, reduced, is the small one."""
    scenes = world.sample(100, seed=1, level=3)
    large, small = world.render(scenes, 96), world.render(scenes, 24)
    np.testing.assert_allclose(large.reshape(100, 24, 4, 24, 4, 3).mean((2, 4)), small, atol=0.15)
    for size, tolerance in ((16, 0.03), (18, 0.01), (24, 0.01), (33, 0.01)):
        np.testing.assert_allclose(world.render(scenes, size).mean((1, 2)), large.mean((1, 2)), atol=tolerance)


def test_the_row_is_counted_from_the_top_and_the_column_from_the_left():
    scene = world.Scene(
        (world.Object("large", "red", "square", (0, 2)), world.Object("small", "blue", "circle", (2, 0)))
    )
    image = world.render([scene], 30)[0]
    assert image[5, 25].argmax() == 0  # red
    assert image[25, 5].argmax() == 2  # blue
    assert (image[5, 25].min() < 0.5) & (image[25, 5].min() < 0.5)
    image[:10, 20:] = image[20:, :10] = 1
    assert (image == 1).all()


def test_a_large_object_covers_more_than_a_small_one():
    for shape in world.SHAPES:
        one = world.Object("large", "blue", shape, (1, 1))
        large, small = world.render([world.Scene((one,)), world.Scene((one._replace(size="small"),))], 48)
        assert (1 - large).sum() > 1.5 * (1 - small).sum() > 0


@pytest.mark.parametrize("background", world.BACKGROUNDS)
def test_different_objects_give_different_pictures(background):
    """Some value differs by more than 4 of 255 (measured 4.8: small green circle and square on gray)."""
    kinds = [world.Object(c, b, a, (1, 1)) for a in world.SHAPES for b in world.COLORS for c in world.SIZES]
    images = world.render([world.Scene((one,), background) for one in kinds], 16).reshape(len(kinds), -1)
    for number, image in enumerate(images[1:], 1):
        assert np.abs(images[:number] - image).max(1).min() > 4 / 255, kinds[number]


def test_different_scenes_give_different_pictures():
    scenes = {scene for level in world.LEVELS for scene in world.sample(2000, seed=2, level=level)}
    images = (world.render(list(scenes), 16) * 255).round().astype(np.uint8)
    assert len({image.tobytes() for image in images}) == len(scenes) > 5500


@pytest.mark.parametrize("size", [16, 32])
@pytest.mark.parametrize("level", world.LEVELS)
def test_pictures_are_read_back(level, size):
    scenes = world.sample(1500, seed=3, level=level)
    found, confidence = world.read(world.render(scenes, size))
    assert found == scenes
    assert all(one.level <= level for one in found)
    assert confidence.shape == (1500,)
    assert confidence.dtype == np.float32
    assert confidence.min() > 0.9  # measured 0.99
    assert confidence.max() <= 1


@pytest.mark.parametrize("size", [17, 19, 33, 64, 96])
def test_pictures_of_other_sizes_are_read_back(size):
    scenes = world.sample(100, seed=3, level=3)
    found, _ = world.read(world.render(scenes, size).astype(np.float64))
    assert found == scenes


def test_a_reading_has_the_lowest_level_that_can_hold_it():
    one, other = world.Object("large", "red", "ring", (0, 1)), world.Object("small", "cyan", "cross", (2, 0))
    aligned, common = one._replace(cell=(2, 1), color="blue"), other._replace(color="green")
    levels = {
        world.Scene((one, aligned)): 1,
        world.Scene((one,)): 2,
        world.Scene((one, aligned), "black"): 2,
        world.Scene((one, common)): 2,
        world.Scene((one, one._replace(cell=(2, 1)))): 3,
        world.Scene((one, other)): 3,
        world.Scene((one, aligned), "gray"): 3,
        world.Scene(()): 3,
        world.Scene(tuple(one._replace(cell=(row, column)) for row in range(3) for column in range(3))): 3,
    }
    found, _ = world.read(world.render(list(levels), 32))
    assert found == list(levels)
    assert [scene.level for scene in found] == list(levels.values())


def test_no_pictures_give_no_scenes():
    scenes, confidence = world.read(np.zeros((0, 16, 16, 3), np.float32))
    assert scenes == []
    assert confidence.shape == (0,)


@pytest.mark.parametrize("level", world.LEVELS)
def test_noisy_pictures_are_read_back(noisy, level):
    assert noisy[16, level, 0.05][0] >= 0.95  # measured 0.967 to 1
    assert noisy[32, level, 0.1][0] >= 0.98  # measured 1
    assert noisy[16, level, 0.3][0] < 0.1  # no reader can: the test is able to fail


def test_the_confidence_is_about_the_rate_read_correctly(noisy):
    """At 16 pixels never above it by much; at 32, where it is meant to be cautious, hardly ever above it at all."""
    for (size, level, std), (rate, confidence) in noisy.items():
        if std <= {16: 0.1, 32: 0.15}[size]:
            assert abs(confidence - rate) < 0.1, (size, level, std)  # measured at most 0.07
        assert confidence < rate + {16: 0.3, 32: 0.1}[size], (size, level, std)  # measured 0.23, 0.001


@pytest.mark.parametrize("size", [16, 32])
def test_pictures_of_noise_are_not_believed(size):
    _, confidence = world.read(np.random.RandomState(0).rand(200, size, size, 3))
    assert confidence.max() < 0.1  # measured 0.02


def test_photographs_are_not_believed():
    """Parts of two photographs, 96 by 96 pixels each, reduced to 32 by 32; only a clear sky is believed to be empty."""
    photos = np.stack(load_sample_images().images)[:, :384, :576] / 255  # (2, 384, 576, 3)
    parts = photos.reshape(2, 4, 32, 3, 6, 32, 3, 3).mean((3, 6)).swapaxes(2, 3).reshape(48, 32, 32, 3)
    scenes, confidence = world.read(parts)
    assert np.median(confidence) < 0.1  # measured 0.01
    assert np.mean(confidence > 0.5) < 0.25  # measured 0.15
    assert all(scene.objects == () for scene, sure in zip(scenes, confidence, strict=True) if sure > 0.9)
