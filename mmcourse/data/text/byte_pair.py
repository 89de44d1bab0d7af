"""Byte-pair encoding: tokens are bytes, and the pairs of tokens that were commonest in the training texts.

Sources: Sennrich, Haddow, Birch 2016, section 3.2 and algorithm 1; on bytes in place of characters, and never across
words, as in GPT-2 (Radford and others 2019, section 2.2).
"""

import heapq
import itertools
import re
from collections import Counter, defaultdict
from typing import Self

from mmcourse.data.text.vocabulary import FIRST, REPLACEMENT, UNKNOWN, Vocabulary

Pair = tuple[bytes, bytes]
# A run of letters, of digits, of signs, each with one space before it; white space. Every character is in one of them.
PATTERN = r" ?[^\W\d_]+| ?\d+| ?(?:[^\w\s]|_)+|\s+(?!\S)|\s+"
CACHE = 2**16  # words whose ids are kept
_WORDS = re.compile(PATTERN)


def pair_counts(words: dict[tuple, int]) -> Counter:
    """How often two symbols stand side by side, from {word as a tuple of symbols: how often the word occurs}."""
    counts = Counter()
    for symbols, count in words.items():
        for pair in itertools.pairwise(symbols):
            counts[pair] += count
    return counts


def merge(symbols: tuple, pair: tuple) -> tuple:
    """The symbols of a word, where the two of `pair` stand side by side joined to one, from left to right."""
    merged, place = [], 0
    while place < len(symbols):
        size = 2 if symbols[place : place + 2] == pair else 1
        merged.append(pair[0] + pair[1] if size == 2 else symbols[place])
        place += size
    return tuple(merged)


def learn_merges(words: dict[tuple, int], count: int) -> list[tuple]:
    """At most `count` pairs to merge, in order: each time the commonest, of equally common ones the smallest.

    It ends early where no pair occurs twice. The same as `pair_counts` and `merge` in turn, but a step counts anew only
    the words that it changes.
    """
    texts, times = list(words), list(words.values())
    counts, places = pair_counts(words), defaultdict(set)
    for number, symbols in enumerate(texts):
        for pair in itertools.pairwise(symbols):
            places[pair].add(number)
    heap = [(-number, pair) for pair, number in counts.items()]
    heapq.heapify(heap)
    merges = []
    while heap and heap[0][0] <= -2 and len(merges) < count:
        number, best = heapq.heappop(heap)
        if -number == counts[best]:  # else it is out of date
            merges.append(best)
            for pair in _apply(best, texts, times, counts, places):
                heapq.heappush(heap, (-counts[pair], pair))
    return merges


def _apply(best: tuple, texts: list, times: list[int], counts: Counter, places: dict) -> set:
    """Merge `best` in every word that has it; returns the pairs whose counts have changed."""
    changed = set()
    for number in places.pop(best):
        before, after = texts[number], merge(texts[number], best)
        texts[number] = after
        for pair in itertools.pairwise(before):
            counts[pair] -= times[number]
            changed.add(pair)
        for pair in itertools.pairwise(after):
            counts[pair] += times[number]
            changed.add(pair)
            places[pair].add(number)
    return changed


def pretokens(text: str) -> list[str]:
    """The stretches of a text, by PATTERN, that no merge crosses; together they are the text."""
    return _WORDS.findall(text)


def byte_symbols(word: str) -> tuple[bytes, ...]:
    """The UTF-8 bytes of a word, each as a bytes object of length 1."""
    return tuple(bytes([byte]) for byte in word.encode())


class BytePairVocabulary(Vocabulary):
    """The 256 bytes, ids 4 to 259, and merged pairs, from id 260 on: it has every text, and no UNKNOWN.

    `decode(encode(text)) == text` for every text; ids that end within a character decode to U+FFFD. Texts are not
    normalized. `merges` are the pairs of bytes in the order in which they were learned.
    """

    kind = "byte pairs"
    smallest = FIRST + 256

    def __init__(self):
        super().__init__()
        self.merges: list[Pair] = []
        self._ranks: dict[Pair, int] = {}
        self._known: dict[str, list[int]] = {}

    def _learn(self, texts: list[str], size: int) -> list[bytes]:
        counts = Counter(word for text in texts for word in pretokens(text))
        words = {byte_symbols(word): count for word, count in counts.items()}
        return self._set_merges(learn_merges(words, size - self.smallest))

    def _set_merges(self, merges: list[Pair]) -> list[bytes]:
        self.merges = merges
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        return [bytes([byte]) for byte in range(256)] + [left + right for left, right in merges]

    def _encode(self, text: str) -> list[int]:
        ids = []
        for word in pretokens(text):
            if word not in self._known:
                if len(self._known) >= CACHE:
                    self._known.clear()
                self._known[word] = [self._ids[symbol] for symbol in self._merged(word)]
            ids += self._known[word]
        return ids

    def _merged(self, word: str) -> tuple[bytes, ...]:
        """The symbols of a word after all merges, the one learned first before the others."""
        symbols = byte_symbols(word)
        while len(symbols) > 1:
            pairs = itertools.pairwise(symbols)
            best = min(pairs, key=lambda pair: self._ranks.get(pair, len(self.merges)))
            if best not in self._ranks:
                break
            symbols = merge(symbols, best)
        return symbols

    def _join(self, tokens: list[bytes]) -> str:
        return b"".join(tokens).decode(errors="replace")

    def _token(self, number: int) -> bytes:
        return REPLACEMENT.encode() if number == UNKNOWN else self._tokens[number - FIRST]

    def _content(self) -> dict:
        return {"merges": [[left.hex(), right.hex()] for left, right in self.merges]}

    @classmethod
    def _from_content(cls, content: dict) -> Self:
        merges = [(bytes.fromhex(left), bytes.fromhex(right)) for left, right in content["merges"]]
        made = {bytes([byte]) for byte in range(256)}
        for left, right in merges:
            if left not in made or right not in made:
                raise ValueError(f"a merge joins {left!r} and {right!r}, of which one does not exist at that point")
            if left + right in made:
                raise ValueError(f"the token {left + right!r} is made twice")
            made.add(left + right)
        vocabulary = cls()
        vocabulary._set(vocabulary._set_merges(merges))
        return vocabulary
