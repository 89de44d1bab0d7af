"""Scores of numbers and probabilities, and the bootstrap, against hand-worked cases, scikit-learn and SciPy."""

import numpy as np
import pytest
import sklearn.metrics
from scipy import stats
from sklearn.calibration import calibration_curve

from mmcourse import metrics

REGRESSION = {
    metrics.mean_absolute_error: sklearn.metrics.mean_absolute_error,
    metrics.root_mean_square_error: sklearn.metrics.root_mean_squared_error,
    metrics.r_squared: sklearn.metrics.r2_score,
}
RANDOM = np.random.RandomState(0)
SURE = RANDOM.uniform(0.1, 1, 500)
RIGHT = RANDOM.uniform(size=500) < SURE**2


def test_regression_by_hand():
    truth, predicted = np.array([1, 2, 3]), np.array([1, 2, 6])
    assert metrics.mean_absolute_error(truth, predicted) == 1
    assert metrics.root_mean_square_error(truth, predicted) == pytest.approx(3**0.5)
    assert metrics.r_squared(truth, predicted) == 1 - 9 / 2
    assert metrics.r_squared(truth, truth) == 1
    assert metrics.r_squared(truth, [2, 2, 2]) == 0


@pytest.mark.parametrize(("ours", "theirs"), REGRESSION.items())
def test_regression_as_scikit_learn(ours, theirs):
    truth = RANDOM.randn(50)
    predicted = truth + 0.3 * RANDOM.randn(50)
    assert ours(truth, predicted) == pytest.approx(theirs(truth, predicted))


@pytest.mark.parametrize("score", REGRESSION)
@pytest.mark.parametrize(
    ("predicted", "message"),
    [
        ([1.0], "predicted has shape"),
        ([1, np.nan], "nan in row 1"),
        ([np.inf, 1], "inf in row 0"),
        (["a", "b"], "type"),
    ],
)
def test_regression_refuses(score, predicted, message):
    with pytest.raises(ValueError, match=message):
        score(np.array([1.0, 2.0]), np.array(predicted))
    with pytest.raises(ValueError, match="truth is empty"):
        score(np.array([]), np.array([]))


def test_r_squared_of_equal_values_is_undefined():
    with pytest.raises(ValueError, match="All 2 true values are 3"):
        metrics.r_squared([3, 3], [3, 4])


def test_reliability_by_hand():
    right, sure = np.array([True, False, True, True]), np.array([0.5, 0.5, 0.9, 1.0])
    found = metrics.reliability(right, sure, bins=2)  # 0.5 belongs to the first bin
    assert found["count"].tolist() == [2, 2]
    assert found["right"].tolist() == [0.5, 1]
    assert found["sure"].tolist() == pytest.approx([0.5, 0.95])
    assert metrics.expected_calibration_error(right, sure, bins=2) == pytest.approx(0.5 * 0.05)
    assert metrics.expected_calibration_error(right, sure, bins=1) == pytest.approx(0.75 - 0.725)


@pytest.mark.parametrize("bins", [1, 7, 10])
def test_reliability_as_scikit_learn(bins):
    found = metrics.reliability(RIGHT, SURE, bins)
    filled = found["count"] > 0
    right, sure = calibration_curve(RIGHT, SURE, n_bins=bins)
    assert found["right"][filled] == pytest.approx(right)
    assert found["sure"][filled] == pytest.approx(sure)
    gap = np.sum(found["count"][filled] * np.abs(right - sure)) / len(SURE)
    assert metrics.expected_calibration_error(RIGHT, SURE, bins) == pytest.approx(gap)


def test_an_empty_bin_is_no_number_and_counts_nothing():
    found = metrics.reliability(np.array([True]), np.array([0.0]), bins=4)
    assert found["count"].tolist() == [1, 0, 0, 0]
    assert np.isnan(found["right"][1:]).all()
    assert metrics.expected_calibration_error(np.array([True]), np.array([0.0]), 4) == 1


def test_brier_by_hand_and_as_scikit_learn():
    probabilities = np.array([[0.5, 0.5, 0], [0, 0, 1]])
    assert metrics.brier_score([0, 2], probabilities) == 0.25
    assert metrics.brier_score([0, 0], probabilities) == pytest.approx((0.5 + 2) / 2)
    two = np.stack([1 - SURE, SURE], axis=1)
    half = sklearn.metrics.brier_score_loss(RIGHT, SURE)
    assert metrics.brier_score(RIGHT, two) == pytest.approx(2 * half)
    assert metrics.confidence(two) == pytest.approx(np.maximum(SURE, 1 - SURE))


def test_calibration_refuses():
    logits = np.array([[2.0, -1.0], [0.3, 0.3]])
    for call in (lambda: metrics.brier_score([0, 1], logits), lambda: metrics.confidence(logits)):
        with pytest.raises(ValueError, match="give probabilities"):
            call()
    with pytest.raises(ValueError, match="sum to 1"):
        metrics.brier_score([0, 1], np.full((2, 2), 0.3))
    with pytest.raises(ValueError, match="truth has a class 2"):
        metrics.brier_score([0, 2], np.full((2, 2), 0.5))
    with pytest.raises(ValueError, match="outside 0 to 1"):
        metrics.brier_score([0, 1], np.full((2, 2), np.nan))
    for right, sure, bins, message in (
        (np.array([1, 0]), [0.5, 0.5], 10, "right has the type"),
        (np.array([True]), [0.5, 0.5], 10, "sure has shape"),
        (np.array([True]), [1.5], 10, "expected 0 to 1"),
        (np.array([True]), [np.nan], 10, "nan in row 0"),
        (np.array([], bool), [], 10, "sure is empty"),
        (np.array([True]), [0.5], 0, "bins is 0"),
    ):
        with pytest.raises(ValueError, match=message):
            metrics.reliability(right, np.array(sure), bins)


