"""Make the learner copies, `colab/<part>/<lesson>.ipynb`, from the lessons: `make colab`.

A copy is the lesson as somebody works through it in Colab, Kaggle or JupyterLab: the same code, without outputs and
solutions, with plain Markdown and its pictures inside, and with a list of the works it cites. The same lessons give the
same bytes; a test compares.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from pybtex.database import BibliographyData

from tools import citations, colab_pictures, lesson
from tools.colab_markdown import convert
from tools.colab_page import Page
from tools.lesson import ROOT

FOLDER = ROOT / "colab"
ABOUT = (
    "*This is the learner copy of edition {tag}: run the cells from the top, change them, try the exercises.\n"
    "{book} has the results and the solutions.\n"
    "The last cell before the exercises checks the numbers of the text: "
    "after a change of yours it may end in an `AssertionError`, and nothing is broken.*"
)
PLACEHOLDER = "/OWNER/REPOSITORY"  # how the public address ends as long as there is none
HIDDEN = {"hide-input", "hide-cell"}  # tags of the book: the code is folded away


def copies() -> dict[Path, str]:
    """Where each learner copy is kept, and what it has to hold; ValueError for a lesson that cannot be converted."""
    paths, project = lesson.lessons(), lesson.project()
    bibliography = citations.read(ROOT / "book" / "references.bib")
    made = {}
    for path in paths:
        copy = copy_of(nbformat.read(path, as_version=4), Page(path, paths, bibliography), project)
        nbformat.validate(copy)
        made[FOLDER / path.relative_to(ROOT / "book")] = nbformat.writes(copy) + "\n"
    return made


def copy_of(notebook: NotebookNode, page: Page, project: dict) -> NotebookNode:
    """The learner copy of a lesson; ValueError for what it cannot hold, or a setup cell that installs another tag.

    `project` has the version and the address of the course, as `lesson.project` gives them.
    """
    cells, tag = [], f"v{project['version']}"
    for cell in notebook.cells:
        cells += list(code_cells(cell, page) if cell.cell_type == "code" else text_cells(cell, page))
    cells[0].source += "\n\n" + about(page.path, tag, project["urls"]["Repository"].rstrip("/"))
    setup = next((cell.source for cell in cells if cell.id == "setup"), "")
    if f"/tags/{tag}." not in setup:
        raise ValueError(f"lesson {page.path.stem}, cell 'setup': it does not install the edition {tag}")
    if page.cited:
        cells.append(references(page.bibliography, page.cited))
    metadata = {
        "colab": {"name": page.path.name, "provenance": []},
        "kernelspec": lesson.KERNEL,
        "language_info": lesson.LANGUAGE,
        "mmcourse": {"slug": page.path.stem, "version": project["version"]},
    }
    return new_notebook(cells=cells, metadata=metadata)


def about(path: Path, tag: str, address: str) -> str:
    """What stands under the title of a copy; it leads to the lesson in the book where the course has an address."""
    page = f"{address}/blob/{tag}/book/{path.parent.name}/{path.name}"
    known = not address.endswith(PLACEHOLDER)
    return ABOUT.format(tag=tag, book=f"[The book]({page})" if known else "The page from which you have this notebook")


def code_cells(cell: NotebookNode, page: Page) -> Iterator[NotebookNode]:
    """A code cell as if it had never run, and the caption of its figure, which only the book takes from metadata."""
    folded = HIDDEN & set(cell.metadata.get("tags", []))
    metadata = {"jupyter": {"source_hidden": True}} if folded else {}
    yield new_code_cell(cell.source, id=cell.id, metadata=metadata)
    figure = cell.metadata.get("mystnb", {}).get("figure", {})
    if "caption" in figure:
        page.cell = cell.id
        caption = page.caption("Figure", figure.get("name"), figure["caption"])
        yield new_markdown_cell(convert(page, cell.id, caption), id=f"{cell.id}-caption")


def text_cells(cell: NotebookNode, page: Page) -> Iterator[NotebookNode]:
    """A Markdown cell; one that held nothing but a solution is left out."""
    text = convert(page, cell.id, cell.source)
    if text:
        yield new_markdown_cell(text, id=cell.id)


def references(bibliography: BibliographyData, cited: set[str]) -> NotebookNode:
    """The cell at the end that lists the cited works."""
    works = [key for key in bibliography.entries if key in cited]
    return new_markdown_cell(f"## References\n\n{citations.listing(bibliography, works)}", id="references")


def stale(made: dict[Path, str]) -> list[str]:
    """A line for each copy that is missing, differs from what it has to hold, or belongs to no lesson."""
    lines = [
        f"{path.name} is {'stale' if path.is_file() else 'missing'}" for path in made if not holds(path, made[path])
    ]
    found = (path for path in sorted(FOLDER.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts)
    return lines + [f"{path.name} belongs to no lesson" for path in found if path not in made]


def holds(path: Path, text: str) -> bool:
    """Whether a file exists and holds a text."""
    return path.is_file() and path.read_text(encoding="utf-8") == text


def drawings() -> list[Path]:
    """The drawings that a lesson shows."""
    texts = [path.read_text(encoding="utf-8") for path in lesson.lessons()]
    figures = sorted((ROOT / "book" / "figures").glob("*.svg"))
    return [svg for svg in figures if any(f"/{svg.name}" in text for text in texts)]


def main() -> None:
    """Draw what is stale as PNG, write every copy, remove what belongs to no lesson any more."""
    shown = drawings()
    changed = [svg for svg in shown if not colab_pictures.is_fresh(svg)]
    if changed:
        colab_pictures.draw(changed)
    try:
        made = copies()
    except ValueError as error:
        sys.exit(str(error))
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    kept = {*made, *map(colab_pictures.png_of, shown)}
    for path in (*FOLDER.rglob("*.ipynb"), *colab_pictures.FOLDER.glob("*.png")):
        if path not in kept:
            path.unlink()
    print(f"{len(made)} learner copies of edition v{lesson.project()['version']} in {FOLDER.name}/")


if __name__ == "__main__":
    main()
