"""The lessons of the table of contents keep the rules of the course."""

import nbformat
import pytest

from tools import readme_picture
from tools.lesson import ROOT, lessons

from .checks import CHECKS
from .notebook import read, read_course

PATHS = lessons(ROOT)
COURSE = read_course(ROOT, PATHS)
LESSONS = [read(path) for path in PATHS]


def test_table_of_contents_has_every_lesson():
    notebooks = sorted(path for path in (ROOT / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
    assert PATHS
    unlisted = [path.relative_to(ROOT).as_posix() for path in notebooks if path not in PATHS]
    assert not unlisted, f"not in _toc.yml: {', '.join(unlisted)}"
    assert len(set(COURSE.slugs)) == len(COURSE.slugs)


def test_readme_shows_the_picture_of_the_lesson():
    assert readme_picture.PICTURE.read_bytes() == readme_picture.picture(), "run `make run LESSON=see-and-hear`"
    name = readme_picture.PICTURE.relative_to(ROOT).as_posix()
    assert f"]({name})" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lesson", LESSONS, ids=str)
def test_lesson_is_a_valid_notebook(lesson):
    assert nbformat.validator.isvalid(lesson.notebook)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("lesson", LESSONS, ids=str)
def test_lesson(lesson, check):
    messages = check(lesson, COURSE)
    assert not messages, "\n".join(messages)
