"""An approximate search index: vectors sorted into cells, of which a query looks into a few (an inverted file).

A cell is all that is nearest to one of C centers, which k-means finds once. Source: Sivic and Zisserman 2003, for
words of pictures; in this form, with exact scores inside the cells, it is IndexIVFFlat of the library faiss.
"""

import numpy as np

from mmcourse import shapes
from mmcourse.search_index import BLOCK, SearchIndex, unit_rows


def inverted_search_numpy(queries: np.ndarray, vectors: np.ndarray, centers: np.ndarray, looks: int, k: int):
    """queries (q, D), vectors (n, D), centers (C, D), of length 1 -> places (q, k) of the best in `looks` cells.

    -1 where the cells have fewer than k. It sorts the vectors into cells anew; `InvertedFile` does that once.
    """
    cell = (vectors @ centers.T).argmax(axis=1)  # (n,), the nearest center
    near = np.argsort(-(queries @ centers.T), axis=1, kind="stable")[:, :looks]  # (q, looks)
    places = np.full((len(queries), k), -1)
    for row, query, cells in zip(places, queries, near, strict=True):
        among = np.flatnonzero(np.isin(cell, cells))  # all that the query is compared with
        best = among[np.argsort(-(vectors[among] @ query), kind="stable")[:k]]
        row[: len(best)] = best
    return places


class InvertedFile:
    """The vectors of a `SearchIndex`, sorted once into cells around centers (C, D).

    Raises ValueError for centers of another width, or none.
    """

    def __init__(self, index: SearchIndex, centers: np.ndarray):
        if not shapes.check(centers, "C D", "centers", D=index.vectors.shape[1])[0]:
            raise ValueError("There are no centers; give at least one.")
        self.index, self.centers = index, unit_rows(centers)
        step = max(1, BLOCK // len(centers))
        blocks = [index.vectors[start : start + step] for start in range(0, len(index.vectors), step)]
        cell = np.concatenate([(block @ self.centers.T).argmax(axis=1) for block in blocks])  # (n,)
        order, bounds = np.argsort(cell, kind="stable"), np.cumsum(np.bincount(cell, minlength=len(centers)))
        self.cells = np.split(order, bounds[:-1])  # C arrays of places
        self.sorted = [index.vectors[places] for places in self.cells]

    @classmethod
    def build(cls, index: SearchIndex, cells: int, seed: int = 0) -> "InvertedFile":
        """Centers by scikit-learn's k-means. Raises ValueError for more cells than vectors, or fewer than one."""
        from sklearn.cluster import MiniBatchKMeans

        if shapes.whole(cells, "cells") > len(index.vectors):
            raise ValueError(f"cells is {cells}, but there are {len(index.vectors)} vectors: choose fewer.")
        means = MiniBatchKMeans(cells, n_init=1, random_state=seed, batch_size=4096).fit(index.vectors)
        return cls(index, means.cluster_centers_)

    def search(self, queries: np.ndarray, k: int = 10, looks: int = 1) -> tuple[np.ndarray, int]:
        """queries (q, D) -> places (q, k), the best first, -1 where the cells hold fewer, and how many were compared.

        A query is compared with the vectors of its `looks` nearest cells; the number counts them over all queries,
        not the centers. Raises ValueError for queries of another width, for none, and for k or looks out of range.
        """
        shapes.check(queries, "q D", "queries", D=self.centers.shape[1])
        if not len(queries) or shapes.whole(k, "k") > len(self.index.names):
            raise ValueError(f"There are {len(queries)} queries, k is {k}: give a query, k up to the number of items.")
        if shapes.whole(looks, "looks") > len(self.centers):
            raise ValueError(f"looks is {looks}, but there are {len(self.centers)} cells.")
        queries = unit_rows(queries)
        near = np.argsort(-(queries @ self.centers.T), axis=1, kind="stable")[:, :looks]  # (q, looks)
        places, compared = np.full((len(queries), k), -1), 0
        for row, query, cells in zip(places, queries, near, strict=True):
            scores = np.concatenate([self.sorted[cell] @ query for cell in cells])
            among = np.concatenate([self.cells[cell] for cell in cells])
            best = among[np.lexsort((among, -scores))[:k]]
            row[: len(best)], compared = best, compared + len(among)
        return places, compared
