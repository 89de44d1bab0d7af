"""Get a dataset's files: from the cache, a mirror or their origin, always checked, never half-made.

The data folder and a mirror folder have one layout, `<dataset>/<file name>`, so one can serve as the other. In the data
folder stand besides: `<dataset>/unpacked-…`, made from the files; `<dataset>/<file name>.part`, a download to be
continued; `<dataset>/by-hand`, made by a person and taken as it is, before everything else.
"""

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mmcourse.data import locks, places, registry, transfer
from mmcourse.data.registry import File, Selection
from mmcourse.data.unpack import unpack_all

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
ABANDONED_AFTER = 24 * 3600  # seconds
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)


class NotAvailable(OSError):  # noqa: N818
    """No source could give a file; the message lists them all and says what to do."""


class ConsentNeeded(ValueError):  # noqa: N818
    """A download is large, or of unknown bytes: the caller has to say that it is wanted."""


def get(name: str, allow_large: bool = False, allow_unchecked: bool = False) -> Path:
    """The folder with the verified, unpacked files of "name" or "name/part", downloaded first when needed.

    `allow_large` consents to a download of over 200 MB, `allow_unchecked` to files without a published checksum.
    Raises ValueError for a name that is unknown or cannot be fetched, a missing consent, a senseless MMCOURSE_MIRROR;
    NotAvailable when no source has a file; UnsafeArchiveError for a hostile archive; OSError for a full disk or a
    folder that cannot be written. Nothing half-made stays but `.part` files, which the next call continues.
    """
    folder = places.by_hand(name)
    if folder.is_dir():
        return folder
    selection = registry.select(name)
    target = places.unpacked(selection)
    if target.is_dir():
        return target
    check_consent(name, allow_large, allow_unchecked)
    with _working_in(target.parent, selection) as alone:
        if not target.is_dir():  # another process may just have made it
            _sweep(target.parent, alone)
            archives = [_archive(selection, file, target.parent) for file in selection.files]
            with tempfile.TemporaryDirectory(prefix=".partial-", dir=target.parent) as partial:
                unpack_all(archives, Path(partial) / "unpacked")
                _publish(Path(partial) / "unpacked", target)
    return target


def mirror(folder: Path, name: str, allow_large: bool = False, allow_unchecked: bool = False) -> list[Path]:
    """Bring the verified files of "name" or "name/part" to `folder/<dataset>`, for a classroom; errors as `get`.

    What the data folder holds already is copied. Give the folder, or its address on a web server, as MMCOURSE_MIRROR.
    """
    selection = registry.select(name)
    home = Path(folder).expanduser() / selection.dataset.name
    if not places.holds(home.parent, selection):
        check_consent(name, allow_large, allow_unchecked)
    with _working_in(home, selection):
        return [_archive(selection, file, home) for file in selection.files]


def verify(name: str) -> dict[str, str]:
    """What is wrong with the kept files of "name" or "name/part": file name -> "" when all is well, else a sentence."""
    selection, faults = registry.select(name), {}
    for file in selection.files:
        faults[file.name] = ""
        try:
            transfer.verify(places.data_dir() / selection.dataset.name / file.name, file.bytes, file.checksum)
        except FileNotFoundError:
            faults[file.name] = "is not here"
        except ValueError as error:
            faults[file.name] = str(error)
    return faults


def available() -> list[dict]:
    """One row for each name that `get` takes, and for each embedded dataset, without using the network.

    name; where: "embedded", "here" (nothing to download), "folder" or "mirror" (that of MMCOURSE_MIRROR), "internet" or
    "by hand" (a person has to get it); bytes to download, None where nobody published it; license; large: whether `get`
    asks for allow_large.
    """
    source, rows = places.mirror_setting(), []
    for dataset in registry.registry().values():
        for part in registry.selections(dataset):
            rows.append(_row(dataset, places.where(part, source), part.name, part.size_bytes, part.is_large))
        if dataset.embedded:
            rows.append(_row(dataset, "embedded", dataset.name, 0))
        elif not dataset.files:
            rows.append(
                _row(dataset, "here" if places.by_hand(dataset.name).is_dir() else "by hand", dataset.name, None)
            )
    return rows


def _row(dataset: registry.Dataset, where: str, name: str, size: int | None, large: bool = False) -> dict:
    return {"name": name, "where": where, "bytes": size, "license": dataset.license, "large": large}


def check_consent(name: str, allow_large: bool, allow_unchecked: bool = False) -> None:
    """Raise ConsentNeeded where a large or an unchecked file would come over the network without consent."""
    if places.by_hand(name).is_dir():
        return
    selection = registry.select(name)
    if places.where(selection, places.mirror_setting()) not in ("mirror", "internet"):
        return
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


