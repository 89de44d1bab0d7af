"""Checks of the code cells: short, free of one framework's names, nothing that the package already has."""

import ast
from statistics import median

from .notebook import Course, Lesson, find_heading, without_magics

CELL_LINES = 30
MEDIAN_LINES = 8
FRAMEWORKS = {"tf", "tensorflow", "torch", "jax"}


def check_length(lesson: Lesson, course: Course) -> list[str]:
    """A code cell is short, most are very short."""
    lengths = [len(cell.source.splitlines()) for cell in lesson.code]
    found = [
        lesson.at(cell, f"{length} lines of code, allowed are {CELL_LINES}: one idea a cell")
        for cell, length in zip(lesson.code, lengths, strict=True)
        if length > CELL_LINES
    ]
    if lengths and median(lengths) > MEDIAN_LINES:
        found.append(f"{lesson.slug}: the median code cell has {median(lengths):g} lines, allowed are {MEDIAN_LINES}")
    return found


def parse(source: str) -> ast.Module:
    """The syntax tree of a cell; magics are left out. SyntaxError where it is no Python."""
    return ast.parse(without_magics(source))


def used_frameworks(tree: ast.Module) -> set[str]:
    """Names of frameworks below Keras that a cell imports or uses."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names & FRAMEWORKS


def check_frameworks(lesson: Lesson, course: Course) -> list[str]:
    """Lessons run on every backend: Keras only."""
    return [
        lesson.at(cell, f"uses {name}; use keras.ops, keras.layers or NumPy")
        for cell in lesson.code
        for name in sorted(used_frameworks(parse(cell.source)))
    ]


def check_names(lesson: Lesson, course: Course) -> list[str]:
    """No cell defines what the package has; the model without the package, to take away, may."""
    end = find_heading(lesson, "Take it with you")
    found = []
    for cell in (cell for cell in lesson.cells[:end] if cell.cell_type == "code"):
        nodes = [node for node in ast.walk(parse(cell.source)) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        clashes = sorted({node.name for node in nodes} & course.package_names)
        found += [lesson.at(cell, f"defines {name!r}, which mmcourse has; import it") for name in clashes]
    return found
