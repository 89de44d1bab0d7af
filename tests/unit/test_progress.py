"""The curve: each point is the mean of its part, whether the training came in one call or in several."""

import numpy as np
import pytest

from mmcourse.progress import POINTS, Curve


def calls(curve, *stops):
    """Act as Keras does: means since the start of each call."""
    losses = np.arange(1.0, curve.steps + 1)
    for start, stop in zip((curve.done, *stops), stops, strict=False):
        curve.on_train_begin()
        for batch in range(stop - start):
            mean = losses[start : start + batch + 1].mean()
            curve.on_train_batch_end(batch, {"accuracy": 0.5, "loss": mean})
        curve.on_train_end()
    curve.close()
    return curve


@pytest.mark.parametrize("stops", [(40,), (2, 40), tuple(range(2, 41, 2))])
def test_a_point_is_the_mean_of_its_twentieth(stops):
    curve = calls(Curve(40), *stops)
    found = curve.arrays()
    assert found["step"].tolist() == list(range(2, 41, 2))
    assert np.allclose(found["loss"], np.arange(POINTS) * 2 + 1.5)
    assert np.allclose(found["accuracy"], 0.5)
    assert (curve.done, curve.timed) == (40, 40 - len(stops))


def test_few_steps_have_a_point_each_and_the_last_always():
    assert Curve(3).marks == [1, 2, 3]
    assert Curve(47).marks[-1] == 47
    assert len(Curve(47).marks) == POINTS


def test_it_goes_on_from_its_state():
    whole, curve = calls(Curve(40), 20, 40), Curve(40)
    curve.resume(calls(Curve(40), 20).state())
    calls(curve, 40)
    assert curve.points == whole.points
    assert curve.sessions == 2


def test_the_best_is_the_first_with_the_lowest_loss():
    curve = Curve(5)
    found = []
    for step, loss in enumerate([np.nan, 3.0, 1.0, 1.0, 2.0], 1):
        curve.points["step"].append(step)
        found.append(curve.validate({"loss": loss, "accuracy": 0.1}))
    assert found == [False, True, True, False, False]
    assert curve.best_step == 3
    assert curve.validation["loss"][1:] == [3.0, 1.0, 1.0, 2.0]
    assert curve.validation["step"] == [1, 2, 3, 4, 5]
