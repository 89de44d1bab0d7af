"""Checks of the order and the budget of a lesson: title, core, claims, exercises, last headings."""

import re

from . import markdown
from .notebook import Course, Lesson, core, find_heading, is_claims

CORE_WORDS = 1500
CORE_CODE_CELLS = 20
CORE_EQUATIONS = 6
LAST_HEADINGS = ["Exercises", "Summary", "Further reading"]
EXERCISE = re.compile(r"^(?:#{2,4}|[:`]{3,}\s*\{admonition\})\s+Exercise\b")
SOLUTION = re.compile(r"^[:`]{3,}\s*\{(?:dropdown|admonition)\}\s+Solution\b")
FIGURE_NAME = re.compile(r"^:name:\s*(fig-\S+)", re.MULTILINE)
PRACTICES = re.compile(r"^Practices:\s*(.+)$")


def check_title(lesson: Lesson, course: Course) -> list[str]:
    """The first cell is the title; there is no second one."""
    titles = [(cell, title) for cell in lesson.texts for level, title in markdown.headings(cell.source) if level == 1]
    if not lesson.cells or not titles or titles[0][0] is not lesson.cells[0]:
        return [f"{lesson.slug}: the first cell must be Markdown that starts with '# Title'"]
    return [lesson.at(cell, f"a second title, {title!r}; use '##'") for cell, title in titles[1:]]


def check_core(lesson: Lesson, course: Course) -> list[str]:
    """The core is short: words, code cells, labelled equations."""
    cells = core(lesson)
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    measured = {
        "words": (sum(markdown.count_words(text) for text in texts), CORE_WORDS),
        "code cells": (sum(cell.cell_type == "code" for cell in cells), CORE_CODE_CELLS),
        "labelled equations": (sum(len(markdown.equation_labels(text)) for text in texts), CORE_EQUATIONS),
    }
    return [
        f"{lesson.slug}: the core has {count} {what}, allowed are {limit}; what does not fit is another lesson"
        for what, (count, limit) in measured.items()
        if count > limit
    ]


def check_last_headings(lesson: Lesson, course: Course) -> list[str]:
    """The last sections are always the same."""
    sections = [title for cell in lesson.texts for level, title in markdown.headings(cell.source) if level == 2]
    if sections[-3:] == LAST_HEADINGS:
        return []
    return [f"{lesson.slug}: the last headings are {sections[-3:]}, expected {LAST_HEADINGS}"]


def check_claims(lesson: Lesson, course: Course) -> list[str]:
    """The claims cell stands directly before the exercises, is hidden, asserts, prints one line that nbval compares."""
    end = find_heading(lesson, "Exercises")
    cell = lesson.cells[end - 1] if end else None
    if cell is None or not is_claims(cell):
        return [f"{lesson.slug}: a claims cell with '# NBVAL_CHECK_OUTPUT' must stand directly before '## Exercises'"]
    found = []
    if "hide-cell" not in cell.metadata.get("tags", []):
        found.append(lesson.at(cell, "the claims cell needs the tag hide-cell"))
    if not re.search(r"\bassert\b", cell.source):
        found.append(lesson.at(cell, "the claims cell asserts nothing"))
    printed = "".join(output.get("text", "") for output in cell.outputs)
    if len(printed.splitlines()) != 1 or len(cell.outputs) != 1:
        found.append(lesson.at(cell, f"the claims cell must print one line, found {printed!r}"))
    return found


def exercises(lesson: Lesson) -> dict[str, list[markdown.Line]]:
    """First line of each exercise: the lines up to the next exercise or heading."""
    found: dict[str, list[markdown.Line]] = {}
    current = None
    for line in (line for cell in lesson.texts for line in markdown.lines(cell.source)):
        if line.kind in ("heading", "directive") and EXERCISE.match(line.text):
            current = found.setdefault(line.text, [])
        elif line.kind == "heading":
            current = None
        elif current is not None:
            current.append(line)
    return found


def check_exercises(lesson: Lesson, course: Course) -> list[str]:
    """Three to five exercises; each names objectives of the lesson and has a folded solution."""
    found = []
    objectives = {objective.get("id") for objective in lesson.course_metadata.get("objectives", [])}
    sections = exercises(lesson)
    if not 3 <= len(sections) <= 5:
        found.append(f"{lesson.slug}: {len(sections)} exercises ('### Exercise 1: ...'), expected 3 to 5")
    for title, section in sections.items():
        named = [match[1] for line in section if (match := PRACTICES.match(line.text))]
        ids = re.findall(r"[a-z][\w-]*", named[0]) if named else []
        if not ids or not set(ids) <= objectives:
            known = ", ".join(sorted(map(str, objectives)))
            found.append(f"{lesson.slug}, {title!r}: needs a line 'Practices: `id`' with objectives of: {known}")
        if not any(line.folded and SOLUTION.match(line.text) for line in _with_options(section)):
            found.append(f"{lesson.slug}, {title!r}: needs a folded solution, ':::{{dropdown}} Solution ...'")
    return found


def _with_options(section: list[markdown.Line]) -> list[markdown.Line]:
    """The lines; the opening line of an admonition is folded where its next line, its class, says so."""
    following = [*section[1:], markdown.Line("", "prose")]
    return [
        markdown.Line(line.text, line.kind, line.folded or (line.kind == "directive" and after.folded))
        for line, after in zip(section, following, strict=True)
    ]


def check_questions(lesson: Lesson, course: Course) -> list[str]:
    """At least one exercise answers back and two predictions are asked for; their ids start with the slug."""
    source = "\n".join(cell.source for cell in lesson.code)
    found = []
    for name, least in {"check": 1, "predict": 2}.items():
        calls = re.findall(rf"\bmm\.{name}\(\s*(?:f?[\"']([^\"']*)[\"'])?", source)
        if len(calls) < least:
            found.append(f"{lesson.slug}: {len(calls)} call(s) of mm.{name}, expected at least {least}")
        found += [
            f"{lesson.slug}: mm.{name}({call!r}) must start with '{lesson.slug}/'"
            for call in calls
            if not re.fullmatch(rf"{re.escape(lesson.slug)}/[a-z][a-z0-9-]*", call)
        ]
    return found


def check_labels(lesson: Lesson, course: Course) -> list[str]:
    """Equations are labelled eq-<slug>-<name>, figures fig-<slug>-<name>."""
    figures = [(cell, cell.metadata.get("mystnb", {}).get("figure", {}).get("name")) for cell in lesson.code]
    figures += [(cell, name) for cell in lesson.texts for name in FIGURE_NAME.findall(cell.source)]
    found = [
        lesson.at(cell, f"the figure label {name!r} must be 'fig-{lesson.slug}-...'")
        for cell, name in figures
        if name and not re.fullmatch(rf"fig-{re.escape(lesson.slug)}-[a-z][a-z0-9-]*", name)
    ]
    return found + [
        lesson.at(cell, f"the equation label {label!r} must be 'eq-{lesson.slug}-...'")
        for cell in lesson.texts
        for label in markdown.equation_labels(cell.source)
        if not re.fullmatch(rf"eq-{re.escape(lesson.slug)}-[a-z][a-z0-9-]*", label)
    ]
