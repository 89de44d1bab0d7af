"""Language models that count: how often has this token followed these? No framework, no training."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np

from mmcourse.data.text import START


class NGrams:
    """Probabilities of the next token from counts of the last `order` - 1 tokens, smoothed by Witten and Bell's rule.

    Let c(h, w) be how often w follows the context h, c(h) the sum over w, d(h) the number of different w, and h' the
    context without its first token. Then p(w | h) = (c(h, w) + d(h) p(w | h')) / (c(h) + d(h)): a context that has met
    many different tokens expects new ones. A context never met passes on to h', and order 0 is uniform, 1 / V.
    Source: Witten and Bell 1991 (method C); Chen and Goodman 1999.
    """

    def __init__(self, order: int, vocab_size: int):
        """Raises ValueError for a negative order or no tokens."""
        if order < 0 or vocab_size < 1:
            raise ValueError(f"order is {order!r} and vocab_size {vocab_size!r}; give 0 up, and 1 up.")
        self.order, self.vocab_size = order, vocab_size
        self._after: dict[tuple, Counter] = {}  # context -> how often each token has followed it

    def fit(self, rows: Iterable[Sequence[int]]) -> Self:
        """Count rows of ids, each START … END; returns itself. Raises ValueError for an id that is not below V."""
        for row in rows:
            row = self._checked(row)
            for place in range(1, len(row)):
                for length in range(min(self.order, place + 1)):
                    self._after.setdefault(tuple(row[place - length : place]), Counter())[row[place]] += 1
        return self

    def probability(self, token: int, context: Sequence[int] = ()) -> float:
        """p(token | context), between 0 and 1; only the last `order` - 1 tokens of the context count."""
        (token,) = self._checked([token])
        return self._probability(token, self._cut(self._checked(context)))

    def probabilities(self, context: Sequence[int] = ()) -> np.ndarray:
        """(V,): the probability of every token after this context; their sum is 1."""
        context = self._cut(self._checked(context))
        return np.array([self._probability(token, context) for token in range(self.vocab_size)])

    def bits(self, rows: Iterable[Sequence[int]]) -> float:
        """Mean bits of a token over rows START … END; START is given, END counts.

        Raises ValueError where there is no token to predict.
        """
        rows = [self._checked(row) for row in rows]
        found = [self._probability(row[place], self._cut(row[:place])) for row in rows for place in range(1, len(row))]
        if not found:
            raise ValueError(f"There is no token to predict in {len(rows)} rows; give rows of ids, START … END.")
        return float(-np.log2(found).mean())

    def sample(self, length: int, random: np.random.RandomState, end: int) -> list[int]:
        """A row that begins with START; each further token is drawn from its probabilities, until `end` or `length`."""
        row = [START]
        while len(row) < length and row[-1] != end:
            row.append(int(random.choice(self.vocab_size, p=self.probabilities(row))))
        return row

    def _cut(self, context: Sequence[int]) -> tuple:
        return tuple(context[len(context) - min(len(context), max(0, self.order - 1)) :])

    def _probability(self, token: int, context: tuple) -> float:
        """From the shortest context to the longest one that has been met."""
        found = 1 / self.vocab_size
        for length in range(min(self.order, len(context) + 1)):
            after = self._after.get(context[len(context) - length :])
            if after is None:
                break
            found = (after[token] + len(after) * found) / (after.total() + len(after))
        return found

    def _checked(self, row: Sequence[int]) -> list[int]:
        ids = [int(i) for i in row]
        wrong = [i for i in ids if not 0 <= i < self.vocab_size]
        if wrong:
            raise ValueError(f"There is no token {wrong[0]}: the ids are 0 to {self.vocab_size - 1}.")
        return ids
