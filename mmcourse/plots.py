"""Figures of the course: quiet, readable in gray and by color-blind readers.

Every word in them comes from `labels.toml`.
"""

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler

from mmcourse import shapes
from mmcourse.labels import LABELS

# Okabe and Ito's palette, ordered so that neighbors differ in lightness; dashes and markers tell lines apart in gray.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P")


def use_style() -> None:
    """Set matplotlib's defaults for the course: small, light, no frame around the data."""
    plt.rcParams.update(
        {
            "axes.prop_cycle": cycler(color=COLORS) + cycler(linestyle=DASHES),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.constrained_layout.use": True,
            "figure.dpi": 110,
            "figure.figsize": (6.4, 3.2),
            "image.cmap": "gray_r",
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "savefig.dpi": 110,
        }
    )


def label(key: str) -> str:
    """The words for `key` inside a figure. Raises KeyError for a key that is not in the table."""
    return LABELS[key]


def gallery(images: np.ndarray, titles: list[str], columns: int = 10) -> None:
    """Pictures (B, H, W, C) in [0, 1], C = 1 (ink) or 3 (red, green, blue), in rows, a short text above each.

    Each picture has a frame where it is colored: its background may be that of the page.
    """
    count, _, _, channels = shapes.check(images, "B H W C", "images")
    if count < 1 or channels not in (1, 3):
        raise ValueError(f"images has shape {np.shape(images)}; give at least one picture, with 1 channel or 3.")
    shapes.check(titles, "B", "titles", B=count)
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    side = min(2.4, 9 / columns)  # inches
    _, axes = plt.subplots(rows, columns, figsize=(side * columns, (side + 0.25) * rows), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, image, title in zip(axes.flat, images, titles, strict=False):
        axis.imshow(image if channels == 3 else image[..., 0], vmin=0, vmax=1)
        axis.set_title(title, fontsize=9)
        if channels == 3:
            axis.axis("on")
            axis.set(xticks=[], yticks=[])
            axis.spines[:].set(visible=True, color="gray", linewidth=0.5)


def pointed(images: np.ndarray, cells: list, titles: list[str], columns: int = 4) -> None:
    """Pictures (B, H, W, 3) in [0, 1] as `gallery` has them, with a frame around one of the 3 by 3 cells of each.

    `cells` (B,) are (row, column) from 0 to 2, or None for no frame.
    """
    shapes.check(titles, "B", "titles", B=len(cells))
    gallery(images, titles, columns)
    height, width = np.shape(images)[1:3]
    for axis, cell in zip(plt.gcf().axes, cells, strict=False):
        if cell is not None:
            corner = cell[1] * width / 3 - 0.5, cell[0] * height / 3 - 0.5
            axis.add_patch(plt.Rectangle(corner, width / 3, height / 3, fill=False, edgecolor="black", linewidth=2))


def sound(audio: np.ndarray, log_mel: np.ndarray, rate: int) -> None:
    """A waveform (samples,) above its log-mel spectrogram (S, bands), on one time axis in seconds."""
    shapes.check(audio, "samples", "audio")
    shapes.check(log_mel, "S bands", "log_mel")
    _, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(6.4, 3.6), height_ratios=(1, 2))
    seconds = len(audio) / rate
    top.plot(np.arange(len(audio)) / rate, audio, linewidth=0.6)
    top.set(ylabel=label("amplitude"), ylim=(-1, 1))
    bottom.imshow(log_mel.T, origin="lower", aspect="auto", extent=(0, seconds, 0, log_mel.shape[1]), cmap="magma")
    bottom.set(xlabel=label("seconds"), ylabel=label("mel band"))


def confusions(counts: dict[str, np.ndarray]) -> None:
    """One table (classes, classes) a model, truth down, answer across: percent of each row, right answers left out."""
    _, axes = plt.subplots(1, len(counts), figsize=(3.3 * len(counts), 3.4), squeeze=False)
    for axis, (name, table) in zip(axes.flat, counts.items(), strict=True):
        table = np.asarray(table, float)
        shapes.check(table, "truth answer", name, answer=len(table))
        share = table / table.sum(1, keepdims=True)
        np.fill_diagonal(share, np.nan)
        axis.imshow(share, vmin=0, vmax=0.25)
        for row, column in zip(*np.where(share >= 0.05), strict=True):
            color = "white" if share[row, column] > 0.15 else "black"
            axis.text(column, row, f"{100 * share[row, column]:.0f}", ha="center", va="center", fontsize=7, color=color)
        axis.set(xlabel=f"{label('answer')} ({label(name)})", ylabel=label("truth"))
        axis.set_xticks(range(len(table)))
        axis.set_yticks(range(len(table)))


