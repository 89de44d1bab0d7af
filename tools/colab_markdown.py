"""The Markdown of a lesson, which is MyST, as the plain Markdown that Colab, Kaggle and JupyterLab show.

The tables `BLOCKS`, `INLINE` and `DIRECTIVES` here and `ROLES` in `colab_page.py` say all that is understood; anything
else is a ValueError that names lesson, cell and construction.
"""

import html
import re
from collections.abc import Callable, Iterator

import yaml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from tools.colab_page import EXTERNAL, Page
from tools.lesson import ROOT

EXTENSIONS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["parse"]["myst_enable_extensions"]
PARSER = create_md_parser(MdParserConfig(enable_extensions=set(EXTENSIONS)), RendererHTML)

NESTED = "paragraph heading blockquote bullet_list ordered_list list_item table thead tbody tr th td".split()
BLOCKS = {f"{name}_{end}" for name in NESTED for end in ("open", "close")}
BLOCKS |= {"hr", "code_block", "fence", "math_block", "inline"}
DROPPED = {"myst_target", "myst_line_comment", "myst_block_break"}
INLINE = {
    "text",
    "softbreak",
    "hardbreak",
    "em_open",
    "em_close",
    "strong_open",
    "strong_close",
    "link_open",
    "link_close",
}
VERBATIM = {"code_inline", "math_inline"}

OPTION = re.compile(r":([\w-]+):(?:\s+(.*))?")
OPTIONS = {"align", "alt", "class", "label", "name", "open", "width"}
SOLUTION = re.compile(r"solutions?\b", re.IGNORECASE)

Options = dict[str, str]
Edit = tuple[int, int, str]  # start and end in the text, and what replaces it


def convert(page: Page, cell: str, text: str) -> str:
    """The text of a cell as plain Markdown; its pictures stand at its end, as the definitions of links."""
    page.cell, page.pictures = cell, {}
    return blocks(page, text) + "".join(f"\n\n[{name}]: {address}" for name, address in page.pictures.items())


def blocks(page: Page, text: str) -> str:
    """A text with all its parts as plain Markdown."""
    edits: list[Edit] = []
    lines = [0, *(match.end() for match in re.finditer("\n", text)), len(text) + 1]  # where each line starts
    cursor = 0
    for token in PARSER.parse(text):
        if token.type == "inline":
            cursor = max(cursor, lines[token.map[0]])
            for edit in inline(page, token, text, cursor):
                cursor = edit[1]
                edits.append(edit)
        elif (plain := block(page, token)) is not None:
            edits.append(block_edit(page, text, slice(lines[token.map[0]], lines[token.map[1]] - 1), plain))
    for start, end, plain in reversed(edits):
        text = text[:start] + plain + text[end:]
    return text.strip("\n")


def block(page: Page, token: Token) -> str | None:
    """What replaces a block; None for one that stays, or whose parts are looked at."""
    if token.type in ("fence", "colon_fence") and token.info.startswith("{"):
        return directive(page, token)
    if token.type == "math_block_label":
        return equation(token.content, page.name(token.info))
    if token.type in DROPPED:
        return ""
    if token.type in BLOCKS:
        return None
    raise page.error(f"{token.content.strip()[:40]!r} is {token.type}, which a copy cannot show: write it differently")


def block_edit(page: Page, text: str, place: slice, plain: str) -> Edit:
    """Put a text in the place of a block, indented as it was; the empty text leaves no gap."""
    before = re.compile(r"[ \d.*+>-]*").match(text, place.start)[0]
    if ">" in before:
        raise page.error(f"{text[place][:40]!r} stands in a quotation, which a copy cannot show: take it out")
    if not plain:
        return place.start, re.compile(r"(?:[ \t]*\n)*").match(text, place.stop).end(), ""
    return place.start + len(before), place.stop, plain.replace("\n", "\n" + " " * len(before))


