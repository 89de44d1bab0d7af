"""Scores against hand-worked cases and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from mmcourse import metrics


def test_accuracy_by_hand_and_as_scikit_learn():
    truth, predicted = np.array([0, 1, 2, 2]), np.array([0, 2, 2, 2])
    assert metrics.accuracy(truth, predicted) == 0.75
    random = np.random.RandomState(0)
    truth, predicted = random.randint(0, 5, 200), random.randint(0, 5, 200)
    assert metrics.accuracy(truth, predicted) == pytest.approx(accuracy_score(truth, predicted))


def test_a_perfect_and_a_constant_predictor():
    truth = np.repeat(np.arange(5), 4)
    assert metrics.accuracy(truth, truth) == 1
    assert metrics.accuracy(truth, np.zeros(20, int)) == 0.2


@pytest.mark.parametrize("predicted", [np.zeros((5, 5)), np.zeros(4), np.zeros((5, 1))])
def test_accuracy_refuses_shapes_that_would_broadcast(predicted):
    with pytest.raises(ValueError, match="predicted has shape"):
        metrics.accuracy(np.zeros(5), predicted)


def test_accuracy_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="no answers"):
        metrics.accuracy([], [])
