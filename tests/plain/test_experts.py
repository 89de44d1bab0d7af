"""Mean and product of experts: by hand, exact where the truth is known, missing modalities, what is refused."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from mmcourse import experts

SURE, UNSURE = np.array([[0.9, 0.1]]), np.array([[0.6, 0.4]])
HALF = np.full(2, 0.5)


def test_the_mean_and_the_product_by_hand():
    told = {"audio": SURE, "image": UNSURE}
    assert np.allclose(experts.mean_of_experts(told), [[0.75, 0.25]])
    assert np.allclose(experts.product_of_experts(told, HALF), [[0.54 / 0.58, 0.04 / 0.58]])
    skewed = np.array([0.75, 0.25])  # 0.54 / 0.75 = 0.72 against 0.04 / 0.25 = 0.16
    assert np.allclose(experts.product_of_experts(told, skewed), [[0.72 / 0.88, 0.16 / 0.88]])


def test_the_product_equals_naive_bayes_on_both_parts():
    random = np.random.RandomState(0)
    labels = random.choice(3, 400, p=[0.6, 0.3, 0.1])
    x = random.standard_normal((400, 5)) + labels[:, None] * random.uniform(size=5)
    parts = {"audio": x[:, :2], "image": x[:, 2:4], "text": x[:, 4:]}
    told = {name: GaussianNB().fit(part, labels).predict_proba(part) for name, part in parts.items()}
    whole = GaussianNB().fit(x, labels)
    product = experts.product_of_experts(told, whole.class_prior_)
    assert np.abs(product - whole.predict_proba(x)).max() < 1e-6
    forgotten = experts.product_of_experts(told, np.full(3, 1 / 3))
    assert np.abs(forgotten - whole.predict_proba(x)).max() > 0.05  # the prior counted three times


def test_the_mean_is_that_of_scikit_learn():
    from sklearn.ensemble import VotingClassifier

    random = np.random.RandomState(1)
    x, labels = random.standard_normal((60, 3)), np.arange(60) % 3
    members = [("a", LogisticRegression(C=0.1)), ("b", GaussianNB())]
    voting = VotingClassifier(members, voting="soft").fit(x, labels)
    told = {name: fitted.predict_proba(x) for name, fitted in voting.named_estimators_.items()}
    assert np.allclose(experts.mean_of_experts(told), voting.predict_proba(x))


def test_an_absent_expert_changes_nothing():
    told = {"audio": np.repeat(SURE, 2, 0), "image": np.repeat(UNSURE, 2, 0)}
    there = np.array([[True, True], [False, True]])
    prior = np.array([0.75, 0.25])
    both, alone = experts.product_of_experts(told, prior, there)
    assert np.allclose(alone, UNSURE)
    assert not np.allclose(both, UNSURE)
    assert np.allclose(experts.mean_of_experts(told, there), [[0.75, 0.25], [0.6, 0.4]])
    assert np.allclose(experts.product_of_experts({"image": UNSURE}, prior), UNSURE)


def test_no_expert_can_forbid_a_class():
    told = {"audio": np.array([[0.0, 1.0, 0.0]]), "image": np.array([[1.0, 0.0, 0.0]])}
    assert np.allclose(experts.product_of_experts(told, np.full(3, 1 / 3)), [[0.5, 0.5, 0]], atol=1e-6)


def test_the_order_of_the_names_changes_nothing():
    told = {"image": UNSURE, "audio": SURE}
    there = np.array([[True, False]])  # audio alone: the columns go by sorted names
    assert np.allclose(experts.mean_of_experts(told, there), SURE)
    assert np.allclose(experts.product_of_experts(told, HALF, there), SURE)


@pytest.mark.parametrize(
    ("told", "prior", "there", "message"),
    [
        ({}, HALF, None, "posteriors have the shapes {}"),
        ({"a": SURE, "b": np.ones((1, 3)) / 3}, HALF, None, "all alike"),
        ({"a": SURE[0]}, HALF, None, "give one \\(B, C\\)"),
        ({"a": np.array([[2.0, -1.0]])}, HALF, None, "not logits"),
        ({"a": np.array([[np.nan, 1.0]])}, HALF, None, "not logits"),
        ({"a": SURE}, np.array([1.0, 0.0]), None, "all above 0"),
        ({"a": SURE}, np.array([0.5, 0.6]), None, "the sum 1"),
        ({"a": SURE}, np.ones(3) / 3, None, "prior has shape"),
        ({"a": SURE, "b": SURE}, HALF, np.array([[True]]), "present has shape"),
        ({"a": SURE, "b": SURE}, HALF, np.array([[False, False]]), "nothing to fuse"),
    ],
)
def test_what_are_no_probabilities_is_named(told, prior, there, message):
    with pytest.raises(ValueError, match=message):
        experts.product_of_experts(told, prior, there)
