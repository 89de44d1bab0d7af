"""Batches of which nothing is lost: for a model that is to say what it was given, as a captioner is."""

import numpy as np

from mmcourse.data.text.checks import check_texts
from mmcourse.data.text.vocabulary import UNKNOWN, Vocabulary


def whole_batch(vocabulary: Vocabulary, texts: list[str], length: int) -> tuple[np.ndarray, np.ndarray]:
    """Tokens (B, length) int32 and mask (B, length) bool, as `vocabulary.batch`, but every text whole and known.

    Where `batch` cuts a text that is too long, a captioner would learn to stop in the middle of a sentence; where it
    writes UNKNOWN, to say it. Raises ValueError that names the text, for one with more than length - 2 tokens and for
    one with a word that the vocabulary does not have; and as `batch`, as for no text at all.
    """
    tokens, mask = vocabulary.batch(texts, length)
    for number, text in enumerate(check_texts(texts)):
        count = len(vocabulary.encode(text))
        if count > length - 2:
            raise ValueError(
                f"Text {number}, {_short(text)}, has {count} tokens; {length} places hold {length - 2} beside START "
                f"and END. Give a length of {count + 2}, or shorten it."
            )
    unknown = np.argwhere(tokens == UNKNOWN)
    if len(unknown):
        row, place = unknown[0]
        raise ValueError(
            f"Token {place - 1} of text {row}, {_short(texts[row])}, is not in the vocabulary of {len(vocabulary)}: "
            "fit one on texts that have it, or replace the word."
        )
    return tokens, mask


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")
