"""Checks of the notebook's metadata under the key `mmcourse`: every key, of the right type, pointing at what exists."""

import re
from collections.abc import Callable

from .notebook import Course, Lesson

SLUG = re.compile(r"[a-z][a-z0-9-]*")
COVERS = re.compile(r"S[0-4](?:b|zh|en)?-[0-9A-Za-z.]+|(?:BG|CO|MA|CD|AP)-\d|TR|RS|QA|BUG")
ERRATA = re.compile(r"[FNCRKD]-\d{2}|[a-z][a-z0-9-]*")  # of the planning documents, or a name of its own
MISCONCEPTIONS = 3
OBJECTIVES = 4
ERRATUM_TEXT = re.compile(r"\S.{0,108}\S")  # one line of the gallery of bugs


def _is_list_of(value: object, pattern: re.Pattern) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and pattern.fullmatch(item) for item in value)


def _is_whole(value: object, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def _are_objectives(value: object) -> bool:
    if not isinstance(value, list) or not 1 <= len(value) <= OBJECTIVES:
        return False
    if not all(isinstance(item, dict) and set(item) == {"id", "text"} for item in value):
        return False
    ids = [item["id"] for item in value]
    return len(set(ids)) == len(ids) and _is_list_of(ids, SLUG) and all(str(item["text"]).strip() for item in value)


def _are_misconceptions(value: object) -> bool:
    texts = isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)
    return texts and len(value) == MISCONCEPTIONS


def _are_errata(value: object) -> bool:
    if not isinstance(value, list) or not all(isinstance(item, dict) and set(item) == {"id", "text"} for item in value):
        return False
    ids, texts = [item["id"] for item in value], [item["text"] for item in value]
    return len(set(map(str, ids))) == len(ids) and _is_list_of(ids, ERRATA) and _is_list_of(texts, ERRATUM_TEXT)


KEYS: dict[str, tuple[Callable[[object], bool], str]] = {
    "slug": (lambda value: isinstance(value, str) and bool(SLUG.fullmatch(value)), "the name of the file"),
    "tier": (lambda value: value in ("core", "elective"), "'core' or 'elective'"),
    "week": (lambda value: value is None or _is_whole(value, 1, 12), "a week from 1 to 12, or null"),
    "level": (lambda value: _is_whole(value, 1, 3), "1 (first contact), 2 or 3"),
    "minutes": (lambda value: _is_whole(value, 1, 120), "whole minutes"),
    "needs": (lambda value: _is_list_of(value, SLUG), "a list of slugs"),
    "objectives": (_are_objectives, 'one to four of {"id": "small-letters", "text": "..."}'),
    "data": (lambda value: _is_list_of(value, re.compile(r"[a-z0-9_-]+")), "a list of names of datasets"),
    "covers": (lambda value: _is_list_of(value, COVERS), "a list of ids such as S4-4.1.2.b"),
    "errata": (_are_errata, 'a list of {"id": "F-02" or "a-name", "text": "up to 110 characters"}, no id twice'),
    "misconceptions": (_are_misconceptions, "a list of three sentences"),
}


def check_objectives(lesson: Lesson, course: Course) -> list[str]:
    """The objectives in the metadata are the list in the first cell, word for word."""
    listed = re.findall(r"^- (.+)$", lesson.cells[0].source if lesson.cells else "", re.MULTILINE)
    given = [objective["text"] for objective in lesson.course_metadata.get("objectives", [])]
    if listed == given:
        return []
    only = [f"only the first cell has {text!r}" for text in listed if text not in given]
    only += [f"only metadata.mmcourse has {text!r}" for text in given if text not in listed]
    return [f"{lesson.slug}: objectives differ: {'; '.join(only) or 'their order'}"]


def check_metadata(lesson: Lesson, course: Course) -> list[str]:
    """All keys, no other; each of its type; the slug is the file's name; what is needed comes earlier."""
    given = lesson.course_metadata
    found = [f"{lesson.slug}: metadata.mmcourse has an unknown key {key!r}" for key in sorted(set(given) - set(KEYS))]
    for key, (is_right, expected) in KEYS.items():
        if key not in given or not is_right(given[key]):
            found.append(f"{lesson.slug}: metadata.mmcourse.{key} is {given.get(key)!r}, expected {expected}")
    if found:
        return found
    if given["slug"] != lesson.slug:
        found.append(f"{lesson.slug}: metadata.mmcourse.slug is {given['slug']!r}, the file is called {lesson.slug!r}")
    if given["tier"] == "core" and given["week"] is None:
        found.append(f"{lesson.slug}: a core lesson belongs to a week; metadata.mmcourse.week is null")
    place = course.slugs.index(lesson.slug) if lesson.slug in course.slugs else 0
    late = [slug for slug in given["needs"] if slug not in course.slugs[:place]]
    return found + [f"{lesson.slug}: needs {slug!r}, which _toc.yml does not list before it" for slug in late]
