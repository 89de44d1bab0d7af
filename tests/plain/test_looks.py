"""Where a captioner looks, and in what it errs."""

import numpy as np
import pytest

from mmcourse import looks
from mmcourse.data import world

RED_RING = world.Object("large", "red", "ring", (0, 0))
BLUE_CROSS = world.Object("large", "blue", "cross", (0, 2))
SCENE = world.Scene((RED_RING, BLUE_CROSS))
TRUE = "a red ring left of a blue cross"


def test_cells_of_two_by_two_places():
    weights = np.zeros((2, 36))
    weights[0, [0, 1, 6, 7]] = 0.25  # the places of the first cell
    weights[1, [3, 4]] = 0.5  # columns 3 and 4: the second and the third cell
    cells = looks.by_cell(weights)
    assert cells.shape == (2, 3, 3)
    assert np.allclose(cells[0], [[1, 0, 0], [0, 0, 0], [0, 0, 0]])
    assert np.allclose(cells[1, 0], [0, 0.5, 0.5])


@pytest.mark.parametrize("side", [1, 3, 4, 5, 6, 8])
def test_cells_keep_the_sum_and_spread_what_is_spread(side):
    assert np.allclose(looks.by_cell(np.full((2, side**2), 1 / side**2)), 1 / 9)
    weights = np.random.RandomState(0).dirichlet(np.ones(side**2), 4)
    assert np.allclose(looks.by_cell(weights).sum((-1, -2)), 1)


def test_a_place_on_a_border_is_shared():
    weights = np.zeros(16)
    weights[1] = 1  # from 1/4 to 2/4 of the width: the border of the first two cells lies at 1/3
    assert np.allclose(looks.by_cell(weights)[0], [1 / 3, 2 / 3, 0])


def test_places_have_to_be_a_square():
    with pytest.raises(ValueError, match=r"weights has shape \(2, 10\); give \(..., S\) with a square number"):
        looks.by_cell(np.zeros((2, 10)))


def test_the_cells_that_words_name():
    assert looks.named_cells(SCENE, TRUE) == [(1, (0, 0)), (2, (0, 0)), (6, (0, 2)), (7, (0, 2))]
    turned = "a blue cross right of a red ring"
    assert [cell for _, cell in looks.named_cells(SCENE, turned)] == [(0, 2), (0, 2), (0, 0), (0, 0)]


@pytest.mark.parametrize("caption", ["a red ring above a blue cross", "red ring", "", "there is 1 ring"])
def test_a_caption_that_is_not_true_names_nothing(caption):
    assert looks.named_cells(SCENE, caption) == []


def test_the_share_on_what_is_named():
    weights = np.zeros((2, 9, 36))
    weights[0, [1, 2], 0] = 1  # the ring, while it is named
    weights[0, [6, 7], 4] = 1  # the cross
    weights[1, :, 35] = 1  # always the empty corner
    assert np.isclose(looks.on_named(weights, [SCENE, SCENE], [TRUE, TRUE]), 0.5)
    assert np.isclose(looks.on_named(weights, [SCENE, SCENE], [TRUE, "nothing"]), 1)
    assert np.isclose(looks.on_named(np.full((1, 9, 16), 1 / 16), [SCENE], [TRUE]), 1 / 9)


def test_a_share_needs_captions_that_name_something():
    with pytest.raises(ValueError, match="No caption is true"):
        looks.on_named(np.zeros((1, 9, 36)), [SCENE], ["nothing"])
    with pytest.raises(ValueError, match="captions"):
        looks.on_named(np.zeros((1, 9, 36)), [SCENE], [TRUE, TRUE])


@pytest.mark.parametrize(
    ("caption", "kinds"),
    [
        (TRUE, ()),
        ("a blue cross right of a red ring", ()),
        ("a red ring left of a green cross", ("color",)),
        ("a red star left of a blue cross", ("shape",)),
        ("a red ring right of a blue cross", ("relation",)),
        ("a red ring above a blue cross", ("relation",)),
        ("a blue ring left of a red cross", ("color",)),
        ("a red cross left of a blue ring", ("shape",)),
        ("a blue cross left of a red ring", ("relation",)),
        ("a red star below a blue cross", ("shape", "relation")),
        ("a green star left of a blue cross", ("color", "shape")),
        ("a red ring left of a blue cross cross", ("no sentence",)),
        ("", ("no sentence",)),
    ],
)
def test_kinds_of_errors(caption, kinds):
    assert looks.errors(SCENE, caption) == kinds


def test_kinds_agree_with_what_is_corrupted():
    random = np.random.RandomState(0)
    for scene in world.sample(60, seed=3):
        caption = world.describe(scene, "en", random)
        assert looks.errors(scene, caption) == ()
        for kind in ("color", "shape"):
            wrong = world.corrupt(scene, caption, kind, random)
            assert wrong is None or looks.errors(scene, wrong) == (kind,), (scene, wrong)
        assert looks.errors(scene, world.corrupt(scene, caption, "reversal", random)) == ("relation",)
