"""Large JSON files, entry by entry: an object whose lists are longer than memory allows, as those of COCO and VQA."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

PIECE = 2**20  # characters that are read at once
LARGEST = 2**24  # characters of one entry; a damaged file seems to hold one that never ends
_SPACE = re.compile(r"[ \t\r\n]*")
_AFTER_VALUE = frozenset(" \t\r\n,:]}")


def entries(path: Path) -> Iterator[tuple[str, object]]:
    """(key, entry) for every entry of every list of the object in the file, in the order of the file.

    What is no list, such as the "info" of COCO, is passed over. Raises FileNotFoundError, and ValueError for a file
    that is no JSON object in UTF-8; the entries before the fault have been given by then.
    """
    with path.open(encoding="utf-8") as file:
        text = _Text(file)
        text.mark("{")
        while text.next() != "}":
            key = text.value()
            text.mark(":")
            if text.next() == "[":
                yield from ((key, entry) for entry in text.entries())
            else:
                text.value()
            if text.next() != "}":
                text.mark(",")


class _Text:
    """A JSON text of which one piece is in memory."""

    def __init__(self, file: TextIO):
        self._file, self._text, self._at = file, "", 0

    def next(self) -> str:
        """The next character that is no space; it is not taken. ValueError at the end of the file."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()
            if self._at < len(self._text):
                return self._text[self._at]
            self._read_on()

    def mark(self, expected: str) -> None:
        """Take the character `expected`; ValueError for another one."""
        if (found := self.next()) != expected:
            raise ValueError(f"it has {found!r} in the place of {expected!r}")
        self._at += 1

    def value(self) -> object:
        """Take one value: what the text so far holds may be the beginning of a longer one, as 1 of 1.5."""
        self.next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                end = len(self._text)
            if end < len(self._text) and self._text[end] in _AFTER_VALUE:
                self._at = end
                return value
            self._read_on()

    def entries(self) -> Iterator[object]:
        """Take a list, one entry after the other."""
        self.mark("[")
        while self.next() != "]":
            yield self.value()
            if self.next() != "]":
                self.mark(",")
        self.mark("]")

    def _read_on(self) -> None:
        piece = self._file.read(PIECE)
        if not piece or len(self._text) - self._at > LARGEST:
            raise ValueError(f"it ends, or is damaged, after {self._text[self._at : self._at + 40]!r}")
        self._text, self._at = self._text[self._at :] + piece, 0


_DECODER = json.JSONDecoder()
