"""The learner copies in `colab/`: fresh, without results and solutions, complete, and made by rule."""

import base64
import io
import re
import shutil

import nbformat
import pytest
from PIL import Image

from tools import colab, colab_pictures
from tools.colab_page import Page
from tools.lesson import ROOT

from .made_up import code, good_notebook, text
from .test_lessons import COURSE, LESSONS, PATHS

COPIES = {path.stem: colab.FOLDER / path.relative_to(ROOT / "book") for path in PATHS}
BOX = re.compile(r"^([:`]{3,})\{(?:admonition|dropdown)\}([^\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
TITLES = re.compile(r"<summary>(.*)</summary>|^[> ]*\*\*(.+)\*\*$|^#+ (.+)$", re.MULTILINE)
MYST = re.compile(r"^\s*[:`~]{3,}\s*\{|\{[\w:+-]+\}`|^\([\w-]+\)=$|\{\{|^%", re.MULTILINE)
FIGURE = re.compile(r"^[`:]{3,}\{figure\}", re.MULTILINE)
SHOWN = re.compile(r"!\[([^\]]+)\]\[([\w-]+)\]")
DEFINITION = re.compile(r"^\[([\w-]+)\]: data:image/(?:png|gif);base64,(\S+)$", re.MULTILINE)

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=str)


def read_copy(lesson):
    return nbformat.read(COPIES[lesson.slug], as_version=4)


def markdown_of(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def toy_page(tmp_path):
    path = tmp_path / "start" / "toy.ipynb"
    return Page(path, [path], None)


def toy_project(address="https://github.com/OWNER/REPOSITORY"):
    return {"version": "1.2.0", "urls": {"Repository": address}}


def toy_lesson():
    notebook = good_notebook()
    notebook.cells[0] = text("title", "# A toy lesson\n\nAt the end you can add.")
    return notebook


def test_copies_are_fresh():
    made = colab.copies()
    assert set(made) == set(COPIES.values())
    assert colab.stale(made) == [], "run `make colab`"


@each_lesson
def test_copy_has_the_code_and_no_results(lesson):
    copy = read_copy(lesson)
    cells = [cell for cell in copy.cells if cell.cell_type == "code"]
    assert [(cell.id, cell.source) for cell in cells] == [(cell.id, cell.source) for cell in lesson.code]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)


@each_lesson
def test_copy_keeps_the_cells_and_their_ids(lesson):
    captions = [f"{cell.id}-caption" for cell in lesson.code if "figure" in cell.metadata.get("mystnb", {})]
    assert captions
    ids = [cell.id for cell in read_copy(lesson).cells]
    assert [name for name in ids if name not in {*captions, "references"}] == [cell.id for cell in lesson.cells]
    assert set(captions) < set(ids)


@each_lesson
def test_copy_has_no_solution(lesson):
    boxes = [box for cell in lesson.texts for box in BOX.findall(cell.source)]
    solutions = [body for _, title, body in boxes if "solution" in title.lower()]
    assert len(solutions) >= 3
    lines = {line.strip() for solution in solutions for line in solution.splitlines() if len(line.strip()) > 8}
    shown = "\n".join(markdown_of(read_copy(lesson)))
    assert [line for line in lines if line in shown] == []
    titles = ["".join(found) for found in TITLES.findall(shown)]
    assert titles
    assert [title for title in titles if re.search("(?<!re)solution", title, re.IGNORECASE)] == []


@each_lesson
def test_copy_is_plain_markdown(lesson):
    found = [match[0] for shown in markdown_of(read_copy(lesson)) for match in MYST.finditer(shown)]
    assert found == []
    assert any(MYST.search(cell.source) for cell in lesson.texts), "the pattern finds nothing in the lesson either"


def figures_of(lesson) -> int:
    return sum(len(FIGURE.findall(cell.source)) for cell in lesson.texts)


def test_nearly_every_lesson_has_a_picture_in_its_text():
    assert sum(figures_of(lesson) > 0 for lesson in LESSONS) > 0.9 * len(LESSONS)


@each_lesson
def test_copy_carries_its_pictures(lesson):
    texts = markdown_of(read_copy(lesson))
    shown = [match for shown in texts for match in SHOWN.findall(shown)]
    held = dict(match for shown in texts for match in DEFINITION.findall(shown))
    assert len(shown) == figures_of(lesson)
    assert {name for _, name in shown} == set(held)
    for picture in held.values():
        assert Image.open(io.BytesIO(base64.b64decode(picture))).width > 200
    assert sum(shown.count("![") for shown in texts) == len(shown)


@each_lesson
def test_copy_says_which_edition_it_is(lesson):
    copy = read_copy(lesson)
    assert copy.metadata.mmcourse == {"slug": lesson.slug, "version": COURSE.version}
    assert copy.metadata.colab == {"name": f"{lesson.slug}.ipynb", "provenance": []}
    assert f"edition v{COURSE.version}" in copy.cells[0].source
    assert f"/tags/v{COURSE.version}.zip" in next(cell.source for cell in copy.cells if cell.id == "setup")


@each_lesson
def test_copy_lists_what_it_cites(lesson):
    keys = {
        key.strip()
        for cell in lesson.texts
        for cited in re.findall(r"\{cite:[pt]\}`([^`]+)`", cell.source)
        for key in cited.split(",")
    }
    last = read_copy(lesson).cells[-1]
    assert last.id == "references"
    assert len(re.findall(r"^- .+\d\.", last.source, re.MULTILINE)) == len(keys) > 0


