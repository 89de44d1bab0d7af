"""What a vocabulary costs on texts: how long its sequences are, and how much it does not know."""

from mmcourse.data.text.checks import check_texts
from mmcourse.data.text.vocabulary import UNKNOWN, Vocabulary


def bytes_per_token(vocabulary: Vocabulary, texts: list[str]) -> float:
    """UTF-8 bytes of the texts divided by the number of their tokens, START and END not counted: more is shorter.

    Raises ValueError for no texts, for what is no text and where the texts have no token.
    """
    texts = check_texts(texts)
    return sum(len(text.encode()) for text in texts) / len(_ids(vocabulary, texts))


def unknown_share(vocabulary: Vocabulary, texts: list[str]) -> float:
    """The share of the tokens of the texts that are UNKNOWN, from 0 to 1. Raises ValueError as `bytes_per_token`."""
    ids = _ids(vocabulary, check_texts(texts))
    return ids.count(UNKNOWN) / len(ids)


def _ids(vocabulary: Vocabulary, texts: list[str]) -> list[int]:
    ids = [number for text in texts for number in vocabulary.encode(text)]
    if not ids:
        raise ValueError("The texts have no token: they are empty or blank.")
    return ids