def inline(page: Page, token: Token, text: str, cursor: int) -> Iterator[Edit]:
    """The edits in a passage that starts at `cursor`, in their order; what stays as it is counts as one too."""
    closing = None  # where a link into the book ends, which becomes its words
    for child in token.children:
        if child.type in VERBATIM:
            mark = re.escape(child.markup)
            start, cursor = find(page, rf"{mark}\s*{loose(child.content)}\s*{mark}", text, cursor).span()
            yield start, cursor, text[start:cursor]
        elif child.type == "myst_role":
            name = child.meta["name"]
            role = rf"\{{{re.escape(name)}\}}(`+)\s*{loose(child.content)}\s*\1"
            start, cursor = find(page, role, text, cursor).span()
            yield start, cursor, page.role(name, child.content)
        elif child.type == "image":
            source = child.attrs["src"]
            start, cursor = find(page, rf"!\[[^\]]*\]\({re.escape(source)}[^)]*\)", text, cursor).span()
            yield start, cursor, page.picture(source, child.content)
        elif child.type == "link_open" and not EXTERNAL.match(child.attrs["href"]):
            link = find(page, rf"\[([^\[\]]*)\]\({re.escape(child.attrs['href'])}[^)]*\)", text, cursor)
            closing, cursor = (link.end(1), link.end(), ""), link.start(1)
            yield link.start(), cursor, ""
        elif child.type == "link_close" and closing:
            yield closing
            closing, cursor = None, closing[1]
        elif child.type not in INLINE:
            raise page.error(f"{child.content[:40]!r} is {child.type}, which a copy cannot show: write it differently")


def find(page: Page, pattern: str, text: str, cursor: int) -> re.Match:
    """The next place of a pattern; ValueError where the source is written in a way that hides it."""
    found = re.compile(pattern).search(text, cursor)
    if found is None:
        raise page.error(f"{text[cursor : cursor + 60]!r} cannot be read: write it on one line, without nesting")
    return found


def loose(content: str) -> str:
    """A pattern for a text whose spaces may be line breaks."""
    return r"\s+".join(map(re.escape, content.split()))


def equation(formula: str, name: str) -> str:
    """A formula on lines of its own, with its name where the book has its number."""
    tag = f"\n\\tag{{{name}}}" if name else ""
    return f"$$\n{formula.strip()}{tag}\n$$"


def directive(page: Page, token: Token) -> str:
    """A directive in plain Markdown."""
    name, _, title = token.info[1:].partition("}")
    if name not in DIRECTIVES:
        raise page.error(f"unknown directive {{{name}}}; tools/colab_markdown.py knows {', '.join(DIRECTIVES)}")
    options, body = split_options(token.content)
    unknown = sorted(set(options) - OPTIONS)
    if unknown or body.startswith("---"):
        raise page.error(f"directive {{{name}}}: a copy does not know its options {', '.join(unknown) or '---'}")
    return DIRECTIVES[name](page, title.strip(), options, body)


def split_options(content: str) -> tuple[Options, str]:
    """The options of a directive, the lines `:name: value` at its start, and the rest."""
    options, lines = {}, content.strip("\n").split("\n")
    while lines and (option := OPTION.fullmatch(lines[0])):
        options[option[1]] = option[2] or ""
        del lines[0]
    return options, "\n".join(lines).strip("\n")


def box(page: Page, title: str, options: Options, body: str) -> str:
    """A quotation with a title, or a closed box where its class is `dropdown`."""
    if "dropdown" in options.get("class", "").split():
        return folded(page, title, options, body)
    text = f"**{blocks(page, title)}**\n\n{blocks(page, body)}".strip()
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def named_box(name: str) -> Callable[[Page, str, Options, str], str]:
    """A box whose kind is its title."""
    return lambda page, title, options, body: box(page, name, options, f"{title}\n{body}".strip("\n"))


def folded(page: Page, title: str, options: Options, body: str) -> str:
    """A closed box; a solution is left out."""
    if SOLUTION.match(title):
        return ""
    summary = html.escape(blocks(page, title), quote=False)
    return f"<details>\n<summary>{summary}</summary>\n\n{blocks(page, body)}\n\n</details>"


def figure(page: Page, source: str, options: Options, body: str) -> str:
    """A picture with its caption."""
    caption = page.caption("Figure", options.get("name"), blocks(page, body))
    return f"{page.picture(source, options.get('alt', ''))}\n\n{caption}"


def table(page: Page, title: str, options: Options, body: str) -> str:
    """A table with its caption above."""
    return f"{page.caption('Table', options.get('name'), blocks(page, title))}\n\n{blocks(page, body)}"


def math(page: Page, title: str, options: Options, body: str) -> str:
    """A formula that may have a label."""
    return equation(f"{title}\n{body}", page.name(options["label"]) if "label" in options else "")


DIRECTIVES: dict[str, Callable[[Page, str, Options, str], str]] = {
    "admonition": box,
    "code-block": lambda page, language, options, body: f"```{language}\n{body}\n```",
    "dropdown": folded,
    "figure": figure,
    "image": lambda page, source, options, body: page.picture(source, options.get("alt", "")),
    "math": math,
    "note": named_box("Note"),
    "solution": lambda page, title, options, body: "",
    "table": table,
    "tip": named_box("Tip"),
    "warning": named_box("Warning"),
}
