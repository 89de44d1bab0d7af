"""What all vocabularies share: fitted once, text to ids and back, batches, files.

PAD, START, END, UNKNOWN = 0, 1, 2, 3 in the whole course; the other tokens begin at FIRST.
"""

import abc
import json
import os
from pathlib import Path
from typing import Self

import numpy as np

from mmcourse.data.text.checks import check_number, check_text, check_texts

PAD, START, END, UNKNOWN = 0, 1, 2, 3
FIRST = 4
REPLACEMENT = "\ufffd"  # what an unknown token, or a part of a character, is written as
FORMAT, VERSION = "mmcourse vocabulary", 1


class Vocabulary(abc.ABC):
    """Text to ids and back. `len` is the number of ids, V; `fit` may be called once, on the training texts."""

    kind: str
    smallest = FIRST + 1  # ids that it has at least

    def __init__(self):
        self._tokens: list = []  # without the four of the course
        self._ids: dict = {}

    def __len__(self) -> int:
        return FIRST + len(self._tokens)

    def fit(self, texts: list[str], size: int) -> Self:
        """Learn at most `size` tokens, the four of the course included, from training texts; returns itself.

        Raises ValueError for a second call, for no texts, for what is no text and for a size below `smallest`.
        """
        if self._tokens:
            raise ValueError(
                f"This vocabulary is fitted already ({len(self)} tokens). Fitted again, the same ids would mean other "
                "words, and every model trained with it would read nonsense. Only encode, or make a new vocabulary."
            )
        texts = check_texts(texts)
        reason = f"a vocabulary of this kind has at least {self.smallest}, PAD, START, END and UNKNOWN included"
        self._set(self._learn(texts, check_number(size, self.smallest, "size", reason)))
        if not self._tokens:
            raise ValueError("The texts have no token to learn: they are empty or blank. Give texts with words.")
        return self

    def encode(self, text: str) -> list[int]:
        """The ids of a text, without START and END. Raises ValueError for what is no text, and before `fit`."""
        self._check_fitted()
        return self._encode(check_text(text))

    def decode(self, ids: list[int] | np.ndarray) -> str:
        """The text of ids (L,), up to the first END; PAD and START are left out, UNKNOWN becomes U+FFFD.

        Raises ValueError for an id that the vocabulary does not have, for what are no whole numbers, before `fit`.
        """
        self._check_fitted()
        ids = self._checked(ids)
        kept = ids[: ids.index(END)] if END in ids else ids
        return self._join([self._token(i) for i in kept if i not in (PAD, START)])

    def pieces(self, text: str) -> list[str]:
        """The text of each single token of `encode(text)`, for people to look at."""
        return [self.decode([i]) for i in self.encode(text)]

    def batch(self, texts: list[str], length: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Tokens (B, T) int32 and mask (B, T) bool, True = real: START … END in each row, then PAD.

        T is the longest row, or `length`. A text that is too long loses its last tokens; its row still ends with END.
        Raises ValueError for no texts, what is no text, a length below 2, and before `fit`.
        """
        rows = [self.encode(text) for text in check_texts(texts)]
        if length is None:
            length = 2 + max(map(len, rows))
        check_number(length, 2, "length", "START and END need a place each")
        tokens = np.full((len(rows), length), PAD, np.int32)
        for number, ids in enumerate(rows):
            row = [START, *ids[: length - 2], END]
            tokens[number, : len(row)] = row
        return tokens, tokens != PAD

    def save(self, path: str | Path) -> None:
        """Write the vocabulary as JSON, in one step: a file that was there stays whole until the new one is."""
        self._check_fitted()
        content = {"format": FORMAT, "version": VERSION, "kind": self.kind, **self._content()}
        path = Path(path)
        partial = path.with_name(f"{path.name}.part")
        partial.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        os.replace(partial, path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The vocabulary of a file that `save` has written.

        Raises FileNotFoundError, and ValueError for a file that is damaged, of another kind or of another program.
        """
        if not hasattr(cls, "kind"):
            raise ValueError(f"{cls.__name__} is no kind of vocabulary; load with the class that saved the file.")
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:  # JSON's and UTF-8's errors are ValueErrors
            raise ValueError(f"{path} is no vocabulary: it is not JSON in UTF-8 ({error}).") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT or content.get("version") != VERSION:
            raise ValueError(f"{path} is no file of {FORMAT!r}, version {VERSION}: save the vocabulary again.")
        if content.get("kind") != cls.kind:
            raise ValueError(f"{path} holds a vocabulary of kind {content.get('kind')!r}, {cls.__name__} {cls.kind!r}.")
        try:
            return cls._from_content(content)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is damaged: {error}. Save the vocabulary again.") from error

    @abc.abstractmethod
    def _learn(self, texts: list[str], size: int) -> list:
        """The tokens from FIRST on, at most size - FIRST."""

    @abc.abstractmethod
    def _encode(self, text: str) -> list[int]: ...

    @abc.abstractmethod
    def _join(self, tokens: list) -> str: ...

    @abc.abstractmethod
    def _token(self, number: int): ...

    @abc.abstractmethod
    def _content(self) -> dict:
        """What the file of the vocabulary holds besides format, version and kind."""

    @classmethod
    @abc.abstractmethod
    def _from_content(cls, content: dict) -> Self: ...

    def _set(self, tokens: list) -> None:
        self._tokens = tokens
        self._ids = {token: number for number, token in enumerate(tokens, FIRST)}

    def _check_fitted(self) -> None:
        if not self._tokens:
            raise ValueError("This vocabulary is empty: call fit(texts, size) on the training texts, or load one.")

    def _checked(self, ids: list[int] | np.ndarray) -> list[int]:
        array = np.asarray(ids)
        if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
            raise ValueError(f"ids has shape {array.shape} and type {array.dtype}; give whole numbers (L,), one text.")
        wrong = array[(array < 0) | (array >= len(self))]
        if wrong.size:
            raise ValueError(f"There is no token {wrong[0]}: this vocabulary has the ids 0 to {len(self) - 1}.")
        return array.tolist()
