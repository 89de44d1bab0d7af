"""Pictures inside a learner copy: a copy travels alone, so each picture is in it.

Colab shows neither attachments of cells (googlecolab/colabtools#3836) nor SVG (#2092), so a picture is a data address
and a drawing becomes a PNG. Those PNGs are kept in `colab/figures`, each with the hash of its SVG, so that only who
changes a drawing needs a browser.
"""

import base64
import hashlib
import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import sync_playwright

from tools.diagrams import BROWSERS
from tools.lesson import ROOT

FOLDER = ROOT / "colab" / "figures"
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif"}
SOURCE = "source-sha256"  # the text chunk that names the drawing
COLORS = 32


def data_address(path: Path) -> str:
    """A local picture as a data address; ValueError where it is missing, of another type, or its PNG is stale."""
    if not path.is_file():
        raise ValueError(f"there is no picture {path.name} in the folder {path.parent.name}")
    if path.suffix == ".svg":
        if not is_fresh(path):
            raise ValueError(f"{path.name} has no PNG of its own in colab/figures: run `make colab`")
        path = png_of(path)
    if path.suffix not in TYPES:
        raise ValueError(f"{path.name} is no picture that a copy can hold: use {', '.join(TYPES)} or .svg")
    return f"data:{TYPES[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"


def png_of(svg: Path) -> Path:
    """Where the PNG of a drawing is kept."""
    return FOLDER / f"{svg.stem}.png"


def is_fresh(svg: Path) -> bool:
    """Whether the PNG of a drawing exists and is made from it as it is now."""
    if not png_of(svg).is_file():
        return False
    with Image.open(png_of(svg)) as picture:
        return picture.text.get(SOURCE) == fingerprint(svg)


def fingerprint(svg: Path) -> str:
    """SHA-256 of a drawing, the same for every convention of line ends."""
    return hashlib.sha256(svg.read_text(encoding="utf-8").encode()).hexdigest()


def draw(svgs: list[Path]) -> None:
    """Write the PNGs of drawings; ends with a message where there is no browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"To draw {', '.join(svg.name for svg in svgs)} as PNG: install Chromium or Chrome.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        tab = program.new_page()  # a pixel for a pixel of the drawing: a copy shows it as large as the book
        for svg in svgs:
            tab.set_content(f"<body style='margin:0'>{svg.read_text(encoding='utf-8')}</body>")
            save(tab.locator("svg").first.screenshot(), svg)
            print(f"drawn: colab/figures/{png_of(svg).name}")
        program.close()


def save(screenshot: bytes, svg: Path) -> None:
    """Keep the screenshot of a drawing as its PNG, with few colors and the hash of the drawing."""
    with Image.open(io.BytesIO(screenshot)) as picture:
        few = picture.convert("RGB").quantize(COLORS)
    note = PngInfo()
    note.add_text(SOURCE, fingerprint(svg))
    few.save(png_of(svg), optimize=True, pnginfo=note)
