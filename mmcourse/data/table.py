"""One split of a dataset as columns by name; pictures and sounds are decoded when their rows are asked for.

Numbers, tags, pictures and sounds of one length are NumPy arrays, texts and sounds of unequal lengths are lists.
"""

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmcourse.data import audio, image
from mmcourse.data.readers import Reader

AT_ONCE = 4_000_000_000  # bytes of pictures or sounds that `check_memory` allows


@dataclass(frozen=True)
class Table:
    """`light` are the columns that are in memory, `media` the column to decode from `files`; "" for none."""

    light: dict
    media: str = ""
    files: tuple[Path, ...] = ()
    decode: Callable[[Path], np.ndarray] | None = None
    samples: int = 0  # to which sounds are cut or filled; 0 leaves them as they are

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.files) if self.media else len(next(iter(self.light.values())))

    def rows(self, chosen: Sequence[int]) -> dict:
        """All columns of the rows with these numbers, in this order."""
        columns = {name: take(values, chosen) for name, values in self.light.items()}
        if self.media:
            columns[self.media] = self._decoded(chosen)
        return columns

    def check_memory(self, size: int, count: int) -> None:
        """Raise ValueError where `count` pictures of `size` pixels a side, or sounds, would take over AT_ONCE bytes."""
        if self.media == "image":
            needed = count * size * size * 3 * 4
        elif self.samples:
            needed = count * self.samples * 4
        else:  # a FLAC file has about a quarter of the bytes of its samples as float32
            needed = sum(4 * path.stat().st_size for path in self.files[:count] if path.is_file())
        if needed > AT_ONCE:
            raise ValueError(
                f"{count:,} rows of {self.media!r} would take {needed / 1e9:.0f} GB of memory at once. Give a limit, "
                "or columns without it, or read batches: mm.data.batches.Batches(mm.data.load.table(...))."
            )

    def _decoded(self, chosen: Sequence[int]) -> np.ndarray | list[np.ndarray]:
        decoded = (self.decode(self.files[row]) for row in chosen)
        if self.media == "image":
            return _stack(decoded, len(chosen))  # (n, size, size, 3)
        return audio.pad(list(decoded), self.samples) if self.samples else list(decoded)


def take(values: np.ndarray | list, chosen: Sequence[int]) -> np.ndarray | list:
    """The rows of one column: an array of an array, a list of a list."""
    return values[np.asarray(chosen, np.int64)] if isinstance(values, np.ndarray) else [values[row] for row in chosen]


def _stack(pictures: Iterator[np.ndarray], count: int) -> np.ndarray:
    """Pictures of one size as one array, without having all of them twice."""
    first = next(pictures)
    stacked = np.empty((count, *first.shape), np.float32)
    for row, picture in enumerate(itertools.chain([first], pictures)):
        stacked[row] = picture
    return stacked


def make(reader: Reader, light: dict, folder: Path | None, size: int) -> Table:
    """A table of light columns whose `file` lies below `folder`; None where the pictures or sounds are not wanted."""
    if folder is None:
        return Table(light)
    files = tuple(folder / name for name in light["file"])
    if reader.media == "image":
        return Table(light, "image", files, functools.partial(image.read, size=size))
    decode = functools.partial(audio.read, rate=reader.rate)
    return Table(light, "audio", files, decode, int(reader.seconds * reader.rate))
