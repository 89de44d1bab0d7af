"""A search index: the vectors of many items, computed once, kept in one file, and asked again and again.

Exact: the query is compared with every item. For millions of items an approximate index of a library (faiss, hnswlib)
is faster; how much it misses is its recall against this one.
"""

import os
import zipfile
from pathlib import Path

import numpy as np

from mmcourse import shapes

BLOCK = 1 << 26  # numbers that are compared at a time: 256 MB of scores


class SearchIndex:
    """Vectors (n, D) and the names (n,) of their items; the score of a query is its cosine with the item's vector.

    Vectors are kept as float32 of length 1. Raises ValueError for no vector, one of length 0 or with a NaN, another
    number of names, and a name that occurs twice.
    """

    def __init__(self, vectors: np.ndarray, names: list[str]):
        count, _ = shapes.check(vectors, "n D", "vectors")
        if not count or len(names) != count:
            raise ValueError(f"There are {count} vectors and {len(names)} names; give one name each, at least one.")
        if len(set(names)) != count:
            raise ValueError("A name occurs twice: what is found could not be told apart.")
        self.vectors, self.names = unit_rows(vectors), np.array(names, str)

    def search(self, queries: np.ndarray, k: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """queries (q, D) -> places (q, k) of the best items, the best first, and their scores (q, k), -1 to 1.

        Of equal scores the first item comes first. `names[places]` are the names. Raises ValueError for queries of
        another width, of length 0 or none, and for a k below 1 or above the number of items.
        """
        shapes.check(queries, "q D", "queries", D=self.vectors.shape[1])
        if not len(queries):
            raise ValueError("There are no queries; give at least one.")
        if shapes.whole(k, "k") > len(self.names):
            raise ValueError(f"k is {k}, but there are {len(self.names)} items in the index.")
        step, queries = max(1, BLOCK // len(self.names)), unit_rows(queries)
        found = [_best(queries[start : start + step] @ self.vectors.T, k) for start in range(0, len(queries), step)]
        return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))

    def save(self, path: str | Path) -> None:
        """Write one file `.npz`: whole or not at all."""
        path = Path(path)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                np.savez(file, vectors=self.vectors, names=self.names)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: str | Path) -> "SearchIndex":
        """Read what `save` wrote. Raises FileNotFoundError, and ValueError for a file that is no index."""
        try:
            with np.load(path, allow_pickle=False) as file:
                return cls(file["vectors"], list(file["names"]))
        except (KeyError, EOFError, zipfile.BadZipFile, ValueError) as error:
            raise ValueError(f"{Path(path).name} is no search index: {error}. Build it again and save it.") from error


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """(n, D) -> float32 (n, D), each row divided by its length. Raises ValueError for a length of 0 and for a NaN."""
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.all(np.isfinite(lengths) & (lengths > 0)):
        row = int(np.argmin(np.isfinite(lengths) & (lengths > 0)))
        raise ValueError(f"Vector {row} has length {float(lengths[row, 0])}: a cosine needs a length above 0.")
    return vectors / lengths


def recall_against(exact: np.ndarray, approximate: np.ndarray) -> float:
    """Places (q, k) found by both -> the share of the exact k, 0 to 1, that the approximate search found too.

    Raises ValueError for other shapes, and for none.
    """
    shapes.check(exact, "q k", "exact")
    if np.shape(approximate) != np.shape(exact) or not np.size(exact):
        given = f"exact has shape {np.shape(exact)}, approximate {np.shape(approximate)}"
        raise ValueError(f"{given}: give places of the same shape (q, k).")
    return float(np.mean([np.isin(one, other).mean() for one, other in zip(exact, approximate, strict=True)]))


def _best(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """scores (q, n) -> places and scores (q, k) of the largest, in order."""
    least = -np.partition(-scores, k - 1, axis=1)[:, k - 1]  # (q,), the k-th largest
    places = np.array([_in_order(row, bound, k) for row, bound in zip(scores, least, strict=True)])
    return places, np.take_along_axis(scores, places, 1)


def _in_order(row: np.ndarray, least: float, k: int) -> np.ndarray:
    """The first k of those that score at least `least`, the best first, of equals the first."""
    among = np.flatnonzero(row >= least)
    return among[np.argsort(-row[among], kind="stable")][:k]
