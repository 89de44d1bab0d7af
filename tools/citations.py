"""Citations and lists of references in plain Markdown, from the bibliography of the book."""

import re
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType

from pybtex.backends.markdown import Backend
from pybtex.database import BibliographyData, Entry, Person, parse_file
from pybtex.plugin import find_plugin

SPECIAL = re.compile(r"([\\`*\[\]<$])")
URL = re.compile(r"\\url\{([^}]*)\}")  # pybtex leaves this command in the text


class PlainMarkdown(Backend):
    """Pybtex's Markdown without a backslash before every parenthesis, which some programs take for a formula."""

    symbols = MappingProxyType({"ndash": "–", "newblock": " ", "nbsp": " "})

    def format_str(self, text: str) -> str:
        """The text with the characters escaped that mean something in Markdown."""
        return SPECIAL.sub(r"\\\1", text)


def read(path: Path) -> BibliographyData:
    """The bibliography in a BibTeX file."""
    data = parse_file(path)
    for entry in data.entries.values():
        for field, text in entry.fields.items():
            entry.fields[field] = URL.sub(r"\1", text)
    return data


def author_year(data: BibliographyData, key: str) -> tuple[str, str]:
    """The authors as a sentence names them, and the year: ("Cover and Thomas", "2006").

    ValueError for no such key, or a work without author or year.
    """
    if key not in data.entries:
        raise ValueError(f"{key!r} is no key of the bibliography: add it to book/references.bib or correct the key")
    entry = data.entries[key]
    names = [_last_name(person) for person in entry.persons.get("author", [])]
    if not names or "year" not in entry.fields:
        raise ValueError(f"{key!r} has no {'year' if names else 'author'}: add it in book/references.bib")
    if len(names) > 2 or names[-1] == "others":
        return f"{names[0]} et al.", entry.fields["year"]
    return " and ".join(names), entry.fields["year"]


def in_parentheses(data: BibliographyData, keys: Iterable[str]) -> str:
    """The form `(Shannon, 1948; Cover and Thomas, 2006)`."""
    return f"({'; '.join(', '.join(author_year(data, key)) for key in keys)})"


def in_text(data: BibliographyData, keys: Iterable[str]) -> str:
    """The form `Shannon (1948), Cover and Thomas (2006)`."""
    return ", ".join("{} ({})".format(*author_year(data, key)) for key in keys)


def listing(data: BibliographyData, keys: Iterable[str]) -> str:
    """A Markdown list of the works in the order and style of the book's bibliography."""
    style = find_plugin("pybtex.style.formatting", "plain")()
    entries: list[Entry] = [data.entries[key] for key in keys]
    works = [work.text.render(PlainMarkdown()) for work in style.format_entries(entries)]
    return "\n".join(f"- {' '.join(work.split())}" for work in works)


def _last_name(person: Person) -> str:
    parts = [*person.rich_prelast_names, *person.rich_last_names]
    return " ".join(part.render(PlainMarkdown()) for part in parts)