def _archive(selection: Selection, file: File, home: Path) -> Path:
    """The verified file in the folder `home`, from the first source that has the right one."""
    kept, partial, failures = home / file.name, home / f"{file.name}.part", []
    if kept.exists():
        try:
            transfer.verify(kept, file.bytes, file.checksum)
            return kept
        except ValueError as error:
            kept.unlink()
            failures.append(f"{kept}: {error}; deleted")
    for source in places.sources(file, selection.dataset.name, home):
        try:
            _bring(source, partial, file, selection.limit(file))
        except (OSError, ValueError) as error:  # requests raises both for an answer it cannot read
            if getattr(error, "errno", None) in DISK_FULL + NOT_WRITABLE:
                raise
            failures.append(f"{source}: {type(error).__name__}: {' '.join(str(error).split())}")
        else:
            _publish(partial, kept)
            return kept
    raise NotAvailable(_what_to_do(selection, file, failures, kept))


def _bring(source: str | Path, partial: Path, file: File, limit: int) -> None:
    """Make `partial` the verified file; bytes that turn out to be wrong are deleted."""
    if isinstance(source, Path):
        transfer.verify(source, file.bytes, file.checksum)  # a look first: a mirror folder is left as it is
        shutil.copyfile(source, partial)
        return
    continued = partial.exists()
    _check_room(partial, file)
    try:
        transfer.download(source, partial, file.bytes, limit)
        transfer.verify(partial, file.bytes, file.checksum)
    except transfer.Refused:
        if not continued:  # else what is there may still be right, and another source may complete it
            partial.unlink(missing_ok=True)
        raise
    except ValueError:
        partial.unlink(missing_ok=True)
        if not continued:
            raise
        _bring(source, partial, file, limit)  # what it was continued from was of another file


def _check_room(partial: Path, file: File) -> None:
    missing = (file.bytes or 0) - (partial.stat().st_size if partial.exists() else 0)
    free = shutil.disk_usage(partial.parent).free
    if missing > free:
        raise OSError(errno.ENOSPC, f"{file.name} needs {missing:,} bytes more, {free:,} are free")


@contextlib.contextmanager
def _working_in(home: Path, selection: Selection) -> Iterator[bool]:
    """Make the folder and hold its lock; a full disk or a folder that cannot be written ends in a clear error."""
    advice = "or set MMCOURSE_DATA_DIR to a folder"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with locks.exclusive(home / ".lock", selection.dataset.name) as alone:
            yield alone
    except OSError as error:
        if error.errno in DISK_FULL:
            for partial in home.glob("*.part"):
                partial.unlink(missing_ok=True)  # to leave the disk as it was
            needs = f"{selection.name} is a download of {selection.size} and needs room to unpack as well"
            message = f"the disk is full; {needs}: free some space, {advice} on a larger disk"
        elif error.errno in NOT_WRITABLE and not isinstance(error, NotAvailable):
            message = f"the folder cannot be written: make it writable, {advice} that can be"
        else:
            raise
        raise type(error)(error.errno, message, str(home)) from error


def _what_to_do(selection: Selection, file: File, failures: list[str], kept: Path) -> str:
    tried = "".join(f"  - {failure}\n" for failure in failures) or "  - nothing: MMCOURSE_OFFLINE is set\n"
    kind, _, digest = file.checksum.partition(":")
    facts = [f"{file.bytes:,} bytes" if file.bytes else "", f"{kind.upper()} {digest}".replace("SHA256", "SHA-256")]
    return (
        f"{file.name} of dataset {selection.name!r} could not be had. Tried:\n{tried}"
        "What to do: try again later (what has come is kept and continued);\n"
        f"or set MMCOURSE_MIRROR to a folder or an http(s) address that holds {selection.dataset.name}/{file.name};\n"
        f"or put the file ({', '.join(filter(None, facts)).strip()}) here by hand:\n  {kept}"
        + (f"\n{selection.dataset.manual}" if selection.dataset.manual else "")
    )


def _publish(finished: Path, target: Path) -> None:
    """Move a finished file or folder to its place in one step; if another process was faster, keep what it made."""
    try:
        os.replace(finished, target)
    except OSError:
        if not target.exists():
            raise


def _sweep(home: Path, alone: bool) -> None:
    """Delete what a killed process has left of unpacking; without a lock only what is too old to be in use."""
    for partial in home.glob(".partial-*"):
        with contextlib.suppress(FileNotFoundError):  # its owner was alive and has just finished
            if alone or partial.stat().st_mtime < time.time() - ABANDONED_AFTER:
                shutil.rmtree(partial, ignore_errors=True)
