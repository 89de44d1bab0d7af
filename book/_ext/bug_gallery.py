"""Sphinx extension: the mistakes that the lessons show, a line each, from the `mmcourse` metadata of the notebooks.

    ```{bug-gallery} 1
    ```

The argument is the level of the lessons. Each line links to the section *Find the bug* of its lesson, for which the
label `bug-<slug>` is made.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from lesson_line import LEVELS, read_metadata
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SECTION = "Find the bug"


def lessons(root: Path) -> list[Path]:
    """The notebooks that `_toc.yml` lists, in reading order."""
    pages = re.findall(r"^\s*- file: (\S+)$", (root / "_toc.yml").read_text(encoding="utf-8"), re.MULTILINE)
    return [path for path in (root / f"{page}.ipynb" for page in pages) if path.is_file()]


def title(path: Path) -> str:
    """The heading of a lesson's first cell, up to a colon."""
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    return "".join(first["source"]).partition("\n")[0].removeprefix("# ").partition(":")[0]


def gallery_lines(paths: list[Path], level: int) -> list[str]:
    """MyST: an item for each mistake of the lessons of a level; ids of one lesson that share a text are one mistake.

    Raises ValueError for a level that is none.
    """
    if level not in LEVELS:
        raise ValueError(f"bug-gallery {level}: give one of {', '.join(map(str, LEVELS))}")
    lines = []
    for path in paths:
        metadata = read_metadata(path)
        if metadata["level"] == level:
            link = f"{{ref}}`{title(path)} <bug-{metadata['slug']}>`"
            texts = dict.fromkeys(entry["text"].removesuffix(".") for entry in metadata["errata"])
            lines += [f"- {text} — {link}" for text in texts]
    return lines


class BugGallery(SphinxDirective):
    """The list of one level, in reading order."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Parse the items where the directive stands; the page is made anew when a lesson or `_toc.yml` changes."""
        root = Path(self.env.srcdir)
        paths = lessons(root)
        for path in (root / "_toc.yml", *paths):
            self.env.note_dependency(str(path))
        return self.parse_text_to_nodes("\n".join(gallery_lines(paths, int(self.arguments[0]))))


def add_label(app: Sphinx, doctree: nodes.document) -> None:
    """Give the section *Find the bug* of a lesson that has been read the label `bug-<slug>`."""
    metadata = read_metadata(Path(app.env.doc2path(app.env.docname)))
    if metadata is None:
        return
    domain = app.env.get_domain("std")
    for section in doctree.findall(nodes.section):
        if section[0].astext().startswith(SECTION):
            place = (app.env.docname, section["ids"][0])
            domain.anonlabels[f"bug-{metadata['slug']}"] = place
            domain.labels[f"bug-{metadata['slug']}"] = (*place, SECTION)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_directive("bug-gallery", BugGallery)
    app.connect("doctree-read", add_label)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
