"""Costs, abstention and groups: worked by hand, by brute force, and with scikit-learn's counts."""

import numpy as np
import pytest
import sklearn.metrics

from mmcourse import metrics


def drawn(seed: int, count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Chances, and a truth that comes true as often as they say."""
    random = np.random.RandomState(seed)
    chance = random.uniform(size=count) ** 2
    return (random.uniform(size=count) < chance).astype(int), chance


def test_a_hand_worked_threshold_and_its_acts():
    assert metrics.alarm_threshold(miss=10, alarm=1) == pytest.approx(1 / 11)
    assert metrics.alarm_threshold(miss=2, alarm=2) == 0.5
    chance = np.array([0.0, 0.05, 0.1, 0.5, 1.0])
    assert metrics.cheapest_act(chance, miss=10, alarm=1).tolist() == [0, 0, 1, 1, 1]
    assert metrics.cheapest_act(chance, miss=10, alarm=1, ask=0.45).tolist() == [0, 2, 2, 2, 1]


@pytest.mark.parametrize("ask", [np.inf, 0.6, 0.2])
def test_no_other_act_has_a_lower_expected_cost(ask):
    chance = np.linspace(0, 1, 301)
    expected = np.stack([chance * 7, (1 - chance) * 2, np.full(301, ask)])  # (3 acts, B)
    acts = metrics.cheapest_act(chance, 7, 2, ask)
    assert np.allclose(expected[acts, np.arange(301)], expected.min(0))


def test_the_threshold_is_the_best_one_on_many_patients():
    truth, chance = drawn(0, 200_000)
    thresholds = np.linspace(0.01, 0.99, 99)
    costs = [metrics.mean_cost(truth, (chance >= at).astype(int), 4, 1) for at in thresholds]
    assert thresholds[np.argmin(costs)] == pytest.approx(metrics.alarm_threshold(4, 1), abs=0.03)


def test_the_mean_cost_counts_as_scikit_learn():
    truth, chance = drawn(1)
    acts = (chance >= 0.3).astype(int)
    table = sklearn.metrics.confusion_matrix(truth, acts)
    assert metrics.mean_cost(truth, acts, 5, 2) == pytest.approx((5 * table[1, 0] + 2 * table[0, 1]) / 400)
    assert metrics.mean_cost([1, 1, 0, 0], [0, 2, 1, 0], 5, 2, ask=0.5) == (5 + 0.5 + 2) / 4
    assert metrics.mean_cost([1, 0], [1, 0], 5, 2) == 0
    assert metrics.mean_cost([1, 0], [1, 2], 5, 2) == np.inf  # who may not ask, and does, pays without end


def test_a_hand_worked_curve():
    wrong = np.array([True, False, False, True])
    coverage, risk = metrics.risk_coverage(wrong, np.array([0.6, 0.9, 0.8, 0.7]))
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert risk == pytest.approx([0, 0, 1 / 3, 1 / 2])
    assert metrics.area_under_risk(wrong, np.array([6, 9, 8, 7])) == pytest.approx((1 / 3 + 1 / 2) / 4)


def test_ties_count_as_their_mean_whatever_their_order():
    wrong = np.array([True, False, False, False])
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        risk = metrics.risk_coverage(wrong[order], np.array([0.5, 0.5, 0.5, 0.9])[order])[1]
        assert risk == pytest.approx([0, 1 / 6, 2 / 9, 1 / 4])
    assert metrics.area_under_risk(wrong, np.ones(4)) == 0.25


def test_an_order_by_truth_is_best_and_the_opposite_worst():
    truth, chance = drawn(2)
    wrong = (chance >= 0.5) != truth
    areas = [metrics.area_under_risk(wrong, sure) for sure in (-wrong.astype(float), np.abs(chance - 0.5), wrong)]
    assert areas == sorted(areas)
    assert areas[0] < wrong.mean() < areas[2]


def test_a_score_of_each_group_with_an_interval_that_holds_it():
    truth, chance = drawn(3)
    groups = np.repeat(["large", "small"], [380, 20])
    found = metrics.score_by_group(metrics.accuracy, (truth, (chance >= 0.5).astype(int)), groups, repeats=200)
    assert sorted(found) == ["large", "small"]
    for name, (score, low, high) in found.items():
        rows = groups == name
        assert score == metrics.accuracy(truth[rows], (chance >= 0.5)[rows].astype(int))
        assert low <= score <= high
    widths = {name: high - low for name, (_, low, high) in found.items()}
    assert widths["small"] > 2 * widths["large"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.alarm_threshold(0, 1), "miss is 0; give a cost above 0"),
        (lambda: metrics.cheapest_act(np.array([1.2]), 1, 1), "chance runs from 1.2 to 1.2, expected 0 to 1"),
        (lambda: metrics.cheapest_act(np.array([0.2]), 1, 1, ask=-1), "ask is -1; give a cost above 0"),
        (lambda: metrics.mean_cost([0, 1], [0, 3], 1, 1), "acts to 3; give 0 or 1, and 0, 1 or 2"),
        (lambda: metrics.mean_cost([0, 2], [0, 1], 1, 1), "truth goes up to 2"),
        (lambda: metrics.risk_coverage(np.array([0, 1]), np.ones(2)), "give True where the answer was wrong"),
        (lambda: metrics.risk_coverage(np.array([True]), np.array([np.nan])), "sure holds nan in row 0"),
        (lambda: metrics.score_by_group(np.mean, (np.ones(3),), np.array(["a"])), "groups has shape"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
