"""Get a dataset's files: from the cache, a mirror or their origin, always checked, never half-made.

The data folder and a mirror folder have one layout, `<dataset>/<file name>`, so one can serve as the other.
"""

import contextlib
import difflib
import errno
import functools
import hashlib
import io
import os
import shutil
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mmcourse.data.unpack import unpack_all, verify

TIMEOUT = (5, 20)  # seconds: to connect, and between two pieces of an answer
ABANDONED_AFTER = 24 * 3600  # seconds; then what a killed process left is swept away
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class File:
    """One file of a dataset. `source` says where its size and checksum are known from."""

    name: str
    url: str
    bytes: int
    sha256: str
    source: str


@dataclass(frozen=True)
class Dataset:
    """One table of datasets.toml. `size_bytes` is what has to be downloaded, `citation` a BibTeX key or ""."""

    name: str
    title: str
    task: str
    modalities: tuple[str, ...]
    license: str
    redistribute: bool
    attribution: str
    homepage: str
    size_bytes: int
    tier: str
    card: str
    citation: str = ""
    embedded: bool = False
    files: tuple[File, ...] = ()


class NotAvailable(OSError):  # noqa: N818
    """No source could give a file; the message lists them all and says what to do."""


@functools.cache
def registry() -> dict[str, Dataset]:
    """Every dataset the course knows, by name."""
    tables = tomllib.loads(Path(__file__).with_name("datasets.toml").read_text("utf-8"))
    return {name: _dataset(name, table) for name, table in tables.items()}


def _dataset(name: str, table: dict) -> Dataset:
    files = tuple(File(**file) for file in table.pop("files", []))
    return Dataset(name=name, modalities=tuple(table.pop("modalities")), files=files, **table)


def data_dir() -> Path:
    """The folder for downloads: MMCOURSE_DATA_DIR, or the user's cache folder."""
    if chosen := os.environ.get("MMCOURSE_DATA_DIR"):
        return Path(chosen).expanduser()
    import pooch

    return Path(pooch.os_cache("mmcourse"))


def get(name: str) -> Path:
    """The folder with the dataset's verified, unpacked files, downloaded first when needed.

    Raises ValueError for an unknown or embedded dataset or a senseless MMCOURSE_MIRROR, NotAvailable when no source
    has a file, UnsafeArchiveError for a hostile archive, OSError for a full disk. None of them leaves a partial file.
    """
    dataset = _find(name)
    target = _unpacked(dataset)
    if target.is_dir():
        return target
    home = target.parent
    home.mkdir(parents=True, exist_ok=True)
    _sweep(home)
    try:
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=home) as partial:
            archives = [_archive(file, home, Path(partial)) for file in dataset.files]
            unpacked = Path(partial) / "unpacked"
            unpack_all(archives, unpacked)
            _publish(unpacked, target)
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        advice = "free some space, or set MMCOURSE_DATA_DIR to a folder on a larger disk"
        needs = f"{name} is a download of {dataset.size_bytes:,} bytes and needs room to unpack as well"
        raise OSError(error.errno, f"the disk is full; {needs}: {advice}", str(home)) from error
    return target


def available() -> list[dict]:
    """One row a dataset: name, where ("embedded", "cached", "mirror" or "internet"), bytes, license. No network."""
    mirror = _mirror()
    return [
        {"name": name, "where": _where(dataset, mirror), "bytes": dataset.size_bytes, "license": dataset.license}
        for name, dataset in registry().items()
    ]


def _where(dataset: Dataset, mirror: str | Path | None) -> str:
    if dataset.embedded:
        return "embedded"
    if _unpacked(dataset).is_dir() or _holds(data_dir(), dataset):
        return "cached"
    if isinstance(mirror, str) or (mirror and _holds(mirror, dataset)):
        return "mirror"
    return "internet"


def _holds(folder: Path, dataset: Dataset) -> bool:
    """Whether every file lies in `<folder>/<dataset>` with the right size; contents are checked by `get`."""
    paths = [(folder / dataset.name / file.name, file.bytes) for file in dataset.files]
    return all(path.is_file() and path.stat().st_size == size for path, size in paths)


def _find(name: str) -> Dataset:
    known = registry()
    if name not in known:
        near = difflib.get_close_matches(str(name), known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"unknown dataset {name!r}.{hint} Known datasets: {', '.join(sorted(known))}.")
    if known[name].embedded:
        raise ValueError(f"dataset {name!r} comes with the course or its libraries: it has no files to fetch.")
    return known[name]


