"""Sphinx extension: a number from a record of the package, so that a page cannot say another one.

    {record}`see-and-hear: accuracy/both`             the mean over the seeds, 0.90
    {record}`see-and-hear: accuracy/both: spread`     mean and standard deviation, 0.905 ± 0.007

The path leads through the record's `results`; in a list a whole number chooses an element, `*` takes all of them, `+`
at the end adds up a list of numbers, and with any other name the path goes on in all elements. The forms are those of
FORMS. Held over the number, the mouse shows where it comes from.
"""

from collections.abc import Callable, Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from mmcourse import records

FORMS: dict[str, Callable[[list[float]], str]] = {
    "mean": lambda values: f"{_mean(values):.2f}",
    "fine": lambda values: f"{_mean(values):.3f}",
    "percent": lambda values: f"{_mean(values):.0%}".replace("%", "\u00a0%"),
    "spread": records.summary,
    "whole": lambda values: f"{_mean(values):,.0f}",
}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def numbers(slug: str, path: str) -> list[float]:
    """The numbers at a path of a record's results. Raises ValueError for a path that leads nowhere."""
    found = list(_numbers(records.record(slug)["results"], path.split("/"), f"{slug}: {path}"))
    if not found or not all(isinstance(value, int | float) for value in found):
        raise ValueError(f"The record {slug!r} has no numbers at {path!r}, but {found!r:.80}.")
    return found


def _numbers(content: object, path: list[str], name: str) -> Iterator[object]:
    if isinstance(content, list) and path and path[0].isdigit() and int(path[0]) < len(content):
        yield from _numbers(content[int(path[0])], path[1:], name)
    elif path == ["+"] and isinstance(content, list) and all(isinstance(element, int | float) for element in content):
        yield sum(content)
    elif isinstance(content, list) and path[:1] == ["*"]:
        for element in content:
            yield from _numbers(element, path[1:], name)
    elif isinstance(content, list):
        for element in content:
            yield from _numbers(element, path, name)
    elif not path:
        yield content
    elif isinstance(content, dict) and path[0] in content:
        yield from _numbers(content[path[0]], path[1:], name)
    else:
        known = ", ".join(map(str, content)) if isinstance(content, dict) else f"the number {content}"
        raise ValueError(f"{name!r}: there is no {path[0]!r}; there: {known:.300}.")


def number(text: str) -> str:
    """The number that `slug: path` or `slug: path: form` names. Raises ValueError for a text of another form."""
    parts = [part.strip() for part in text.split(":")]
    slug, path, form = parts if len(parts) == 3 else (*parts, "mean") if len(parts) == 2 else ("", "", "")
    if form not in FORMS:
        raise ValueError(f"A record's number is 'slug: path' or 'slug: path: form', not {text!r}; forms: {[*FORMS]}.")
    return FORMS[form](numbers(slug, path))


class RecordNumber(SphinxRole):
    """The role: the number, with its place in the records for the mouse."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return one node; a number that is not there is an error of the build."""
        slug, path, *_ = (part.strip() for part in f"{self.text}:".split(":"))
        try:
            shown = number(self.text)
        except ValueError as error:
            return [], [self.inliner.reporter.error(str(error), line=self.lineno)]
        self.env.note_dependency(f"{records.__file__.removesuffix('.py')}/{slug}.json")
        return [nodes.abbreviation(shown, shown, explanation=f"record {slug}: {path}", classes=["record"])], []


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_role("record", RecordNumber())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
