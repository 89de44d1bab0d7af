"""No common mistake is lost: each is shown by a lesson, stands on a page of the back matter, or waits for a lesson."""

import json
import re
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from bug_gallery import gallery_lines, lessons
from contents import ROOT
from lesson_line import read_metadata

COUNTS = {"F": 25, "N": 4, "C": 38, "R": 19, "K": 25, "D": 6}
ALL = {f"{letter}-{number:02}" for letter, count in COUNTS.items() for number in range(1, count + 1)}
# Lessons to come, and the mistakes that they will show; a line counts until its lesson is there.
PLANNED: dict[str, str] = {}
MARK = re.compile(r"^% errata: (.+)\n(?=\S)", re.MULTILINE)
TEXTS = [page.read_text(encoding="utf-8") for page in sorted((ROOT / "book" / "appendix").glob("*.md"))]
LESSONS = lessons(ROOT)


def errata(path) -> set[str]:
    return {entry["id"] for entry in read_metadata(path)["errata"] if entry["id"][0].isupper()}


def marks() -> list[str]:
    """The ids of each comment `% errata: …` of the back matter that stands directly above a text."""
    return [mark for text in TEXTS for mark in MARK.findall(text)]


SHOWN = set().union(*map(errata, LESSONS))
ON_PAGES = Counter(name for names in marks() for name in names.split(", "))
WAITING = {name for slug, names in PLANNED.items() if slug not in {p.stem for p in LESSONS} for name in names.split()}


def test_every_mistake_is_somewhere():
    assert sorted(ALL - SHOWN - set(ON_PAGES) - WAITING) == [], "show it in a lesson or on a page, or plan it above"
    assert sorted((SHOWN | set(ON_PAGES) | WAITING) - ALL) == []


def test_no_mistake_is_in_two_places():
    assert [name for name, count in ON_PAGES.items() if count > 1] == []
    assert sorted(SHOWN & set(ON_PAGES)) == [], "a lesson shows it: take it off the page"
    assert sorted((SHOWN | set(ON_PAGES)) & WAITING) == [], "it waits no longer: take it out of PLANNED"


def test_every_mark_stands_above_a_text():
    assert len(marks()) == sum(text.count("% errata") for text in TEXTS) > 0


def write_lesson(path, level: int, texts: list[str]) -> None:
    entries = [{"id": f"F-{number:02}", "text": text} for number, text in enumerate(texts, start=1)]
    metadata = {"mmcourse": {"slug": path.stem, "level": level, "errata": entries}}
    cells = [{"source": ["# A lesson: twice\n", "\n", "Text."]}]
    path.write_text(json.dumps({"metadata": metadata, "cells": cells}), encoding="utf-8")


def test_a_line_for_each_mistake_of_the_level(tmp_path):
    for slug, level in (("easy", 1), ("hard", 3), ("also-easy", 1)):
        write_lesson(tmp_path / f"{slug}.ipynb", level, ["One sum", "One sum.", "`two`"])
    paths = [tmp_path / f"{slug}.ipynb" for slug in ("easy", "hard", "also-easy")]
    links = [f"{{ref}}`A lesson <bug-{slug}>`" for slug in ("easy", "also-easy")]
    assert gallery_lines(paths, 1) == [f"- {text} — {link}" for link in links for text in ("One sum", "`two`")]
    assert gallery_lines(paths, 2) == []


def test_the_reading_order_is_that_of_the_table_of_contents(tmp_path):
    toc = "root: index\nparts:\n  - chapters:\n      - file: b\n      - file: page\n      - file: a\n"
    (tmp_path / "_toc.yml").write_text(toc, encoding="utf-8")
    for slug in "ab":
        write_lesson(tmp_path / f"{slug}.ipynb", 1, [])
    assert [path.stem for path in lessons(tmp_path)] == ["b", "a"]


def test_a_level_that_is_none_is_refused():
    with pytest.raises(ValueError, match="bug-gallery 4: give one of 1, 2, 3"):
        gallery_lines([], 4)


def test_the_page_lists_every_mistake_of_every_lesson(book):
    page = BeautifulSoup((book / "book/appendix/bugs.html").read_text(encoding="utf-8"), "html.parser")
    links = [item.find("a", href=re.compile("#find-the-bug")) for item in page.select("article li")]
    lines = "\n".join(line for level in (1, 2, 3) for line in gallery_lines(LESSONS, level))
    assert [link.text for link in links if link] == re.findall(r"`([^`]+) <bug-", lines) != []