def _unpacked(dataset: Dataset) -> Path:
    """The folder of the unpacked files, named by their checksums: another version of the data is another folder."""
    version = hashlib.sha256("".join(file.sha256 for file in dataset.files).encode()).hexdigest()[:8]
    return data_dir() / dataset.name / f"unpacked-{version}"


def _mirror() -> str | Path | None:
    chosen = os.environ.get("MMCOURSE_MIRROR", "").strip()
    if not chosen:
        return None
    if chosen.lower().startswith(("http://", "https://")):
        return chosen.rstrip("/")
    if not Path(chosen).expanduser().is_dir():
        raise ValueError(
            f"MMCOURSE_MIRROR is {chosen!r}, which is neither an existing folder nor an http(s) address. "
            "Correct the variable, or unset it to download from the origin."
        )
    return Path(chosen).expanduser()


def _sources(file: File, dataset: str) -> list[str | Path]:
    """Where to look, in order; with MMCOURSE_OFFLINE set, only where no network is needed."""
    mirror, offline = _mirror(), os.environ.get("MMCOURSE_OFFLINE")
    if isinstance(mirror, Path):
        return [mirror / dataset / file.name, *([] if offline else [file.url])]
    return [] if offline else [*([f"{mirror}/{dataset}/{quote(file.name)}"] if mirror else []), file.url]


def _archive(file: File, home: Path, partial: Path) -> Path:
    """The verified file in the dataset's folder `home`, from the first source that has the right one."""
    cached, failures = home / file.name, []
    if cached.exists():
        try:
            verify(cached, file.bytes, file.sha256)
            return cached
        except ValueError as error:
            cached.unlink()
            failures.append(f"{cached}: {error}; deleted")
    for source in _sources(file, home.name):
        download = partial / file.name
        try:
            _transfer(source, download, file)
            verify(download, file.bytes, file.sha256)
        except (OSError, ValueError) as error:  # requests raises both for an answer it cannot read
            if getattr(error, "errno", None) in DISK_FULL:
                raise
            download.unlink(missing_ok=True)
            failures.append(f"{source}: {type(error).__name__}: {' '.join(str(error).split())}")
        else:
            _publish(download, cached)
            return cached
    tried = "".join(f"  - {failure}\n" for failure in failures) or "  - nothing: MMCOURSE_OFFLINE is set\n"
    raise NotAvailable(
        f"{file.name} of dataset {home.name!r} could not be had. Tried:\n{tried}"
        f"What to do: set MMCOURSE_MIRROR to a folder or an http(s) address that holds {home.name}/{file.name},\n"
        f"or put the file ({file.bytes:,} bytes, SHA-256 {file.sha256}) here by hand:\n  {cached}"
    )


def _transfer(source: str | Path, download: Path, file: File) -> None:
    if isinstance(source, Path):
        shutil.copyfile(source, download)
        return
    import pooch
    from tqdm import tqdm

    with (
        tqdm(total=file.bytes, desc=file.name, unit="B", unit_scale=True, file=sys.stdout, delay=1) as bar,
        _Capped(download, bar) as output,
    ):
        pooch.HTTPDownloader(chunk_size=2**20, timeout=TIMEOUT)(source, output, None)


class _Capped(io.BufferedWriter):
    """A new file that moves a tqdm bar and refuses to grow past its total: a server may send without end."""

    def __init__(self, path: Path, bar):
        super().__init__(io.FileIO(path, "wb"))
        self.bar = bar

    def write(self, chunk: bytes) -> int:
        self.bar.update(len(chunk))
        if self.bar.n > self.bar.total:
            raise ValueError(f"sends more than the expected {self.bar.total:,} bytes")
        return super().write(chunk)


def _publish(finished: Path, target: Path) -> None:
    """Move a finished file or folder to its place in one step; if another process was faster, keep what it made."""
    try:
        os.replace(finished, target)
    except OSError:
        if not target.exists():
            raise


def _sweep(home: Path) -> None:
    """Delete what a killed process left; nothing young enough to be in use."""
    for partial in home.glob(".partial-*"):
        with contextlib.suppress(FileNotFoundError):  # its owner was alive and has just finished
            if partial.stat().st_mtime < time.time() - ABANDONED_AFTER:
                shutil.rmtree(partial, ignore_errors=True)
