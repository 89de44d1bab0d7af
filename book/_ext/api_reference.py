"""Sphinx extension: the reference of a package, read from its source without importing it.

    ```{api-reference} mmcourse
    ```

One section a public module, one a public function or class in it, with signature and docstring. The modules are those
that exist at build time. Names are registered, so a lesson links one with {py:func}`mmcourse.shapes.check`.
"""

import ast
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

Definition = ast.FunctionDef | ast.ClassDef


def public_modules(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Names and files of the package `name` in `folder` and of its public modules, in alphabetical order."""
    yield name, folder / "__init__.py"
    for module in sorted(pkgutil.iter_modules([str(folder)]), key=lambda module: module.name):
        if module.name.startswith("_"):
            continue
        if module.ispkg:
            yield from public_modules(folder / module.name, f"{name}.{module.name}")
        else:
            yield f"{name}.{module.name}", folder / f"{module.name}.py"


def public_definitions(body: list[ast.stmt]) -> list[Definition]:
    """Functions and classes of a module or class body that are public and have a docstring, in source order."""
    found = [node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [node for node in found if not node.name.startswith("_") and ast.get_docstring(node)]


def signature(node: Definition) -> str:
    """Source text of a definition's head, without `self`: `name(first, second=1) -> result` or `class Name(first)`."""
    if isinstance(node, ast.ClassDef):
        return f"class {node.name}" + _constructor(node)
    return f"{node.name}({_arguments(node)})" + (f" -> {ast.unparse(node.returns)}" if node.returns else "")


def _constructor(node: ast.ClassDef) -> str:
    """The arguments of a class in parentheses, or nothing where it defines none."""
    if any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list):
        return "(" + ", ".join(ast.unparse(field) for field in node.body if isinstance(field, ast.AnnAssign)) + ")"
    start = next((n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
    return f"({_arguments(start)})" if start else ""


def _arguments(function: ast.FunctionDef) -> str:
    return re.sub(r"^self(, |$)", "", ast.unparse(function.args))


def docstring_nodes(text: str) -> list[nodes.Node]:
    """A docstring as document nodes: paragraphs, bullet lists, and literal blocks where all lines are indented."""
    blocks = [block.rstrip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    return [_block(block) for block in blocks]


def _block(block: str) -> nodes.Node:
    lines = block.split("\n")
    if all(line.startswith("  ") for line in lines) or block.startswith(">>>"):
        code = re.sub(r"^ {1,4}", "", block, flags=re.MULTILINE)
        return nodes.literal_block(code, code, language="python" if block.startswith(">>>") else "text")
    if block.startswith("- "):
        items = re.split(r"\n- ", block.removeprefix("- "))
        return nodes.bullet_list("", *[nodes.list_item("", _paragraph(item)) for item in items])
    return _paragraph(block)


def _paragraph(text: str) -> nodes.paragraph:
    """One paragraph in which text between backticks is code and text between asterisks is emphasized."""
    pieces = re.split(r"(`[^`]+`|(?<!\w)\*\w[^*`]*\w\*(?!\w))", " ".join(text.split()))
    kinds = {"`": nodes.literal, "*": nodes.emphasis}
    inline = [kinds[p[0]](p, p[1:-1]) if i % 2 else nodes.Text(p) for i, p in enumerate(pieces)]
    return nodes.paragraph("", "", *inline)


def _head(node: Definition) -> nodes.literal_block:
    text = signature(node)
    return nodes.literal_block(text, text, language="text", classes=["signature"])


class ApiReference(SphinxDirective):
    """Sections for every public module, function and class of a package that lies at the project's root."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return one section a module that says or defines anything."""
        package = self.arguments[0]
        modules = list(public_modules(Path(self.env.srcdir, package), package))
        return [section for name, path in modules if (section := self.module_section(name, path)) is not None]

    def module_section(self, name: str, path: Path) -> nodes.section | None:
        """The section of one module, or None for a module without docstring and public definitions."""
        self.env.note_dependency(str(path))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        text, definitions = ast.get_docstring(tree), public_definitions(tree.body)
        if not text and not definitions:
            return None
        section = self.named_section(name, name, "module")
        section += docstring_nodes(text or "")
        section += [self.definition_section(name, node) for node in definitions]
        return section

    def definition_section(self, module: str, node: Definition) -> nodes.section:
        """The section of one function or class; the public methods of a class stand in it without headings."""
        is_class = isinstance(node, ast.ClassDef)
        section = self.named_section(f"{module}.{node.name}", node.name, "class" if is_class else "function")
        section += [_head(node), *docstring_nodes(ast.get_docstring(node))]
        for method in public_definitions(node.body) if is_class else []:
            section += [_head(method), *docstring_nodes(ast.get_docstring(method))]
        return section

    def named_section(self, full_name: str, title: str, kind: str) -> nodes.section:
        """An empty section titled `title`, registered in the Python domain under `full_name`."""
        anchor = nodes.make_id(full_name)
        section = nodes.section("", nodes.title("", "", nodes.literal(title, title)), ids=[anchor], names=[full_name])
        domain = self.env.get_domain("py")
        if kind == "module":
            domain.note_module(full_name, anchor, synopsis="", platform="", deprecated=False)
        domain.note_object(full_name, kind, anchor, location=section)
        return section


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_directive("api-reference", ApiReference)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
