"""Bring one file over HTTP into a partial file: resumed after a cut, tried again, never longer than it should be."""

import os
import re
import sys
import time
from pathlib import Path

import mmcourse
from mmcourse.data import places

TIMEOUT = (5, 20)  # seconds: to connect, and between two pieces of an answer
PAUSES = (0.5, 1, 2)  # seconds before another attempt, when the last one brought nothing new
TRANSIENT = (408, 425, 429, 500, 502, 503, 504)  # answers that may be different a moment later
CHUNK = 2**20  # bytes
AGENT = f"Mozilla/5.0 (compatible; mmcourse/{mmcourse.__version__})"  # a host refuses the agent of Python's libraries


class Refused(OSError):  # noqa: N818
    """The source answers with something that is not the file: to ask it again would not help."""


class TooLong(Refused):
    """The source sends more bytes than the file can have."""


class Interrupted(OSError):  # noqa: N818
    """An answer ended too early or was none: to ask again may help."""


def verify(path: Path, size: int | None, checksum: str) -> None:
    """Raise ValueError unless the file has `size` bytes and the checksum "sha256:…" or "md5:…".

    What is None or "" is not checked.
    """
    found = path.stat().st_size
    if size is not None and found != size:
        raise ValueError(f"has {found:,} bytes, expected {size:,}{_page_hint(path)}")
    algorithm, _, expected = checksum.partition(":")
    digest = places.pooch().file_hash(str(path), alg=algorithm) if checksum else ""
    if digest != expected:
        names = {"sha256": "SHA-256", "md5": "MD5"}
        raise ValueError(f"has {names[algorithm]} {digest}, expected {expected}{_page_hint(path)}")


def download(url: str, partial: Path, size: int | None, limit: int) -> None:
    """Complete the file `partial` from `url`; what it holds already is kept, and not asked for again.

    As long as attempts bring new bytes they are repeated. What has come stays in `partial` whatever happens, so that
    a later call, also with another source of the same file, continues. `size` is the expected length, None if not
    known, `limit` the length that no source may pass. Raises OSError (requests' errors are some) or ValueError.
    """
    import requests
    from tqdm import tqdm

    most, failures = file_size(partial), 0
    name = partial.name.removesuffix(".part")
    with (
        requests.Session() as session,
        tqdm(total=size, initial=most, desc=name, unit="B", unit_scale=True, file=sys.stdout, delay=1) as bar,
    ):
        while size is None or file_size(partial) != size:
            try:
                with _ask(session, url, file_size(partial)) as answer:
                    return _append(answer, partial, size, limit, bar)
            except TooLong:
                partial.unlink()
                raise
            except (requests.ConnectionError, requests.Timeout, Interrupted) as error:
                have = file_size(partial)
                failures = 0 if have > most else failures + 1
                most = max(most, have)
                if failures > len(PAUSES) or _unreachable(error):
                    raise
            time.sleep(PAUSES[max(failures - 1, 0)])


def file_size(path: Path) -> int:
    """Bytes of a file, 0 where there is none."""
    return os.path.getsize(path) if path.exists() else 0


def _ask(session, url: str, have: int):
    """The answer to a request for the bytes from `have` on; a server may send all of them instead."""
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    answer = session.get(url, headers=headers, stream=True, timeout=TIMEOUT)
    if answer.status_code in TRANSIENT:
        raise Interrupted(f"{answer.status_code} {answer.reason}")
    if answer.status_code == 416:
        raise Refused(f"its file ends before byte {have:,}")
    answer.raise_for_status()
    if answer.status_code not in (200, 206):
        raise Refused(f"answers {answer.status_code} {answer.reason}")
    return answer


def _append(answer, partial: Path, size: int | None, limit: int, bar) -> None:
    """Append what is new in the answer; nothing is written before its first byte has come."""
    have = file_size(partial)
    start = _start(answer, have, size)
    with open(partial, "ab") as output:
        for chunk in _chunks(answer):
            new = chunk[max(have - start, 0) :]  # of an answer from the beginning the bytes that are not here
            start += len(chunk)
            if start > limit:
                raise TooLong(f"sends more than the expected {limit:,} bytes")
            output.write(new)
            bar.update(len(new))
    if size is not None and start < size:
        raise Interrupted(f"ended after {start:,} of {size:,} bytes")


def _chunks(answer):
    from urllib3.exceptions import HTTPError

    try:
        while chunk := answer.raw.read1(CHUNK):  # what has come, without waiting for a whole chunk
            yield chunk
    except HTTPError as error:
        raise Interrupted(str(error)) from error


def _start(answer, have: int, size: int | None) -> int:
    """At which byte of the file the answer begins. Raises Refused where it is, by its head, not of the file."""
    page = ", a web page instead of the file" if answer.headers.get("Content-Type", "").startswith("text/html") else ""
    if size is None and page:
        raise Refused(f"answers with{page[1:]}")
    if answer.status_code == 206:
        sent = answer.headers.get("Content-Range", "")
        told = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", sent)
        if not told or int(told[1]) != have:
            raise Refused(f"was asked for the bytes from {have:,} on and sends {sent!r}")
        start, length = have, told[2]
    else:
        start, length = 0, answer.headers.get("Content-Length", "*")
    if length != "*" and not length.isdecimal():
        raise Refused(f"announces a length that is no number, {length!r}")
    if length != "*" and size is not None and int(length) != size:
        raise Refused(f"announces {int(length):,} bytes, expected {size:,}{page}")
    return start


def _unreachable(error: Exception) -> bool:
    """Whether there was no connection at all: no network, no such host, nobody listening."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, ConnectTimeoutError | NewConnectionError)  # no such host is one of the latter


def _page_hint(path: Path) -> str:
    with open(path, "rb") as file:
        begins = file.read(512).lstrip().lower()
    return ", it is a web page" if begins.startswith((b"<!doctype html", b"<html")) else ""
