"""The graph of a scene: who hears whom, which words are true of which cells, and questions with a known answer."""

import numpy as np
import pytest

from mmcourse.data import scene_graph as sg
from mmcourse.data.world import Object, Scene, render, sample, split_of

SCENE = Scene((Object("large", "red", "ring", (1, 1)), Object("small", "blue", "ring", (0, 2))), level=3)


def edges(scene, text, kind):
    return {tuple(pair) for pair in np.argwhere(sg.scene_graph(scene, text)[sg.KINDS.index(kind)]).tolist()}


def test_regions_hear_their_neighbors():
    heard = {kind: edges(SCENE, "red", kind) for kind in ("left", "right", "above", "below")}
    assert (4, 3) in heard["left"]
    assert (4, 1) in heard["above"]
    assert all(len(pairs) == 6 for pairs in heard.values())  # nine cells, three of them at the edge
    assert heard["right"] == {(j, i) for i, j in heard["left"]}
    assert heard["below"] == {(j, i) for i, j in heard["above"]}
    assert (3, 2) not in heard["left"]  # the next row begins


def test_words_hear_their_neighbors_and_the_regions_that_they_are_true_of():
    text = "a small ring and a red one"
    assert edges(SCENE, text, "word before") == {(9 + i, 8 + i) for i in range(1, 7)}
    assert edges(SCENE, text, "word after") == {(8 + i, 9 + i) for i in range(1, 7)}
    links = {(10, 2), (11, 4), (11, 2), (14, 4)}
    assert edges(SCENE, text, "region of word") == links
    assert edges(SCENE, text, "word of region") == {(j, i) for i, j in links}


def test_a_graph_has_a_row_for_every_node_and_no_self_loop():
    for scene in sample(5, 0, level=2):
        graph = sg.scene_graph(scene, "one two three")
        assert graph.shape == (8, 12, 12)
        assert graph.dtype == np.float32
        assert set(np.unique(graph)) <= {0, 1}
        assert graph[:, np.arange(12), np.arange(12)].sum() == 0


def test_patches_are_the_cells_row_by_row():
    images = render([SCENE], sg.SIZE)
    parts = sg.patches(images)
    assert parts.shape == (1, 9, 192)
    assert np.array_equal(parts[0, 4].reshape(8, 8, 3), images[0, 8:16, 8:16])
    assert np.array_equal(parts[0, 2].reshape(8, 8, 3), images[0, :8, 16:])
    assert (parts[0, 0] == 1).all()  # white: nothing there


@pytest.mark.parametrize(("kind", "step"), [("near", (-1, 0)), ("far", (-1, -1))])
def test_the_answer_is_the_color_that_is_asked_for(kind, step):
    found = sg.hop_questions(40, 3, "test", kind)
    for scene, question, answer in zip(found["scene"], found["question"], found["answer"], strict=True):
        color, shape = question.split()[-2:]
        (named,) = [one for one in scene.objects if one.color == color or one.shape == shape]
        asked = (named.cell[0] + step[0], named.cell[1] + step[1])
        assert {one.cell: one.color for one in scene.objects}[asked] == answer
        assert split_of(scene) == "test"
        assert len(scene.objects) == 9


@pytest.mark.parametrize("kind", sg.QUESTIONS)
def test_nothing_but_the_asked_thing_tells_the_answer(kind):
    found = sg.hop_questions(6000, 4, "train", kind)
    named = [sg.COLORS.index(question.split()[-2]) for question in found["question"]]
    shift = (np.array([sg.COLORS.index(color) for color in found["answer"]]) - named) % 6
    counts = np.bincount(shift, minlength=6)
    assert counts[0] == 0
    assert np.abs(counts[1:] - 1200).max() < 4 * np.sqrt(6000 * 0.2 * 0.8)


def test_a_seed_gives_the_same_and_a_longer_list_begins_with_a_shorter_one():
    long, short = (sg.hop_questions(count, 7, "train", "far") for count in (9, 4))
    assert long["question"][:4] == short["question"]
    assert long["scene"][:4] == short["scene"]
    assert sg.hop_questions(9, 8, "train", "far") != long


def test_every_word_of_a_question_is_in_the_vocabulary():
    found = [q for kind in sg.QUESTIONS for q in sg.hop_questions(30, 1, "train", kind)["question"]]
    assert {word for question in found for word in question.split()} <= set(sg.WORDS)
    tokens = sg.word_numbers(found[:3])
    assert tokens.shape == (3, 7)
    assert tokens.min() > 0


def test_the_columns_of_a_model():
    columns, labels = sg.hop_columns(5, 1, "train", "far")
    assert {name: values.shape for name, values in columns.items()} == {
        "adjacency": (5, 8, 20, 20), "regions": (5, 9, 192), "words": (5, 11)
    }  # fmt: skip
    assert labels.shape == (5,)


def test_changed_edges():
    adjacency = sg.hop_columns(4, 1, "train", "near")[0]["adjacency"]
    assert sg.CHANGES["no edges"](adjacency).sum() == 0
    assert (sg.CHANGES["complete graph"](adjacency) == 1).all()
    one = sg.CHANGES["one kind"](adjacency)
    assert one.shape == (4, 1, 16, 16)
    assert np.array_equal(one, one.swapaxes(-1, -2))
    assert one.max() == 1
    shuffled = sg.CHANGES["shuffled edges"](adjacency)
    assert np.array_equal(shuffled.sum((2, 3)), adjacency.sum((2, 3)))
    assert not np.array_equal(shuffled, adjacency)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="at least one word"):
        sg.scene_graph(SCENE, " ")
    with pytest.raises(ValueError, match="Expected one scene"):
        sg.scene_graph("red ring", "red")
    with pytest.raises(ValueError, match="Choose one of: near, far"):
        sg.hop_questions(2, 1, "train", "further")
    with pytest.raises(ValueError, match="has no word 'brown'"):
        sg.word_numbers(["the brown ring"])
