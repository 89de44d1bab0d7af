"""Pictures: files to arrays, and what is done to them. Images are (H, W, C) or (B, H, W, C) float32 in [0, 1].

The first index is the row, from the top; the second is the column, from the left: the pixel at x, y is image[y, x].
Sizes are (height, width). What changes a picture and its caption together stands in `augment`.
"""

import numbers
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmcourse import shapes
from mmcourse.data.picture_file import opened, upright

LARGEST = 2048  # pixels: the largest side that `read` and `resize` give


def read(source: Path | str | bytes, size: int) -> np.ndarray:
    """A picture file -> (size, size, 3) float32 in [0, 1]: the central square, resized with averaging, as RGB.

    `source`, modes, orientation and errors are as in `decode`. Raises ValueError also for a size that is no integer
    from 1 to LARGEST.
    """
    from PIL import Image, ImageOps

    check_size(size)
    with opened(source) as picture:
        picture.draft("RGB", (size, size))  # a JPEG is decoded at the smallest scale that is large enough
        square = ImageOps.fit(upright(picture), (size, size), Image.Resampling.BOX, centering=(0.5, 0.5))
        return np.divide(square, np.float32(255))


def decode(source: Path | str | bytes) -> np.ndarray:
    """A picture file, path or bytes -> (H, W, 3) float32 in [0, 1], upright, as RGB.

    The orientation that a camera noted (EXIF) is applied. Gray is repeated in the three channels; palettes and CMYK
    become RGB (without a color profile); what is transparent lies on white; 16 bits are cut to 8; of several frames the
    first is taken. Raises ValueError, with its name, for a file that is missing, cut short, no picture, or larger than
    80 million pixels: the header tells that, before memory is spent.
    """
    with opened(source) as picture:
        return np.divide(upright(picture), np.float32(255))


def interpolation(old: int, new: int) -> np.ndarray:
    """Weights (new, old), each row of sum 1, that turn `old` pixels in a line into `new`.

    A triangle around the center of each new pixel, as wide as two pixels, old or new, whichever are larger. So all old
    pixels count when a picture shrinks, and a fine pattern becomes gray instead of a coarse one.
    """
    check_size(new)
    scale = old / new
    centers = (np.arange(new) + 0.5) * scale  # in old pixels
    distance = np.abs(np.arange(old) + 0.5 - centers[:, None]) / max(scale, 1)
    weights = np.maximum(0, 1 - distance)
    return weights / weights.sum(1, keepdims=True)


def resize_numpy(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W, C) -> (height, width, C) float32: `interpolation` down the columns, then along the rows."""
    rows, columns = interpolation(len(image), size[0]), interpolation(image.shape[1], size[1])
    return np.einsum("yh,hwc,xw->yxc", rows, image, columns, optimize=True).astype(np.float32)


def resize(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W, C) -> (height, width, C) float32 in [0, 1]: `resize_numpy`, but by Pillow, in single precision.

    The filter is Pillow's BILINEAR, which averages when it shrinks and, unlike BICUBIC or LANCZOS, never leaves the
    range of its input. The ratio of the sides is not kept: crop first, or use `batch`. Raises ValueError for anything
    but one picture in [0, 1] and for a size that is no pair of integers from 1 to LARGEST.
    """
    from PIL import Image

    image, (height, width) = check(image, axes=("H W C",)), _pair(size)
    resized = [channel.resize((width, height), Image.Resampling.BILINEAR) for channel in _float_channels(image)]
    return np.clip(np.stack(resized, axis=-1), 0, 1)


def batch(images: Sequence[np.ndarray], size: tuple[int, int]) -> np.ndarray:
    """B pictures (H_i, W_i, C) of any sizes -> (B, height, width, C): the largest central part of that form, resized.

    Raises ValueError for no pictures, and for different numbers of channels.
    """
    size = _pair(size)
    if not isinstance(images, Sequence | np.ndarray) or not len(images):
        raise ValueError("batch was given no pictures; give a list with at least one array of shape (H, W, C).")
    images = [check(image, axes=("H W C",)) for image in images]
    channels = {image.shape[2] for image in images}
    if len(channels) > 1:
        raise ValueError(f"the pictures have {sorted(channels)} channels; bring all to one form, as `decode` does.")
    return np.stack([resize(_central(image, size), size) for image in images])


def crop(images: np.ndarray, top: int, left: int, size: tuple[int, int]) -> np.ndarray:
    """(..., H, W, C) -> (..., height, width, C): the part that begins at row `top` and column `left`, as a copy.

    Raises ValueError where a part of it would lie outside the picture.
    """
    images, (height, width) = check(images), _pair(size)
    rows, columns = images.shape[-3:-1]
    whole = all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in (top, left))
    if not whole or not (0 <= top <= rows - height and 0 <= left <= columns - width):
        raise ValueError(
            f"a part of {height} by {width} pixels from row {top!r} and column {left!r} on does not lie in a picture "
            f"of {rows} by {columns}; take a smaller part, or resize the picture first."
        )
    return images[..., top : top + height, left : left + width, :].copy()


