"""Spelling correction by a noisy channel: the writer meant a word, the keyboard changed it, a language model weighs.

Words are written in the 26 small letters. The channel changes a word with a known probability, and then by one edit,
all edits of the word equally likely. Source: Kernighan, Church and Gale 1990, with a simpler channel. No framework.
"""

import re
from typing import NamedTuple

import numpy as np

from mmcourse.data.text import START, WordVocabulary, words
from mmcourse.data.text.vocabulary import FIRST
from mmcourse.nn.counting import NGrams

LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"(?<!\w)(?<!\w['’])[A-Za-z]+(?!['’]?\w)")  # whole words: no part of don't, café or b2


def one_edit(word: str) -> set[str]:
    """Every other string that one edit makes of a word.

    An edit leaves out a letter, exchanges two neighbors, replaces a letter or puts one in.
    """
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    left_out = {a + b[1:] for a, b in parts if b}
    exchanged = {a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1}
    replaced = {a + letter + b[1:] for a, b in parts if b for letter in LETTERS}
    put_in = {a + letter + b for a, b in parts for letter in LETTERS}
    return (left_out | exchanged | replaced | put_in) - {word, ""}


def misspell(word: str, random: np.random.RandomState) -> str:
    """One of the edits of a word, all equally likely."""
    return str(random.choice(sorted(one_edit(word))))


def known_words(vocabulary: WordVocabulary) -> dict[str, int]:
    """The words of a vocabulary that are written in small letters, with their ids."""
    tokens = {vocabulary.decode([number]): number for number in range(FIRST, len(vocabulary))}
    return {token: number for token, number in tokens.items() if set(token) <= set(LETTERS)}


def posterior(typed: str, before: list[int], known: dict[str, int], model: NGrams, error: float) -> dict[str, float]:
    """The known words that may be meant by `typed`, with their probabilities, the most probable first.

    P(word | typed, before) is in proportion to P(word | before) P(typed | word); `before` are the ids of the words
    before it, START first, and `error`, between 0 and 1, is how often the channel changes a word. Where no known word
    is near, the dictionary is empty. Raises ValueError for an `error` out of range.
    """
    if not 0 < error < 1:
        raise ValueError(f"error is {error!r}; give the share of changed words, above 0 and below 1.")
    found = {}
    for word in ({typed} | one_edit(typed)) & known.keys():
        channel = 1 - error if word == typed else error / len(one_edit(word))
        found[word] = channel * model.probability(known[word], before)
    total = sum(found.values())
    return {word: found[word] / total for word in sorted(found, key=lambda word: (-found[word], word))}


def correct(text: str, vocabulary: WordVocabulary, model: NGrams, error: float = 0.05) -> str:
    """The text with the most probable word in the place of each; words with no known word near stay as they are.

    Words are corrected from left to right, each is read with the corrected ones before it, in small letters; a capital
    at the beginning of a word stays. Words with other signs than the 26 letters are read, and stay as they are.
    Raises ValueError as `posterior`.
    """
    known, before, pieces, end = known_words(vocabulary), [START], [], 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        before += vocabulary.encode(between) if between.strip() else []
        typed = match[0].lower()
        best = next(iter(posterior(typed, before, known, model, error)), typed)
        before += vocabulary.encode(best)
        changed = best.capitalize() if match[0][0].isupper() else best
        pieces += [between, match[0] if best == typed else changed]
        end = match.end()
    return "".join([*pieces, text[end:]])


class Typo(NamedTuple):
    """A word as it was typed, the word that was meant, and the ids of the words before it, START first."""

    typed: str
    meant: str
    before: list[int]


def typos(texts: list[str], vocabulary: WordVocabulary, each: int, seed: int) -> list[Typo]:
    """Misspelled words of the texts, at most `each` of a text, with what was meant, known to the vocabulary or not.

    Words of at least two letters and no other signs, in small letters; the words before them are as in the text.
    """
    random, found = np.random.RandomState(seed), []
    for text in texts:
        tokens = words(text.lower())
        fit = [place for place, token in enumerate(tokens) if len(token) > 1 and set(token) <= set(LETTERS)]
        ids = vocabulary.encode(text.lower())
        for place in random.permutation(fit)[:each]:
            found.append(Typo(misspell(tokens[place], random), tokens[place], [START, *ids[:place]]))
    return found
