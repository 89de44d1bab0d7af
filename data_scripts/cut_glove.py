"""Cut GloVe 6B to the vectors that a lesson needs: some megabytes instead of 862.

    .venv/bin/python data_scripts/cut_glove.py --out glove.npz                        (the 50,000 most frequent words)
    .venv/bin/python data_scripts/cut_glove.py --out glove.npz --only my_words.txt    (those of them in a list)

Without `--source` it takes the dataset `glove_6b`; fetch it before (862 MB) with
`python -m mmcourse.data get glove_6b --allow-large`. The output is a compressed .npz with

    words    (V,)    text, most frequent first, as in GloVe's own file
    vectors  (V, D)  float16 or float32, one row a word

so `numpy.load(path)` gives both by name. GloVe 6B knows lower-case words only. float16 keeps three digits of a number.

License: GloVe's vectors are in the public domain (PDDL 1.0).
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mmcourse.data import fetch

DIMENSIONS = (50, 100, 200, 300)


def rows(path: Path, dim: int, dtype: str) -> Iterator[tuple[str, np.ndarray]]:
    """Each word with its vector (D,), one line in memory. Raises ValueError, with the line, for one that is not so."""
    with path.open("rb") as file:  # as bytes, a line ends at \n only, and not at the line ends of Unicode
        for number, line in enumerate(file, start=1):
            try:
                row = parse(line, dim, dtype)
            except ValueError as error:
                expected = f"expected a word and {dim} numbers with single spaces between; is the file cut short?"
                raise ValueError(f"{path}, line {number}: {error}; {expected}") from error
            yield row


def parse(line: bytes, dim: int, dtype: str) -> tuple[str, np.ndarray]:
    """The word and the vector (D,) of one line. Raises ValueError unless there are D finite numbers after a word."""
    word, *numbers = line.rstrip(b"\r\n").split(b" ")
    if not word or len(numbers) != dim:
        raise ValueError(f"{len(numbers)} fields after {word!r}")
    vector = np.array([float(number) for number in numbers])
    if np.abs(vector).max() > np.finfo(dtype).max or np.isnan(vector).any():
        raise ValueError(f"a number after {word!r} does not fit {dtype}")
    return word.decode(), vector.astype(dtype)


def cut(path: Path, dim: int, dtype: str, limit: int, only: set[str] | None) -> tuple[np.ndarray, np.ndarray]:
    """The first `limit` words (V,) of a file, or of those of its words that are in `only`, and their vectors (V, D)."""
    if only is not None:
        limit = min(limit, len(only))
    words, values = [], bytearray()  # grows in place: a list of small arrays would need the memory twice
    with tqdm(total=limit, unit=" words", file=sys.stdout) as bar:
        for word, vector in rows(path, dim, dtype):
            if only is None or word in only:
                words.append(word)
                values += vector.tobytes()
                bar.update()
            if len(words) == limit:
                break
    if not words:
        raise ValueError(f"None of the words is in {path}: GloVe 6B has lower-case words, one word a line in the list.")
    return np.array(words), np.frombuffer(values, dtype).reshape(-1, dim)


def read_words(path: Path) -> set[str]:
    """The words of a list, one a line. Raises ValueError for an empty list."""
    found = {line.strip() for line in path.read_text(encoding="utf-8").split("\n")} - {""}
    if not found:
        raise ValueError(f"{path} has no words: expected one word a line.")
    return found


def find_vectors(folder: Path, dim: int) -> Path:
    """The file of one dimension in a folder of GloVe 6B. Raises ValueError, which lists what is there, without it."""
    path = folder / f"glove.6B.{dim}d.txt"
    if not path.is_file():
        there = ", ".join(sorted(one.name for one in folder.glob("*.txt"))) or "no .txt file"
        raise ValueError(f"{path.name} is not in {folder} (there: {there}): unpack glove.6B.zip, give --source.")
    return path


def write(out: Path, **arrays: np.ndarray) -> None:
    """Write a compressed .npz and put it in place when it is complete."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=out.parent) as folder:
        part = Path(folder) / out.name
        with part.open("wb") as file:  # given a path, NumPy would change a name that does not end in .npz
            np.savez_compressed(file, **arrays)
        os.replace(part, out)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, write the file, and say what is in it and which words of a list it lacks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, metavar="FOLDER", help="folder of glove.6B.*.txt (default: download)")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="file to write, such as glove.npz")
    parser.add_argument("--dim", type=int, choices=DIMENSIONS, default=50, help="numbers a word (default: %(default)s)")
    parser.add_argument("--words", type=int, default=50_000, help="words at most (default: %(default)s)")
    parser.add_argument("--only", type=Path, metavar="LIST", help="take only the words of this list, one a line")
    parser.add_argument("--dtype", choices=("float16", "float32"), default="float16", help="(default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.words < 1:
        parser.error(f"--words is {options.words}, expected 1 or more")
    only = read_words(options.only) if options.only else None
    path = find_vectors(options.source or fetch.get("glove_6b"), options.dim)
    words, vectors = cut(path, options.dim, options.dtype, options.words, only)
    write(options.out, words=words, vectors=vectors)
    size = f"{len(words):,} words x {options.dim} numbers ({options.dtype}), {options.out.stat().st_size:,} bytes"
    print(f"{options.out}: {size}, from {path.name}")
    if only is not None and (missing := sorted(only.difference(words.tolist()))):
        print(f"Not in it of {options.only}: {len(missing):,}, such as {', '.join(missing[:10])}")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
