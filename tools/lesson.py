"""The lessons of the table of contents, their normal form, and their form as a script for authors.

python tools/lesson.py script book/start/x.ipynb x.py     a notebook as a script in jupytext's percent format
python tools/lesson.py notebook x.py book/start/x.ipynb   the script as a notebook, to be executed by `make run`

In the script the id of a cell stands in its header: `# %% load-digits tags=["hide-cell"]`.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jupytext
import nbformat
import yaml
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
CELL_METADATA = ("tags", "mystnb")
CELL_NAME = re.compile(r"[a-z][a-z0-9-]{2,60}")
UNREADABLE = "incorrectly_encoded_metadata"  # where jupytext puts the rest of a header that it cannot read
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
LANGUAGE = {"name": "python", "version": "3", "file_extension": ".py", "pygments_lexer": "ipython3"}


def project(root: Path = ROOT) -> dict:
    """The table `[project]` of `pyproject.toml`: version, public address and more."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def lessons(root: Path = ROOT) -> list[Path]:
    """The notebooks that `_toc.yml` lists, in reading order."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    paths = [root / f"{page.removesuffix('.ipynb')}.ipynb" for page in _pages(toc)]
    return [path for path in paths if path.is_file()]


def select(paths: list[Path], slug: str | None) -> list[Path]:
    """The lesson called `slug`, or all of them for None; ValueError for an unknown slug."""
    chosen = [path for path in paths if slug in (None, path.stem)]
    if not chosen:
        known = ", ".join(path.stem for path in paths)
        raise ValueError(f"no lesson is called {slug!r}; a lesson exists and stands in _toc.yml, as: {known}")
    return chosen


def normalize(notebook: NotebookNode) -> NotebookNode:
    """The notebook as it is committed: one kernel, no editor's metadata, cells counted 1 to n; the input stays.

    A cell that wrote to stderr gives a ValueError: a reader would see the warning in the book.
    """
    notebook = nbformat.from_dict(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE, **_course(notebook)})
    count = 0
    for cell in notebook.cells:
        cell.source = "\n".join(line.rstrip() for line in cell.source.strip("\n").split("\n"))
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in CELL_METADATA})
        if cell.cell_type == "code" and cell.execution_count is not None:
            count += 1
            cell.execution_count = count
            _normalize_outputs(cell)
    return notebook


def to_script(notebook: NotebookNode) -> str:
    """The percent script of a notebook, without outputs; ValueError for cells that it could not carry."""
    notebook = normalize(without_outputs(notebook))
    titled = nbformat.from_dict(notebook)
    for cell in titled.cells:
        cell.metadata["title"] = cell.id
    titled.metadata = nbformat.from_dict({**_course(notebook), "jupytext": _jupytext_filter()})
    script = jupytext.writes(titled, fmt="py:percent")
    if _content(to_notebook(script)) != _content(notebook):
        raise ValueError("a cell has no script form: one of its lines looks like the header of a cell ('# %%')")
    return script


def to_notebook(script: str) -> NotebookNode:
    """The notebook of a percent script; ValueError for a cell without a name or two cells with one name."""
    notebook = jupytext.reads(script, fmt="py:percent")
    names = set()
    for number, cell in enumerate(notebook.cells, start=1):
        name = cell.metadata.pop("title", None)
        if not CELL_NAME.fullmatch(name or ""):
            begins = f"cell {number} ({cell.source[:40]!r} ...)"
            raise ValueError(f"{begins} is called {name!r}: write '# %% speaking-name', small letters, digits, dashes")
        if UNREADABLE in cell.metadata:
            raise ValueError(f"cell {name!r}: what follows its name is no JSON: {cell.metadata[UNREADABLE]}")
        if name in names:
            raise ValueError(f"two cells are called {name!r}: give one of them another name")
        names.add(name)
        cell.id = name
    return normalize(notebook)


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """A copy of the notebook as if it had never run."""
    notebook = nbformat.from_dict(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook so that a cut leaves the old file; ValueError where it is no valid notebook."""
    nbformat.validate(notebook)
    partial = path.with_suffix(".ipynb.part")
    partial.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    partial.replace(path)


def _pages(toc: object) -> Iterator[str]:
    if isinstance(toc, list):
        for entry in toc:
            yield from _pages(entry)
    elif isinstance(toc, dict):
        yield from (toc[key] for key in ("root", "file") if key in toc)
        for value in toc.values():
            yield from _pages(value)


def _normalize_outputs(cell: NotebookNode) -> None:
    for output in cell.outputs:
        if output.get("name") == "stderr":
            raise ValueError(f"cell {cell.id!r} writes to stderr: {output.text.strip()[:300]}")
        if "execution_count" in output:
            output.execution_count = cell.execution_count


def _course(notebook: NotebookNode) -> dict:
    return {"mmcourse": notebook.metadata.mmcourse} if "mmcourse" in notebook.metadata else {}


def _jupytext_filter() -> dict[str, str]:
    cells = ",".join(("title", *CELL_METADATA, "-all"))
    return {"notebook_metadata_filter": "mmcourse,-all", "cell_metadata_filter": cells}


def _content(notebook: NotebookNode) -> list:
    return [_course(notebook), *((c.cell_type, c.id, c.source, dict(c.metadata)) for c in notebook.cells)]


def main(arguments: list[str] | None = None) -> None:
    """The command line: see the top of this file."""
    parser = argparse.ArgumentParser(description="Turn a lesson into a script for authors, and back.")
    parser.add_argument("form", choices=("script", "notebook"), help="what to write")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    given = parser.parse_args(arguments)
    try:
        if given.form == "script":
            text = to_script(nbformat.read(given.source, as_version=4))
            given.target.write_text(text, encoding="utf-8", newline="\n")
        else:
            write(to_notebook(given.source.read_text(encoding="utf-8")), given.target)
    except (OSError, ValueError) as error:
        sys.exit(f"{given.source.name}: {error}")


if __name__ == "__main__":
    sys.exit(main())
