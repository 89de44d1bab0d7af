"""The animations of the book: made from what they show, small, each with its still, and shown with it."""

import re
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from tools import animations

ROOT = Path(__file__).resolve().parents[2]
CSS = (ROOT / "book" / "_static" / "book.css").read_text(encoding="utf-8")
GIF = re.compile(r"\{figure\}\s+(\S+)\.gif\n((?::.*\n)+)")
NAMES = sorted(animations.ANIMATIONS)


@pytest.mark.parametrize("name", NAMES)
def test_animation_and_still_are_made_from_what_they_show(name):
    assert animations.is_fresh(name), "run `make animations`"


@pytest.mark.parametrize("name", NAMES)
def test_animation_moves_and_is_small(name):
    moves, still = animations.paths(name)
    assert max(moves.stat().st_size, still.stat().st_size) <= animations.BYTES
    with Image.open(moves) as gif, Image.open(still) as png:
        assert gif.n_frames > 3
        assert gif.info["loop"] == 0
        assert gif.convert("RGB").getpixel((0, 0)) >= (250, 250, 250), "white paper in dark mode too"
        assert getattr(png, "n_frames", 1) == 1
        assert png.width > gif.width


def test_every_gif_of_the_book_is_registered():
    assert sorted(path.stem for path in animations.FIGURES.glob("*.gif")) == NAMES


def test_a_change_of_what_is_drawn_makes_the_pictures_stale(monkeypatch):
    name = "convolution-window"
    before = animations.fingerprint(name)
    changed = animations.ANIMATIONS[name]
    monkeypatch.setitem(animations.ANIMATIONS, name, animations.Animation(**{**vars(changed), "milliseconds": 1}))
    assert animations.fingerprint(name) != before
    assert not animations.is_fresh(name)
    shorter = animations.Animation(**{**vars(changed), "uses": changed.uses[1:]})
    monkeypatch.setitem(animations.ANIMATIONS, name, shorter)
    assert animations.fingerprint(name) != before


def test_a_missing_still_is_stale(monkeypatch, tmp_path):
    monkeypatch.setattr(animations, "FIGURES", tmp_path)
    assert not animations.is_fresh("convolution-window")


def test_what_is_too_large_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(animations, "FIGURES", tmp_path)
    monkeypatch.setattr(animations, "BYTES", 1000)
    with pytest.raises(ValueError, match="draw less or smaller"):
        animations.make("convolution-window")


def shown_animations():
    """Lesson, name, options of the figure and text of the cell for every animation that a lesson shows."""
    for path in sorted((ROOT / "book").rglob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for found in GIF.finditer(cell.source if cell.cell_type == "markdown" else ""):
                yield path.stem, Path(found[1]).name, found[2], cell.source


def test_every_animation_is_shown_with_its_still():
    shown = list(shown_animations())
    assert {name for _, name, _, _ in shown} == set(NAMES)
    for lesson, name, options, text in shown:
        assert ":class: screen-only" in options, (lesson, name)
        still = re.search(rf"\{{image\}} \S*{name}-still\.png\n((?::.*\n)+)", text)
        assert still, (lesson, name)
        assert ":class: print-only" in still[1]
        assert len(re.findall(r"^:alt: .{20,}\.$", options + still[1], re.MULTILINE)) == 2


def test_style_sheet_shows_one_of_the_two():
    screen, _, paper = CSS.partition("@media print, (prefers-reduced-motion: reduce)")
    assert re.search(r"img\.print-only \{\s*display: none;", screen)
    assert re.search(r"img\.screen-only \{\s*display: none;", paper)
