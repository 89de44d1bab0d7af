"""Curves of accuracy over corruption, their area, and the table of missing modalities."""

import numpy as np
import pytest

from mmcourse import probe, robustness

TRUTH = np.repeat([0, 1], 200)
INPUTS = {
    "audio": np.where(TRUTH, 0.8, -0.8)[:, None] * np.ones((1, 3), "f"),
    "image": np.where(TRUTH, 0.9, 0.1)[:, None, None, None] * np.ones((1, 2, 2, 1), "f"),
}


def looks(inputs):
    return (inputs["image"].mean((1, 2, 3)) > 0.5).astype(int)


def listens(inputs):
    return (inputs["audio"].mean(1) > 0.1).astype(int)


def worse(inputs, level):
    return probe.corrupt(inputs, {"image": level}, seed=1)


def test_the_curve_falls_with_the_input_that_is_used_alone():
    levels = [0, 0.5, 2, 8]
    seen = robustness.robustness_curve(looks, INPUTS, TRUTH, worse, levels)
    assert seen[0] == 1
    assert 0.5 <= seen[-1] < seen[1] - 0.1
    assert (robustness.robustness_curve(listens, INPUTS, TRUTH, worse, levels) == 1).all()


def test_area_by_hand():
    assert robustness.area_under([0, 1, 3], [1.0, 0.5, 0.5]) == pytest.approx((0.75 + 1.0) / 3)
    assert np.allclose(robustness.area_under([0, 2], np.array([[0.7, 0.7], [1.0, 0.0]])), [0.7, 0.5])


def test_missing_modalities_show_which_one_is_used():
    scores = robustness.missing_modalities(looks, INPUTS, TRUTH)
    assert scores == {("audio", "image"): 1.0, ("audio",): 0.5, ("image",): 1.0}


def test_a_missing_modality_is_marked_where_presence_is_an_input():
    given = []
    inputs = INPUTS | {"present": np.ones((400, 2), bool)}
    robustness.missing_modalities(lambda inputs: given.append(inputs) or TRUTH, inputs, TRUTH)
    assert [inputs["present"][0].tolist() for inputs in given] == [[True, True], [True, False], [False, True]]
    assert all((inputs["image"] == INPUTS["image"]).all() for inputs in given)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: robustness.area_under([0], [1.0]), "at least two that rise"),
        (lambda: robustness.area_under([0, 0], [1.0, 1.0]), "at least two that rise"),
        (lambda: robustness.area_under([0, 1], [1.0, 1.0, 1.0]), "2 levels"),
        (lambda: robustness.robustness_curve(looks, INPUTS, TRUTH, worse, [1, 0]), "at least two that rise"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
