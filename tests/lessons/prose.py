"""Checks of the text of a lesson: short passages, one sentence a line, few boxes, plain words."""

import re

from . import markdown, terms
from .notebook import Course, Lesson

PASSAGE_WORDS = 120
BOXES = 3
BOX_NAMES = ("note", "tip", "warning")
OTHER_BOXES = ("important", "caution", "danger", "attention", "error", "hint", "seealso")
FORBIDDEN = re.compile(
    r"\b(powerful|crucial|delv(?:e|es|ed|ing)|leverag(?:e|es|ed|ing)|seamless(?:ly)?|in recent years"
    r"|with the rapid development|the (?:source )?documents? says?)\b",
    re.IGNORECASE,
)
EMOJI = re.compile("[\U0001f000-\U0001faff\u2705\u2728\u274c\u274e\u2b50\ufe0f]")
MARKER = re.compile(r"^[\s#>*+-]*(?:\d+[.)])?\s*")
SENTENCE_END = re.compile(r"(\S+?)[.!?][)\]\"'*_”]*\s+[(\[\"'*_“]*[A-Z]")
ABBREVIATIONS = {
    "e.g",
    "i.e",
    "cf",
    "vs",
    "fig",
    "figs",
    "eq",
    "eqs",
    "sec",
    "no",
    "al",
    "approx",
    "resp",
    "dr",
    "prof",
}


def check_passages(lesson: Lesson, course: Course) -> list[str]:
    """Between two code cells stands little prose; closed boxes do not count."""
    found = []
    words, first, started = 0, None, False
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            words += markdown.count_words(cell.source, folded=False)
            first = first or cell
            continue
        if started and words > PASSAGE_WORDS:
            found.append(lesson.at(first, f"{words} words without a code cell, allowed are {PASSAGE_WORDS}"))
        words, first, started = 0, None, True
    return found


def joined_sentences(text: str) -> list[str]:
    """The places, in a Markdown text, where a second sentence starts on a line."""
    kinds = ("prose", "heading")
    prose = [MARKER.sub("", markdown.plain(line.text)) for line in markdown.lines(text) if line.kind in kinds]
    return [match[0] for line in prose for match in SENTENCE_END.finditer(line) if not _is_abbreviation(match[1])]


def _is_abbreviation(word: str) -> bool:
    word = word.strip("([\"'*_“")
    return word.lower() in ABBREVIATIONS or re.fullmatch(r"(?:[A-Z]\.)*[A-Z]", word) is not None


def check_sentences(lesson: Lesson, course: Course) -> list[str]:
    """One sentence a line: short differences, good units for a translation."""
    return [
        lesson.at(cell, f"two sentences on one line, at {place!r}: start a new line")
        for cell in lesson.texts
        for place in joined_sentences(cell.source)
    ]


def check_words(lesson: Lesson, course: Course) -> list[str]:
    """No worn-out word, no emoji."""
    return [
        lesson.at(cell, f"the text has {match[0]!r}; say it plainly")
        for cell in lesson.cells
        for pattern in (FORBIDDEN, EMOJI)
        for match in pattern.finditer(cell.source)
    ]


def check_boxes(lesson: Lesson, course: Course) -> list[str]:
    """At most three boxes, each a note, a tip or a warning."""
    boxes = [(cell, name) for cell in lesson.texts for name, _ in markdown.directives(cell.source)]
    found = [
        lesson.at(cell, f"a box of the kind {name!r}; use one of {', '.join(BOX_NAMES)}")
        for cell, name in boxes
        if name in OTHER_BOXES
    ]
    count = sum(name in BOX_NAMES for _, name in boxes)
    if count > BOXES:
        found.append(f"{lesson.slug}: {count} boxes, allowed are {BOXES}: what matters stands in the text")
    return found


def check_terms(lesson: Lesson, course: Course) -> list[str]:
    """A key term of the glossary is linked where a reader who comes from the lessons it needs first meets it."""
    needs = lesson.course_metadata.get("needs", [])
    met = set().union(*(course.met.get(slug, set()) for slug in needs))
    texts = [(cell.get("id", "?"), cell.source) for cell in lesson.texts if cell is not lesson.cells[0]]
    head = terms.linked(lesson.cells[0].source, course.names) if lesson.cells else set()
    return [
        f"{lesson.slug}, cell {name!r}: the glossary's term {term!r} stands here without a link; link its first use, "
        f"{{term}}`{term}`, or put it behind the first link"
        for name, term in terms.unlinked(texts, course.names, met | head)
    ]
