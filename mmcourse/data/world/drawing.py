"""Pictures of scenes: smooth edges, any size. The nine cells divide the picture; an object is centered in its cell."""

import functools
from collections.abc import Sequence

import numpy as np

from mmcourse.data.world.scenes import GRID, Scene, check_scene

RGB = {  # the hues of the names, far apart in lightness too
    "red": (0.85, 0.10, 0.15),
    "green": (0.20, 0.65, 0.25),
    "blue": (0.15, 0.40, 0.95),
    "yellow": (0.97, 0.85, 0.10),
    "purple": (0.45, 0.05, 0.50),
    "orange": (0.98, 0.52, 0.05),
    "cyan": (0.20, 0.80, 0.90),
    "pink": (0.98, 0.60, 0.80),
    "white": (1.0, 1.0, 1.0),
    "black": (0.0, 0.0, 0.0),
    "gray": (0.5, 0.5, 0.5),
}
RADIUS = {"small": 0.28, "large": 0.47}  # of an object, in widths of a cell
SMALLEST = 16  # pixels of a picture's side; in smaller ones two shapes can look the same
_FINE = 8  # an edge pixel is the mean of 8 by 8 points


def render(scenes: Sequence[Scene], size: int = 32) -> np.ndarray:
    """Pictures (B, size, size, 3) float32 in [0, 1], red, green, blue, of B scenes; `size` in pixels.

    Raises ValueError for anything but a sequence of scenes, and for a size below 16.
    """
    if not isinstance(scenes, Sequence) or not scenes:
        raise ValueError("render needs a list of at least one scene: render([scene]) for a single one.")
    if not isinstance(size, int | np.integer) or size < SMALLEST:
        raise ValueError(f"size is {size!r}; give the side of the picture in whole pixels, {SMALLEST} or more.")
    images = np.empty((len(scenes), size, size, 3), np.float32)
    for image, scene in zip(images, scenes, strict=True):
        check_scene(scene)
        background = np.array(RGB[scene.background], np.float32)
        image[:] = background
        for one in scene.objects:
            rows, columns = (window(place, size) for place in one.cell)
            color = np.array(RGB[one.color], np.float32) - background
            image[rows, columns] += cover(one.shape, one.size, one.cell, size)[..., None] * color
    return np.clip(images, 0, 1, out=images)


def window(place: int, size: int) -> slice:
    """The pixels, along one axis, that row or column `place` of the grid touches in a picture of `size` pixels."""
    return slice(place * size // GRID, -(-(place + 1) * size // GRID))


@functools.cache
def cover(shape: str, extent: str, cell: tuple[int, int], size: int) -> np.ndarray:
    """How much of each pixel of its cell's window an object covers: (rows, columns) float32 in [0, 1]."""
    y, x = (_positions(place, RADIUS[extent], size) for place in cell)
    inside = _SHAPES[shape](x[None, :], y[:, None])
    covered = inside.reshape(len(y) // _FINE, _FINE, len(x) // _FINE, _FINE).mean((1, 3), dtype=np.float32)
    covered.flags.writeable = False  # it is cached
    return covered


def _positions(place: int, radius: float, size: int) -> np.ndarray:
    """The fine points of a window, measured from the center of the cell, in radii of the object."""
    pixels = window(place, size)
    points = pixels.start + (np.arange(_FINE * (pixels.stop - pixels.start)) + 0.5) / _FINE  # pixels
    return (points * GRID / size - place - 0.5) / radius


def _star(x, y):
    """Five points, one upward: the edge between a tip at radius 1 and a notch at radius 0.42 is straight."""
    turn = np.abs((np.arctan2(x, -y) + np.pi / 5) % (2 * np.pi / 5) - np.pi / 5)  # angle from the nearest tip
    radius, tip, notch = np.hypot(x, y), 1.05, 0.45
    across, along = radius * np.sin(turn), radius * np.cos(turn)
    edge = np.array([notch * np.sin(np.pi / 5), notch * np.cos(np.pi / 5) - tip])
    return across * -edge[1] + (along - tip) * edge[0] <= 0


def _heart(x, y):
    u, v = 1.2 * x, 0.1 - 1.2 * y
    return (u**2 + v**2 - 1) ** 3 <= u**2 * v**3


# Which points (x to the right, y downward, in radii) belong to a shape.
_SHAPES = {
    "circle": lambda x, y: x**2 + y**2 <= 0.95**2,
    "square": lambda x, y: np.maximum(np.abs(x), np.abs(y)) <= 0.85,
    "triangle": lambda x, y: (y <= 0.8) & (np.abs(x) <= 0.55 * (y + 1)),
    "ring": lambda x, y: (x**2 + y**2 <= 1) & (x**2 + y**2 >= 0.55**2),
    "cross": lambda x, y: (np.maximum(np.abs(x), np.abs(y)) <= 0.95) & (np.minimum(np.abs(x), np.abs(y)) <= 0.3),
    "diamond": lambda x, y: 1.4 * np.abs(x) + np.abs(y) <= 1,
    "star": _star,
    "heart": _heart,
}
