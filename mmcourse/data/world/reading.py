"""Reading a picture back into its scene by template matching: every object that a cell can hold is tried."""

import functools
import itertools

import numpy as np

from mmcourse import shapes
from mmcourse.data.world import drawing
from mmcourse.data.world.scenes import BACKGROUNDS, CELLS, COLORS, LEVELS, SHAPES, SIZES, Object, Scene, arrangements

_FORMS = tuple(itertools.product(SHAPES, SIZES))
_FLOOR = 0.02  # smallest standard deviation of the noise that is assumed
_INDEPENDENT = 16 * 16  # pixels whose errors are taken as independent; in larger pictures neighbors share theirs
_BLOCK = 256  # pictures read at once


def read(images: np.ndarray) -> tuple[list[Scene], np.ndarray]:
    """The scenes in pictures (B, H, W, 3), H = W, float in [0, 1], and confidences (B,) float32 in [0, 1].

    Each cell holds nothing or one object of SHAPES, COLORS and SIZES; the reading is the one that leaves the smallest
    squared difference. The confidence is its posterior probability when all readings are equally likely beforehand
    and what it leaves over is Gaussian noise, one value for each 16th of a side: right for white noise at 16 pixels,
    cautious above, and low for pictures of most other things. A scene has the lowest level that can hold it (3 if none
    can: a reading may have any number of objects from none to nine). Raises ValueError for another shape, for integers,
    for values outside [0, 1] or not finite.
    """
    images = np.asarray(images)
    size = shapes.check(images, "B H W 3", "images")[1]
    if images.shape[2] != size or size < drawing.SMALLEST:
        raise ValueError(f"images are {images.shape[1]} by {images.shape[2]} pixels; give squares of 8 pixels or more.")
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"images are {images.dtype}; give floats in [0, 1]: divide bytes by 255.")
    if images.size and not (images.min() >= 0 and images.max() <= 1):  # also where a value is not a number
        raise ValueError("images must lie in [0, 1] and be finite. Noisy ones: np.clip(images, 0, 1).")
    blocks = [_read(images[start : start + _BLOCK]) for start in range(0, len(images), _BLOCK)]
    scenes = [scene for found, _ in blocks for scene in found]
    return scenes, np.concatenate([np.zeros(0, np.float32), *(confidence for _, confidence in blocks)])


def _read(images: np.ndarray) -> tuple[list[Scene], np.ndarray]:
    pixels = images.reshape(len(images), -1, 3).astype(np.float64)
    count = pixels[0].size
    readings = [_explain(pixels, images.shape[1], background) for background in BACKGROUNDS]
    gains = np.stack([gain for gain, _ in readings])  # (backgrounds, B, cells, kinds)
    left = np.stack([energy for _, energy in readings]) - gains.max(-1).sum(-1)  # (backgrounds, B)
    best = left.argmin(0)
    alike = max(1, pixels.shape[1] / _INDEPENDENT)  # neighbors that err together
    noise = np.maximum(left.min(0) / count, _FLOOR**2) * alike  # variance of a value, for `alike` of them as one
    rows = np.arange(len(images))
    gains = gains[best, rows]  # (B, cells, kinds)
    scenes = [_scene(kinds, BACKGROUNDS[number]) for kinds, number in zip(gains.argmax(-1), best, strict=True)]
    cells = np.exp((gains - gains.max(-1, keepdims=True)) / (2 * noise[:, None, None])).sum(-1)
    grounds = np.exp((left.min(0) - left) / (2 * noise)).sum(0)
    return scenes, (1 / (grounds * cells.prod(-1))).astype(np.float32)


def _explain(pixels: np.ndarray, size: int, background: str) -> tuple[np.ndarray, np.ndarray]:
    """By how much each kind of object in each cell lowers the squared difference, (B, cells, 1 + kinds), and the

    difference (B,) to the empty background. Kind 0 is an empty cell.
    """
    templates = _templates(size)  # (cells * forms, H * W)
    ground = np.array(drawing.RGB[background])
    colors = np.array([drawing.RGB[color] for color in COLORS]) - ground  # (colors, 3)
    difference = pixels - ground
    matched = (templates @ difference) @ colors.T  # (B, cells * forms, colors)
    cost = (templates**2).sum(1)[:, None] * (colors**2).sum(1)  # (cells * forms, colors)
    gain = (2 * matched - cost).reshape(len(pixels), len(CELLS), -1)
    return np.concatenate([np.zeros((*gain.shape[:2], 1)), gain], axis=-1), (difference**2).sum((1, 2))


@functools.lru_cache(maxsize=4)
def _templates(size: int) -> np.ndarray:
    """What each form covers in each cell: (cells * forms, size * size)."""
    templates = np.zeros((len(CELLS), len(_FORMS), size, size))
    for number, cell in enumerate(CELLS):
        rows, columns = (drawing.window(place, size) for place in cell)
        for form, (shape, extent) in enumerate(_FORMS):
            templates[number, form, rows, columns] = drawing.cover(shape, extent, cell, size)
    return templates.reshape(-1, size * size)


def _scene(kinds: np.ndarray, background: str) -> Scene:
    objects = []
    for cell, kind in zip(CELLS, kinds.tolist(), strict=True):
        if kind:
            form, color = divmod(kind - 1, len(COLORS))
            objects.append(Object(_FORMS[form][0], COLORS[color], _FORMS[form][1], cell))
    return Scene(tuple(objects), background, _lowest_level(objects, background))


def _lowest_level(objects: list[Object], background: str) -> int:
    cells, kinds = tuple(one.cell for one in objects), [one[:3] for one in objects]
    for number, level in LEVELS.items():
        fits = len(objects) in level.counts and background in level.backgrounds and set(kinds) <= set(level.kinds)
        if fits and len(set(kinds)) == len(kinds) and cells in arrangements(number, len(cells)):
            return number
    return max(LEVELS)
