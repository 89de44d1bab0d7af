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
INLINE = set("text softbreak hardbreak em_open em_close strong_open strong_close link_open link_close".split())
VERBATIM = {"code_inline", "math_inline"}

OPTION = re.compile(r":([\w-]+):(?:\s+(.*))?")
OPTIONS = {"align", "alt", "class", "label", "name", "open", "width"}
SOLUTION = re.compile(r"(?<!re)solution", re.IGNORECASE)  # a resolution is none
TITLED = {"admonition", "dropdown"}
PREFIX = re.compile(r"[ \d.*+>-]*")  # what stands before a block in a list or a quotation

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
    if token.type == "math_block" and token.map[1] - token.map[0] > 1:
        return equation(token.content, "")
    if token.type in DROPPED:
        return ""
    if token.type in BLOCKS:
        return None
    raise page.error(f"{token.content.strip()[:40]!r} is {token.type}, which a copy cannot show: write it differently")


def block_edit(page: Page, text: str, place: slice, plain: str) -> Edit:
    """Put a text in the place of a block, indented as it was; the empty text leaves no gap."""
    before = PREFIX.match(text, place.start)[0]
    if ">" in before:
        advice = "take it out, or write a formula on one line, without a label"
        raise page.error(f"{text[place][:40]!r} stands in a quotation, which a copy cannot show: {advice}")
    if not plain:
        return place.start, re.compile(r"(?:[ \t]*\n)*").match(text, place.stop).end(), ""
    return place.start + len(before), place.stop, plain.replace("\n", "\n" + " " * len(before))


def inline(page: Page, token: Token, text: str, cursor: int) -> Iterator[Edit]:
    """The edits in a passage that starts at `cursor`, in their order; what stays as it is counts as one too."""
    closing = None  # where a link into the book ends, which becomes its words
    for child in token.children:
        if child.type in VERBATIM:
            edit = verbatim(page, child, text, cursor)
            cursor = edit[1]
            yield edit
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
            if not link[1].strip():
                raise page.error(f"the link {link[0]} has no words: write {{numref}}, {{eq}} or {{doc}}")
            closing, cursor = (link.end(1), link.end(), ""), link.start(1)
            yield link.start(), cursor, ""
        elif child.type == "link_close" and closing:
            yield closing
            closing, cursor = None, closing[1]
        elif child.type not in INLINE:
            raise page.error(f"{child.content[:40]!r} is {child.type}, which a copy cannot show: write it differently")


def verbatim(page: Page, child: Token, text: str, cursor: int) -> Edit:
    """Code as it is; a formula on one line, because in a quotation a > would become part of it."""
    mark, content, is_code = re.escape(child.markup), loose(child.content), child.type == "code_inline"
    if is_code:
        content = content.replace(r"\|", r"\\?\|")  # as | is written in a table
    found = find(page, rf"{mark}\s*{content}\s*{mark}", text, cursor)
    return found.start(), found.end(), found[0] if is_code else " ".join(found[0].split())


def find(page: Page, pattern: str, text: str, cursor: int) -> re.Match:
    """The next place of a pattern; ValueError where the source is written in a way that hides it."""
    found = re.compile(pattern).search(text, cursor)
    if found is None:
        passage = text[cursor:].partition("\n")[0]
        advice = r"\Vert or \mid instead of \| in a table" if r"\|" in passage else "it on one line, without nesting"
        raise page.error(f"{passage[:60]!r} cannot be read: write {advice}")
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
    title = title.strip()
    if name in TITLED and SOLUTION.search(title):
        return ""
    if name in TITLED and not title:
        raise page.error(f"directive {{{name}}} has no title: write one behind the }}")
    options, body = split_options(token.content)
    unknown = sorted(set(options) - OPTIONS)
    if unknown or body.startswith("---"):
        raise page.error(f"directive {{{name}}}: a copy does not know its options {', '.join(unknown) or '---'}")
    return DIRECTIVES[name](page, title, options, body)


def split_options(content: str) -> tuple[Options, str]:
    """The options of a directive, the lines `:name: value` at its start, and the rest."""
    options, lines = {}, content.strip("\n").split("\n")
    while lines and (option := OPTION.fullmatch(lines[0].strip())):
        options[option[1]] = option[2] or ""
        del lines[0]
    return options, "\n".join(lines).strip("\n")


def box(page: Page, title: str, options: Options, body: str) -> str:
    """A quotation with a title, or a closed box where its class is `dropdown`."""
    if "dropdown" in re.split(r"[\s,]+", options.get("class", "")):
        return folded(page, title, options, body)
    text = on_one_line(page, f"**{blocks(page, title)}**\n\n{blocks(page, body)}".strip())
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def named_box(name: str) -> Callable[[Page, str, Options, str], str]:
    """A box whose kind is its title; what stands beside its name is the begin of its text."""

    def named(page: Page, beside: str, options: Options, body: str) -> str:
        if SOLUTION.search(beside):
            raise page.error(f"directive {{{name.lower()}}} {beside!r}: a solution stands in a {{dropdown}}")
        return box(page, name, options, f"{beside}\n{body}".strip("\n"))

    return named


def on_one_line(page: Page, text: str) -> str:
    """A text whose formulas take one line each: JupyterLab takes the > of a quotation for a part of a longer one."""
    lines = text.split("\n")
    for token in reversed(PARSER.parse(text)):
        if token.type == "math_block":
            if re.search(r"(?<!\\)%", token.content):
                raise page.error(f"{token.content.strip()[:40]!r}: a formula in a box can have no comment (%)")
            start, end = token.map
            lines[start:end] = [f"{PREFIX.match(lines[start])[0]}$$ {' '.join(token.content.split())} $$"]
    return "\n".join(lines)


def folded(page: Page, title: str, options: Options, body: str) -> str:
    """A closed box."""
    return f"<details>\n<summary>{summary(page, title)}</summary>\n\n{blocks(page, body)}\n\n</details>"


def summary(page: Page, title: str) -> str:
    """The title of a closed box, which is HTML: words and `code`; ValueError for other Markdown."""
    parts = PARSER.parseInline(blocks(page, title))[0].children
    if any(part.type not in ("text", "code_inline") for part in parts):
        raise page.error(f"{title!r}: the title of a closed box can hold words and code only")
    texts = [(part.type, html.escape(part.content, quote=False)) for part in parts]
    return "".join(f"<code>{text}</code>" if kind == "code_inline" else text for kind, text in texts)


def figure(page: Page, source: str, options: Options, body: str) -> str:
    """A picture with its caption."""
    caption = page.caption("Figure", options.get("name"), blocks(page, body))
    return f"{page.picture(source, options.get('alt', ''))}\n\n{caption}"


def table(page: Page, title: str, options: Options, body: str) -> str:
    """A table with its caption above."""
    return f"{page.caption('Table', options.get('name'), blocks(page, title))}\n\n{blocks(page, body)}"


def math(page: Page, title: str, options: Options, body: str) -> str:
    """A formula that may have a label."""
    label = options.get("label") or options.get("name")
    return equation(f"{title}\n{body}", page.name(label) if label else "")


DIRECTIVES: dict[str, Callable[[Page, str, Options, str], str]] = {
    "admonition": box,
    "code-block": lambda page, language, options, body: f"```{language}\n{body}\n```",
    "dropdown": folded,
    "figure": figure,
    "image": lambda page, source, options, body: page.image(source, options),
    "math": math,
    "note": named_box("Note"),
    "table": table,
    "tip": named_box("Tip"),
    "warning": named_box("Warning"),
}
