"""`tools/lesson.py` and `tools/execute.py`: script and back, normal form, table of contents, execution in place."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools import execute, lesson

from .made_up import METADATA, code, good_notebook, text

TOC = """
format: jb-book
root: book/index
parts:
  - caption: Start
    chapters:
      - file: book/start/second
        sections:
          - file: book/start/first
      - file: book/start/page
"""


def content(notebook):
    return [(cell.cell_type, cell.id, cell.source, dict(cell.metadata)) for cell in notebook.cells]


def save(notebook, path):
    lesson.write(lesson.normalize(notebook), path)
    return path.read_bytes()


def test_script_and_back_keeps_cells_and_metadata():
    notebook = good_notebook()
    notebook.cells.append(code("spaced", "x = 1\n\n\ndef f():\n    return '数据'\n\n\n!ls", tags=["hide-input"]))
    returned = lesson.to_notebook(lesson.to_script(notebook))
    assert content(returned) == content(notebook)
    assert returned.metadata == notebook.metadata
    assert returned.metadata.mmcourse == METADATA


def test_script_is_readable():
    script = lesson.to_script(good_notebook())
    assert '# %% claims tags=["hide-cell"]\n# NBVAL_CHECK_OUTPUT\nassert 2 + 3 == 5' in script
    assert "# %% title [markdown]\n# # A toy lesson" in script
    assert "#     slug: toy" in script


def test_command_line_writes_script_and_notebook(tmp_path):
    source, script, target = tmp_path / "x.ipynb", tmp_path / "x.py", tmp_path / "y.ipynb"
    save(good_notebook(), source)
    lesson.main(["script", str(source), str(script)])
    lesson.main(["notebook", str(script), str(target)])
    assert content(nbformat.read(target, as_version=4)) == content(good_notebook())
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["x.ipynb", "x.py", "y.ipynb"]


def test_cell_that_looks_like_a_header_is_refused():
    notebook = good_notebook()
    notebook.cells.append(code("header", "x = 1\n# %% other\ny = 2"))
    with pytest.raises(ValueError, match="# %%"):
        lesson.to_script(notebook)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("# %% one\n1\n\n# %%\n2", "cell 2 .* is called None"),
        ("# %% one\n1\n\n# %% Recall That\n2", "cell 2 .* is called 'Recall That'"),
        ("# %% one\n1\n\n# %% one\n2", "called 'one'"),
        ('# %% one mystnb={caption": "x"}\n1', "cell 'one': what follows its name is no JSON"),
    ],
)
def test_script_with_bad_names_is_refused(script, message):
    with pytest.raises(ValueError, match=message):
        lesson.to_notebook(script)


def test_normal_form():
    cell = new_code_cell("x = 1  \n\n", id="set-x", execution_count=7, metadata={"collapsed": True, "tags": ["a"]})
    cell.outputs = [new_output("execute_result", data={"text/plain": "1"}, execution_count=7)]
    given = new_notebook(cells=[cell], metadata={"widgets": {}, "mmcourse": {"slug": "x"}})
    normal = lesson.normalize(given)
    assert normal.cells[0].source == "x = 1"
    assert normal.cells[0].metadata == {"tags": ["a"]}
    assert normal.cells[0].execution_count == normal.cells[0].outputs[0].execution_count == 1
    assert set(normal.metadata) == {"kernelspec", "language_info", "mmcourse"}
    assert normal.metadata.kernelspec.name == "python3"
    assert normal.metadata.language_info.pygments_lexer == "ipython3"
    assert lesson.normalize(normal) == normal
    assert given.cells[0].execution_count == 7


def test_table_of_contents_gives_lessons_in_order(tmp_path):
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    folder = tmp_path / "book" / "start"
    folder.mkdir(parents=True)
    for name in ("first.ipynb", "second.ipynb", "page.md"):
        (folder / name).touch()
    paths = lesson.lessons(tmp_path)
    assert [path.stem for path in paths] == ["second", "first"]
    assert lesson.select(paths, None) == paths
    assert lesson.select(paths, "first") == paths[1:]
    with pytest.raises(ValueError, match=r"'third'; a lesson exists and stands in _toc\.yml, as: second, first"):
        lesson.select(paths, "third")


def test_execution_writes_outputs_in_place(tmp_path):
    path = tmp_path / "sums.ipynb"
    cells = [text("title", "# Sums"), code("add", "import os\nprint(2 + 3)\nprint(os.getcwd())")]
    save(lesson.without_outputs(new_notebook(cells=cells)), path)
    execute.execute(path)
    executed = nbformat.read(path, as_version=4)
    assert executed.cells[1].outputs[0].text.splitlines() == ["5", str(tmp_path)]
    assert executed == lesson.normalize(executed)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("1 / 0", RuntimeError, "cell 'bad': .*ZeroDivisionError"),
        ("import sys\nprint('careful', file=sys.stderr)", ValueError, "cell 'bad' writes to stderr: careful"),
        ("import os\nos._exit(1)", RuntimeError, "cell 'bad': .*died"),
    ],
)
def test_failed_execution_names_the_cell_and_leaves_the_file(tmp_path, source, error, message):
    path = tmp_path / "bad.ipynb"
    before = save(lesson.without_outputs(new_notebook(cells=[code("good", "x = 1"), code("bad", source)])), path)
    with pytest.raises(error, match=f"(?s){message}"):
        execute.execute(path)
    assert path.read_bytes() == before
