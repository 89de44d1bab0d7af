"""Sphinx extension: everything that depends on the public address of the course, and the ways to run a lesson.

The address stands once, as `Repository` in `[project.urls]` of `pyproject.toml`. From it come the repository and issue
buttons, the substitution `{{ where_to_report }}`, and the links to Colab of a lesson whose learner copy exists
(`colab/<part>/<lesson>.ipynb`). They open the copy of the edition, the tag `v<version>`, not of a branch that moves on.
While the address is the placeholder, pages show none of them, and the build says so in a line.

The learner copy itself is inside the page, as a data address: a browser saves that, also from a page opened from disk,
where it would only show the text of a file.
"""

import base64
import tomllib
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

PLACEHOLDER = "https://github.com/OWNER/REPOSITORY"
BRANCH = "main"
NO_ADDRESS = (
    "The course has no public address yet: give your report to the person from whom you have this copy, "
    "for example your teacher."
)


def read_project(root: Path) -> dict:
    """The table `[project]` of `pyproject.toml` in the folder `root`."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read_address(root: Path) -> str | None:
    """The public address from `pyproject.toml` in the folder `root`, or None while it is the placeholder."""
    address = read_project(root)["urls"]["Repository"].rstrip("/")
    return None if address == PLACEHOLDER else address


def where_to_report(address: str | None) -> str:
    """One Markdown sentence that says where a report goes."""
    return NO_ADDRESS if address is None else f"Open an issue at <{address}/issues>."


def learner_copy(page: str, root: Path) -> str | None:
    """Path below `root` of the learner copy of the page `book/<part>/<lesson>`, or None where there is none."""
    copy = Path("colab", *Path(page).parts[1:]).with_suffix(".ipynb")
    return copy.as_posix() if (root / copy).is_file() else None


def configure(app: Sphinx, config: Config) -> None:
    """Set the theme's repository buttons and the substitution, or say that there is no address."""
    address = read_address(Path(app.srcdir))
    config.myst_substitutions = {**config.myst_substitutions, "where_to_report": where_to_report(address)}
    options = config.html_theme_options
    options.pop("repository_url", None)  # Jupyter Book's default is its own repository
    if address is None:
        logging.getLogger(__name__).info(
            f"note: Repository in pyproject.toml is still the placeholder {PLACEHOLDER}; pages show no link to it."
        )
        return
    options.update(repository_url=address, repository_branch=BRANCH, use_repository_button=True, use_issues_button=True)


def colab_address(address: str | None, version: str, copy: str) -> str | None:
    """Where Colab opens a copy of the edition `version`; None without an address, or with one that is not GitHub's."""
    if address is None or not address.startswith("https://github.com/"):
        return None
    name = address.removeprefix("https://github.com/")
    return f"https://colab.research.google.com/github/{name}/blob/v{version}/{copy}"


def links(page: str, root: Path) -> nodes.paragraph | None:
    """The line of links of a lesson, to Colab where there is an address and to its copy; None where it has no copy."""
    copy = learner_copy(page, root)
    if copy is None:
        return None
    paragraph = nodes.paragraph(classes=["lesson-links"])
    colab = colab_address(read_address(root), read_project(root)["version"], copy)
    if colab is not None:
        paragraph += [nodes.reference("", "Run in Colab", refuri=colab, classes=["in-colab"]), nodes.Text(" · ")]
    path = root / copy
    data = base64.b64encode(path.read_bytes()).decode()
    paragraph += nodes.raw(
        "",
        f'<a class="learner-copy" download="{escape(path.name)}" href="data:application/x-ipynb+json;base64,{data}">'
        "Download the notebook to work through</a>, without results and solutions",
        format="html",
    )
    return paragraph


def add_links(app: Sphinx, doctree: nodes.document) -> None:
    """Put the line of links under the title when a lesson has been read."""
    root = Path(app.srcdir)
    line = links(app.env.docname, root)
    if line is not None:
        app.env.note_dependency(learner_copy(app.env.docname, root))
        title = next(iter(doctree.findall(nodes.title)))
        title.parent.insert(title.parent.index(title) + 1, line)


def add_button(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """On a lesson with a copy: a Colab button where there is an address, and the theme's download says what it is."""
    root = Path(app.srcdir)
    copy = learner_copy(page, root)
    if copy is None:
        return
    buttons = context["header_buttons"]
    downloads = next(button["buttons"] for button in buttons if button["label"] == "download-buttons")
    for button in downloads:
        if button["label"] == "download-source-button":
            button.update(text="With results (.ipynb)", tooltip="The lesson as this page shows it")
    colab = colab_address(read_address(root), read_project(root)["version"], copy)
    if colab is not None:
        look = {
            "text": "Colab",
            "tooltip": "Run this lesson in Colab",
            "icon": "fas fa-rocket",
            "label": "colab-button",
        }
        buttons.append({"type": "link", "url": colab, **look})


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("config-inited", configure)
    app.connect("doctree-read", add_links, priority=400)  # before `lesson_line`, whose line then stands above
    app.connect("html-page-context", add_button, priority=502)  # the theme makes its buttons at 501
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