def training(curve: dict[str, np.ndarray], chance: float) -> None:
    """Loss over the training steps, with the loss of guessing as a line."""
    _, axis = plt.subplots()
    axis.plot(curve["step"], curve["loss"])
    axis.axhline(chance, color="gray", linestyle=":", linewidth=1)
    axis.text(curve["step"][-1], chance, label("chance"), ha="right", va="bottom", color="gray")
    axis.set(xlabel=label("steps"), ylabel=label("loss"), ylim=(0, None))


def seeds(scores: dict[str, list[float]], live: dict[str, float], chance: float) -> None:
    """Accuracy of each arm: a dot a seed, their mean as a bar, this run as a diamond, guessing as a line."""
    _, axis = plt.subplots(figsize=(6.4, 0.6 * len(scores) + 1.2))
    for row, (name, values) in enumerate(scores.items()):
        axis.scatter(values, np.full(len(values), row), color=COLORS[row], alpha=0.7, zorder=2, clip_on=False)
        axis.plot([np.mean(values)] * 2, [row - 0.25, row + 0.25], color=COLORS[row], linestyle="-")
        if name in live:
            style = {"marker": "D", "s": 45, "facecolor": "none", "edgecolor": "black"}
            axis.scatter(live[name], row, zorder=3, clip_on=False, **style)
            axis.text(live[name], row - 0.3, label("this run"), ha="center", va="bottom", fontsize=8)
    axis.axvline(chance, color="gray", linestyle=":", linewidth=1)
    axis.text(chance, len(scores) - 0.5, f" {label('chance')}", color="gray", fontsize=8)
    axis.set_yticks(range(len(scores)), [label(name) for name in scores])
    axis.set(xlabel=label("accuracy"), xlim=(0, 1), ylim=(len(scores) - 0.4, -0.7))


def noise_curves(levels, curves: dict[str, dict[str, np.ndarray]]) -> None:
    """Accuracy against noise, one panel a noisy modality; curves[modality][arm] is (seeds, levels): mean and range.

    `levels` are those of all panels, a list, or of each, {modality: list}.
    """
    width = min(3.6, 9 / len(curves))  # inches
    _, axes = plt.subplots(1, len(curves), figsize=(width * len(curves), 3.3), sharey=True, squeeze=False)
    for axis, (noisy, arms) in zip(axes.flat, curves.items(), strict=True):
        places = levels[noisy] if isinstance(levels, dict) else levels
        for number, (name, values) in enumerate(arms.items()):
            shapes.check(values, "seeds levels", f"curves of {name!r}", levels=len(places))
            values = np.asarray(values)
            style = {"color": COLORS[number], "linestyle": DASHES[number], "marker": MARKERS[number], "markersize": 4}
            axis.plot(places, values.mean(0), label=label(name), **style)
            axis.fill_between(places, values.min(0), values.max(0), color=COLORS[number], alpha=0.15, linewidth=0)
        axis.set(xlabel=label(f"{noisy} noise"), ylim=(0, 1))
    axes.flat[0].set_ylabel(label("accuracy"))
    axes.flat[0].legend(loc="lower left")


def compared(panels: dict[str, dict[str, list[float]]], live: dict[str, dict[str, float]]) -> None:
    """Accuracy of the same arms side by side, panels[panel][arm]: a dot a seed, this run, where it is, as a diamond."""
    _, axes = plt.subplots(1, len(panels), figsize=(9, 0.35 * len(next(iter(panels.values()))) + 0.9), sharey=True)
    for axis, (panel, arms) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        for row, (name, values) in enumerate(arms.items()):
            axis.scatter(values, [row] * len(values), color=COLORS[row], alpha=0.7, zorder=2)
            if name in live.get(panel, {}):
                style = {"marker": "D", "s": 45, "facecolor": "none", "edgecolor": "black", "zorder": 3}
                axis.scatter(live[panel][name], row, **style)
        axis.set_title(label(panel), fontsize=9)
        axis.set_yticks(range(len(arms)), [label(name) for name in arms])
        axis.set(xlabel=label("accuracy"), ylim=(len(arms) - 0.4, -0.6))


