"""The terms of the glossary in a text: which are linked, which key terms stand there without a link.

Key terms are those that a reader does not take for common words: names of several words, with a hyphen or a capital
letter, and all abbreviations.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from . import markdown

LINK = re.compile(r"\{term\}`([^`<]*?)\s*(?:<([^>`]+)>)?`")
NOT_PROSE = re.compile(r"(\{[\w:-]+\})?(`+).+?\2|\$[^$]+\$|!?\[[^]]*\]\([^)]*\)")
KEY = re.compile(r"[\s-]|[A-Z]")


def read_names(root: Path) -> dict[str, str]:
    """Every name in the glossary, terms and abbreviations, with its term."""
    entries = yaml.safe_load((root / "book" / "appendix" / "glossary.yml").read_text(encoding="utf-8"))
    return {entry[field]: entry["term"] for entry in entries for field in ("term", "abbreviation") if field in entry}


def key_names(names: dict[str, str]) -> dict[str, str]:
    """The names that are no common words."""
    return {name: term for name, term in names.items() if KEY.search(name)}


def linked(text: str, names: dict[str, str]) -> set[str]:
    """The terms to which a Markdown text has a link."""
    terms = {name.casefold(): term for name, term in names.items()}
    targets = [(target or shown).strip().casefold() for shown, target in LINK.findall(text)]
    return {terms[target] for target in targets if target in terms}


def plain_uses(line: str, names: dict[str, str]) -> Iterator[str]:
    """The terms that a line of prose names outside links, code and formulas; of two that overlap the longer one."""
    longest = sorted(names, key=len, reverse=True)
    pattern = "|".join(rf"(?P<n{number}>{_pattern(name)})(?:e?s)?" for number, name in enumerate(longest))
    for match in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", NOT_PROSE.sub(" ", line)) if longest else ():
        yield names[longest[int(match.lastgroup[1:])]]


def _pattern(name: str) -> str:
    """A name with capitals is written so; any other may start a sentence, and spaces and hyphens count as equal."""
    body = re.sub(r"(\\ |\\-)", r"[\\s-]", re.escape(name))
    return body if not name[0].islower() else f"[{name[0]}{name[0].upper()}]{body[1:]}"


def unlinked(texts: Iterable[tuple[str, str]], names: dict[str, str], met: set[str]) -> Iterator[tuple[str, str]]:
    """Label of the text and term, for each key term that open prose names before any text links it.

    `texts` are pairs of a label and Markdown in reading order, `met` the terms that the reader knows already.
    """
    known, keys = set(met), key_names(names)
    for label, text in texts:
        for line in markdown.lines(text):
            known |= linked(line.text, names)
            if line.kind != "prose" or line.folded:
                continue
            for term in plain_uses(line.text, keys):
                if term not in known:
                    known.add(term)
                    yield label, term
