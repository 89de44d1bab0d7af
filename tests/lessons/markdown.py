"""The lines of a Markdown cell with their kinds, so that checks can tell prose from code, formulas and directives."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

WORDLESS = ("math", "code", "code-block", "code-cell", "literalinclude", "mermaid", "raw", "bibliography", "include")
FENCE = re.compile(r"^\s*(`{3,}|:{3,}|~{3,})\s*(.*?)\s*$")
DIRECTIVE = re.compile(r"^\{([\w-]+)\}\s*(.*)$")
OPTION = re.compile(r"^\s*:([\w-]+):(?:\s|$)")
LABEL = re.compile(r"^\s*\([\w-]+\)=\s*$")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*$")
EQUATION_LABEL = re.compile(r"\$\$\s*\(([^()\s]+)\)|^\s*:label:\s*(\S+)|\\label\{([^}]+)\}", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """A source line; `kind` is prose, heading, table, code, math, directive or label; `folded` in a closed box."""

    text: str
    kind: str
    folded: bool = False


@dataclass
class _Block:
    """An open fence: its mark, whether its content is text, whether it is folded, whether options may still follow."""

    mark: str
    has_text: bool
    folded: bool
    options: bool


def lines(text: str) -> list[Line]:
    """The lines of a Markdown text with their kinds."""
    return list(_lines(text))


def _lines(text: str) -> Iterator[Line]:
    stack: list[_Block] = []
    math = ""
    for line in text.split("\n"):
        if math:
            yield Line(line, "math")
            math = "" if math in line else math
        elif _is_fence(line, stack):
            _update(stack, line)
            yield Line(line, "directive", _folded(stack))
        elif stack and not stack[-1].has_text:
            yield Line(line, "code", _folded(stack))
        elif stack and stack[-1].options and OPTION.match(line):
            stack[-1].folded |= "dropdown" in line
            yield Line(line, "directive", _folded(stack))
        else:
            if stack:
                stack[-1].options = False
            math = _math_end(line)
            yield Line(line, _kind(line), _folded(stack))


def _is_fence(line: str, stack: list[_Block]) -> bool:
    fence = FENCE.match(line)
    if fence is None:
        return False
    inside_code = bool(stack) and not stack[-1].has_text
    return not inside_code or (fence[1].startswith(stack[-1].mark) and not fence[2])


def _update(stack: list[_Block], line: str) -> None:
    mark, info = FENCE.match(line).groups()
    if stack and not info and mark.startswith(stack[-1].mark):
        stack.pop()
        return
    directive = DIRECTIVE.match(info)
    name = directive[1] if directive else ""
    stack.append(_Block(mark, bool(name) and name not in WORDLESS, name == "dropdown", bool(name)))


def _folded(stack: list[_Block]) -> bool:
    return any(block.folded for block in stack)


def _math_end(line: str) -> str:
    """What ends the formula that this line opens, or "" where it opens none."""
    if line.count("$$") % 2:
        return "$$"
    begin = re.match(r"\s*\\begin\{(align|equation|gather)(\*?)\}", line)
    return f"\\end{{{begin[1]}{begin[2]}}}" if begin else ""


def _kind(line: str) -> str:
    if line.lstrip().startswith(("$$", "\\begin{")):
        return "math"
    if LABEL.match(line):
        return "label"
    if HEADING.match(line):
        return "heading"
    return "table" if line.lstrip().startswith("|") else "prose"


def headings(text: str) -> list[tuple[int, str]]:
    """Level and title of each heading."""
    found = [HEADING.match(line.text) for line in lines(text) if line.kind == "heading"]
    return [(len(match[1]), match[2]) for match in found]


def directives(text: str) -> list[tuple[str, str]]:
    """Name and title of each directive, in order."""
    infos = [FENCE.match(line.text) for line in lines(text) if line.kind == "directive"]
    matches = [DIRECTIVE.match(fence[2]) for fence in infos if fence]
    return [(match[1], match[2]) for match in matches if match]


def equation_labels(text: str) -> list[str]:
    """The labels of the equations."""
    return [next(filter(None, groups)) for groups in EQUATION_LABEL.findall(text)]


def plain(text: str) -> str:
    """A line of prose with code and formulas replaced by a small letter, links by their text."""
    text = re.sub(r"(\{[\w:-]+\})?(`+).+?\2", "x", text)
    text = re.sub(r"\$[^$]+\$", "x", text)
    return re.sub(r"!?\[([^]]*)\]\([^)]*\)", r"\1", text)


def count_words(text: str, folded: bool = True) -> int:
    """Words of prose and headings; code, formulas, tables and directive lines do not count.

    With `folded=False` the content of closed boxes does not count either.
    """
    counted = [line for line in lines(text) if line.kind in ("prose", "heading") and (folded or not line.folded)]
    tokens = " ".join(re.sub(r"\$[^$]+\$", "", line.text) for line in counted).split()
    return sum(any(character.isalnum() for character in token) for token in tokens)
