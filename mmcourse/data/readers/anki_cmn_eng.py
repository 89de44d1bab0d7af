"""English-Chinese sentence pairs of Tatoeba, in the form made for Anki flash cards."""

from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged, lines
from mmcourse.data.readers.splits import split_of

FILE = "cmn.txt"


def table(folder: Path, split: str) -> dict:
    """Columns of n pairs, in the order of the file.

    en, zh: lists of n str, a sentence and its translation, in simplified or traditional characters; attribution: list
    of n str, the authors of both, whom the license (CC BY 2.0) asks to name.
    There is no official split. Many sentences have several translations, so pairs that share an English or a Chinese
    sentence, also by way of other pairs, form a group that stays together (23,050 groups, the largest of 16 pairs): no
    English and no Chinese sentence is in two splits. The SHA-256 of the smallest English sentence of a group, in the
    order of code points, modulo 10 decides: 8 validates, 9 tests, the rest trains (21,215, 2,544 and 2,629 pairs).
    Sentences that differ in one word or sign are still in different splits. The file begins with the shortest ones, so
    a `limit` keeps sentences of a word or two. Raises ValueError for a line without these three fields.
    """
    rows = [line.split("\t") for line in lines(folder, FILE)]
    wrong = [(number, row) for number, row in enumerate(rows, 1) if len(row) != 3 or not all(row)]
    if wrong or not rows:
        raise damaged(
            folder, FILE, f"expected English, Chinese, attribution between tabs, got (line, fields) {wrong[:1]}"
        )
    english, chinese, attribution = zip(*rows, strict=True)
    chosen = [row for row, own in enumerate(_splits(english, chinese)) if own == split]
    columns = {"en": english, "zh": chinese, "attribution": attribution}
    return {name: [values[row] for row in chosen] for name, values in columns.items()}


def _splits(english: tuple[str, ...], chinese: tuple[str, ...]) -> list[str]:
    """The split of each pair: that of its group."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left = np.unique(english, return_inverse=True)[1]  # (n,) the number of each English sentence
    right = np.unique(chinese, return_inverse=True)[1] + left.max() + 1  # (n,) Chinese ones are numbered after those
    sentences = right.max() + 1
    edges = coo_array((np.ones(len(left)), (left, right)), shape=(sentences, sentences))
    groups = connected_components(edges, directed=False)[1][left].tolist()  # (n,)
    smallest: dict[int, str] = {}
    for group, sentence in zip(groups, english, strict=True):
        smallest[group] = min(sentence, smallest.get(group, sentence))
    return [split_of(smallest[group]) for group in groups]


READERS = {
    "anki_cmn_eng": Reader(
        dict.fromkeys(("train", "validation", "test"), "anki_cmn_eng"),
        table,
        ("en", "zh", "attribution"),
        key=("en", "zh"),
    )
}
