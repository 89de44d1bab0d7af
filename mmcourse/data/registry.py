"""What the course knows about datasets: `datasets.toml` as objects, and the files that a name stands for."""

import difflib
import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TIERS = {"tiny": 20_000_000, "small": 200_000_000, "medium": 1_000_000_000, "large": 200_000_000_000}  # bytes, at most
ASK_ABOVE = 200_000_000  # bytes; a larger download needs the consent of the reader


@dataclass(frozen=True)
class File:
    """One file of a dataset; `source` says where its size and checksum are known from.

    `bytes` is None where nobody published the size, `sha256` and `md5` are "" where nobody published one; `url` is ""
    for a file that only a person can get; `alternates` are further addresses of the same bytes.
    """

    name: str
    url: str
    source: str
    bytes: int | None = None
    sha256: str = ""
    md5: str = ""
    part: str = ""
    alternates: tuple[str, ...] = ()

    @property
    def checksum(self) -> str:
        """ "sha256:…", else "md5:…", else "": nothing to check against."""
        if self.sha256:
            return f"sha256:{self.sha256}"
        return f"md5:{self.md5}" if self.md5 else ""


@dataclass(frozen=True)
class Dataset:
    """One table of datasets.toml. `manual` says what a person has to do, or what to take instead; "" mostly."""

    name: str
    title: str
    task: str
    modalities: tuple[str, ...]
    license: str
    redistribute: bool
    attribution: str
    homepage: str
    tier: str
    card: str
    citation: str = ""
    manual: str = ""
    embedded: bool = False
    files: tuple[File, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts that can be fetched one by one; () for a dataset that is fetched as a whole."""
        return tuple(dict.fromkeys(file.part for file in self.files if file.part))

    @property
    def size_bytes(self) -> int | None:
        """Bytes of all files to download, 0 where nothing is to be fetched, None where a size is not known."""
        return total(self.files)


@dataclass(frozen=True)
class Selection:
    """The files that a name such as "mnist" or "librispeech/dev-clean" stands for."""

    dataset: Dataset
    part: str
    files: tuple[File, ...]

    @property
    def name(self) -> str:
        """The name as it is given to `fetch.get`."""
        return f"{self.dataset.name}/{self.part}" if self.part else self.dataset.name

    @property
    def size_bytes(self) -> int | None:
        """Bytes to download, None where a size is not known."""
        return total(self.files)

    @property
    def size(self) -> str:
        """The size for people: "338 MB", or "unknown size (medium: up to 1.0 GB)"."""
        if self.size_bytes is not None:
            return in_units(self.size_bytes)
        return f"unknown size ({self.dataset.tier}: up to {in_units(TIERS[self.dataset.tier])})"

    @property
    def is_large(self) -> bool:
        """Whether the download is over ASK_ABOVE, or may be where its size is not known."""
        if self.size_bytes is None:
            return self.dataset.tier in ("medium", "large")
        return self.size_bytes > ASK_ABOVE

    def limit(self, file: File) -> int:
        """The most bytes that a source may send for one of the files."""
        return TIERS[self.dataset.tier] if file.bytes is None else file.bytes


def total(files: tuple[File, ...]) -> int | None:
    """Sum of the sizes, None if one is not known."""
    return None if any(file.bytes is None for file in files) else sum(file.bytes for file in files)


def in_units(size: int) -> str:
    """A size in bytes for people: "0.2 MB", "338 MB", "6.4 GB", "148 GB"; a megabyte is 10^6 bytes."""
    unit, number = ("GB", size / 1e9) if size >= 1e9 else ("MB", size / 1e6)
    return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint for a mistyped name, " Did you mean 'mnist'?", or ""; case does not count."""
    near = difflib.get_close_matches(str(name).lower(), known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


@functools.cache
def registry() -> dict[str, Dataset]:
    """Every dataset the course knows, by name."""
    tables = tomllib.loads(Path(__file__).with_name("datasets.toml").read_text("utf-8"))
    return {name: _dataset(name, table) for name, table in tables.items()}


def _dataset(name: str, table: dict) -> Dataset:
    files = tuple(File(**{**file, "alternates": tuple(file.get("alternates", ()))}) for file in table.pop("files", []))
    return Dataset(name=name, modalities=tuple(table.pop("modalities")), files=files, **table)


def dataset(name: str) -> Dataset:
    """The dataset of "name" or "name/part"; ValueError for an unknown name, with the nearest known ones."""
    name = str(name).partition("/")[0]
    known = registry()
    if name not in known:
        raise ValueError(f"unknown dataset {name!r}.{nearest(name, known)} Known datasets: {', '.join(sorted(known))}.")
    return known[name]


def select(name: str) -> Selection:
    """The files of "name" or "name/part".

    Raises ValueError for an unknown name or part, a dataset in parts without one, and a dataset without files to fetch:
    embedded, or to be had by a manual step only, which the message says.
    """
    found, part = dataset(name), str(name).partition("/")[2]
    if found.embedded:
        raise ValueError(f"dataset {found.name!r} comes with the course or its libraries: it has no files to fetch.")
    if part not in (found.parts or ("",)):
        raise ValueError(_which_part(found, part))
    if not found.files:
        raise ValueError(f"dataset {found.name!r} cannot be fetched by a program. {found.manual}")
    return Selection(found, part, tuple(file for file in found.files if file.part == part))


def selections(found: Dataset) -> list[Selection]:
    """What can be fetched of a dataset: itself, or each of its parts; [] where nothing is to be fetched."""
    if not found.files:
        return []
    return [select(f"{found.name}/{part}" if part else found.name) for part in found.parts or ("",)]


def _which_part(found: Dataset, part: str) -> str:
    has = f"has no part {part!r}" if part else "comes in parts"
    if not found.parts:
        return f"dataset {found.name!r} {has}: it is fetched as a whole. {found.manual}".strip()
    parts = ", ".join(f"{selection.name} ({selection.size})" for selection in selections(found))
    return f"dataset {found.name!r} {has}; choose one of: {parts}. {found.manual}".strip()
