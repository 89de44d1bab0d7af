"""What a lesson refers to, as a learner copy shows it: citations, terms, labels, other pages, pictures.

The book numbers figures, tables and equations. A copy, which stands alone, calls them by the names in their labels:
`fig-fusion-two-columns` of the lesson `fusion` is Figure “two columns”, `eq-fusion-sum` the equation (sum). In the copy
of another lesson the title of `fusion` follows.
"""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
from pybtex.database import BibliographyData

from tools import citations, colab_pictures
from tools.lesson import ROOT

WORDS_AND_TARGET = re.compile(r"(.+?)\s*<([^<>]+)>")
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
EXTERNAL = re.compile(r"(https?|mailto):")
NUMBER = re.compile(r"%s|\{number\}")
PRINT_ONLY = "print-only"  # the class of a still, in book/_static/book.css too
KINDS = {"fig": "Figure", "tab": "Table"}


class Page:
    """A lesson while it is converted: `cell` is the one at hand, `cited` the works named so far.

    `lessons` are the notebooks of the course, `pictures` the data addresses of the pictures of the cell by their names.
    """

    def __init__(self, path: Path, lessons: list[Path], bibliography: BibliographyData) -> None:
        self.path, self.bibliography = path, bibliography
        self.lessons = {lesson.stem: lesson.resolve() for lesson in lessons}
        self.cell = ""
        self.cited: set[str] = set()
        self.pictures: dict[str, str] = {}
        longest_first = "|".join(sorted(self.lessons, key=len, reverse=True))
        self._label = re.compile(rf"(fig|tab|eq)-({longest_first})-([a-z][a-z0-9-]*)")

    def error(self, message: str) -> ValueError:
        """An error that names lesson and cell."""
        return ValueError(f"lesson {self.path.stem}, cell {self.cell!r}: {message}")

    def role(self, name: str, content: str) -> str:
        """A role with its content in plain Markdown."""
        if name not in ROLES:
            raise self.error(f"unknown role {{{name}}}; tools/colab_page.py knows {', '.join(ROLES)}")
        return ROLES[name](self, " ".join(content.split()))

    def cite(self, content: str, form: Callable[[BibliographyData, list[str]], str]) -> str:
        """Works by their keys, separated by commas, in one of the forms of `tools.citations`."""
        keys = [key.strip() for key in content.split(",")]
        try:
            text = form(self.bibliography, keys)
        except ValueError as error:
            raise self.error(str(error)) from error
        self.cited.update(keys)
        return text

    def doc(self, content: str) -> str:
        """Another page: the given words, or its title; a page that is no lesson has no copy, so it says where it is."""
        words, target = words_and_target(content)
        path = self.find(target)
        return words or f"*{title(path)}*" + ("" if path in self.lessons.values() else " (in the book)")

    def find(self, target: str) -> Path:
        """The file of a page, given relative to this lesson, or with a / from the top of the project."""
        page = ROOT / target[1:] if target.startswith("/") else self.path.parent / target
        for path in (page.with_name(f"{page.name}.ipynb"), page.with_name(f"{page.name}.md")):
            if path.is_file():
                return path.resolve()
        raise self.error(f"there is no page {target!r}")

    def reference(self, content: str) -> str:
        """A labelled thing: the given words, or its name; `%s` or `{number}` in the words stands for its number."""
        words, target = words_and_target(content)
        if words is None:
            return self.called(target) + self.origin(target)
        if "{name}" in words:
            raise self.error(f"{content!r}: a copy does not know {{name}}, the caption: write it out")
        return NUMBER.sub(lambda _: f"“{self.name(target)}”{self.origin(target)}", words)

    def parts(self, label: str) -> re.Match:
        """A label in its parts: kind, slug and name."""
        found = self._label.fullmatch(label)
        if found is None:
            raise self.error(f"the label {label!r} is not fig-, tab- or eq-<slug>-<name>: write {{ref}}`words <label>`")
        return found

    def name(self, label: str) -> str:
        """The name in a label."""
        return self.parts(label)[3].replace("-", " ")

    def origin(self, label: str) -> str:
        """Says of which lesson a label is, where it is not this one."""
        slug = self.parts(label)[2]
        return "" if slug == self.path.stem else f" of *{title(self.lessons[slug])}*"

    def called(self, label: str) -> str:
        """How a figure, table or equation with this label is called."""
        name, kind = self.name(label), KINDS.get(label.partition("-")[0])
        return f"{kind} “{name}”" if kind else f"({name})"

    def caption(self, kind: str, label: str | None, text: str) -> str:
        """The caption of a "Figure" or "Table" that may have a label."""
        return f"**{self.called(label) if label else kind}.** {text}"

    def picture(self, source: str, alt: str) -> str:
        """A picture beside the lesson, which goes into the copy."""
        if EXTERNAL.match(source):
            raise self.error(f"the picture {source} lies elsewhere: put it into book/figures")
        path = (self.path.parent / source).resolve()
        name = path.stem.lower()  # Markdown does not tell Dots from dots
        try:
            address = colab_pictures.data_address(path)
        except ValueError as error:
            raise self.error(str(error)) from error
        if self.pictures.setdefault(name, address) != address:
            raise self.error(f"two pictures are called {name!r}: give one of them another name")
        escaped = re.sub(r"([\[\]])", r"\\\1", alt)
        return f"![{escaped}][{name}]"

    def image(self, source: str, options: dict[str, str]) -> str:
        """A picture without a caption; nothing for the still of an animation, which stands on paper only."""
        return "" if options.get("class") == PRINT_ONLY else self.picture(source, options.get("alt", ""))


def title(path: Path) -> str:
    """The title of a page of the book, a notebook or Markdown."""
    text = path.read_text(encoding="utf-8")
    return TITLE.search(text if path.suffix == ".md" else nbformat.reads(text, 4).cells[0].source)[1]


def words_and_target(content: str) -> tuple[str | None, str]:
    """The two parts of `words <target>`; the words are None where only a target is given."""
    found = WORDS_AND_TARGET.fullmatch(content)
    return (found[1], found[2]) if found else (None, content)


ROLES: dict[str, Callable[[Page, str], str]] = {
    "cite:p": lambda page, content: page.cite(content, citations.in_parentheses),
    "cite:t": lambda page, content: page.cite(content, citations.in_text),
    "doc": Page.doc,
    "eq": Page.reference,
    "math": lambda page, content: f"${content}$",
    "numref": Page.reference,
    "ref": Page.reference,
    "term": lambda page, content: words_and_target(content)[0] or content,
}
