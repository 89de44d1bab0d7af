"""Vocabularies whose tokens are words, or characters, of the training texts."""

from collections import Counter
from collections.abc import Callable, Collection
from functools import partial
from typing import Self

from mmcourse.data.text.checks import check_texts
from mmcourse.data.text.segmentation import characters, jieba_words, match, words
from mmcourse.data.text.vocabulary import FIRST, REPLACEMENT, UNKNOWN, Vocabulary

SEGMENTERS = {"words": words, "jieba": jieba_words}


class _Segments(Vocabulary):
    """Tokens are segments of the text: the commonest of the training texts, equally common ones in code-point order."""

    segment: Callable[[str], list[str]]

    def _learn(self, texts: list[str], size: int) -> list[str]:
        counts = Counter(token for text in texts for token in self.segment(text))
        return sorted(counts, key=lambda token: (-counts[token], token))[: size - FIRST]

    def _encode(self, text: str) -> list[int]:
        return [self._ids.get(token, UNKNOWN) for token in self.segment(text)]

    def _token(self, number: int) -> str:
        return REPLACEMENT if number == UNKNOWN else self._tokens[number - FIRST]

    def _content(self) -> dict:
        return {"tokens": self._tokens}

    def _set_checked(self, tokens: list[str]) -> None:
        tokens = check_texts(tokens, "tokens")
        if len(set(tokens)) < len(tokens) or "" in tokens:
            raise ValueError("a token is empty or stands twice")
        self._set(tokens)


class WordVocabulary(_Segments):
    """The commonest words of the training texts; any other word is UNKNOWN.

    `segmenter` is "words" (English), "jieba" (Chinese), or a list of known Chinese words for the longest match. Words
    are decoded with a space between them (Chinese: none), so `decode(encode(text))` has other white space than `text`.
    """

    kind = "words"

    def __init__(self, segmenter: str | Collection[str] = "words"):
        super().__init__()
        if isinstance(segmenter, str):
            if segmenter not in SEGMENTERS:
                options = ", ".join(SEGMENTERS)
                raise ValueError(f"segmenter is {segmenter!r}. Choose one of: {options}; or give a list of words.")
            self.segmenter, self.segment = segmenter, SEGMENTERS[segmenter]
        else:
            self.segmenter = sorted(set(check_texts(segmenter, "segmenter")))
            self.segment = partial(match, known=set(self.segmenter), longest=max(map(len, self.segmenter)))

    def _join(self, tokens: list[str]) -> str:
        return (" " if self.segmenter == "words" else "").join(tokens)

    def _content(self) -> dict:
        return {"segmenter": self.segmenter, "tokens": self._tokens}

    @classmethod
    def _from_content(cls, content: dict) -> Self:
        vocabulary = cls(content["segmenter"])
        vocabulary._set_checked(content["tokens"])
        return vocabulary


class CharacterVocabulary(_Segments):
    """The commonest characters (code points) of the training texts, in any script; any other is UNKNOWN."""

    kind = "characters"
    segment = staticmethod(characters)

    def _join(self, tokens: list[str]) -> str:
        return "".join(tokens)

    @classmethod
    def _from_content(cls, content: dict) -> Self:
        vocabulary = cls()
        vocabulary._set_checked(content["tokens"])
        return vocabulary
