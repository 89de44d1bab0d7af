"""Sphinx extension: the line under the title of a lesson, made from the notebook's `mmcourse` metadata.

Core · week 1 · about 15 minutes · needs: …
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

LEVELS = {1: "first contact", 2: "intermediate", 3: "advanced"}


def read_metadata(path: Path) -> dict | None:
    """The `mmcourse` metadata of a lesson's notebook, None for a page that is no lesson."""
    if path.suffix != ".ipynb":
        return None
    return json.loads(path.read_text(encoding="utf-8"))["metadata"].get("mmcourse")


def facts(metadata: dict) -> list[str]:
    """What the line says, one text a fact, without the lessons that are needed."""
    week = f"week {metadata['week']}" if metadata["week"] else "any week"
    return [metadata["tier"].capitalize(), week, LEVELS[metadata["level"]], f"about {metadata['minutes']} minutes"]


def line(metadata: dict, pages: dict[str, str]) -> nodes.paragraph:
    """The line as a node; `pages` maps the slug of each lesson to its page, so that what is needed is linked."""
    paragraph = nodes.paragraph("", " · ".join(facts(metadata)), classes=["lesson-line"])
    if not metadata["needs"]:
        paragraph += nodes.Text(" · needs no other lesson")
    for number, slug in enumerate(metadata["needs"]):
        paragraph += nodes.Text(" · needs " if number == 0 else ", ")
        reference = addnodes.pending_xref(
            "", nodes.literal("", slug), refdomain="std", reftype="doc", reftarget=f"/{pages[slug]}", refexplicit=True
        )
        paragraph += reference
    return paragraph


def add_line(app: Sphinx, doctree: nodes.document) -> None:
    """Put the line under the title when a lesson has been read."""
    metadata = read_metadata(Path(app.env.doc2path(app.env.docname)))
    if metadata is None:
        return
    pages = {Path(page).name: page for page in app.env.found_docs}
    title = next(iter(doctree.findall(nodes.title)))
    title.parent.insert(title.parent.index(title) + 1, line(metadata, pages))


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("doctree-read", add_line)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
