"""Python's own manual, as real English prose that every Python carries (`pydoc_data.topics`).

Its text differs a little between versions. `manual.txt` lists, by hash, sentences that Python 3.11, 3.12 and 3.13 have
in common (`data_scripts/select_manual_sentences.py` made it), so all of them read the same text, and none of it is
copied here. This module needs the standard library only.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

SELECTION = Path(__file__).with_name("manual.txt")  # a line a sentence: split, topic, hash; in reading order
_RULE = re.compile(r"\s*([*=~^#\"-])\1{2,}")  # the line under a heading
_ITEM = re.compile(r"^(\* |\d+\. )")
_NOTE = re.compile(r"\s*\[\d+\]")
_MARKUP = re.compile(r"[\"*`“”]|(?<!\w)'|'(?!\w)")
_END = re.compile(r"(?:(?<=[.!?])|(?<=[.!?]\)))(?<!e\.g\.)(?<!i\.e\.)(?<!etc\.) (?=[A-Z(])")
_SENTENCE = re.compile(r"[A-Z][A-Za-z0-9_ ,;:.()'/-]*[a-z)]\.")
_WORDS, _CHARACTERS = 5, 400  # the fewest words and the most characters of a sentence


def sentences(text: str) -> Iterator[str]:
    """The clean sentences of one topic, in reading order: no headings, grammar rules, tables, examples or markup.

    A sentence starts with a capital, ends with a full stop, has at least five words and at most 400 characters.
    """
    for block in re.split(r"\n\s*\n", text):
        if any(map(_RULE.fullmatch, block.split("\n"))):
            continue
        paragraph = re.sub(r"(?<=\w-)\s*\n\s*", "", block)  # a word with a hyphen, broken at the end of a line
        paragraph = _NOTE.sub("", _ITEM.sub("", paragraph.strip()))
        paragraph = " ".join(_MARKUP.sub("", paragraph.replace("’", "'")).split())
        for sentence in _END.split(paragraph):
            if _SENTENCE.fullmatch(sentence) and len(sentence) <= _CHARACTERS and len(sentence.split()) >= _WORDS:
                yield sentence


def digest(sentence: str) -> str:
    """The name of a sentence in the list: the first 12 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:12]


def found() -> dict[str, tuple[str, str]]:
    """Digest -> (topic, sentence) of every clean sentence in this Python's manual; the first topic by name has it."""
    from pydoc_data.topics import topics

    here: dict[str, tuple[str, str]] = {}
    for topic in sorted(topics):
        for sentence in sentences(topics[topic]):
            here.setdefault(digest(sentence), (topic, sentence))
    return here
