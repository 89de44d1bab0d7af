"""Scores of a text by the runs of words, n-grams, that it shares with texts of people: BLEU and CIDEr-D."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from mmcourse import shapes
from mmcourse.metrics import _texts


def ngram_counts(words: Sequence[str], n: int) -> Counter:
    """Words -> {run of n words: how often it stands in them}; the sum is len(words) - n + 1, never below 0."""
    return Counter(tuple(words[start : start + n]) for start in range(len(words) - shapes.whole(n, "n") + 1))


def bleu(references: Sequence[Sequence[str]], candidates: Sequence[str], max_n: int = 4) -> float:
    """One list of reference texts a candidate, candidates (B,) -> 0 to 1: BLEU of the corpus, not smoothed.

    Texts are split at white space. The geometric mean of the precisions of n-grams, n = 1 to `max_n`, counted over all
    candidates, times a penalty where these are shorter than the references. 0 where some n-gram precision is 0 or 0 / 0
    (no candidate has n words); an empty candidate lowers the penalty alone. Raises ValueError for no candidates,
    unequal numbers, a missing or empty reference, and max_n below 1.
    Source: Papineni et al. 2002; equal to sacrebleu without smoothing and tokenizing.
    """
    references, candidates = _texts.several(references, candidates)
    hits, totals = np.zeros(shapes.whole(max_n, "max_n")), np.zeros(max_n)
    said = meant = 0  # words of the candidates, of the references closest in length
    for texts, words in zip(references, candidates, strict=True):
        said += len(words)
        meant += min((abs(len(text) - len(words)), len(text)) for text in texts)[1]  # of two as close, the shorter
        for n in range(1, max_n + 1):
            counts, most = ngram_counts(words, n), Counter()
            for text in texts:
                most |= ngram_counts(text, n)  # the most in any one reference
            hits[n - 1] += (counts & most).total()  # clipped: no run counts more often than there
            totals[n - 1] += counts.total()
    if not hits.all():
        return 0.0
    penalty = min(1.0, math.exp(1 - meant / said))
    return float(penalty * np.exp(np.mean(np.log(hits / totals))))


def cider_each(references: Sequence[Sequence[str]], candidates: Sequence[str], max_n: int = 4, sigma: float = 6.0):
    """One list of reference texts a candidate, candidates (B,) -> (B,) from 0 to 10: CIDEr-D of each.

    n-grams count by log(B / pictures whose references have them), so what is said of every picture counts 0, and with a
    single picture everything does: the score is 0. The mean over references and n of clipped cosines, times a Gaussian
    of the difference in length, of width `sigma` words, times 10. An empty candidate gets 0. Raises ValueError as
    `bleu`, and for a sigma that is not above 0.
    Source: Vedantam et al. 2015 (CIDEr-D), with plain counts for term frequencies as in their code (pycocoevalcap).
    """
    references, candidates = _texts.several(references, candidates)
    if not sigma > 0:
        raise ValueError(f"sigma is {sigma!r}; give a number of words above 0, 6 is usual.")
    orders = range(1, shapes.whole(max_n, "max_n") + 1)
    seen = Counter(run for texts in references for run in {run for words in texts for run in _runs(words, orders)})
    weight = {run: math.log(len(candidates) / count) for run, count in seen.items()}
    scores = []
    for texts, words in zip(references, candidates, strict=True):
        found = []
        for text in texts:
            near = math.exp(-((len(words) - len(text)) ** 2) / (2 * sigma**2))
            rare = math.log(len(candidates))  # weight of a run that no reference has
            found.append(near * np.mean([_cosine(words, text, n, weight, rare) for n in orders]))
        scores.append(10 * np.mean(found))
    return np.array(scores)


def cider(references: Sequence[Sequence[str]], candidates: Sequence[str], max_n: int = 4, sigma: float = 6.0) -> float:
    """The mean of `cider_each`, from 0 to 10; arguments, errors and source as there."""
    return float(cider_each(references, candidates, max_n, sigma).mean())


def _runs(words: list[str], orders: range) -> Counter:
    return sum((ngram_counts(words, n) for n in orders), Counter())


def _cosine(words: list[str], text: list[str], n: int, weight: dict, rare: float) -> float:
    """Clipped cosine of the weighted n-grams of a candidate and a reference; 0 where either has no length."""
    said, meant = (
        {run: count * weight.get(run, rare) for run, count in ngram_counts(one, n).items()} for one in (words, text)
    )
    product = sum(min(said[run], meant[run]) * meant[run] for run in said.keys() & meant.keys())
    length = math.hypot(*said.values()) * math.hypot(*meant.values())
    return product / length if length else 0.0
