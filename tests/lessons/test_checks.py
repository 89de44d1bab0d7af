"""The checker itself: a good lesson passes, and each defect is found by the check that is there for it."""

from dataclasses import replace

import pytest
from nbformat.v4 import new_output

from . import checks, form, listings, metadata, order, prose
from .made_up import COURSE, EXERCISES, SETUP, code, good_notebook, lesson_of, picture, text

LONG = "word " * 121
HOME = "/" + "home/ann/x.png"


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def source(name, old, new):
    """A defect: in the cell `name` the text `old` becomes `new`."""

    def spoil(notebook):
        cell = cell_of(notebook, name)
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return spoil


def output(name, kind, /, **fields):
    """A defect: the cell `name` has one more output."""

    def spoil(notebook):
        cell_of(notebook, name).outputs.append(new_output(kind, **fields))

    return spoil


def extra(cell, place):
    """A defect: one more cell."""
    return lambda notebook: notebook.cells.insert(place, cell)


def course_key(key, value):
    """A defect in the metadata of the course."""
    return lambda notebook: notebook.metadata.mmcourse.update({key: value})


def erratum(name, text="A sum that forgets"):
    """An entry of `errata`."""
    return {"id": name, "text": text}


def attribute(name, key, value):
    """A defect: a field of a cell has another value."""
    return lambda notebook: cell_of(notebook, name).update({key: value})


WIDGET = {form.WIDGET: {"model_id": "1"}}
ALT = {"mystnb": {"image": {"alt": "short"}, "figure": {"caption": "c"}}}
NO_CAPTION = {"mystnb": {"image": {"alt": "A line that rises from zero to one."}}}
FOUR_NOTES = ":::{note}\nx\n:::\n\n" * 3
EQUATIONS = "\n\n".join(f"$$\nx\n$$ (eq-toy-{letter})" for letter in "abcdef")

