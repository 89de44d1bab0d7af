"""Get a dataset's files: from the cache, a mirror or their origin, always checked, never half-made.

The data folder and a mirror folder have one layout, `<dataset>/<file name>`, so one can serve as the other. In the data
folder stand besides: `<dataset>/unpacked-…`, made from the files; `<dataset>/<file name>.part`, a download to be
continued; `<dataset>/by-hand`, made by a person and taken as it is, before everything else.
"""

import contextlib
import functools
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mmcourse.data import locks, places, registry, transfer
from mmcourse.data.obtain import DISK_FULL, NOT_WRITABLE, NotAvailable, obtain, publish
from mmcourse.data.registry import Selection
from mmcourse.data.unpack import unpack_all

MISSING = "is not here"  # what `verify` says of a file that was never fetched
ABANDONED_AFTER = 24 * 3600  # seconds


class ConsentNeeded(ValueError):  # noqa: N818
    """A download is large, or of unknown bytes: the caller has to say that it is wanted."""


def get(name: str, allow_large: bool = False, allow_unchecked: bool = False) -> Path:
    """The folder with the verified, unpacked files of "name" or "name/part", downloaded first when needed.

    `allow_large` consents to a download of over 200 MB, `allow_unchecked` to files without a published checksum.
    Raises ValueError for a name that is unknown or cannot be fetched, a missing consent, a senseless MMCOURSE_MIRROR;
    NotAvailable when no source has a file; ArchiveError for a hostile or damaged archive; OSError for a full disk or a
    folder that cannot be written. Nothing half-made stays but `.part` files, which the next call continues.
    """
    if folder := places.by_hand(name):
        return folder
    selection = registry.select(name)
    target = places.unpacked(selection)
    if target.is_dir():
        return target
    check_consent(name, allow_large, allow_unchecked)
    ask = functools.partial(_ask, selection, allow_large, allow_unchecked)
    with _working_in(target.parent, selection, "set MMCOURSE_DATA_DIR to another one") as alone:
        if not target.is_dir():  # another process may just have made it
            _sweep(target.parent, alone)
            archives = [obtain(selection, file, target.parent, ask) for file in selection.files]
            with tempfile.TemporaryDirectory(prefix=".partial-", dir=target.parent) as partial:
                unpack_all(archives, Path(partial) / "unpacked")
                publish(Path(partial) / "unpacked", target)
    return target


def mirror(folder: Path, name: str, allow_large: bool = False, allow_unchecked: bool = False) -> list[Path]:
    """Bring the verified files of "name" or "name/part" to `folder/<dataset>`, for a classroom; errors as `get`.

    What the data folder holds already is copied. Give the folder, or its address on a web server, as MMCOURSE_MIRROR.
    """
    selection = registry.select(name)
    home = Path(folder).expanduser() / selection.dataset.name
    if not places.holds(home.parent, selection):
        check_consent(name, allow_large, allow_unchecked)
    ask = functools.partial(_ask, selection, allow_large, allow_unchecked)
    with _working_in(home, selection, "choose another folder"):
        return [obtain(selection, file, home, ask) for file in selection.files]


def verify(name: str) -> dict[str, str]:
    """What is wrong with the kept files of "name" or "name/part": file name -> "" when all is well, else a sentence."""
    selection, faults = registry.select(name), {}
    for file in selection.files:
        faults[file.name] = ""
        try:
            transfer.verify(places.data_dir() / selection.dataset.name / file.name, file.bytes, file.checksum)
        except FileNotFoundError:
            faults[file.name] = MISSING
        except ValueError as error:
            faults[file.name] = str(error)
    return faults


def available() -> list[dict]:
    """One row for each name that `get` takes, and for each embedded dataset, without using the network.

    name; where: "embedded", "here" (nothing to download), "folder" or "mirror" (that of MMCOURSE_MIRROR), "internet",
    "offline" or "by hand" (a person has to get it); bytes to download, None where nobody published it; license; large:
    whether `get` asks for allow_large.
    """
    source, rows = places.mirror_setting(), []
    for dataset in registry.registry().values():
        for part in registry.selections(dataset):
            rows.append(_row(dataset, places.where(part, source), part.name, part.size_bytes, part.is_large))
        if dataset.embedded:
            rows.append(_row(dataset, "embedded", dataset.name, 0))
        elif not dataset.files:
            rows.append(_row(dataset, "here" if places.by_hand(dataset.name) else "by hand", dataset.name, None))
    return rows


def _row(dataset: registry.Dataset, where: str, name: str, size: int | None, large: bool = False) -> dict:
    return {"name": name, "where": where, "bytes": size, "license": dataset.license, "large": large}


def check_consent(name: str, allow_large: bool, allow_unchecked: bool = False) -> None:
    """Raise ConsentNeeded where a large or an unchecked file would come over the network without consent."""
    if not places.by_hand(name):
        selection = registry.select(name)
        if places.where(selection, places.mirror_setting()) in ("mirror", "internet"):
            _ask(selection, allow_large, allow_unchecked)


def _ask(selection: Selection, allow_large: bool, allow_unchecked: bool) -> None:
    if selection.is_large and not allow_large:
        raise ConsentNeeded(
            f"{selection.name} is a download of {selection.size}; its license: {selection.dataset.license}. Pass "
            f"allow_large=True to fetch it, or run: python -m mmcourse.data get {selection.name} --allow-large"
        )
    unchecked = [file.name for file in selection.files if not file.checksum]
    if unchecked and not allow_unchecked:
        raise ConsentNeeded(
            f"nobody published a checksum of {', '.join(unchecked)}: nothing can say whether the bytes are right. Pass "
            f"allow_unchecked=True to fetch it, or run: python -m mmcourse.data get {selection.name} --allow-unchecked"
        )


@contextlib.contextmanager
def _working_in(home: Path, selection: Selection, advice: str) -> Iterator[bool]:
    """Make the folder and hold its lock; a full disk or a folder that cannot be written ends in a clear error."""
    refused = f"the folder cannot be written: make it writable, or {advice}"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(error.errno, f"{refused} ({error.strerror})", str(home)) from error
    try:
        with locks.exclusive(home / ".lock", selection.dataset.name) as alone:
            yield alone
    except NotAvailable:
        raise
    except OSError as error:
        if error.errno in DISK_FULL:
            needs = f"{selection.name} is a download of {selection.size}, and may need as much again to unpack"
            refused = f"the disk is full; {needs}: free some space, or {advice}; what has come is kept and continued"
        elif error.errno not in NOT_WRITABLE:
            raise
        raise OSError(error.errno, refused, str(home)) from error


def _sweep(home: Path, alone: bool) -> None:
    """Delete what a killed process has left of unpacking; without a lock only what is too old to be in use."""
    for partial in home.glob(".partial-*"):
        with contextlib.suppress(FileNotFoundError):  # its owner was alive and has just finished
            if alone or partial.stat().st_mtime < time.time() - ABANDONED_AFTER:
                shutil.rmtree(partial, ignore_errors=True)
