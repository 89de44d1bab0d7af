"""`make test-colab` in parts: which lessons run, what is packed, how a kernel is made to look like Colab's."""

import re
import shutil
import subprocess
import sys
import types
import zipfile
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook, new_output

from tools import colab_environment, lesson, run_colab
from tools.lesson import ROOT

from .made_up import code, good_notebook
from .test_lessons import COURSE, PATHS

VERSIONS = colab_environment.VERSIONS.read_text(encoding="utf-8")
ADDRESS = "https://example.org/course/archive/refs/tags/v1.2.0.zip"


def lessons(count):
    return [Path(f"{number}.ipynb") for number in range(count)]


@pytest.mark.parametrize(("count", "size"), [(1, 1), (2, 2), (6, 2), (7, 3), (34, 8)])
def test_each_lesson_has_its_turn_within_five_days(count, size):
    paths = lessons(count)
    days = [run_colab.choose(paths, number) for number in range(738000, 738005)]
    assert all(len(day) == size and day[0] == paths[0] for day in days)
    assert {path for day in days for path in day} == set(paths)


def test_a_number_chooses_the_same_lessons_again():
    paths = lessons(34)
    assert run_colab.choose(paths, 7) == run_colab.choose(paths, 7) != run_colab.choose(paths, 8)


def test_one_lesson_runs_alone_and_others_with_every_module():
    first, *others = [path.stem for path in PATHS]
    assert list(run_colab.choose_notebooks(first, False, 0)) == [first]
    assert list(run_colab.choose_notebooks(None, True, 0)) == [run_colab.MODULES, first, *others]
    notebooks = run_colab.choose_notebooks(None, False, 0)
    assert [cell.id for cell in notebooks[run_colab.MODULES].cells] == ["setup", "imports"]
    assert notebooks[first].metadata.mmcourse.slug == first
    with pytest.raises(ValueError, match="no lesson is called 'nothing'"):
        run_colab.choose_notebooks("nothing", False, 0)


def test_requirements_are_pinned():
    required = {re.match(r"[\w-]+", requirement)[0] for requirement in lesson.project()["dependencies"]}
    assert required - set(re.findall(r"^([\w-]+)==", VERSIONS, re.MULTILINE)) == set()


