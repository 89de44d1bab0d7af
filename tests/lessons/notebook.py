"""What the checks look at: one lesson, and what it shares with the course."""

import ast
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from . import markdown, terms

FURTHER = ("Further, may be skipped", "Find the bug", "On real data", "On a GPU", "Take it with you")
IMAGES = ("image/png", "image/svg+xml", "image/jpeg", "image/gif")


@dataclass(frozen=True)
class Course:
    """What all lessons have in common; `slugs` are in reading order.

    `names` are those of the glossary with their terms, `met` the terms that a reader of a lesson, and of all that it
    needs, has found linked.
    """

    slugs: tuple[str, ...]
    setup_source: str
    address: str
    version: str
    package_names: frozenset[str]
    names: dict[str, str] = field(default_factory=dict)
    met: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    """A notebook with its slug (the name of its file) and its size in bytes."""

    slug: str
    notebook: NotebookNode
    size_bytes: int = 0

    @property
    def cells(self) -> list[NotebookNode]:
        """All cells."""
        return self.notebook.cells

    @property
    def code(self) -> list[NotebookNode]:
        """The code cells."""
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def texts(self) -> list[NotebookNode]:
        """The Markdown cells."""
        return [cell for cell in self.cells if cell.cell_type == "markdown"]

    @property
    def course_metadata(self) -> dict:
        """The metadata under the key `mmcourse`; empty where it is missing."""
        return self.notebook.metadata.get("mmcourse", {})

    def at(self, cell: NotebookNode, message: str) -> str:
        """A message that names the lesson and the cell."""
        return f"{self.slug}, cell {cell.get('id', '?')!r}: {message}"

    def __str__(self) -> str:
        return self.slug


def read(path: Path) -> Lesson:
    """The lesson in a notebook file."""
    return Lesson(path.stem, nbformat.read(path, as_version=4), path.stat().st_size)


def read_course(root: Path, paths: list[Path]) -> Course:
    """What the lessons in `paths` share; the setup cell is that of the first."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = terms.read_names(root)
    return Course(
        slugs=tuple(path.stem for path in paths),
        setup_source=next((cell.source for cell in read(paths[0]).cells if cell.id == "setup"), "") if paths else "",
        address=project["urls"]["Repository"],
        version=project["version"],
        package_names=public_names(root / "mmcourse"),
        names=names,
        met=terms_met([read(path) for path in paths], names),
    )


def terms_met(lessons: list[Lesson], names: dict[str, str]) -> dict[str, set[str]]:
    """Slug of each lesson: the terms that it links, or a lesson that it needs, directly or through others."""
    met: dict[str, set[str]] = {}
    for lesson in lessons:
        own = terms.linked("\n".join(cell.source for cell in lesson.texts), names)
        met[lesson.slug] = own.union(*(met.get(slug, set()) for slug in lesson.course_metadata.get("needs", [])))
    return met


def public_names(package: Path) -> frozenset[str]:
    """Names of the public functions and classes in all modules below a folder."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(package.rglob("*.py"))]
    definitions = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return frozenset(node.name for node in definitions if not node.name.startswith("_"))


def find_heading(lesson: Lesson, *titles: str) -> int:
    """Index of the first cell with a heading that starts with one of the titles; the number of cells if none does."""
    for index, cell in enumerate(lesson.cells):
        if cell.cell_type == "markdown" and any(
            title.startswith(titles) for _, title in markdown.headings(cell.source)
        ):
            return index
    return len(lesson.cells)


def is_claims(cell: NotebookNode) -> bool:
    """Whether a cell is compared by nbval."""
    return cell.cell_type == "code" and "# NBVAL_CHECK_OUTPUT" in cell.source


def core(lesson: Lesson) -> list[NotebookNode]:
    """The cells that every reader reads: up to the first section that may be skipped, the claims or the exercises."""
    end = find_heading(lesson, *FURTHER, "Exercises")
    claims = [index for index, cell in enumerate(lesson.cells) if is_claims(cell)]
    return lesson.cells[: min([end, *claims])]


def without_magics(source: str) -> str:
    """Python source with the lines of IPython magics replaced by `pass`."""
    return re.sub(r"^(\s*)[%!].*$", r"\1pass", source, flags=re.MULTILINE)


def texts_of(output: NotebookNode) -> list[str]:
    """All texts of an output, without its pictures."""
    data = output.get("data", {})
    named = [value for kind, value in data.items() if kind.startswith("text/")]
    return [output.get("text", ""), *named]
