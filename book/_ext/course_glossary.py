"""Sphinx extension: the glossary and the list of abbreviations, both from one YAML file.

    ```{course-glossary} glossary.yml
    ```
    ```{course-abbreviations} glossary.yml
    ```

An entry has `term`, `zh` (the Chinese term), `definition` and, where the field uses one, `abbreviation`. The first
directive is a Sphinx glossary, so a lesson links a term with {term}`late fusion` or {term}`GPU`.
"""

from pathlib import Path

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.domains.std import Glossary
from sphinx.util.docutils import SphinxDirective

FIELDS = {"term", "zh", "definition", "abbreviation"}


def read_entries(path: Path) -> list[dict[str, str]]:
    """Entries of a glossary file. Raises ValueError for an entry with a missing or an unknown field."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    for entry in entries:
        if not FIELDS - {"abbreviation"} <= set(entry) <= FIELDS:
            raise ValueError(
                f"{path.name}: entry {entry.get('term')!r} has the fields {sorted(entry)}, expected term, zh, "
                "definition and perhaps abbreviation."
            )
    return entries


def glossary_lines(entries: list[dict[str, str]]) -> list[str]:
    """The entries as the content of Sphinx's glossary directive, one or two terms and a definition each."""
    lines = []
    for entry in entries:
        names = [entry[field] for field in ("term", "abbreviation") if field in entry]
        lines += [*names, f"    **{entry['zh']}** — {entry['definition'].strip()}", ""]
    return lines


class CourseGlossary(Glossary):
    """Sphinx's glossary directive with its content read from a file beside the page."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the glossary node."""
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        lines = glossary_lines(read_entries(Path(path)))
        self.content = StringList(lines, source=path)
        return super().run()


class CourseAbbreviations(SphinxDirective):
    """A list of the glossary's abbreviations, each with its term and the Chinese term."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the nodes of a Markdown table."""
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        entries = [entry for entry in read_entries(Path(path)) if "abbreviation" in entry]
        rows = sorted((e["abbreviation"], e["term"], e["zh"]) for e in entries)
        lines = ["| Abbreviation | Term | 中文 |", "| --- | --- | --- |"]
        lines += [f"| {short} | {{term}}`{term}` | {zh} |" for short, term, zh in rows]
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_directive("course-glossary", CourseGlossary)
    app.add_directive("course-abbreviations", CourseAbbreviations)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