def test_versions_are_pins():
    pins = [line for line in VERSIONS.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", pin) for pin in pins)
    assert len(pins) == len({pin.partition("==")[0] for pin in pins}) > 20


def test_environment_of_another_list_is_another(tmp_path, monkeypatch):
    before = colab_environment.identity(sys.executable)
    assert before == colab_environment.identity(sys.executable)
    changed = tmp_path / "versions.txt"
    changed.write_text(VERSIONS.replace("keras==3", "keras==4"), encoding="utf-8")
    monkeypatch.setattr(colab_environment, "VERSIONS", changed)
    assert colab_environment.identity(sys.executable) != before


@pytest.mark.parametrize("chosen", [None, "nowhere/python3.13"])
def test_missing_python_is_said_with_the_way_to_provide_it(chosen, monkeypatch):
    monkeypatch.setattr(colab_environment, "PYTHON", (2, 7))
    monkeypatch.delenv("PYTHON313", raising=False)
    if chosen:
        monkeypatch.setenv("PYTHON313", chosen)
    with pytest.raises(
        FileNotFoundError, match=r"Python 3\.13.*make test-colab PYTHON313=/path/to/python3\.13"
    ) as told:
        colab_environment.find_python()
    assert (f"PYTHON313={chosen} is none" in str(told.value)) is (chosen is not None)


def test_python_of_the_right_version_is_found(monkeypatch):
    monkeypatch.setattr(colab_environment, "PYTHON", sys.version_info[:2])
    monkeypatch.setenv("PYTHON313", sys.executable)
    assert colab_environment.find_python() == sys.executable


def test_failed_command_is_told():
    with pytest.raises(RuntimeError, match=r"(?s)-c .* failed:.*no such thing"):
        colab_environment.run(sys.executable, "-c", "raise SystemExit('no such thing')")


def test_variables_of_the_user_stay_outside(monkeypatch):
    for name in ("MMCOURSE_DATA_DIR", "KERAS_BACKEND", "PYTHONPATH", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, "x")
    names = set(colab_environment.environment())
    assert "PIP_INDEX_URL" in names
    assert not names & {"MMCOURSE_DATA_DIR", "KERAS_BACKEND", "PYTHONPATH"}


def test_archive_has_the_form_of_the_public_one(tmp_path):
    address, path = colab_environment.archive(tmp_path)
    assert address == f"{COURSE.address}/archive/refs/tags/v{COURSE.version}.zip"
    assert path.name == f"v{COURSE.version}.zip"
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
    tops = {name.partition("/")[0] for name in names}
    assert tops == {f"{COURSE.address.rsplit('/', 1)[1]}-{COURSE.version}"}
    inside = {name.partition("/")[2] for name in names}
    assert {"pyproject.toml", "README.md", "LICENSE", "mmcourse/__init__.py", "mmcourse/data/datasets.toml"} <= inside
    assert inside == set(colab_environment.package_files(ROOT))


def test_archive_holds_what_git_knows_or_all_without_git(tmp_path):
    tracked = {"pyproject.toml", "mmcourse/__init__.py", "mmcourse/data/ö.toml"}
    for name in (*tracked, "mmcourse/notes.txt", "mmcourse/__pycache__/old.pyc", "book/x.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert set(colab_environment.package_files(tmp_path)) == {*tracked, "mmcourse/notes.txt"}
    if shutil.which("git"):
        for command in (["init", "--quiet"], ["add", *tracked, "book/x.md"]):
            subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
        assert set(colab_environment.package_files(tmp_path)) == tracked


def test_modules_are_imported_after_the_setup_cell():
    copy = good_notebook()
    notebook = run_colab.imports(copy)
    assert [cell.id for cell in notebook.cells] == ["setup", "imports"]
    assert notebook.cells[0] == copy.cells[1] is not notebook.cells[0], "two notebooks must not share their outputs"
    printed = subprocess.run(
        [sys.executable, "-c", run_colab.IMPORTS.replace("importlib.import_module(name)", "pass")],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout.split()
    files = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "mmcourse").rglob("*.py")]
    modules = {
        ".".join(path.parts).removesuffix(".__init__") for path in files if path.parts != ("mmcourse", "__init__")
    }
    assert set(printed) == modules


def test_notebook_that_warns_is_told():
    notebook = new_notebook(cells=[code("quiet", "1", "a\n"), code("loud", "2")])
    assert run_colab.warnings(notebook) == ""
    notebook.cells[1].outputs = [new_output("stream", name="stderr", text="keras 3.8 is too old\n")]
    assert run_colab.warnings(notebook) == "cell 'loud' writes to stderr: keras 3.8 is too old"
    assert run_colab.printed(notebook.cells[0], "stdout") == "a\n"


def test_course_from_elsewhere_is_told(tmp_path):
    assert "installed nothing" in run_colab.missing(tmp_path)
    package = tmp_path / "environment" / "lib" / "site-packages" / "mmcourse" / "__init__.py"
    package.parent.mkdir(parents=True)
    package.touch()
    assert run_colab.missing(tmp_path) == ""


class Shell:
    """Stands for IPython: keeps what is registered and what is run."""

    def __init__(self):
        self.magic, self.command = None, ""

    def register_magic_function(self, function):
        self.magic = function

    def system(self, command):
        self.command = command


@pytest.fixture
def shell(monkeypatch):
    """A shell in which the startup file of the kernel has run."""
    shell = Shell()
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "google.colab", None)
    monkeypatch.setenv("COURSE_ADDRESS", ADDRESS)
    monkeypatch.setenv("COURSE_ARCHIVE", "file:///here/v1.2.0.zip")
    exec(run_colab.STARTUP.read_text(encoding="utf-8"), {})
    return shell


def test_kernel_looks_like_colab_and_installs_from_the_archive(shell):
    assert sys.modules["google.colab"].__name__ == "google.colab"
    assert shell.magic.__name__ == "pip"
    shell.magic(f'install -q --no-deps "mmcourse @ {ADDRESS}"')
    assert shell.command == f'"{sys.executable}" -m pip install -q --no-deps "mmcourse @ file:///here/v1.2.0.zip"'


@pytest.mark.parametrize("line", ["install numpy", f'install "mmcourse @ {ADDRESS}.zip"'])
def test_setup_cell_that_installs_something_else_is_refused(shell, line):
    with pytest.raises(ValueError, match=rf"expected it to install {re.escape(ADDRESS)}"):
        shell.magic(line)
    assert shell.command == ""
