"""The solution that the book folds away passes the exercise's own check, and the lesson's stub does not."""

import ast
import re

import numpy as np
import pytest

import mmcourse as mm

from .test_lessons import LESSONS

IMPORTS = (ast.Import, ast.ImportFrom)
CHECK = re.compile(r'mm\.check\("([^"]+)", (\w+)\)')
LISTING = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
CHECKED = [
    (lesson, cell, *CHECK.search(cell.source).groups())
    for lesson in LESSONS
    for cell in lesson.code
    if CHECK.search(cell.source)
]


def defined(lesson, source, name):
    """The function `name` of a listing, in a namespace with what the lesson imports; None where it is not there."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name]
    if not functions:
        return None
    listings = (cell.source for cell in lesson.code if "%" not in cell.source)  # `%pip` is no Python
    imports = [node for listing in listings for node in ast.parse(listing).body if isinstance(node, IMPORTS)]
    space = {"np": np, "mm": mm}
    exec(compile(ast.Module([*imports, *functions], []), name, "exec"), space)
    return space[name]


@pytest.mark.parametrize(("lesson", "cell", "exercise", "name"), CHECKED, ids=[exercise for *_, exercise, _ in CHECKED])
def test_the_stub_fails_and_the_solution_passes(lesson, cell, exercise, name, capsys):
    mm.check(exercise, defined(lesson, cell.source, name))
    assert "Not yet" in capsys.readouterr().out
    listings = [listing for text in lesson.texts for listing in LISTING.findall(text.source)]
    solutions = list(filter(None, (defined(lesson, listing, name) for listing in listings)))
    assert len(solutions) == 1, f"{lesson.slug}: {len(solutions)} listings define {name}"
    mm.check(exercise, solutions[0])
    assert capsys.readouterr().out == "passed\n"
