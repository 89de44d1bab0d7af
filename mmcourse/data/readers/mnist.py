"""MNIST: handwritten digits in the IDX format."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged

CLASSES = tuple("0123456789")
SIDE = 28  # pixels
_PREFIXES = {"train": "train", "test": "t10k"}
_UNSIGNED_BYTES = 8  # the third byte of an IDX file; the fourth is the number of axes


def table(folder: Path, split: str) -> dict[str, np.ndarray]:
    """`image` (n, 28, 28, 1) float32 in [0, 1], 0 the background; `label` (n,) int32, 0 to 9.

    The official split, 60,000 train and 10,000 test; there is no validation set. The files do not name the writers, so
    there is no key to check. The digits are mixed, not one after the other.
    """
    images = idx(folder, f"{_PREFIXES[split]}-images-idx3-ubyte.gz", 3)  # (n, 28, 28)
    name = f"{_PREFIXES[split]}-labels-idx1-ubyte.gz"
    labels = idx(folder, name, 1)  # (n,)
    if images.shape != (len(labels), SIDE, SIDE) or labels.max(initial=0) > 9:
        expected = f"a digit 0 to 9 for each of {len(labels):,} pictures of {SIDE} x {SIDE} pixels"
        raise damaged(folder, name, f"expected {expected}, got pictures {images.shape}")
    return {"image": images[..., None] / np.float32(255), "label": labels.astype(np.int32)}


def idx(folder: Path, name: str, axes: int) -> np.ndarray:
    """A gzipped IDX file of unsigned bytes with `axes` axes; ValueError for any other file."""
    expected = f"expected a gzipped IDX file of unsigned bytes with {axes} axes"
    try:
        content = gzip.decompress((folder / name).read_bytes())
    except (FileNotFoundError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise damaged(folder, name, f"{expected}, but {error}") from error
    start = 4 + 4 * axes  # bytes of the header: zero, zero, type, axes, then the length of each axis
    shape = tuple(np.frombuffer(content[4:start], ">u4").tolist()) if len(content) >= start else ()
    if content[:4] != bytes([0, 0, _UNSIGNED_BYTES, axes]) or len(content) != start + math.prod(shape):
        raise damaged(folder, name, f"{expected}, got the header {content[:start].hex()} and {len(content):,} bytes")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


READERS = {"mnist": Reader({"train": "mnist", "test": "mnist"}, table, ("image", "label"), classes=CLASSES)}
