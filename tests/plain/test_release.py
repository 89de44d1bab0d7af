"""`make release` on a made-up course: what the zip holds, that it checks itself, and that it is the same each time."""

import hashlib
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import release

SECONDS = 1_800_000_000  # 2027-01-15 08:00:00 UTC
PROJECT = """[build-system]
requires = ["setuptools>=68"]
build-backend = "setuptools.build_meta"
[project]
name = "mmcourse"
version = "1.2.3"
[tool.setuptools.packages.find]
include = ["mmcourse*"]
[tool.setuptools.package-data]
mmcourse = ["*.txt"]
"""
FILES = {
    "pyproject.toml": PROJECT,
    "README.md": "About.\n",
    "LICENSE": "MIT\n",
    "_toc.yml": "root: book/index\nparts:\n- chapters:\n  - file: book/start/first\n",
    "mmcourse/__init__.py": "NUMBER = 42\n",
    "mmcourse/words.txt": "zero\n",
    "mmcourse/__pycache__/old.py": "",
    "book/index.md": "# Index\n",
    "book/start/first.ipynb": "{}",
    "colab/start/first.ipynb": '{"copy": 1}',
    "colab/start/.ipynb_checkpoints/first.ipynb": "{}",
    "pages/index.html": "<p>é</p>",
    "pages/.buildinfo": "no page",
    "pages/_static/script.js": "1;\n",
}
WHEEL = "mmcourse-1.2.3-py3-none-any.whl"
NAMES = [
    "LICENSE",
    "SHA256SUMS",
    "START-HERE.html",
    "book/_static/script.js",
    "book/index.html",
    "colab/start/first.ipynb",
    WHEEL,
]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder like that of the project, with a built book in `pages` and a wheel that is none."""
    root = tmp_path / "a course"
    for name, text in {**FILES, WHEEL: "wheel"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def umask_back() -> Iterator[None]:
    """The test may change the permissions of new files; afterwards they are as before."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def make(root: Path) -> Path:
    return release.make_release(root, root / "pages", root / WHEEL, root / "out", SECONDS)


def test_zip_holds_everything_and_nothing_else(course):
    target = make(course)
    assert target.name == "mmcourse-course-1.2.3.zip"
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == NAMES
        assert archive.read("book/index.html") == "<p>é</p>".encode()
        page = archive.read("START-HERE.html").decode()
    assert f"pip install --no-index --no-deps {WHEEL}" in page
    assert "Edition 1.2.3" in page
    assert "$" not in page
    assert sorted(path.name for path in target.parent.iterdir()) == [target.name, f"{target.name}.sha256"]


def test_checksums_are_those_of_all_files(course):
    target = make(course)
    with zipfile.ZipFile(target) as archive:
        lines = archive.read("SHA256SUMS").decode().splitlines()
        found = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in NAMES if name != "SHA256SUMS"}
    assert lines == [f"{found[name]}  {name}" for name in sorted(found)]
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    assert Path(f"{target}.sha256").read_text() == f"{digest}  {target.name}\n"


def test_same_files_give_the_same_bytes(course):
    first = make(course).read_bytes()
    for path in course.rglob("*"):
        os.utime(path, (1e9, 1e9))
        path.chmod(path.stat().st_mode ^ 0o044)
    assert make(course).read_bytes() == first
    (course / "pages/index.html").write_text("other")
    assert make(course).read_bytes() != first


def test_members_bear_the_given_time_and_can_be_read(course):
    with zipfile.ZipFile(make(course)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(2027, 1, 15, 8, 0, 0)}
        assert {member.external_attr >> 16 for member in archive.infolist()} == {0o100644}


@pytest.mark.parametrize("change", ["missing", "left over", "no folder"])
def test_copies_that_are_not_of_the_lessons_are_refused(course, change):
    copy = course / "colab/start/first.ipynb"
    if change == "missing":
        copy.unlink()
    elif change == "left over":
        copy.with_name("gone.ipynb").write_text("{}")
    else:
        (course / "colab").rename(course / "elsewhere")
    with pytest.raises(FileNotFoundError, match=r"(first|gone).*make colab"):
        make(course)
    assert not (course / "out").exists()


def test_a_book_that_is_not_built_is_refused(course):
    (course / "pages/index.html").unlink()
    with pytest.raises(FileNotFoundError, match=r"index\.html"):
        make(course)


