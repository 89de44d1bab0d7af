"""Sphinx extension: the table of all equations that run, from `book/mathematics/equations.json` (`make equations`).

```{equation-table}
```
"""

import json
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FILE = Path(__file__).resolve().parents[1] / "mathematics" / "equations.json"
NAMES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


def table_lines(rows: list[dict]) -> list[str]:
    """The table as MyST, a line a NumPy form: its equations linked, difference and derivative error by backend."""
    backends = list(rows[0]["backends"])
    measured = [f"{NAMES[backend]}: {what}" for backend in backends for what in ("difference", "derivative")]
    columns = ["lesson", "equation", "NumPy", "Keras", *measured]
    lines = [row_line(columns), row_line(["---"] * 4 + ["---:"] * len(measured))]
    for (lesson, form), same in groupby(rows, key=lambda row: (row["lesson"], row["numpy"])):
        first, *others = same
        names = [f"{row['label'].removeprefix(f'eq-{lesson}-')} {{eq}}`{row['label']}`" for row in (first, *others)]
        forms = [f"`{form.rpartition('.')[2]}`", ", ".join(f"`{name}`" for name in first["keras"].split(", "))]
        numbers = [number(first["backends"][b][what]) for b in backends for what in ("forward", "derivative")]
        lines.append(row_line([f"{{doc}}`{lesson}`", ", ".join(names), *forms, *numbers]))
    return lines


def row_line(cells: list[str]) -> str:
    """One line of a MyST table."""
    return f"| {' | '.join(cells)} |"


def number(value: float | None) -> str:
    """1.8e-07 as a formula; a dash where there is nothing to measure."""
    if value is None:
        return "–"
    digits, _, power = f"{value:.1e}".partition("e")
    return f"${digits} \\cdot 10^{{{int(power)}}}$" if value else "0"


class EquationTable(SphinxDirective):
    """The table, in the order of the book."""

    def run(self) -> list[nodes.Node]:
        """Parse the lines of the table where the directive stands."""
        self.env.note_dependency(str(FILE))
        rows = json.loads(FILE.read_text(encoding="utf-8"))
        return self.parse_text_to_nodes("\n".join(table_lines(rows)))


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_directive("equation-table", EquationTable)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
