"""Recall@K, median rank and chance: by hand, with ties, against many random orders; truth in the picture world."""

import numpy as np
import pytest

from mmcourse import retrieval
from mmcourse.data import world

SCORES = np.array([[0.9, 0.1, 0.5], [0.8, 0.3, 0.2], [0.1, 0.2, 0.3]])


def test_ranks_by_hand():
    assert retrieval.ranks(SCORES).tolist() == [1, 2, 1]
    assert retrieval.recall_at_k(SCORES, 1) == pytest.approx(2 / 3)
    assert retrieval.recall_at_k(SCORES, 2) == 1
    assert retrieval.median_rank(SCORES) == 1
    assert retrieval.median_rank(SCORES[:2], np.eye(3, dtype=bool)[:2]) == 1.5


def test_the_best_of_several_right_items_counts():
    right = np.array([[0, 0, 1], [0, 1, 1], [1, 1, 0]], bool)
    assert retrieval.ranks(SCORES, right).tolist() == [2, 2, 2]
    right[1, 0] = True
    assert retrieval.ranks(SCORES, right).tolist() == [2, 1, 2]


def test_equal_scores_find_nothing():
    same = np.zeros((5, 5))
    assert retrieval.ranks(same).tolist() == [5] * 5
    assert retrieval.recall_at_k(same, 4) == 0


@pytest.mark.parametrize("k", [1, 3, 10])
def test_chance_is_what_shuffled_galleries_give(k):
    random = np.random.RandomState(0)
    right = random.uniform(size=(20, 12)) < 0.2
    right[np.arange(20), random.randint(0, 12, 20)] = True
    found = [retrieval.recall_at_k(random.uniform(size=right.shape), k, right) for _ in range(2000)]
    assert retrieval.chance(k, right) == pytest.approx(np.mean(found), abs=0.01)


def test_chance_with_one_right_item_is_k_of_n():
    assert retrieval.chance(10, np.eye(200, dtype=bool)) == pytest.approx(10 / 200)
    assert retrieval.chance(3, np.array([[1, 1, 0, 0]], bool)) == 1


def test_more_in_the_gallery_is_harder():
    random = np.random.RandomState(0)
    scores = random.standard_normal((400, 400)) + 2 * np.eye(400)
    small = np.mean([retrieval.recall_at_k(scores[i : i + 20, i : i + 20], 1) for i in range(0, 400, 20)])
    assert small > 2 * retrieval.recall_at_k(scores, 1)


def test_truths_are_those_of_the_world():
    scenes = world.sample(30, seed=0, split="test")
    captions = [world.describe(scene, "en", np.random.RandomState(0)) for scene in scenes] * 2
    found = retrieval.truths(captions, scenes)
    assert found.shape == (60, 30)
    assert found[np.arange(30), np.arange(30)].all()
    assert np.array_equal(found, [[world.is_true(scene, caption) for scene in scenes] for caption in captions])


def test_bad_input():
    with pytest.raises(ValueError, match="`right`"):
        retrieval.ranks(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="Query 1 has no right item"):
        retrieval.ranks(np.zeros((2, 3)), np.array([[1, 0, 0], [0, 0, 0]]))
    with pytest.raises(ValueError, match="NaN"):
        retrieval.ranks(np.full((2, 2), np.nan))
    with pytest.raises(ValueError, match="gallery=3"):
        retrieval.ranks(np.zeros((2, 3)), np.ones((2, 4)))
    for k in (0, 4, 1.5, True):
        with pytest.raises(ValueError, match="from 1 to 3"):
            retrieval.recall_at_k(SCORES, k)
    with pytest.raises(ValueError, match="banana"):
        retrieval.truths(["a red banana"], world.sample(1, seed=0))


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: retrieval.recall_at_k(np.ones((3, 1)), 1, np.ones((3, 1), bool)), "gallery has 1 items"),
        (lambda: retrieval.chance(1, np.ones((3, 1), bool)), "gallery has 1 items"),
        (lambda: retrieval.truths([], world.sample(2, seed=0)), "0 captions and 2 scenes"),
        (lambda: retrieval.truths(["a red ring above a blue square"], []), "1 captions and 0 scenes"),
    ],
)
def test_a_search_that_cannot_fail_or_has_nothing_is_refused(call, problem):
    with pytest.raises(ValueError, match=problem):
        call()
