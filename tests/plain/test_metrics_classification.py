"""Scores of classes against hand-worked cases and scikit-learn."""

import numpy as np
import pytest
import sklearn.metrics
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from mmcourse import metrics

SCORES = {metrics.precision: precision_score, metrics.recall: recall_score, metrics.f1: f1_score}


def drawn(seed, classes, count=200):
    random = np.random.RandomState(seed)
    return random.randint(0, classes, count), random.randint(0, classes, count)


def test_accuracy_by_hand_and_as_scikit_learn():
    truth, predicted = np.array([0, 1, 2, 2]), np.array([0, 2, 2, 2])
    assert metrics.accuracy(truth, predicted) == 0.75
    truth, predicted = drawn(0, 5)
    assert metrics.accuracy(truth, predicted) == pytest.approx(accuracy_score(truth, predicted))
    assert metrics.accuracy(np.array(["a", "b"]), np.array(["a", "c"])) == 0.5


def test_a_perfect_and_a_constant_predictor():
    truth = np.repeat(np.arange(5), 4)
    assert metrics.accuracy(truth, truth) == 1
    assert metrics.accuracy(truth, np.zeros(20, int)) == 0.2
    assert metrics.macro(metrics.f1, truth, truth) == 1
    assert metrics.macro(metrics.recall, truth, np.zeros(20, int)) == 0.2
    rare = np.array([1] * 5 + [0] * 95)
    never = np.zeros(100, int)
    assert metrics.accuracy(rare, never) == 0.95
    assert [score(rare, never) for score in SCORES] == [0, 0, 0]


def test_a_hand_worked_table():
    truth, predicted = np.array([1, 1, 1, 0, 0, 0, 0, 0]), np.array([1, 1, 0, 1, 1, 0, 0, 0])
    assert metrics.confusion_matrix(truth, predicted).tolist() == [[3, 2], [1, 2]]
    assert metrics.precision(truth, predicted) == 2 / 4
    assert metrics.recall(truth, predicted) == 2 / 3
    assert metrics.f1(truth, predicted) == pytest.approx(4 / 7)
    assert metrics.precision(truth, predicted, positive=0) == 3 / 4


@pytest.mark.parametrize(("seed", "classes"), [(0, 2), (1, 2), (2, 7)])
def test_as_scikit_learn(seed, classes):
    truth, predicted = drawn(seed, classes)
    theirs = sklearn.metrics.confusion_matrix(truth, predicted)
    assert np.array_equal(metrics.confusion_matrix(truth, predicted), theirs)
    for ours, reference in SCORES.items():
        assert metrics.macro(ours, truth, predicted) == pytest.approx(reference(truth, predicted, average="macro"))
        each = reference(truth, predicted, average=None)
        assert [ours(truth, predicted, positive) for positive in range(classes)] == pytest.approx(each)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
def test_classes_that_are_absent_count_as_scikit_learn_counts_them():
    truth, predicted = np.array([0, 0, 3, 3]), np.array([0, 2, 3, 3])  # 1 nowhere, 2 only predicted
    for ours, reference in SCORES.items():
        assert metrics.macro(ours, truth, predicted) == pytest.approx(reference(truth, predicted, average="macro"))
        labels = list(range(5))
        theirs = reference(truth, predicted, average="macro", labels=labels)
        assert metrics.macro(ours, truth, predicted, classes=5) == pytest.approx(theirs)
    assert metrics.confusion_matrix(truth, predicted, 5).shape == (5, 5)
    assert metrics.recall(truth, predicted, positive=1) == metrics.precision(truth, predicted, positive=1) == 0


def test_true_and_false_are_classes_1_and_0():
    truth, predicted = np.array([True, True, False]), np.array([True, False, False])
    assert metrics.recall(truth, predicted) == 0.5
    assert metrics.confusion_matrix(truth, predicted).tolist() == [[1, 0], [1, 1]]


@pytest.mark.parametrize("predicted", [np.zeros((5, 5)), np.zeros(4), np.zeros((5, 1))])
def test_accuracy_refuses_shapes_that_would_broadcast(predicted):
    with pytest.raises(ValueError, match="predicted has shape"):
        metrics.accuracy(np.zeros(5), predicted)


def test_one_hot_rows_are_named():
    truth = np.arange(5)
    with pytest.raises(ValueError, match=r"predicted has shape \(5, 5\): rows of one-hot .* predicted.argmax"):
        metrics.f1(truth, np.eye(5))
    with pytest.raises(ValueError, match="truth has shape"):
        metrics.confusion_matrix(np.eye(5), truth)


@pytest.mark.parametrize("score", [metrics.accuracy, metrics.confusion_matrix, *SCORES])
def test_no_answers_and_no_numbers_are_errors(score):
    with pytest.raises(ValueError, match="empty"):
        score([], [])
    with pytest.raises(ValueError, match=r"NaN in row 1|holds nan"):
        score(np.array([0.0, 1.0]), np.array([0.0, np.nan]))
    with pytest.raises(ValueError, match=r"truth holds|truth holds nan"):
        score(np.array([np.nan, 1.0]), np.array([0.0, 1.0]))


@pytest.mark.parametrize("wrong", [[0.5, 1], [-1, 1], ["a", "b"]])
def test_what_is_no_class_number(wrong):
    with pytest.raises(ValueError, match="give class numbers, whole and from 0 up"):
        metrics.precision(np.array([0, 1]), np.array(wrong))


@pytest.mark.parametrize(("classes", "message"), [(3, "0 to 2"), (0, "classes is 0"), (2.0, "classes is 2.0")])
def test_classes_outside(classes, message):
    with pytest.raises(ValueError, match=message):
        metrics.confusion_matrix(np.array([0, 3]), np.array([0, 1]), classes)
    with pytest.raises(ValueError, match=message):
        metrics.macro(metrics.f1, np.array([0, 3]), np.array([0, 1]), classes)