DEFECTS = {
    "other figure": (
        order.check_labels,
        attribute("draw-sums", "metadata", {"mystnb": {"figure": {"name": "fig-x"}}}),
        "'fig-x'",
    ),
    "other drawing": (
        order.check_labels,
        source("idea", ":::{note}", ":::{figure} a.svg\n:name: fig-before-sum"),
        "fig-before-sum",
    ),
    "other objectives": (
        metadata.check_objectives,
        source("title", "two numbers", "numbers"),
        "objectives differ: only the first cell has",
    ),
    "not executed": (form.check_executed, attribute("claims", "execution_count", None), "expected 5"),
    "out of order": (form.check_executed, attribute("guess-sum", "execution_count", 9), "count 9, expected 2"),
    "editor metadata": (form.check_normal, attribute("idea", "metadata", {"collapsed": True}), "normal form"),
    "error": (form.check_outputs, output("claims", "error", ename="E", evalue="bad", traceback=[]), "ends in E: bad"),
    "stderr": (form.check_outputs, output("claims", "stream", name="stderr", text="W"), "stderr: W"),
    "widget": (form.check_outputs, output("claims", "display_data", data=WIDGET), "widget"),
    "widget state": (form.check_outputs, lambda nb: nb.metadata.update(widgets={}), "state of widgets"),
    "memory": (form.check_outputs, output("claims", "stream", text="<f at 0x7f00aa11>"), "memory"),
    "path in source": (form.check_paths, source("idea", "again", f"`{HOME}`"), "absolute path"),
    "path in output": (form.check_paths, output("claims", "stream", text=f"saved {HOME}"), "cell 'claims'"),
    "large figure": (form.check_size, lambda nb: cell_of(nb, "draw-sums").outputs.append(picture(150_001)), "150 kB"),
    "dumb id": (form.check_ids, attribute("idea", "id", "ab12cd34"), "says nothing"),
    "twice the id": (form.check_ids, attribute("idea", "id", "title"), "'title' is used twice"),
    "no setup": (form.check_setup, attribute("setup", "id", "start"), "id 'setup'"),
    "other setup": (form.check_setup, source("setup", "seed=0", "seed=1"), "differs"),
    "other address": (form.check_setup, source("setup", "example.org", "example.com"), "must install from"),
    "other tag": (form.check_setup, source("setup", "v1.2.0", "v1.2.0.1"), "tag v1.2.0"),
    "no alt": (form.check_figures, attribute("draw-sums", "metadata", ALT), "image.alt"),
    "no caption": (form.check_figures, attribute("draw-sums", "metadata", NO_CAPTION), "figure.caption"),
    "two pictures": (form.check_figures, lambda nb: cell_of(nb, "draw-sums").outputs.append(picture()), "2 pictures"),
    "no title": (order.check_title, source("title", "# A", "## A"), "# Title"),
    "title not first": (order.check_title, extra(text("before-all", "Hello."), 0), "first cell"),
    "second title": (order.check_title, source("idea", "## The", "# The"), "second title"),
    "many words": (order.check_core, source("idea", "A sum", "word " * 1500), "words, allowed are 1500"),
    "many cells": (order.check_core, lambda nb: [extra(code("more", "1"), 2)(nb) for _ in range(17)], "21 code cells"),
    "many equations": (order.check_core, source("idea", ":::{note}", f"{EQUATIONS}\n:::{{note}}"), "7 labelled"),
    "last headings": (order.check_last_headings, source("summary", "Summary", "In short"), "In short"),
    "claims moved": (order.check_claims, extra(text("between", "Hello."), 8), "directly before"),
    "claims shown": (order.check_claims, attribute("claims", "metadata", {}), "hide-cell"),
    "claims empty": (order.check_claims, source("claims", "assert", "print"), "asserts nothing"),
    "claims silent": (order.check_claims, attribute("claims", "outputs", []), "one line"),
    "two exercises": (order.check_exercises, source("exercises", "### Exercise 3", "### Task 3"), "2 exercises"),
    "no objective": (order.check_exercises, source("exercises", "`add-numbers`", "`add`"), "Practices"),
    "no solution": (order.check_exercises, source("exercises", "Solution of exercise 3", "Hint"), "Exercise 3: many"),
    "open solution": (order.check_exercises, source("exercises", ":class: dropdown", ""), "Exercise 2"),
    "no check": (order.check_questions, source("your-turn", "mm.check", "print"), "0 call(s) of mm.check"),
    "one prediction": (order.check_questions, source("guess-sum", "again = mm.predict", "print"), "1 call(s)"),
    "foreign question": (order.check_questions, source("your-turn", "toy/", "other/"), "start with 'toy/'"),
    "equation label": (order.check_labels, source("idea", "eq-toy-sum", "eq-sum"), "eq-toy-"),
    "long passage": (prose.check_passages, source("idea", "A sum", LONG), "allowed are 120"),
    "two sentences": (prose.check_sentences, source("title", "add.", "add. Then stop."), "'add. T'"),
    "worn word": (prose.check_words, source("summary", "can", "delve"), "delve"),
    "emoji": (prose.check_words, source("summary", "can", "\U0001f600"), "\U0001f600"),
    "four boxes": (prose.check_boxes, source("title", "At", f"{FOUR_NOTES}At"), "4 boxes"),
    "other box": (prose.check_boxes, source("idea", "{note}", "{important}"), "'important'"),
    "term without a link": (prose.check_terms, source("summary", "add", "set a learning rate"), "'learning rate'"),
    "long cell": (listings.check_length, source("claims", "print", "\n" * 30 + "print"), "allowed are 30"),
    "long median": (listings.check_length, lambda nb: [c.update(source="x\n" * 9) for c in nb.cells], "median"),
    "framework": (listings.check_frameworks, source("draw-sums", "plot(", "tf.plot("), "uses tf"),
    "import": (listings.check_frameworks, source("draw-sums", "plot(", "import torch.nn\n("), "uses torch"),
    "copied": (listings.check_names, source("draw-sums", "plot(", "def accuracy(a):\n  1\n("), "'accuracy'"),
    "no metadata": (metadata.check_metadata, lambda nb: nb.metadata.pop("mmcourse"), "misconceptions is None"),
    "unknown key": (metadata.check_metadata, course_key("author", "x"), "unknown key 'author'"),
    "other slug": (metadata.check_metadata, course_key("slug", "other"), "called 'toy'"),
    "other tier": (metadata.check_metadata, course_key("tier", "main"), "'elective'"),
    "no week": (metadata.check_metadata, course_key("week", None), "week is null"),
    "level as text": (metadata.check_metadata, course_key("level", "easy"), "level is 'easy'"),
    "five objectives": (
        metadata.check_metadata,
        course_key("objectives", [{"id": f"o-{i}", "text": "Do."} for i in range(5)]),
        "one to four",
    ),
    "needs a later one": (metadata.check_metadata, course_key("needs", ["toy"]), "does not list before"),
    "covers nothing known": (metadata.check_metadata, course_key("covers", ["chapter 4"]), "S4-4.1.2.b"),
    "erratum without text": (metadata.check_metadata, course_key("errata", ["F-02"]), "110 characters"),
    "unknown erratum": (metadata.check_metadata, course_key("errata", [erratum("F-2")]), "'F-2'"),
    "long erratum": (metadata.check_metadata, course_key("errata", [erratum("F-02", "x" * 111)]), "110 characters"),
    "twice an erratum": (metadata.check_metadata, course_key("errata", [erratum("F-02")] * 2), "no id twice"),
    "two misconceptions": (metadata.check_metadata, course_key("misconceptions", ["a", "b"]), "three sentences"),
}


