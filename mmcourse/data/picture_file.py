"""Picture files as people and cameras leave them, opened by Pillow and brought to one form: upright, RGB, 8 bits."""

import io
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

MOST = 80_000_000  # pixels: the largest file that is decoded, about 1 GB as float32
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")  # none that runs another program, as EPS would


@contextmanager
def opened(source: os.PathLike | str | bytes) -> Iterator:
    """A picture of FORMATS, a path or the bytes themselves, opened by Pillow; its pixels are not decoded yet.

    Whatever Pillow raises inside of the `with` block becomes a ValueError with the name of the file, and so does a
    picture of more than MOST pixels, which its header tells.
    """
    from PIL import Image

    given = isinstance(source, bytes | bytearray)
    if not given and not isinstance(source, str | os.PathLike):
        raise ValueError(f"source is {type(source).__name__}; give a path or bytes. An array is decoded already.")
    name = f"the picture of {len(source)} bytes" if given else source
    bad = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
    try:
        with Image.open(io.BytesIO(source) if given else source, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST:
                raise OSError(f"{picture.width} by {picture.height} pixels, more than {MOST:,}")
            yield picture
    except (*bad, Image.DecompressionBombWarning) as error:  # among them Pillow's error for what is no picture
        raise ValueError(f"{name} is no picture that can be read ({error}): replace it, or fetch it again.") from error


def upright(picture):
    """A picture of Pillow's in any mode -> in RGB, turned as its camera was held.

    Gray is repeated, palettes and CMYK become RGB without a color profile, what is transparent lies on white, 16 bits
    are cut to 8. Raises ValueError for pixels that are floats, or integers of 32 bits.
    """
    from PIL import Image, ImageOps

    if picture.mode == "F":
        raise ValueError("its pixels are floats, in a range that only its maker knows")
    if picture.mode == "I" and picture.format == "TIFF":  # in other formats, mode I holds 16 bits
        raise ValueError("its pixels are integers of 32 bits, in a range that only its maker knows")
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode.startswith("I"):  # 16 bits
        picture = Image.fromarray((np.asarray(picture) // 256).clip(0, 255).astype(np.uint8))
    if picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info:
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture.convert("RGBA"))
    return picture.convert("RGB")