def speakers(new: dict[str, dict[str, list[float]]], heard: dict[str, dict[str, list[float]]], arms: list[str]) -> None:
    """Accuracy by speaker, new[speaker][arm]: a dot a seed; hollow the mean of one that was heard in training."""
    _, axis = plt.subplots(figsize=(6.4, 0.45 * len(new) + 0.8))
    for number, arm in enumerate(arms):
        places = np.arange(len(new)) + 0.25 * (number - (len(arms) - 1) / 2)
        style = {"marker": MARKERS[number], "zorder": 2}
        for place, speaker in zip(places, new, strict=True):
            values = new[speaker][arm]
            axis.scatter(values, [place] * len(values), s=12, color=COLORS[number], **style)
            axis.scatter(np.mean(heard[speaker][arm]), place, s=45, facecolor="none", edgecolor=COLORS[number], **style)
        axis.scatter([], [], s=12, color=COLORS[number], marker=MARKERS[number], label=label(arm))
    axis.set_yticks(range(len(new)), list(new))
    axis.set(xlabel=label("accuracy"), xlim=(0, 1), ylim=(len(new) - 0.5, -0.5))
    axis.legend(loc="lower left", fontsize=8)


def curves(x: str, places: list[float], lines: dict[str, list[float]], y: str = "share") -> None:
    """One line a name over common places; `x` and `y` are keys of `labels.toml`, the y axis goes from 0 to 1."""
    _, axis = plt.subplots()
    for number, (name, values) in enumerate(lines.items()):
        shapes.check(values, "places", f"line {name!r}", places=len(places))
        style = {"color": COLORS[number], "linestyle": DASHES[number], "marker": MARKERS[number], "markersize": 4}
        axis.plot(places, values, label=label(name), **style)
    axis.set(xlabel=label(x), ylabel=label(y), ylim=(-0.02, 1.04))
    axis.legend()


def groups(scores: dict[str, dict[str, float]], chance: dict[str, float]) -> None:
    """Accuracy by group: one marker an arm, scores[arm][group], and guessing, chance[group], as a short line."""
    _, axis = plt.subplots()
    rows = np.arange(len(chance))
    for number, (name, values) in enumerate(scores.items()):
        shapes.check(list(values), "groups", f"arm {name!r}", groups=len(chance))
        style = {"color": COLORS[number], "marker": MARKERS[number], "linestyle": "none"}
        axis.plot([values[group] for group in chance], rows, label=label(name), **style)
    axis.vlines(list(chance.values()), rows - 0.3, rows + 0.3, color="gray", linewidth=1, label=label("chance"))
    axis.set_yticks(rows, [label(group) for group in chance])
    axis.set(xlabel=label("accuracy"), xlim=(0, 1), ylim=(len(chance) - 0.5, -0.5))
    axis.legend()


def followed(panels: dict[str, dict[str, np.ndarray]], steps: dict[str, np.ndarray], y: str = "share") -> None:
    """Scores over training steps, a panel an arm, panels[arm][line] is (seeds, points): mean and range of the seeds."""
    _, axes = plt.subplots(1, len(panels), figsize=(min(4.5 * len(panels), 9), 3.3), sharey=True, squeeze=False)
    for axis, (arm, lines) in zip(axes.flat, panels.items(), strict=True):
        for number, (name, values) in enumerate(lines.items()):
            shapes.check(values, "seeds points", f"line {name!r} of {arm!r}", points=len(steps[arm]))
            style = {"color": COLORS[number], "linestyle": DASHES[number], "marker": MARKERS[number], "markersize": 3}
            axis.plot(steps[arm], np.mean(values, axis=0), label=label(name), **style)
            low, high = np.min(values, axis=0), np.max(values, axis=0)
            axis.fill_between(steps[arm], low, high, color=COLORS[number], alpha=0.15, linewidth=0)
        axis.set_title(label(arm), fontsize=9)
        axis.set(xlabel=label("steps"), ylim=(-0.02, 1.04))
    axes.flat[0].set_ylabel(label(y))
    axes.flat[-1].legend(loc="lower right", fontsize=8)
