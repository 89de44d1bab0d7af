"""Pictures: files to arrays. Images are (H, W, C) or (B, H, W, C) float32 in [0, 1]."""

from pathlib import Path

import numpy as np

LARGEST = 2048  # pixels: the largest side that `read` gives


def read(path: Path, size: int) -> np.ndarray:
    """A picture file -> (size, size, 3) float32 in [0, 1]: the central square, resized with averaging, as RGB.

    Raises ValueError for a size that is no integer from 1 to LARGEST, and, with its name, for a file that is missing,
    cut short or no picture.
    """
    from PIL import Image, ImageOps

    check_size(size)
    try:
        with Image.open(path) as picture:
            picture.draft("RGB", (size, size))  # a JPEG is decoded at the smallest scale that is large enough
            square = ImageOps.fit(picture.convert("RGB"), (size, size), Image.Resampling.BOX, centering=(0.5, 0.5))
    except OSError as error:  # among them Pillow's error for what is no picture
        raise ValueError(f"{path} is no picture that can be read ({error}): replace it, or fetch it again.") from error
    return np.asarray(square, np.float32) / 255


def check_size(size: int) -> None:
    """Raise ValueError unless `size` is an integer from 1 to LARGEST."""
    if not isinstance(size, int | np.integer) or isinstance(size, bool) or not 1 <= size <= LARGEST:
        raise ValueError(f"size is {size!r}; give the pixels of a side, an integer from 1 to {LARGEST}.")
