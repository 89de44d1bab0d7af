"""Figures: drawn without error, all words from one table, readable in gray."""

import ast
import itertools
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from mmcourse import plots


@pytest.fixture(autouse=True)
def clean():
    with plt.rc_context():
        plots.use_style()
        yield
        plt.close("all")


def words():
    """Every word in the current figures."""
    return [text.get_text() for n in plt.get_fignums() for text in plt.figure(n).findobj(plt.Text) if text.get_text()]


def one(levels):
    return np.ones((2, levels))


def test_each_plot_draws():
    scores = {"image": [0.7, 0.8], "audio": [0.8, 0.9], "both": [0.9, 0.95]}
    plots.gallery(np.zeros((12, 8, 8, 1)), [str(n) for n in range(12)])
    plots.sound(np.zeros(8000), np.zeros((61, 32)), 8000)
    plots.confusions({"image": np.eye(10) * 9 + 1, "audio": np.eye(10) * 9 + 1})
    plots.training({"step": np.arange(5), "loss": np.arange(5.0)}, chance=2.3)
    plots.seeds(scores, {"both": 0.93}, chance=0.1)
    plots.noise_curves([0, 0.5], {"image": {arm: np.ones((2, 2)) for arm in scores}})
    plots.gallery(np.zeros((3, 8, 8, 3)), ["a", "b", "c"], columns=2)
    plots.curves("standard deviation", [0, 0.5], {"read 16": [1, 0.5], "read 32": [1, 0.9]})
    plots.groups({"scene first": {"exist": 0.9, "count": 0.7}}, {"exist": 0.5, "count": 0.3})
    plots.noise_curves({"image": [0, 1], "audio": [0, 2, 3]}, {"image": {"both": one(2)}, "audio": {"both": one(3)}})
    plots.compared({"senses two": scores, "senses three": scores}, {"senses two": {"both": 0.9}})
    plots.speakers({"anna": scores, "ben": scores}, {"anna": scores, "ben": scores}, ["image", "both"])
    plots.followed(
        {"both": {"color": np.ones((5, 3))}, "image": {"color": np.ones((5, 2))}}, {"both": [0, 1, 2], "image": [0, 9]}
    )
    assert len(plt.get_fignums()) == 13
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
    assert {"picture alone", "sound alone", "both", "this run", "guessing"} <= {word.strip() for word in words()}


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.gallery(np.zeros((2, 8, 8)), ["a", "b"]),
        lambda: plots.gallery(np.zeros((2, 8, 8, 1)), ["a"]),
        lambda: plots.sound(np.zeros((1, 800)), np.zeros((5, 32)), 8000),
        lambda: plots.sound(np.zeros(800), np.zeros((1, 5, 32)), 8000),
        lambda: plots.confusions({"image": np.zeros((3, 4))}),
        lambda: plots.noise_curves([0, 1], {"image": {"both": np.zeros((5, 3))}}),
        lambda: plots.gallery(np.zeros((0, 8, 8, 1)), []),
        lambda: plots.gallery(np.zeros((2, 8, 8, 2)), ["a", "b"]),
        lambda: plots.curves("steps", [0, 1], {"both": [1, 2, 3]}),
        lambda: plots.groups({"both": {"exist": 1}}, {"exist": 0.5, "count": 0.3}),
        lambda: plots.followed({"both": {"color": np.ones((5, 3))}}, {"both": [0, 1]}),
    ],
)
def test_wrong_shapes_are_named(draw):
    with pytest.raises(ValueError, match="has shape"):
        draw()


def test_a_dot_a_seed():
    plots.seeds({"both": [0.9, 0.91, 0.92]}, {}, chance=0.1)
    assert plt.gca().collections[0].get_offsets()[:, 0].tolist() == [0.9, 0.91, 0.92]


def test_a_colored_picture_keeps_its_colors():
    image = np.zeros((1, 4, 4, 3))
    image[..., 0] = 1
    plots.gallery(image, ["red"])
    assert np.asarray(plt.gca().images[0].get_array())[0, 0].tolist() == [1, 0, 0]


def test_groups_stand_at_their_values():
    plots.groups({"scene first": {"count": 0.7, "exist": 0.9}}, {"exist": 0.5, "count": 0.3})
    assert plt.gca().lines[0].get_xdata().tolist() == [0.9, 0.7]  # in the order of chance
    assert [label.get_text() for label in plt.gca().get_yticklabels()] == ["exist", "count"]


def test_followed_lines_are_the_means_of_the_seeds():
    plots.followed({"both": {"color": [[0.2, 0.6], [0.4, 1.0]]}}, {"both": [0, 20]})
    assert np.allclose(plt.gca().lines[0].get_ydata(), [0.3, 0.8])
    assert plt.gca().lines[0].get_xdata().tolist() == [0, 20]


def test_every_text_in_a_figure_comes_from_the_table():
    tree = ast.parse(Path(plots.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    literal = [
        keyword.value.value
        for call in calls
        for keyword in call.keywords
        if keyword.arg in ("label", "xlabel", "ylabel", "title") and isinstance(keyword.value, ast.Constant)
    ]
    assert literal == []
    with pytest.raises(KeyError):
        plots.label("nothing")


def test_neighboring_colors_differ_in_lightness():
    gray = [np.dot(to_rgb(color), [0.299, 0.587, 0.114]) for color in plots.COLORS]
    assert min(abs(a - b) for a, b in itertools.pairwise(gray)) > 0.08
