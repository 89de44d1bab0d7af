"""Sphinx extension: the cards of all datasets, from the registry of the package.

    ```{dataset-cards} load
    ```

The argument chooses: `embedded` (always there), `load` (with a reader), `get` (fetched as files), `hand` (a person has
to get them).
"""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from mmcourse.data import readers, registry

KINDS = ("embedded", "load", "get", "hand")


def kind(dataset: registry.Dataset) -> str:
    """One of KINDS."""
    if dataset.embedded:
        return "embedded"
    if dataset.name in {name.partition("/")[0] for name in readers.readers()}:
        return "load"
    return "get" if any(file.url for file in dataset.files) else "hand"


def card_lines(dataset: registry.Dataset) -> list[str]:
    """The card as MyST: a folded box with facts, text and the manual step."""
    known = readers.readers()
    names = [name for name in known if name.partition("/")[0] == dataset.name]
    fetched = [part for part in registry.selections(dataset) if all(file.url for file in part.files)]
    facts = {
        "Task": f"{dataset.task} ({', '.join(dataset.modalities)})",
        "License": plain(dataset.license),
        "By": plain(dataset.attribution),
        "To load": ", ".join(f"`{name}`" for name in names),
        "Splits": ", ".join(known[names[0]].splits) if names else "",
        "Columns": ", ".join(f"`{column}`" for column in known[names[0]].columns) if names else "",
        "Classes": plain(", ".join(known[names[0]].classes)) if len(names) == 1 else "",
        "To fetch": ", ".join(f"`{part.name}` ({part.size})" for part in fetched),
        "Cite": f"{{cite:t}}`{dataset.citation}`" if dataset.citation else "",
        "See": f"<{dataset.homepage}>" if dataset.homepage else "",
    }
    listed = [f"- {name}: {value}" for name, value in facts.items() if value]
    texts = [plain(text) for text in (dataset.card, dataset.manual) if text]
    return [f":::{{dropdown}} {dataset.title}", "\n\n".join(texts), "", *listed, ":::", ""]


def plain(text: str) -> str:
    """Text as MyST that shows it as it is, but for code between backticks: no tags, no emphasis, no formula."""
    pieces = re.split(r"(`[^`]*`)", text.strip())
    return "".join(piece if piece.startswith("`") else re.sub(r"([<_*$])", r"\\\1", piece) for piece in pieces)


class DatasetCards(SphinxDirective):
    """The cards of one kind, in the order of the registry."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a folded box a dataset. Raises ValueError for an unknown kind."""
        if self.arguments[0] not in KINDS:
            raise ValueError(f"dataset-cards was given {self.arguments[0]!r}; choose one of: {', '.join(KINDS)}.")
        self.env.note_dependency(registry.__file__.replace("registry.py", "datasets.toml"))
        chosen = [dataset for dataset in registry.registry().values() if kind(dataset) == self.arguments[0]]
        return self.parse_text_to_nodes("\n".join(line for dataset in chosen for line in card_lines(dataset)))


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_directive("dataset-cards", DatasetCards)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
