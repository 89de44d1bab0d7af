"""Reading a picture back into its scene by template matching: every object that a cell can hold is tried."""

import itertools

import numpy as np

from mmcourse import shapes
from mmcourse.data.world import drawing
from mmcourse.data.world.scenes import BACKGROUNDS, CELLS, COLORS, LEVELS, SHAPES, SIZES, Object, Scene, arrangements

_FORMS = tuple(itertools.product(SIZES, SHAPES))
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
        raise ValueError(
            f"images are {images.shape[1]} by {images.shape[2]} pixels; give squares of 16 pixels or more."
        )
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"images are {images.dtype}; give floats in [0, 1]: divide bytes by 255.")
    if images.size and not (images.min() >= 0 and images.max() <= 1):  # also where a value is not a number
        raise ValueError("images must lie in [0, 1] and be finite. Noisy ones: np.clip(images, 0, 1).")
    blocks = [_read(images[start : start + _BLOCK]) for start in range(0, len(images), _BLOCK)]
    scenes = [scene for found, _ in blocks for scene in found]
    return scenes, np.concatenate([np.zeros(0, np.float32), *(confidence for _, confidence in blocks)])


def _read(images: np.ndarray) -> tuple[list[Scene], np.ndarray]:
    pixels = images[0].shape[0] * images[0].shape[1]
    readings = [_explain(images.astype(np.float64), np.array(drawing.RGB[name])) for name in BACKGROUNDS]
    gains = np.stack([gain for gain, _ in readings])  # (backgrounds, B, cells, kinds)
    left = np.stack([energy for _, energy in readings]) - gains.max(-1).sum(-1)  # (backgrounds, B)
    best = left.argmin(0)
    alike = max(1, pixels / _INDEPENDENT)  # neighbors that err together
    noise = np.maximum(left.min(0) / (3 * pixels), _FLOOR**2) * alike  # variance of a value, for `alike` of them as one
    gains = gains[best, np.arange(len(images))]  # (B, cells, kinds)
    scenes = [_scene(kinds, BACKGROUNDS[number]) for kinds, number in zip(gains.argmax(-1), best, strict=True)]
    cells = np.exp((gains - gains.max(-1, keepdims=True)) / (2 * noise[:, None, None])).sum(-1)
    grounds = np.exp((left.min(0) - left) / (2 * noise)).sum(0)
    return scenes, (1 / (grounds * cells.prod(-1))).astype(np.float32)


def _explain(images: np.ndarray, background: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By how much each kind of object in each cell lowers the squared difference to a background, and that difference.

    (B, cells, 1 + kinds), where kind 0 is an empty cell, and (B,).
    """
    difference = images - background
    colors = np.array([drawing.RGB[color] for color in COLORS]) - background  # (colors, 3)
    gains = np.zeros((len(images), len(CELLS), 1 + len(_FORMS) * len(COLORS)))
    for number, cell in enumerate(CELLS):
        rows, columns = (drawing.window(place, images.shape[1]) for place in cell)
        part = difference[:, rows, columns].reshape(len(images), -1, 3)  # (B, pixels of the cell, 3)
        covers = [drawing.cover(shape, extent, cell, images.shape[1]).ravel() for extent, shape in _FORMS]
        templates = np.array(covers, np.float64)  # (forms, pixels of the cell)
        matched = (templates @ part) @ colors.T  # (B, forms, colors)
        cost = (templates**2).sum(1)[:, None] * (colors**2).sum(1)  # (forms, colors)
        gains[:, number, 1:] = (2 * matched - cost).reshape(len(images), -1)
    return gains, (difference**2).sum((1, 2, 3))


def _scene(kinds: np.ndarray, background: str) -> Scene:
    objects = []
    for cell, kind in zip(CELLS, kinds.tolist(), strict=True):
        if kind:
            form, color = divmod(kind - 1, len(COLORS))
            extent, shape = _FORMS[form]
            objects.append(Object(extent, COLORS[color], shape, cell))
    return Scene(tuple(objects), background, _lowest_level(objects, background))


def _lowest_level(objects: list[Object], background: str) -> int:
    cells, kinds = tuple(one.cell for one in objects), {one.kind for one in objects}
    for number, level in LEVELS.items():
        fits = len(objects) in level.counts and background in level.backgrounds and kinds <= set(level.kinds)
        if fits and len(kinds) == len(objects) and cells in arrangements(number, len(cells)):
            return number
    return 3
