"""Draw the animations of the book, and for paper a still of each, where they are missing or stale.

Run by a person who has changed one: `make animations`. `book/figures/<name>.gif` moves, `<name>-still.png` shows a few
of its frames. Both name the hash of all that they are made from, and a test compares that hash.

To add one: a function below that draws frame after frame into a figure and yields after each, under `@animation`. Every
word in it comes from `mm.plots.label`; its numbers come from package functions, which `uses` names, as it names the
functions of this file that it calls.
"""

import hashlib
import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mmcourse.nn import convolution
from mmcourse.plots import COLORS, label

FIGURES = Path(__file__).resolve().parents[1] / "book" / "figures"
BYTES = 150_000  # of an animation or a still, at most
DPI, PALETTE, GAP = 100, 64, 12  # dots per inch, colors, pixels between the frames of a still
SOURCE = "source-sha256"  # the text chunk of a still that names the hash; an animation has it as its comment


@dataclass(frozen=True)
class Animation:
    """A function that draws the frames, which of them stand on paper, and how: inches, milliseconds a frame."""

    draw: Callable[[Figure], Iterator[None]]
    still: tuple[int, ...]
    uses: tuple[Callable, ...]
    size: tuple[float, float]
    milliseconds: int


ANIMATIONS: dict[str, Animation] = {}


def animation(
    name: str, still: tuple[int, ...], uses: tuple[Callable, ...], size: tuple, milliseconds: int
) -> Callable:
    """Register a function that draws into a figure of `size` inches and yields after each frame.

    `still` are the numbers of the frames that stand on paper, two in a row; negative ones count from the end.
    """

    def register(draw: Callable[[Figure], Iterator[None]]) -> Callable:
        ANIMATIONS[name] = Animation(draw, still, uses, size, milliseconds)
        return draw

    return register


def fingerprint(name: str) -> str:
    """Hash (SHA-256, hexadecimal) of the program text and the settings that an animation is made from."""
    entry = ANIMATIONS[name]
    sources = [inspect.getsource(function) for function in (entry.draw, *entry.uses, frames, moving, side_by_side)]
    settings = [entry.still, entry.size, entry.milliseconds, DPI, PALETTE, GAP]
    return hashlib.sha256(json.dumps([sources, settings]).encode()).hexdigest()


def paths(name: str) -> tuple[Path, Path]:
    """Where the animation and its still are kept."""
    return FIGURES / f"{name}.gif", FIGURES / f"{name}-still.png"


def is_fresh(name: str) -> bool:
    """Whether both pictures of an animation exist and are made from what it is made from now."""
    moves, still = paths(name)
    if not (moves.is_file() and still.is_file()):
        return False
    with Image.open(moves) as gif, Image.open(still) as png:
        return gif.info.get("comment", b"").decode() == png.text.get(SOURCE) == fingerprint(name)


def frames(entry: Animation) -> list[Image.Image]:
    """The frames of an animation, all with the same few colors, on white."""
    figure = Figure(figsize=entry.size, dpi=DPI, layout="constrained", facecolor="white")
    canvas, drawn = FigureCanvasAgg(figure), []
    for _ in entry.draw(figure):
        canvas.draw()
        drawn.append(Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy()))
    colors = drawn[-1].quantize(PALETTE)  # the last frame has everything in it
    return [frame.quantize(palette=colors, dither=Image.Dither.NONE) for frame in drawn]


def moving(drawn: list[Image.Image], path: Path, milliseconds: int, note: str) -> None:
    """Write frames as a GIF that starts anew for ever and rests on its last frame."""
    times = [milliseconds] * (len(drawn) - 1) + [8 * milliseconds]
    rest = {"append_images": drawn[1:], "duration": times, "loop": 0, "comment": note.encode()}
    drawn[0].save(path, save_all=True, optimize=True, **rest)


def side_by_side(drawn: list[Image.Image], path: Path, note: str) -> None:
    """Write frames as one PNG, two in a row."""
    width, height = drawn[0].size
    rows = -(-len(drawn) // 2)
    sheet = Image.new("RGB", (2 * width + GAP, rows * (height + GAP) - GAP), "white")
    for number, frame in enumerate(drawn):
        sheet.paste(frame.convert("RGB"), ((number % 2) * (width + GAP), number // 2 * (height + GAP)))
    text = PngInfo()
    text.add_text(SOURCE, note)
    sheet.quantize(PALETTE).save(path, optimize=True, pnginfo=text)


def make(name: str) -> None:
    """Draw an animation and its still. Raises ValueError for one that is too large."""
    entry, (moves, still), note = ANIMATIONS[name], paths(name), fingerprint(name)
    drawn = frames(entry)
    moving(drawn, moves, entry.milliseconds, note)
    side_by_side([drawn[number] for number in entry.still], still, note)
    for path in (moves, still):
        if path.stat().st_size > BYTES:
            raise ValueError(f"{path.name} has {path.stat().st_size} bytes, allowed are {BYTES}: draw less or smaller.")


def cells(axis: Axes, values: np.ndarray, title: str, largest: float) -> None:
    """A table of numbers as colored cells, NaN as an empty one."""
    axis.clear()
    axis.imshow(np.ma.masked_invalid(values), cmap="PuOr", vmin=-largest, vmax=largest)
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            color = "white" if abs(value) > 0.6 * largest else "black"
            axis.text(column, row, f"{value:.0f}", ha="center", va="center", color=color, fontsize=13)
    axis.set_title(title, fontsize=14)
    axis.set_xticks(np.arange(values.shape[1] + 1) - 0.5, labels=[])
    axis.set_yticks(np.arange(values.shape[0] + 1) - 0.5, labels=[])
    axis.grid(color="#cccccc", linewidth=0.6)
    axis.tick_params(length=0)
    axis.spines[:].set_color("#cccccc")


def outline(axis: Axes, row: int, column: int, side: int) -> None:
    """A frame around side x side cells, the first at row and column."""
    place = (column - 0.5, row - 0.5)
    axis.add_patch(Rectangle(place, side, side, fill=False, edgecolor=to_rgb(COLORS[2]), linewidth=3, clip_on=False))


@animation(
    "convolution-window", still=(0, 7, 12, -1), uses=(convolution.conv2d_numpy, cells, outline), size=(5.2, 2.5),
    milliseconds=350,
)  # fmt: skip
def window(figure: Figure) -> Iterator[None]:
    """A window slides over a small picture of an L, and the map of vertical strokes is filled."""
    picture = np.zeros((7, 7))
    picture[1:6, 2] = picture[5, 2:6] = 1
    kernel = np.tile([-1.0, 2, -1], (3, 1))
    found = convolution.conv2d_numpy(picture[None, ..., None], kernel[..., None, None], np.zeros(1))[0, ..., 0]
    left, middle, right = figure.subplots(1, 3, width_ratios=(7, 3, 5))
    cells(middle, kernel, label("kernel"), 6)
    filled = np.full(found.shape, np.nan)
    for row, column in np.ndindex(found.shape):
        filled[row, column] = found[row, column]
        cells(left, picture, label("picture"), 6)
        cells(right, filled, label("feature map"), 6)
        outline(left, row, column, 3)
        outline(right, row, column, 1)
        yield


def main() -> None:
    """Draw what is missing or stale; say so for each animation."""
    stale = [name for name in sorted(ANIMATIONS) if not is_fresh(name)]
    for name in stale:
        make(name)
        print(f"drawn: {', '.join(path.name for path in paths(name))}")
    if not stale:
        print("Every animation is made from what it shows.")


if __name__ == "__main__":
    main()
