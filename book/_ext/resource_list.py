"""Sphinx extension: the resources of one group, from one YAML file; its head says what the fields mean.

```{resources} resources.yml books
```
"""

from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

GROUPS = ("books", "courses", "code", "tools", "sites", "papers")
ALWAYS = {"group", "title", "note", "here"}
SOURCES = ({"key"}, {"address", "checked"})


def read_resources(path: Path) -> list[dict]:
    """The entries of the file. Raises ValueError for one with a missing or an unknown field, or an unknown group."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    for entry in entries:
        if set(entry) - ALWAYS not in SOURCES or not set(entry) >= ALWAYS or entry["group"] not in GROUPS:
            raise ValueError(
                f"{path.name}: entry {entry.get('title')!r} has the fields {sorted(entry)} and the group "
                f"{entry.get('group')!r}, expected {sorted(ALWAYS)}, and key, or address and checked; groups: {GROUPS}"
            )
    return entries


def link(address: str) -> str:
    """The address as a link that shows it; as code where two hyphens would be set as a dash."""
    return f"[`{address}`]({address})" if "--" in address else f"<{address}>"


def item(entry: dict) -> str:
    """An entry as an item of a Markdown list."""
    source = f"{{cite:p}}`{entry['key']}`" if "key" in entry else link(entry["address"])
    pages = ", ".join(f"{{doc}}`/book/{page}`" for page in entry["here"])
    note = entry["note"].strip().removesuffix(".")
    return f"- **{entry['title']}**: {note} {source}. *Here*: {pages}."


class Resources(SphinxDirective):
    """The entries of one group, in the order of the file."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Return a list. Raises ValueError for a group that is not one of GROUPS."""
        name, group = self.arguments
        if group not in GROUPS:
            raise ValueError(f"resources was given the group {group!r}; choose one of: {', '.join(GROUPS)}.")
        relative, path = self.env.relfn2path(name)
        self.env.note_dependency(relative)
        lines = [item(entry) for entry in read_resources(Path(path)) if entry["group"] == group]
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_directive("resources", Resources)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
