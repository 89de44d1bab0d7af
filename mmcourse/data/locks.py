"""One process at a time: a lock that the operating system takes back when its holder dies."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt
    import time


@contextlib.contextmanager
def exclusive(path: Path, waiting_for: str) -> Iterator[bool]:
    """Hold the lock file `path`; says in one line that another process has it, and waits.

    Gives False where there can be no lock: a file system that knows none, the lock file of another user. Then two
    processes do the same work twice, and both succeed.
    """
    with contextlib.ExitStack() as stack:
        try:
            handle = stack.enter_context(open(path, "a+b"))
            _lock(handle, f"Another process is fetching {waiting_for}; waiting for it.")
        except OSError:
            alone = False
        else:
            alone = True
        yield alone  # closing the file gives the lock back


def _lock(handle: BinaryIO, notice: str) -> None:
    try:
        _try(handle)
    except (BlockingIOError, PermissionError):
        print(notice, file=sys.stdout, flush=True)
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX)
        else:
            _poll(handle)


def _try(handle: BinaryIO) -> None:
    if fcntl:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)


def _poll(handle: BinaryIO) -> None:
    while True:
        time.sleep(0.5)
        with contextlib.suppress(PermissionError):
            return _try(handle)