def test_a_cut_leaves_the_old_release(course, monkeypatch):
    target = make(course)
    before = target.read_bytes(), Path(f"{target}.sha256").read_bytes()
    (course / "pages/index.html").write_text("new")

    def cut(archive: zipfile.ZipFile, *_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", cut)
    with pytest.raises(OSError, match="No space"):
        make(course)
    assert (target.read_bytes(), Path(f"{target}.sha256").read_bytes()) == before


def test_wheel_is_the_same_each_time_and_leaves_nothing(course, umask_back):
    before = sorted(course.rglob("*"))
    first = release.build_wheel(course, course.parent / "first", SECONDS)
    for path in course.glob("mmcourse/*.*"):
        os.utime(path, (1e9, 1e9))
        path.chmod(0o600)
    os.umask(0o077)
    second = release.build_wheel(course, course.parent / "second", SECONDS)
    assert first.name == WHEEL
    assert first.read_bytes() == second.read_bytes()
    assert sorted(course.rglob("*")) == before
    with zipfile.ZipFile(first) as archive:
        packed = [name for name in archive.namelist() if "dist-info" not in name]
    assert packed == ["mmcourse/__init__.py", "mmcourse/words.txt"]


def test_a_wheel_that_cannot_be_built_says_why(course, tmp_path):
    (course / "pyproject.toml").write_text(PROJECT.replace('version = "1.2.3"', 'version = "no version"'))
    with pytest.raises(RuntimeError, match="no version"):
        release.build_wheel(course, tmp_path / "wheel", SECONDS)


def test_copies_that_are_stale_are_refused(tmp_path, monkeypatch):
    copy = tmp_path / "first.ipynb"
    monkeypatch.setattr(release.colab, "FOLDER", tmp_path)
    monkeypatch.setattr(release.colab, "copies", lambda: {copy: "{}\n"})
    copy.write_text("{ }\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"first\.ipynb is stale.*run `make colab`"):
        release.refuse_stale_copies()
    copy.write_text("{}\n", encoding="utf-8")
    release.refuse_stale_copies()


@pytest.mark.skipif(shutil.which("git") is None, reason="git is missing: nothing knows what changed")
def test_files_that_no_commit_has_are_named(tmp_path, capsys):
    (tmp_path / "new.py").touch()
    release.warn_of_changes(tmp_path)
    assert capsys.readouterr().err == "", "without a repository nothing is known"
    subprocess.run(["git", "-C", str(tmp_path), "init", "--quiet"], check=True)
    release.warn_of_changes(tmp_path)
    assert "?? new.py" in capsys.readouterr().err
    (tmp_path / "new.py").unlink()
    release.warn_of_changes(tmp_path)
    assert capsys.readouterr().err == ""


def test_release_looks_at_copies_and_changes_first(monkeypatch):
    looked = []
    monkeypatch.setattr(release, "commit_time", lambda root: SECONDS)
    monkeypatch.setattr(release, "refuse_stale_copies", lambda: looked.append("copies"))

    def changes(root: Path) -> None:
        looked.append("changes")
        raise ValueError("that is far enough")

    monkeypatch.setattr(release, "warn_of_changes", changes)
    with pytest.raises(SystemExit, match="far enough"):
        release.main()
    assert looked == ["copies", "changes"]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is missing: no commit to take the time of")
def test_time_is_that_of_the_commit(tmp_path, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    for name, value in {"AUTHOR": "a", "COMMITTER": "c"}.items():
        monkeypatch.setenv(f"GIT_{name}_NAME", value)
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "x@example.org")
        monkeypatch.setenv(f"GIT_{name}_DATE", f"{SECONDS} +0100")
    with pytest.raises(ValueError, match="SOURCE_DATE_EPOCH"):
        release.commit_time(tmp_path)
    for command in (["init", "--quiet"], ["commit", "--quiet", "--allow-empty", "--message=x"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    assert release.commit_time(tmp_path) == SECONDS


@pytest.mark.parametrize("given", ["", "now", "-1", "0", "315532799"])
def test_time_that_no_zip_knows_is_refused(tmp_path, monkeypatch, given):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    with pytest.raises(ValueError, match=f"found: {given}.*SOURCE_DATE_EPOCH"):
        release.commit_time(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SECONDS))
    assert release.commit_time(tmp_path) == SECONDS
