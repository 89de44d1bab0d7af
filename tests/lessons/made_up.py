"""A small made-up lesson that keeps every rule, for the tests of the checker."""

import base64

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.lesson import normalize

from .notebook import Course, Lesson

SETUP = """import importlib.util

if importlib.util.find_spec("mmcourse") is None:
    %pip install -q --no-deps "mmcourse @ https://example.org/course/archive/refs/tags/v1.2.0.zip"
import mmcourse as mm

mm.setup(seed=0)"""
COURSE = Course(
    ("before", "toy"),
    SETUP,
    "https://example.org/course",
    "1.2.0",
    frozenset({"late_fusion", "accuracy"}),
    names={"learning rate": "learning rate"},
)
METADATA = {
    "slug": "toy",
    "tier": "core",
    "week": 1,
    "level": 1,
    "minutes": 20,
    "needs": ["before"],
    "objectives": [{"id": "add-numbers", "text": "Add two numbers."}],
    "data": ["fsdd"],
    "covers": ["S4-4.1.2.b", "S1b-2.1", "MA-2"],
    "errata": [{"id": "F-02", "text": "A sum that forgets"}],
    "misconceptions": ["A sum is a mean.", "Order matters.", "Zero is nothing."],
}
IDEA = """## The idea

A sum of two numbers, e.g. A and B, is again a number (Fig. 1 vs. Fig. 2).
The `x. Y` of a formula is code, and $a. B$ is a formula.

$$
s = a + b
$$ (eq-toy-sum)

| symbol | meaning |
| --- | --- |
| s | The sum. It is a number. |

:::{note}
A sum has no unit of its own.
:::"""
EXERCISES = """## Exercises

### Exercise 1: two numbers

Practices: `add-numbers`.
Add two and three.

:::{dropdown} Solution of exercise 1
It is five.

```python
# a comment, not a heading. Nor a sentence
2 + 3
```
:::

### Exercise 2: three numbers

Practices: `add-numbers`.

```{admonition} Solution of exercise 2
:class: dropdown
It is six.
```

(ex-toy-many)=
### Exercise 3: many numbers

Practices: `add-numbers`.

:::{dropdown} Solution of exercise 3
Use a loop.
:::"""


def text(name: str, source: str) -> NotebookNode:
    """A Markdown cell."""
    return new_markdown_cell(source, id=name)


def code(name: str, source: str, printed: str = "", **metadata) -> NotebookNode:
    """A code cell that has run and printed something."""
    outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
    return new_code_cell(source, id=name, outputs=outputs, execution_count=1, metadata=metadata)


def picture(size: int = 100) -> NotebookNode:
    """The output of a cell that draws: so many bytes called a PNG."""
    return new_output("display_data", data={"image/png": base64.b64encode(bytes(size)).decode()})


def good_notebook() -> NotebookNode:
    """A notebook without any defect."""
    seen = {"image": {"alt": "A line that rises from zero to one."}, "figure": {"caption": "Sums rise."}}
    figure = code("draw-sums", "plot(sums)", mystnb=seen)
    figure.outputs = [picture()]
    cells = [
        text("title", "# A toy lesson\n\nAt the end you can add.\n\n- Add two numbers."),
        code("setup", SETUP, "profile cpu\n"),
        text("idea", IDEA),
        code("guess-sum", 'guess = mm.predict("toy/sum", ["4", "5"])\nagain = mm.predict("toy/again", ["4", "5"])'),
        figure,
        code("your-turn", 'mm.check("toy/two-numbers", None)', "not yet\n"),
        text("bug", "## Find the bug: a sum that forgets"),
        code("claims", "# NBVAL_CHECK_OUTPUT\nassert 2 + 3 == 5\nprint('ok')", "ok\n", tags=["hide-cell"]),
        text("exercises", EXERCISES),
        text("summary", "## Summary\n\nYou can add."),
        text("reading", "## Further reading\n\nNone."),
    ]
    return normalize(new_notebook(cells=cells, metadata={"mmcourse": METADATA}))


def lesson_of(notebook: NotebookNode) -> Lesson:
    """The notebook as the lesson `toy`."""
    return Lesson("toy", notebook, 1000)
