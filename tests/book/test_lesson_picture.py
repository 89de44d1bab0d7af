"""The part on applications shows a picture of each of its lessons, and says why where it cannot."""

import base64
import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from contents import PAGES, ROOT
from lesson_picture import picture

PART = "book/applications/"
LESSONS = [page.removeprefix("book/") for page in PAGES if page.startswith(PART) and not page.endswith("index")]


def write_lesson(path, outputs: list[dict], metadata: dict):
    cell = {"id": "plot", "outputs": outputs, "metadata": metadata}
    path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    return path


def test_it_is_the_first_picture_of_the_cell_with_its_alt_text(tmp_path):
    outputs = [{"text": ["0.5\n"]}, {"data": {"image/png": "AAAA\nBBBB\n"}}, {"data": {"image/png": "CCCC"}}]
    lesson = write_lesson(tmp_path / "a.ipynb", outputs, {"mystnb": {"image": {"alt": "two lines"}}})
    assert picture(lesson, "plot") == ("AAAABBBB", "two lines")


@pytest.mark.parametrize(
    ("outputs", "metadata", "cell", "complaint"),
    [
        ([], {"mystnb": {"image": {"alt": "a"}}}, "other", "a has no cell 'other'; it has plot."),
        ([{"text": ["0.5"]}], {"mystnb": {"image": {"alt": "a"}}}, "plot", "shows no picture"),
        ([{"data": {"image/png": "AAAA"}}], {}, "plot", "no alt text"),
    ],
)
def test_what_cannot_be_shown_is_said(tmp_path, outputs, metadata, cell, complaint):
    with pytest.raises(ValueError, match=complaint):
        picture(write_lesson(tmp_path / "a.ipynb", outputs, metadata), cell)


def test_each_application_has_one_picture_in_order():
    text = (ROOT / PART / "index.md").read_text(encoding="utf-8")
    shown = [line.split()[1] for line in text.splitlines() if line.startswith("```{lesson-picture}")]
    assert shown == LESSONS != []


def test_the_page_shows_the_pictures_as_links(book):
    page = BeautifulSoup((book / f"{PART}index.html").read_text(encoding="utf-8"), "html.parser")
    figures = page.select("figure.lesson-picture")
    assert [figure.a["href"] for figure in figures] == [f"{Path(lesson).name}.html" for lesson in LESSONS]
    for figure in figures:
        kind, _, data = figure.img["src"].partition(",")
        assert kind == "data:image/png;base64"
        assert base64.b64decode(data).startswith(b"\x89PNG")
        assert len(figure.img["alt"]) > 20
        assert figure.figcaption.get_text(strip=True)
