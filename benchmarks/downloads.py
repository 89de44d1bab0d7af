"""How fast a verified download is, beside the program curl: a file of 500 MB from a server on this machine.

python benchmarks/downloads.py [MEGABYTES]

Both sides download the same file in turn, five times each, from the same local server; the medians of one run are
compared. "verified" is what `get` does with a file: download, then read it again for its SHA-256. For curl the same is
curl, then sha256sum. Ends with exit code 1 where the download alone is slower than 0.8 of curl's.
"""

import contextlib
import functools
import hashlib
import http.server
import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from mmcourse.data import transfer

ROUNDS = 5
LEAST = 0.8  # of curl's throughput


class Handler(http.server.SimpleHTTPRequestHandler):
    """Python's own file server, without its log; it sends a file in pieces of 1 MiB."""

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

    def copyfile(self, source, outputfile) -> None:
        """Send the file."""
        shutil.copyfileobj(source, outputfile, 2**20)


def timed(action: Callable[[], None], target: Path) -> float:
    """Seconds of an action that writes `target`, which is removed first."""
    target.unlink(missing_ok=True)
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def make_file(path: Path, size: int) -> str:
    """Write `size` random bytes; their SHA-256."""
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        for start in range(0, size, 2**24):
            piece = os.urandom(min(2**24, size - start))
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def arms(url: str, folder: Path, size: int, digest: str) -> dict[str, tuple[Callable[[], None], Path]]:
    """What is timed, with the file that it writes."""
    ours, theirs = folder / "ours", folder / "theirs"

    def download() -> None:
        with contextlib.redirect_stdout(io.StringIO()):  # its progress bar
            transfer.download(url, ours, size, size)

    def download_and_verify() -> None:
        download()
        transfer.verify(ours, size, f"sha256:{digest}")

    def curl() -> None:
        subprocess.run(["curl", "--silent", "--fail", "--output", theirs, url], check=True)

    def curl_and_verify() -> None:
        curl()
        told = subprocess.run(["sha256sum", theirs], check=True, capture_output=True, text=True).stdout
        assert told.startswith(digest), "curl brought other bytes"

    return {
        "mmcourse": (download, ours),
        "curl": (curl, theirs),
        "mmcourse, verified": (download_and_verify, ours),
        "curl, then sha256sum": (curl_and_verify, theirs),
    }


def main() -> int:
    """Print megabytes a second of each and the ratios."""
    if missing := [program for program in ("curl", "sha256sum") if shutil.which(program) is None]:
        print(f"This benchmark needs the program {missing[0]}.", file=sys.stderr)
        return 2
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else 500) * 1e6)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        digest = make_file(folder / "file.bin", size)
        handler = functools.partial(Handler, directory=name)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            compared = arms(f"http://127.0.0.1:{server.server_address[1]}/file.bin", folder, size, digest)
            seconds = {arm: [] for arm in compared}
            for _ in range(ROUNDS):
                for arm, (action, target) in compared.items():
                    seconds[arm].append(timed(action, target))
            server.shutdown()
    speed = {arm: size / 1e6 / statistics.median(times) for arm, times in seconds.items()}
    for arm, times in seconds.items():
        slowest, fastest = size / 1e6 / max(times), size / 1e6 / min(times)
        print(f"{arm:22}{speed[arm]:8.0f} MB/s   (from {slowest:.0f} to {fastest:.0f})")
    ratio = speed["mmcourse"] / speed["curl"]
    print(
        f"download, of curl's: {ratio:.2f}; verified: {speed['mmcourse, verified'] / speed['curl, then sha256sum']:.2f}"
    )
    return 0 if ratio >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