def test_good_lesson_passes():
    assert checks.check(lesson_of(good_notebook()), COURSE) == []


@pytest.mark.parametrize(("check", "spoil", "expected"), DEFECTS.values(), ids=DEFECTS)
def test_defect_is_found(check, spoil, expected):
    notebook = good_notebook()
    spoil(notebook)
    messages = check(lesson_of(notebook), COURSE)
    assert any(expected in message for message in messages), messages
    assert all(message.startswith("toy") for message in messages)


def test_every_check_is_listed_and_has_a_defect():
    modules = (form, listings, metadata, order, prose)
    written = {getattr(module, name) for module in modules for name in dir(module) if name.startswith("check_")}
    assert written == set(checks.CHECKS)
    assert written - {check for check, _, _ in DEFECTS.values()} == set()


def test_large_notebook_is_found():
    messages = form.check_size(replace(lesson_of(good_notebook()), size_bytes=1_500_001), COURSE)
    assert messages == ["toy: the notebook has 1.5 MB, allowed are 1.5"]


def test_closed_boxes_do_not_count_as_a_passage():
    notebook = good_notebook()
    cell_of(notebook, "idea").source += f"\n\n:::{{dropdown}} Why\n{LONG}\n:::"
    assert prose.check_passages(lesson_of(notebook), COURSE) == []
    assert order.check_core(lesson_of(notebook), COURSE) == []


def test_model_to_take_away_may_repeat_the_package():
    notebook = good_notebook()
    notebook.cells[7:7] = [text("take", "## Take it with you"), code("all-of-it", "def late_fusion(x):\n    return x")]
    assert listings.check_names(lesson_of(notebook), COURSE) == []


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("One sentence.", 0),
        ("One. Two.", 1),
        ("Why? Because.", 1),
        ("1. First, e.g. Keras.", 0),
        ("By J. Smith et al. Berlin", 0),
        ("See Fig. 3, or (cf. Keras) here.", 0),
        ("It is `a. B` and $a. B$ and 3.5 Hz.", 0),
        ("**It ends.** Then it starts.", 1),
        ("| One. Two. | x |", 0),
    ],
)
def test_sentences_on_one_line(line, count):
    assert len(prose.joined_sentences(line)) == count


def test_lines_in_code_and_formulas_are_no_prose():
    source_text = "```python\n# no heading. No sentence.\n```\n$$\na. B\n$$\n\\begin{align}\nA. B\n\\end{align}\n"
    assert prose.joined_sentences(source_text) == []
    assert prose.joined_sentences(EXERCISES) == []


def test_magics_do_not_disturb_the_parser():
    assert listings.used_frameworks(listings.parse(SETUP)) == set()
