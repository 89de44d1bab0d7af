"""Scores of a text by lining its words up with those of another text: word error rate and ROUGE-L."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mmcourse.metrics import _texts


class Edits(NamedTuple):
    """How many words were replaced, left out and added; their sum is the edit distance."""

    substitutions: int
    deletions: int
    insertions: int


def edit_table(reference: Sequence[str], candidate: Sequence[str]) -> np.ndarray:
    """Words (R,), (C,) -> (R + 1, C + 1): fewest edits that make the first c words of the first r ones.

    An edit replaces, leaves out or adds one word. Row and column 0 stand for no words.
    """
    table = np.zeros((len(reference) + 1, len(candidate) + 1), np.int64)
    table[:, 0], table[0] = np.arange(len(reference) + 1), np.arange(len(candidate) + 1)
    for r, said in enumerate(reference, start=1):
        for c, heard in enumerate(candidate, start=1):
            table[r, c] = min(table[r - 1, c - 1] + (said != heard), table[r - 1, c] + 1, table[r, c - 1] + 1)
    return table


def word_edits(reference: str, candidate: str) -> Edits:
    """Two texts, split at white space -> the fewest edits that make the candidate of the reference.

    Their sum is unique; of several ways with that sum it is one with the most replacements. An empty candidate is all
    deletions. Raises ValueError for an empty reference.
    """
    (said,), (heard,) = _texts.single([reference], [candidate])
    table, (r, c) = edit_table(said, heard), (len(said), len(heard))
    found = {"substitutions": 0, "deletions": 0, "insertions": 0}
    while r or c:
        if r and c and table[r, c] == table[r - 1, c - 1] + (said[r - 1] != heard[c - 1]):
            found["substitutions"] += int(said[r - 1] != heard[c - 1])
            r, c = r - 1, c - 1
        elif r and table[r, c] == table[r - 1, c] + 1:
            found["deletions"] += 1
            r -= 1
        else:
            found["insertions"] += 1
            c -= 1
    return Edits(**found)


def word_error_rate(references: Sequence[str], candidates: Sequence[str]) -> float:
    """One reference text a candidate, (B,), (B,) -> 0 and up: edits of all texts divided by words of all references.

    Texts are split at white space. Above 1 where more words are added than there are. Empty candidates count as all
    deletions. Raises ValueError for no candidates, unequal numbers and an empty reference.
    """
    said, heard = _texts.single(references, candidates)
    edits = sum(edit_table(*pair)[-1, -1] for pair in zip(said, heard, strict=True))
    return float(edits / sum(map(len, said)))


def common_length(first: Sequence[str], second: Sequence[str]) -> int:
    """Words of the longest common subsequence of two lists: the same order in both, gaps allowed."""
    table = np.zeros((len(first) + 1, len(second) + 1), np.int64)
    for i, one in enumerate(first, start=1):
        for j, other in enumerate(second, start=1):
            table[i, j] = table[i - 1, j - 1] + 1 if one == other else max(table[i - 1, j], table[i, j - 1])
    return int(table[-1, -1])


def rouge_l(references: Sequence[Sequence[str]], candidates: Sequence[str], beta: float = 1.2) -> float:
    """One list of reference texts a candidate, candidates (B,) -> 0 to 1: the mean ROUGE-L.

    With common the longest common subsequence: precision is the largest common / candidate over the references, recall
    the largest common / reference, each with its own reference, and (1 + beta²) P R / (R + beta² P) their mean, 0 for
    nothing in common and for an empty candidate. So captions are scored (Chen et al. 2015, code in pycocoevalcap); the
    package rouge-score takes beta 1. Raises ValueError as `bleu`, and for a beta that is not above 0.
    Source: Lin 2004.
    """
    references, candidates = _texts.several(references, candidates)
    if not beta > 0:
        raise ValueError(f"beta is {beta!r}; give a number above 0: 1 weighs precision and recall alike.")
    scores = []
    for texts, words in zip(references, candidates, strict=True):
        common = [common_length(text, words) for text in texts]
        recall = max(shared / len(text) for shared, text in zip(common, texts, strict=True))
        precision = max(common) / len(words) if words else 0.0
        mean = (1 + beta**2) * precision * recall / (recall + beta**2 * precision) if max(common) else 0.0
        scores.append(mean)
    return float(np.mean(scores))
