"""Embeddings: vectors for words, characters, pictures and sounds, by looking up, by counting and by factorizing.

`embedding_numpy` is what `keras.layers.Embedding` does; a test holds them equal. Nothing here is trained.
"""

from collections.abc import Sequence

import numpy as np

from mmcourse import shapes


def one_hot_numpy(ids: np.ndarray, size: int) -> np.ndarray:
    """ids (…), whole numbers from 0 to V - 1 -> (…, V) float32: a 1 at the place of the id, 0 elsewhere.

    Raises ValueError for ids that are no whole numbers or lie outside 0 to `size` - 1 = V - 1, and a size below 1.
    """
    _check_positive(size, "size", "how many ids there are")
    ids = _check_ids(ids, size)
    return (ids[..., None] == np.arange(size)).astype(np.float32)


def embedding_numpy(ids: np.ndarray, table: np.ndarray) -> np.ndarray:
    """ids (…), table (V, D) -> (…, D): row `id` of the table for each id, equal to `one_hot_numpy(ids, V) @ table`.

    Raises ValueError for ids that are no whole numbers or lie outside 0 to V - 1. Source: Bengio et al. 2003, the
    table C.
    """
    size, _ = shapes.check(table, "V D", "table")
    return np.asarray(table)[_check_ids(ids, size)]


def cooccurrence(sentences: Sequence[Sequence[str]], vocabulary: Sequence[str], window: int) -> np.ndarray:
    """Sentences of tokens -> (V, V) float64: how often the second token stands within `window` places of the first.

    Both directions are counted, so the table is symmetric. A token outside the vocabulary is not counted but keeps its
    place. A sentence may be a str: then its characters are the tokens.
    Raises ValueError for one string instead of sentences, an empty or repeating vocabulary, and a window below 1.
    """
    if isinstance(sentences, str):
        raise ValueError("sentences is one string; give a list of sentences, for one sentence a list of one.")
    number = _numbered(vocabulary)
    _check_positive(window, "window", "how many places on each side count")
    gap = [-1] * window  # between two sentences nobody is near
    ids = np.array([n for words in sentences for n in [*(number.get(word, -1) for word in words), *gap]], int)
    size = len(number)
    counts = np.zeros((size, size))
    for distance in range(1, window + 1):
        first, second = ids[:-distance], ids[distance:]
        known = (first >= 0) & (second >= 0)
        pairs = np.bincount(first[known] * size + second[known], minlength=size * size)
        counts += pairs.reshape(size, size)
    return counts + counts.T


def ppmi_numpy(counts: np.ndarray) -> np.ndarray:
    """counts (V, C) of tokens with contexts -> (V, C): max(0, log2 of observed over expected), in bits.

    Expected is what independent rows and columns would give: row sum x column sum / total. A count of 0 gives 0.
    Raises ValueError for counts that are negative, not finite or all 0.
    Source: Church and Hanks 1990, the mutual information of two words; negative values to 0: Bullinaria and Levy 2007.
    """
    counts = _check_finite(counts, "V C", "counts")
    if (counts < 0).any() or not counts.any():
        raise ValueError("counts has negative entries or only zeros; give how often each pair was seen.")
    expected = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / counts.sum()  # (V, C)
    ratio = np.divide(counts, expected, out=np.ones_like(counts), where=counts > 0)  # (V, C)
    return np.maximum(0, np.log2(ratio))


def svd_vectors(matrix: np.ndarray, dim: int) -> np.ndarray:
    """matrix (V, C) -> (V, dim): the coordinates U S of its rows along the `dim` largest singular directions.

    Their inner products are the best that `dim` numbers a row can do for those of the rows (Deerwester et al. 1990).
    The sign of a direction is arbitrary; here its largest coordinate is positive.
    Raises ValueError for entries that are not finite or all 0, and for a `dim` that is not below both V and C.
    """
    from scipy.sparse.linalg import svds

    matrix = _check_finite(matrix, "V C", "matrix")
    _check_positive(dim, "dim", "the width of the vectors")
    smaller = min(matrix.shape)
    if dim >= smaller:
        raise ValueError(f"dim is {dim}, the matrix has shape {matrix.shape}: choose dim below {smaller}.")
    if not matrix.any():
        raise ValueError("matrix has only zeros: there is no direction to find.")
    left, values, _ = svds(matrix, k=dim, v0=np.random.RandomState(0).rand(smaller))  # (V, dim), ascending (dim,)
    vectors = (left * values)[:, np.argsort(-values)]
    largest = vectors[np.abs(vectors).argmax(0), np.arange(dim)]
    return vectors * np.where(largest < 0, -1, 1)


def cosines(vectors: np.ndarray) -> np.ndarray:
    """vectors (n, D) -> (n, n): the cosine of the angle between each two, from -1 to 1; 0 where a vector is zero.

    Raises ValueError for entries that are not finite.
    """
    unit = _unit(vectors)
    return unit @ unit.T


