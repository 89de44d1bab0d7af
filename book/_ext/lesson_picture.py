"""Sphinx extension: a picture that a cell of an executed lesson shows, with that cell's alt text and a link.

    ```{lesson-picture} applications/decision-support compare
    A caption.
    ```

The arguments are the page, below `book`, and the id of the cell. Nothing is copied: when the lesson runs anew, the page
shows its new picture.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


def picture(path: Path, cell_id: str) -> tuple[str, str]:
    """A lesson and a cell's id -> its first PNG in base64, and its alt text.

    Raises ValueError for a cell that the lesson does not have, or that shows no picture or has no alt text.
    """
    cells = {cell["id"]: cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}
    if cell_id not in cells:
        raise ValueError(f"{path.stem} has no cell {cell_id!r}; it has {', '.join(cells)}.")
    pictures = [output.get("data", {}).get("image/png") for output in cells[cell_id].get("outputs", [])]
    alt = cells[cell_id]["metadata"].get("mystnb", {}).get("image", {}).get("alt")
    if not any(pictures) or not alt:
        raise ValueError(f"Cell {cell_id!r} of {path.stem} shows no picture, or says no alt text for it.")
    return "".join(next(filter(None, pictures))).strip().replace("\n", ""), alt


class LessonPicture(SphinxDirective):
    """A figure that links to the lesson; the content is the caption."""

    required_arguments = 2
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Build the figure; the page is made anew when the lesson changes."""
        page, cell_id = self.arguments
        path = Path(self.env.srcdir, "book", f"{page}.ipynb")
        self.env.note_dependency(str(path))
        data, alt = picture(path, cell_id)
        address = self.env.app.builder.get_relative_uri(self.env.docname, f"book/{page}")
        image = nodes.image(uri=f"data:image/png;base64,{data}", alt=alt)
        caption = nodes.caption("", "", *self.parse_text_to_nodes("\n".join(self.content))[0].children)
        link = nodes.reference("", "", image, internal=True, refuri=address)
        return [nodes.figure("", link, caption, classes=["lesson-picture"])]


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_directive("lesson-picture", LessonPicture)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
