"""Text files of a dataset as lines and as rows of fields, and the error for a file that is not as it should be."""

import csv
import gzip
import zlib
from pathlib import Path


def damaged(folder: Path, name: str, problem: str) -> ValueError:
    """The error for the file `name` below the folder of a dataset: what is wrong with it, and what to do."""
    advice = "Put the right files there" if folder.name == "by-hand" else f"Delete {folder} and fetch the dataset again"
    return ValueError(f"{folder / name}: {problem}. {advice}.")


def lines(folder: Path, name: str, encoding: str = "utf-8") -> list[str]:
    r"""The lines of the file `name` below the folder of a dataset, without their "\n"; a .gz file is unpacked.

    Only "\n" ends a line: `str.splitlines` would also split at U+0085 or U+2028, which stand inside of sentences.
    Raises ValueError for a file that is missing or holds other bytes than text.
    """
    path = folder / name
    if not path.is_file():
        raise damaged(folder, name, "the file is missing")
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding=encoding, newline="\n") as file:
            return [line.removesuffix("\n") for line in file]
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise damaged(folder, name, f"expected text in {encoding}, but {error}") from error


def records(folder: Path, name: str, header: list[str]) -> list[list[str]]:
    """The rows of a CSV file below its header.

    Raises ValueError for a file that is missing or has another header or number of fields.
    """
    found, *rows = fields(folder, name, len(header)) or [[]]
    if found != header:
        raise damaged(folder, name, f"expected the header {','.join(header)}, got {','.join(found)}")
    return rows


def fields(folder: Path, name: str, count: int) -> list[list[str]]:
    """The rows of a CSV file without a header; ValueError for a file that is missing or a row of other than `count`."""
    try:
        rows = list(csv.reader((f"{line}\n" for line in lines(folder, name)), strict=True))
    except csv.Error as error:
        raise damaged(folder, name, f"expected rows of {count} fields, but {error}") from error
    for number, row in enumerate(rows, 1):
        if len(row) != count:
            raise damaged(folder, name, f"expected {count} fields in every row, got {len(row)} in row {number}, {row}")
    return rows