def nearest(vectors: np.ndarray, query: int, k: int) -> np.ndarray:
    """vectors (n, D), row number `query` -> (k,) row numbers of its neighbors by cosine, nearest first, without itself.

    Equal cosines keep the order of the rows. Raises ValueError for a query that is not one number from 0 to n - 1, a k
    outside 1 to n - 1, a zero vector as the query (it has no direction), and entries that are not finite.
    """
    unit = _unit(vectors)
    if np.ndim(query):
        raise ValueError(f"query has shape {np.shape(query)}, expected one row number; ask for one row at a time.")
    cosine = unit @ unit[_check_ids(query, len(unit))]  # (n,)
    _check_positive(k, "k", "how many neighbors you want")
    if k >= len(cosine):
        raise ValueError(f"k is {k}, but row {query} has only {len(cosine) - 1} others.")
    if not unit[query].any():
        raise ValueError(f"Row {query} is a zero vector: it points nowhere and has no neighbors by cosine.")
    cosine[query] = -np.inf
    return np.argsort(-cosine, kind="stable")[:k]


def neighbor_accuracy(vectors: np.ndarray, labels: Sequence, skip: np.ndarray | None = None) -> float:
    """vectors (n, D), labels (n,) -> share, 0 to 1, of rows whose nearest neighbor by cosine has the same label.

    A row is no neighbor of itself, nor of the rows that `skip` (n, n), bool, marks for it. Of equal cosines the first
    row counts; a zero vector has cosine 0 to all.
    Raises ValueError for one vector alone, other numbers of labels, and a row for which all others are skipped.
    """
    labels, allowed = _check_labels(labels, skip)
    shapes.check(vectors, "n D", "vectors", n=len(labels))
    cosine = np.where(allowed, cosines(vectors), -np.inf)
    return float(np.mean(labels[cosine.argmax(1)] == labels))


def neighbor_chance(labels: Sequence, skip: np.ndarray | None = None) -> float:
    """labels (n,) -> the `neighbor_accuracy` to expect if each row's neighbor is drawn at random; same errors."""
    labels, allowed = _check_labels(labels, skip)
    return float(np.mean((allowed & (labels[:, None] == labels)).sum(1) / allowed.sum(1)))


def project(vectors: np.ndarray) -> tuple[np.ndarray, float]:
    """vectors (n, D) -> (n, 2), share: their two principal components, and the share of the variance these keep.

    Raises ValueError for fewer than 3 vectors or dimensions, entries that are not finite, and vectors all equal.
    """
    vectors = _check_finite(vectors, "n D", "vectors")
    if min(vectors.shape) < 3:
        raise ValueError(f"vectors has shape {vectors.shape}; a projection needs at least 3 vectors of width 3.")
    centered = vectors - vectors.mean(0)
    total = np.square(centered).sum()
    if total <= 1e-24 * np.square(vectors).sum():  # no more than rounding
        raise ValueError("All vectors are equal: there is no direction in which they differ.")
    plane = svd_vectors(centered, 2)  # (n, 2)
    return plane, float(np.square(plane).sum() / total)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Each row at length 1; a zero row stays zero."""
    vectors = _check_finite(vectors, "n D", "vectors")
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)


def _check_ids(ids, size: int) -> np.ndarray:
    ids = np.asarray(ids)
    if not ids.size:  # an empty list is an array of floats
        ids = ids.astype(int)
    if not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(f"ids are {ids.dtype}, expected whole numbers: an id is the name of a row, not a quantity.")
    if ids.size and (ids.min() < 0 or ids.max() >= size):
        raise ValueError(
            f"ids run from {ids.min()} to {ids.max()}, expected 0 to {size - 1}: the table has {size} rows."
        )
    return ids


def _check_finite(array, axes: str, name: str) -> np.ndarray:
    if hasattr(array, "toarray"):
        raise ValueError(f"{name} is a sparse matrix; give {name}.toarray().")
    array = np.asarray(array, np.float64)
    if 0 in shapes.check(array, axes, name):
        raise ValueError(f"{name} has shape {array.shape}: it is empty.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has entries that are not finite (NaN or infinity): find where they come from.")
    return array


def _check_labels(labels: Sequence, skip: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Labels (n,) as an array, and which pairs (n, n) may be neighbors."""
    labels = np.asarray(labels)
    (count,) = shapes.check(labels, "n", "labels")
    allowed = ~np.eye(count, dtype=bool)
    if skip is not None:
        shapes.check(skip, "n n", "skip", n=count)
        allowed &= ~np.asarray(skip, bool)
    if not count or not allowed.any(1).all():
        raise ValueError(f"Of {count} rows, {(~allowed.any(1)).sum()} have no other row as a possible neighbor.")
    return labels, allowed


def _check_positive(number: int, name: str, meaning: str) -> None:
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 1:
        raise ValueError(f"{name} is {number!r}; give a positive whole number: {meaning}.")


def _numbered(vocabulary: Sequence[str]) -> dict[str, int]:
    number = {token: n for n, token in enumerate(vocabulary)}
    if not number or len(number) < len(vocabulary):
        raise ValueError(
            f"The vocabulary has {len(vocabulary)} tokens, {len(number)} of them different: list each once."
        )
    return number
