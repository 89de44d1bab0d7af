"""Bring one file over HTTP into a partial file: resumed after a cut, tried again, never longer than it should be."""

import os
import sys
import time
from pathlib import Path

import mmcourse

TIMEOUT = (5, 20)  # seconds: to connect, and between two pieces of an answer
PAUSES = (0.5, 1, 2)  # seconds before another attempt, when the last one brought nothing new
TRANSIENT = (408, 425, 429, 500, 502, 503, 504)  # answers that may be different a moment later
CHUNK = 2**20  # bytes
AGENT = f"Mozilla/5.0 (compatible; mmcourse/{mmcourse.__version__})"  # a host refuses the agent of Python's libraries


class Refused(OSError):  # noqa: N818
    """The source answers with something that is not the file: to ask it again would not help."""


class _Cut(OSError):  # noqa: N818
    """An answer ended too early or was none: to ask again may help."""


def verify(path: Path, size: int | None, checksum: str) -> None:
    """Raise ValueError unless the file has `size` bytes and the checksum "sha256:…" or "md5:…".

    What is None or "" is not checked.
    """
    import pooch

    found = path.stat().st_size
    if size is not None and found != size:
        raise ValueError(f"has {found:,} bytes, expected {size:,}{_page_hint(path)}")
    algorithm, _, expected = checksum.partition(":")
    digest = pooch.file_hash(str(path), alg=algorithm) if checksum else ""
    if digest != expected:
        names = {"sha256": "SHA-256", "md5": "MD5"}
        raise ValueError(f"has {names[algorithm]} {digest}, expected {expected}{_page_hint(path)}")


def download(url: str, partial: Path, size: int | None, limit: int) -> None:
    """Complete the file `partial` from `url`; what it holds already is not asked for again.

    As long as attempts bring new bytes they are repeated. What has come stays in `partial` whatever happens, so that
    a later call, also with another source of the same file, continues. `size` is the expected length, None if not
    known, `limit` the length that no source may pass. Raises OSError (requests' errors are some) or ValueError.
    """
    import requests
    from tqdm import tqdm

    most, failures = _size(partial), 0
    with (
        requests.Session() as session,
        tqdm(total=size, desc=partial.stem, unit="B", unit_scale=True, file=sys.stdout, delay=1) as bar,
    ):
        while True:
            try:
                return _attempt(session, url, partial, (size, limit), bar)
            except (
                requests.ConnectionError,
                requests.Timeout,
                requests.exceptions.ChunkedEncodingError,
                _Cut,
            ) as error:
                have = _size(partial)
                failures = 0 if have > most else failures + 1
                most = max(most, have)
                if failures > len(PAUSES) or _unreachable(error):
                    raise
            time.sleep(PAUSES[max(failures - 1, 0)])


def _attempt(session, url: str, partial: Path, lengths: tuple[int | None, int], bar) -> None:
    """One request for what is missing."""
    have = _size(partial)
    if have and have == lengths[0]:
        return
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with session.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
        if (
            answer.status_code == 416 and have
        ):  # "range not satisfiable": what is here is not the beginning of that file
            partial.unlink()
            raise _Cut(f"{answer.status_code} {answer.reason}")
        if answer.status_code in TRANSIENT:
            raise _Cut(f"{answer.status_code} {answer.reason}")
        answer.raise_for_status()
        start = _start(answer, have)
        _check_length(answer, start, lengths[0])
        bar.n = start
        _append(answer, partial, start, lengths, bar)


def _start(answer, have: int) -> int:
    """At which byte of the file the answer begins: 0, unless the server sends just the range that was asked for."""
    if answer.status_code != 206:
        return 0
    sent = answer.headers.get("Content-Range", "")
    if not sent.startswith(f"bytes {have}-"):
        raise Refused(f"was asked for the bytes from {have:,} on and sends {sent!r}")
    return have


def _check_length(answer, start: int, size: int | None) -> None:
    announced = answer.headers.get("Content-Length")
    page = ", a web page instead of the file" if answer.headers.get("Content-Type", "").startswith("text/html") else ""
    if size is None and page:
        raise Refused(f"answers with{page[1:]}")
    if announced is not None and size is not None and start + int(announced) != size:
        raise Refused(f"announces {start + int(announced):,} bytes, expected {size:,}{page}")


def _append(answer, partial: Path, start: int, lengths: tuple[int | None, int], bar) -> None:
    from urllib3.exceptions import HTTPError

    size, limit = lengths
    with open(partial, "r+b" if start else "wb") as output:
        output.seek(start)
        output.truncate()
        try:
            while chunk := answer.raw.read1(CHUNK):  # what has come, without waiting for a whole chunk
                if output.tell() + len(chunk) > limit:
                    raise Refused(f"sends more than the expected {limit:,} bytes")
                output.write(chunk)
                bar.update(len(chunk))
        except HTTPError as error:
            raise _Cut(str(error)) from error
    if size is not None and _size(partial) < size:
        raise _Cut(f"ended after {_size(partial):,} of {size:,} bytes")


def _size(path: Path) -> int:
    return os.path.getsize(path) if path.exists() else 0


def _unreachable(error: Exception) -> bool:
    """Whether there was no connection at all: no network, no such host, nobody listening."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, ConnectTimeoutError | NewConnectionError)  # no such host is one of the latter


def _page_hint(path: Path) -> str:
    with open(path, "rb") as file:
        begins = file.read(512).lstrip().lower()
    return ", it is a web page" if begins.startswith((b"<!doctype html", b"<html")) else ""
