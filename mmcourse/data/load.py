"""Datasets by name, as named columns: `load` for what fits into memory, `table` for the rest.

A name is that of a dataset, "mnist", or of one of its forms, "wikitext/2"; `names` lists them. Official splits are
kept. What two splits do not share, a speaker, a picture or a video, and what they do, `about` says of each dataset.
"""

import dataclasses

import numpy as np

from mmcourse.data import readers
from mmcourse.data.table import Table, make

Columns = dict[str, np.ndarray | list]


def names() -> list[str]:
    """Every name that `load` takes."""
    return sorted(readers.readers())


def about(name: str) -> str:
    """What `load` gives for a name: splits, columns with shapes and ranges, classes, and what to beware of."""
    reader = readers.find(name)
    lines = [
        f"mm.load({name!r}, split)",
        f"splits: {', '.join(reader.splits)}",
        f"columns: {', '.join(reader.columns)}",
    ]
    if reader.classes:
        lines.append(f"classes: {', '.join(f'{n} {word}' for n, word in enumerate(reader.classes))}")
    return "\n".join([*lines, "", reader.about])


def load(
    name: str,
    split: str,
    limit: int | None = None,
    columns: tuple[str, ...] | None = None,
    size: int = 64,
    allow_large: bool = False,
) -> Columns:
    """One split as columns, for example `{"image": (n, H, W, C) float32 in [0, 1], "label": (n,) int32}`.

    `limit` keeps the first rows, `columns` only some columns: what none of them needs is not fetched. Photographs
    become squares of `size` pixels. `allow_large` consents to downloads of over 200 MB.
    Raises ValueError for an unknown name, split, column or limit, and for pictures or sounds of over 4 GB at once,
    `fetch.NotAvailable` where a download cannot be had.
    """
    if limit is not None and (not isinstance(limit, int | np.integer) or isinstance(limit, bool) or limit < 1):
        raise ValueError(f"limit is {limit!r}; give a positive number of rows, or None for all.")
    rows = table(name, split, columns, size, allow_large)
    count = len(rows) if limit is None else min(limit, len(rows))
    if rows.media:
        rows.check_memory(size, count)
    return rows.rows(range(count))


def table(
    name: str, split: str, columns: tuple[str, ...] | None = None, size: int = 64, allow_large: bool = False
) -> Table:
    """One split whose pictures or sounds are decoded only when rows are asked for; arguments and errors as `load`."""
    from mmcourse.data import fetch, image

    image.check_size(size)
    reader = readers.find(name)
    if split not in reader.splits:
        raise ValueError(f"{name} has no split {split!r}. Choose one of: {', '.join(reader.splits)}.")
    wanted = _wanted(name, reader, columns)
    decoding = reader.media in wanted  # never for media "": no column is called so
    sources = reader.sources(split, media=decoding)
    for source in sources:
        fetch.check_consent(source, allow_large)
    folders = [fetch.get(source, allow_large) for source in sources]
    light = reader.table(folders[0] if folders else None, split)
    place = folders[-1] if decoding else None
    kept = {column: values for column, values in light.items() if column in wanted}
    return dataclasses.replace(make(reader, light, place, size), light=kept)


def can_load(name: str, split: str | None = None) -> bool:
    """Whether a split (None: the last one) is here or can be fetched now without asking; if not, a line says why."""
    from mmcourse.data.fetch import ConsentNeeded

    split = split or list(readers.find(name).splits)[-1]
    try:
        load(name, split, limit=1)
    except ConsentNeeded as reason:
        print(reason)
        return False
    except OSError:  # no network, no room, no right to write
        print(
            f"{name} is not on this machine and could not be fetched: mm.load({name!r}, {split!r}) says what was tried."
        )
        return False
    return True


def _wanted(name: str, reader: readers.Reader, columns: tuple[str, ...] | None) -> tuple[str, ...]:
    if columns is None:
        return reader.columns
    columns = (columns,) if isinstance(columns, str) else tuple(columns)
    unknown = [column for column in columns if column not in reader.columns]
    if unknown or not columns:
        asked = f"has no column {unknown[0]!r}" if unknown else "was asked for no column at all"
        raise ValueError(f"{name} {asked}. Its columns: {', '.join(reader.columns)}.")
    return columns