def test_copy_of_a_made_up_lesson(tmp_path):
    notebook = toy_lesson()
    notebook.cells[4].metadata.mystnb.figure.name = "fig-toy-rising-sums"
    notebook.cells[1].metadata.tags = ["hide-input"]
    copy = colab.copy_of(notebook, toy_page(tmp_path), toy_project())
    cells = {cell.id: cell for cell in copy.cells}
    assert cells["draw-sums-caption"].source == "**Figure “rising sums”.** Sums rise."
    assert cells["setup"].metadata == {"jupyter": {"source_hidden": True}}
    assert cells["draw-sums"].metadata == {}
    assert "Use a loop" not in cells["exercises"].source
    assert cells["exercises"].source.count("### Exercise") == 3
    assert "references" not in cells


def test_cell_that_is_only_a_solution_is_left_out(tmp_path):
    notebook = toy_lesson()
    notebook.cells.insert(2, text("answer", ":::{dropdown} Solution\nIt is five.\n:::"))
    copy = colab.copy_of(notebook, toy_page(tmp_path), toy_project())
    assert "answer" not in [cell.id for cell in copy.cells]


def test_setup_cell_of_another_edition_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"lesson toy, cell 'setup': it does not install the edition v1\.2\.1"):
        colab.copy_of(toy_lesson(), toy_page(tmp_path), toy_project() | {"version": "1.2.1"})


@pytest.mark.parametrize(
    ("address", "book"),
    [
        ("https://github.com/OWNER/REPOSITORY", "\nThe page from which you have this notebook has the results"),
        ("https://x.org/a/b/", "\n[The book](https://x.org/a/b/blob/v1.2.0/book/start/toy.ipynb) has the results"),
    ],
)
def test_copy_says_where_the_results_are(tmp_path, address, book):
    title = colab.copy_of(toy_lesson(), toy_page(tmp_path), toy_project(address)).cells[0].source
    assert book in title
    assert "`AssertionError`" in title


def test_stale_missing_and_left_over_copies_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(colab, "FOLDER", tmp_path)
    names = ("same", "changed", "missing", "removed-lesson")
    same, changed, missing, removed = (tmp_path / f"{name}.ipynb" for name in names)
    (tmp_path / ".ipynb_checkpoints").mkdir()
    for path in (same, changed, removed, tmp_path / ".ipynb_checkpoints" / "same-checkpoint.ipynb"):
        path.write_text("{}\n", encoding="utf-8")
    found = colab.stale({same: "{}\n", changed: "{ }\n", missing: "{}\n"})
    assert found == [
        "changed.ipynb is stale",
        "missing.ipynb is missing",
        "removed-lesson.ipynb belongs to no lesson",
    ]


def test_command_writes_copies_and_removes_what_is_left_over(tmp_path, monkeypatch, capsys):
    figures = shutil.copytree(colab_pictures.FOLDER, tmp_path / "figures")
    monkeypatch.setattr(colab, "FOLDER", tmp_path)
    monkeypatch.setattr(colab_pictures, "FOLDER", figures)
    left_over = (tmp_path / "start" / "removed-lesson.ipynb", figures / "removed-drawing.png")
    left_over[0].parent.mkdir()
    for path in left_over:
        path.touch()
    colab.main()
    assert not any(path.exists() for path in left_over)
    assert {path.name for path in tmp_path.rglob("*.ipynb")} == {path.name for path in PATHS}
    assert colab.stale(colab.copies()) == []
    assert capsys.readouterr().out.startswith(f"{len(PATHS)} learner copies of edition v{COURSE.version}")


def test_drawing_that_changed_needs_a_new_png(tmp_path, monkeypatch):
    monkeypatch.setattr(colab_pictures, "FOLDER", tmp_path)
    svg = tmp_path / "line.svg"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    with pytest.raises(ValueError, match=r"line\.svg has no PNG of its own in colab/figures: run `make colab`"):
        colab_pictures.data_address(svg)
    screenshot = io.BytesIO()
    Image.new("RGB", (3, 2)).save(screenshot, "PNG")
    colab_pictures.save(screenshot.getvalue(), svg)
    assert colab_pictures.data_address(svg).startswith("data:image/png;base64,")
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9"/>', encoding="utf-8")
    assert not colab_pictures.is_fresh(svg)


@pytest.mark.parametrize("svg", colab.drawings(), ids=lambda path: path.name)
def test_drawing_is_as_large_as_in_the_book(svg):
    sizes = re.match(r'<svg[^>]* width="([\d.]+)"[^>]* height="([\d.]+)"', svg.read_text(encoding="utf-8")).groups()
    with Image.open(colab_pictures.png_of(svg)) as picture:
        assert picture.size == pytest.approx([float(size) for size in sizes], abs=2)


@pytest.mark.parametrize(
    ("name", "message"), [("gone.png", "there is no picture gone.png"), ("a.tiff", "is no picture")]
)
def test_picture_that_a_copy_cannot_hold_is_refused(tmp_path, name, message):
    (tmp_path / "a.tiff").touch()
    with pytest.raises(ValueError, match=message):
        colab_pictures.data_address(tmp_path / name)


def test_hidden_cell_keeps_its_code(tmp_path):
    notebook = toy_lesson()
    notebook.cells.insert(2, code("helper", "x = 1", tags=["hide-cell"]))
    copy = colab.copy_of(notebook, toy_page(tmp_path), toy_project())
    helper = next(cell for cell in copy.cells if cell.id == "helper")
    assert (helper.source, helper.metadata) == ("x = 1", {"jupyter": {"source_hidden": True}})
