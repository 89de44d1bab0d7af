"""Sphinx extension: the tables of all equations that run, from `book/mathematics/equations.json` (`make equations`).

```{equation-table}
```
"""

import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

BOOK = Path(__file__).resolve().parents[1]
FILE = BOOK / "mathematics" / "equations.json"
BACKENDS = ("tensorflow", "jax")
COLUMNS = ("equation", "difference", "derivative", "NumPy and Keras")
UNIT = 1e-8  # of the numbers in the table


def lines(rows: list[dict]) -> list[str]:
    """MyST: for each lesson its name and a table, a line a NumPy form, in the order of the rows."""
    text = []
    for lesson, equations in groupby(rows, key=lambda row: row["lesson"]):
        text += [f"**{{doc}}`{page(lesson)}`**", "", row_line(COLUMNS), row_line(["---", "---:", "---:", "---"])]
        text += [form_line(list(same)) for _, same in groupby(equations, key=lambda row: row["numpy"])]
        text.append("")
    return text


def form_line(rows: list[dict]) -> str:
    """A line for the equations that one NumPy form holds: names, the two numbers of each backend, and both forms."""
    first = rows[0]
    prefix = f"eq-{first['lesson']}-"
    names = [f"{row['label'].removeprefix(prefix)} {{eq}}`{row['label']}`" for row in rows]
    forms = [first["numpy"].rpartition(".")[2], *first["keras"].split(", ")]
    measured = [first["backends"][backend] for backend in BACKENDS]
    numbers = [", ".join(number(found[what]) for found in measured) for what in ("forward", "derivative")]
    return row_line([", ".join(names), *numbers, "<br>".join(f"`{form}`" for form in forms)])


def page(lesson: str) -> str:
    """Where a lesson stands in the source of the book, without its ending: "/book/mathematics/attention"."""
    (notebook,) = BOOK.glob(f"*/{lesson}.ipynb")
    return f"/book/{notebook.parent.name}/{lesson}"


def row_line(cells: Sequence[str]) -> str:
    """One line of a MyST table."""
    return f"| {' | '.join(cells)} |"


def number(value: float | None) -> str:
    """1.8e-07 as 18, in units of 1e-8, two digits; a dash where there is nothing to measure."""
    return "–" if value is None else f"{float(f'{value:.1e}') / UNIT:g}"


class EquationTable(SphinxDirective):
    """The tables, in the order of the book, in a box of the class `equation-table`."""

    def run(self) -> list[nodes.Node]:
        """Parse the lines of the table where the directive stands."""
        self.env.note_dependency(str(FILE))
        rows = json.loads(FILE.read_text(encoding="utf-8"))
        return [nodes.container("", *self.parse_text_to_nodes("\n".join(lines(rows))), classes=["equation-table"])]


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_directive("equation-table", EquationTable)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