def center_crop(images: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(..., H, W, C) -> (..., height, width, C): the middle; an odd rest is cut from the bottom and the right."""
    (rows, columns), (height, width) = check(images).shape[-3:-1], _pair(size)
    return crop(images, max(0, (rows - height) // 2), max(0, (columns - width) // 2), size)


def flip_left_right(images: np.ndarray) -> np.ndarray:
    """(..., H, W, C) -> the same shape, as seen in a mirror: column W - 1 - x is column x."""
    return check(images)[..., :, ::-1, :].copy()


def flip_top_bottom(images: np.ndarray) -> np.ndarray:
    """(..., H, W, C) -> the same shape, upside down and mirrored, as in water: row H - 1 - y is row y."""
    return check(images)[..., ::-1, :, :].copy()


def quarter_turns(images: np.ndarray, turns: int = 1) -> np.ndarray:
    """(..., H, W, C) -> (..., W, H, C) for an odd number of quarter turns, counterclockwise; no pixel is lost."""
    if not isinstance(turns, int | np.integer) or isinstance(turns, bool):
        raise ValueError(f"turns is {turns!r}; give a whole number of quarter turns, or use rotate for other angles.")
    return np.rot90(check(images), turns, axes=(-3, -2)).copy()


def rotate(image: np.ndarray, degrees: float, fill: float = 0.0) -> np.ndarray:
    """(H, W, C) -> (H, W, C): turned counterclockwise around its center, by Pillow, bilinear.

    The size stays, so corners are lost; what comes from outside the picture is `fill`, in [0, 1].
    """
    from PIL.Image import Resampling

    image = check(image, axes=("H W C",))
    given = (degrees, fill)
    if not all(isinstance(n, numbers.Real) and np.isfinite(n) for n in given) or not 0 <= fill <= 1:
        raise ValueError(f"degrees is {degrees!r} and fill {fill!r}; give a finite number, and one from 0 to 1.")
    turned = [channel.rotate(degrees, Resampling.BILINEAR, fillcolor=float(fill)) for channel in _float_channels(image)]
    return np.clip(np.stack(turned, axis=-1), 0, 1)


def statistics(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(..., H, W, C) -> mean and standard deviation of each channel, two (C,) float64. Of training pictures only."""
    images = check(images)
    axes = tuple(range(images.ndim - 1))
    return images.mean(axes, dtype=np.float64), images.std(axes, dtype=np.float64)


def normalize(images: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """(..., H, W, C) in [0, 1] -> the same shape, float32, any range: minus the mean, over the standard deviation.

    mean, std: (C,), one for each channel. Raises ValueError for other shapes and for a deviation that is not above 0.
    """
    images = check(images)
    mean, std = _channels(images, mean, std)
    return (images - mean) / std


def denormalize(values: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """The inverse of `normalize`: (..., H, W, C) -> the same shape, in [0, 1] again if it was."""
    values = np.asarray(values, np.float32)
    if values.ndim not in (3, 4):
        raise ValueError(f"expected values (H W C) or (B H W C), as normalize gives them; got shape {values.shape}.")
    mean, std = _channels(values, mean, std)
    return values * std + mean


def check(images: np.ndarray, axes: tuple[str, ...] = ("H W C", "B H W C")) -> np.ndarray:
    """The images as float32; ValueError unless they have one of the shapes, C = 1 or 3, and finite values in [0, 1]."""
    images = np.asarray(images)
    if images.ndim not in [len(names.split()) for names in axes] or 0 in images.shape or images.shape[-1] not in (1, 3):
        raise ValueError(
            f"expected {' or '.join(f'({names})' for names in axes)} with C = 1 or 3, got shape {images.shape}. "
            "Gray without an axis: image[..., None]. Channels first: np.moveaxis(image, -3, -1)."
        )
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"expected floats in [0, 1], got {images.dtype}: divide bytes by 255.")
    if not (images.min() >= 0 and images.max() <= 1):  # also where a value is not a number
        found = f"values from {images.min():.4g} to {images.max():.4g}"
        raise ValueError(f"expected finite values in [0, 1], got {found}. Bytes: divide by 255; noise: np.clip first.")
    return images.astype(np.float32, copy=False)


def check_size(size: int) -> None:
    """Raise ValueError unless `size` is an integer from 1 to LARGEST."""
    if not isinstance(size, int | np.integer) or isinstance(size, bool) or not 1 <= size <= LARGEST:
        raise ValueError(f"size is {size!r}; give the pixels of a side, an integer from 1 to {LARGEST}.")


def _pair(size) -> tuple[int, int]:
    if not isinstance(size, tuple | list) or len(size) != 2:
        raise ValueError(f"size is {size!r}; give a pair (height, width), in pixels.")
    for side in size:
        check_size(side)
    return size[0], size[1]


def _central(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The largest central part of a picture whose sides have the ratio of `size`."""
    scale = min(image.shape[0] / size[0], image.shape[1] / size[1])
    height, width = (max(1, round(side * scale)) for side in size)
    rows, columns = (image.shape[0] - height) // 2, (image.shape[1] - width) // 2
    return image[rows : rows + height, columns : columns + width]


def _float_channels(image: np.ndarray) -> list:
    from PIL import Image

    return [Image.fromarray(np.ascontiguousarray(channel)) for channel in np.moveaxis(image, -1, 0)]  # mode F


def _channels(images: np.ndarray, mean, std) -> tuple[np.ndarray, np.ndarray]:
    mean, std = np.asarray(mean, np.float32), np.asarray(std, np.float32)
    shapes.check(mean, "C", "mean", C=images.shape[-1])
    shapes.check(std, "C", "std", C=images.shape[-1])
    if not (np.isfinite(mean).all() and np.isfinite(std).all() and (std > 0).all()):
        raise ValueError(f"mean {mean} and std {std} must be finite, and std above 0; a constant channel: std 1.")
    return mean, std
