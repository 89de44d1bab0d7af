"""Copy the picture that the README shows out of the executed lesson: python tools/readme_picture.py"""

import base64
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
LESSON, CELL = ROOT / "book" / "start" / "see-and-hear.ipynb", "noise"
PICTURE = ROOT / "book" / "figures" / "readme-noise.png"


def picture() -> bytes:
    """The PNG that the cell of the lesson shows. Raises ValueError for a lesson that has not been executed."""
    cell = next(cell for cell in nbformat.read(LESSON, as_version=4).cells if cell.id == CELL)
    for output in cell.outputs:
        if "image/png" in output.get("data", {}):
            return base64.b64decode(output.data["image/png"])
    raise ValueError(f"Cell {CELL!r} of {LESSON.stem} shows no picture: run `make run LESSON={LESSON.stem}`.")


if __name__ == "__main__":
    PICTURE.write_bytes(picture())
