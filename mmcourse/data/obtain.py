"""One file of a dataset: from the first source that has the right bytes, into its place."""

import contextlib
import errno
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from mmcourse.data import places, transfer
from mmcourse.data.registry import File, Selection

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)


class NotAvailable(OSError):  # noqa: N818
    """No source could give a file; the message lists them all and says what to do."""


def obtain(selection: Selection, file: File, home: Path, ask: Callable[[], None]) -> Path:
    """The verified file in the folder `home`, from the first source that has the right one; `ask` before a download."""
    kept, partial, failures = home / file.name, home / f"{file.name}.part", []
    if kept.exists():
        try:
            transfer.verify(kept, file.bytes, file.checksum)
            partial.unlink(missing_ok=True)
            return kept
        except ValueError as error:
            aside = kept.replace(home / f"{file.name}.wrong")  # somebody may have taken hours to get it
            failures.append(f"{kept}: {error}; it is now called {aside.name}")
    for source in places.sources(file, selection.dataset.name, home):
        if isinstance(source, str):
            ask()
        try:
            _bring(source, partial, file, selection.limit(file))
        except (OSError, ValueError) as error:  # requests raises both for an answer it cannot read
            if getattr(error, "errno", None) in DISK_FULL + NOT_WRITABLE:
                raise
            failures.append(f"{source}: {type(error).__name__}: {' '.join(str(error).split())}")
        else:
            publish(partial, kept)
            return kept
    raise NotAvailable(_what_to_do(selection, file, failures, kept))


def publish(finished: Path, target: Path) -> None:
    """Move a finished file or folder to its place in one step; if another process was faster, keep what it made."""
    for pause in (0.1, 0.5, 2, None):
        try:
            os.replace(finished, target)
            return
        except OSError as error:
            if target.exists():
                return
            if pause is None or not isinstance(error, PermissionError):
                raise
            time.sleep(pause)  # on Windows a virus scanner may hold the file open


def _bring(source: str | Path, partial: Path, file: File, limit: int) -> None:
    """Make `partial` the verified file; bytes that turn out to be wrong are deleted."""
    if isinstance(source, Path):
        _copy(source, partial, file)
        return
    if not file.checksum or transfer.file_size(partial) > limit:  # of what begins so nothing is known
        partial.unlink(missing_ok=True)
    continued = partial.exists()
    if continued and file.bytes is None and _is_whole(partial, file):
        return
    _check_room(partial, file)
    transfer.download(source, partial, file.bytes, limit)
    try:
        transfer.verify(partial, file.bytes, file.checksum)
    except ValueError:
        partial.unlink()
        if not continued:
            raise
        _bring(source, partial, file, limit)  # what it was continued from was of another file


def _copy(source: Path, partial: Path, file: File) -> None:
    try:
        transfer.verify(source, file.bytes, file.checksum)  # a look first: a mirror folder is left as it is
    except PermissionError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from error
    shutil.copyfile(source, partial)


def _is_whole(partial: Path, file: File) -> bool:
    with contextlib.suppress(ValueError):
        transfer.verify(partial, file.bytes, file.checksum)
        return True
    return False


def _check_room(partial: Path, file: File) -> None:
    missing = (file.bytes or 0) - (partial.stat().st_size if partial.exists() else 0)
    free = shutil.disk_usage(partial.parent).free
    if missing > free:
        raise OSError(errno.ENOSPC, f"{file.name} needs {missing:,} bytes more, {free:,} are free")


def _what_to_do(selection: Selection, file: File, failures: list[str], kept: Path) -> str:
    """The message of NotAvailable: what was tried, and what a person can do."""
    offline = ["nothing on the network: MMCOURSE_OFFLINE is set"] if places.offline() and file.url else []
    tried = "".join(f"  - {line}\n" for line in [*failures, *offline]) or "  - nothing: no address of it is known\n"
    kind, _, digest = file.checksum.partition(":")
    facts = [f"{file.bytes:,} bytes" if file.bytes else "", f"{kind.upper()} {digest}".replace("SHA256", "SHA-256")]
    told = ", ".join(filter(str.strip, facts))
    again = "unset MMCOURSE_OFFLINE" if offline else "try again later (what has come is kept and continued)"
    steps = [
        *([again] if file.url else []),
        f"set MMCOURSE_MIRROR to a folder or an http(s) address that holds {selection.dataset.name}/{file.name}",
        f"put the file ({told or 'of unknown size'}) here by hand: {kept}",
    ]
    manual = f"\n{selection.dataset.manual}" if selection.dataset.manual and file.url else ""
    return (
        f"{file.name} of dataset {selection.name!r} could not be had. Tried:\n{tried}"
        f"What to do: {'; or '.join(steps)}.{manual}"
    )