def test_the_bootstrap_as_scipy():
    ours = metrics.interval(metrics.bootstrap(np.mean, [RIGHT], repeats=4000))
    theirs = stats.bootstrap((RIGHT,), np.mean, n_resamples=4000, method="percentile", rng=0).confidence_interval
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.004)
    error = np.sqrt(RIGHT.mean() * (1 - RIGHT.mean()) / len(RIGHT))
    assert ours[1] - ours[0] == pytest.approx(2 * 1.96 * error, rel=0.08)


def test_a_paired_difference_keeps_the_rows_together():
    truth = np.ones(500, bool)
    first, second = RIGHT, RIGHT.copy()
    second[np.flatnonzero(RIGHT)[:20]] = False  # right wherever the first is, but for 20 rows
    paired = metrics.paired_difference(metrics.accuracy, truth, first, second, repeats=500)
    assert paired.min() >= 0
    assert paired.mean() == pytest.approx(20 / 500, abs=0.002)
    alone = [metrics.bootstrap(metrics.accuracy, (truth, x), 500, seed) for seed, x in enumerate((first, second))]
    assert np.std(alone[0] - alone[1]) > 2.5 * np.std(paired)
    pairs = np.stack([first, second], axis=1)

    def gap(rows):
        return pairs[rows, 0].mean() - pairs[rows, 1].mean()

    theirs = stats.bootstrap((np.arange(500),), gap, vectorized=False, n_resamples=1000, method="percentile", rng=0)
    assert metrics.interval(paired) == pytest.approx(tuple(theirs.confidence_interval), abs=0.005)


def test_groups_are_drawn_whole():
    right = np.repeat([True, False, True, False], 50)
    groups = np.repeat(["a", "b", "c", "d"], 50)
    found = metrics.bootstrap(np.mean, [right], 200, groups=groups)
    assert set(found) <= {0, 0.25, 0.5, 0.75, 1}
    assert len(set(found)) > 3
    assert np.std(found) > 4 * np.std(metrics.bootstrap(np.mean, [right], 200))


def test_equal_seeds_give_equal_draws_and_no_error_gives_no_width():
    one, two, other = (metrics.bootstrap(np.mean, [SURE], 50, seed) for seed in (3, 3, 4))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
    assert metrics.interval(metrics.bootstrap(np.mean, [np.ones(20)])) == (1, 1)


def test_the_bootstrap_refuses():
    for columns in ([], [[]], [RIGHT, SURE[:-1]], [3.0]):
        with pytest.raises(ValueError, match="columns of one length"):
            metrics.bootstrap(np.mean, columns)
    with pytest.raises(ValueError, match="repeats is 0"):
        metrics.bootstrap(np.mean, [RIGHT], 0)
    with pytest.raises(ValueError, match="one group, 'a'"):
        metrics.bootstrap(np.mean, [RIGHT], groups=["a"] * 500)
    with pytest.raises(ValueError, match="groups has shape"):
        metrics.bootstrap(np.mean, [RIGHT], groups=["a", "b"])
    for scores, level, message in (([1.0], 0.95, "at least 2"), ([1, np.nan], 0.95, "2 scores"), ([1, 2], 95, "level")):
        with pytest.raises(ValueError, match=message):
            metrics.interval(scores, level)


def test_a_temperature_by_hand_and_the_best_one():
    logits = np.log(np.array([[0.8, 0.2], [0.5, 0.5]]))
    assert metrics.cooled(logits, 1) == pytest.approx(np.exp(logits))
    assert metrics.cooled(logits, 2)[0] == pytest.approx([2 / 3, 1 / 3])  # the roots of 0.8 and 0.2
    assert metrics.cooled(logits * 1000, 1)[0] == pytest.approx([1, 0])
    honest = 2 * RANDOM.randn(20000, 3)
    chances = metrics.cooled(honest, 1)
    truth = (chances.cumsum(1) < RANDOM.rand(20000, 1)).sum(1)
    assert metrics.best_temperature(honest, truth) == pytest.approx(1, abs=0.05)
    assert metrics.best_temperature(3 * honest, truth) == pytest.approx(3, abs=0.15)


def test_temperatures_that_are_none():
    for wrong in (0, -1, np.inf, np.nan):
        with pytest.raises(ValueError, match="give a number above 0"):
            metrics.cooled(np.zeros((1, 2)), wrong)
    with pytest.raises(ValueError, match="no finite numbers"):
        metrics.cooled(np.array([[np.nan, 0]]), 1)
    with pytest.raises(ValueError, match="logits has shape"):
        metrics.best_temperature(np.zeros(3), np.zeros(3, int))
    with pytest.raises(ValueError, match="truth has a class 2"):
        metrics.best_temperature(np.zeros((1, 2)), np.array([2]))
