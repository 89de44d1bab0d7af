"""Sphinx extension: everything that depends on the public address of the course.

The address stands once, as `Repository` in `[project.urls]` of `pyproject.toml`. From it come the repository and issue
buttons, the Colab button of a lesson whose learner copy exists (`colab/<part>/<lesson>.ipynb`), and the substitution
`{{ where_to_report }}`. While it is the placeholder, pages show no button and no link, and the build says so in a line.
"""

import tomllib
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

PLACEHOLDER = "https://github.com/OWNER/REPOSITORY"
BRANCH = "main"
NO_ADDRESS = (
    "The course has no public address yet: give your report to the person from whom you have this copy, "
    "for example your teacher."
)


def read_address(root: Path) -> str | None:
    """The public address from `pyproject.toml` in the folder `root`, or None while it is the placeholder."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address = project["urls"]["Repository"].rstrip("/")
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


def add_colab_button(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Put a Colab button into the header of a lesson that has an address on GitHub and a learner copy."""
    root = Path(app.srcdir)
    address, copy = read_address(root), learner_copy(page, root)
    if copy is None or address is None or not address.startswith("https://github.com/"):
        return
    name = address.removeprefix("https://github.com/")
    context["header_buttons"].append(
        {
            "type": "link",
            "url": f"https://colab.research.google.com/github/{name}/blob/{BRANCH}/{copy}",
            "text": "Colab",
            "tooltip": "Run this lesson in Colab",
            "icon": "fas fa-rocket",
            "label": "colab-button",
        }
    )


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("config-inited", configure)
    app.connect("html-page-context", add_colab_button, priority=502)  # the theme makes its buttons at 501
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
