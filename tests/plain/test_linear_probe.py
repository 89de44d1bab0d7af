"""Linear probes: what is laid open is read, what is not is not, and the refusals."""

import numpy as np
import pytest

from mmcourse import linear_probe


def test_what_lies_open_is_read_and_an_exclusive_or_is_not():
    random = np.random.RandomState(0)
    vectors = random.uniform(-1, 1, (400, 3)) * [1, 1, 1000]
    open_to_see, hidden = vectors[:, 0] > 0, (vectors[:, 0] > 0) ^ (vectors[:, 1] > 0)
    known, new = slice(0, 200), slice(200, 400)
    assert linear_probe.accuracy(vectors[known], open_to_see[known], vectors[new], open_to_see[new]) > 0.9
    assert linear_probe.accuracy(vectors[known], hidden[known], vectors[new], hidden[new]) < 0.65


@pytest.mark.parametrize(
    ("shapes", "problem"),
    [(((4, 2), 3, (2, 2), 2), "labels"), (((4, 2), 4, (2, 3), 2), "new"), (((4, 2), 4, (2, 2), 1), "truth")],
)
def test_lengths_and_widths_must_fit(shapes, problem):
    known, labels, new, truth = shapes
    with pytest.raises(ValueError, match=problem):
        linear_probe.accuracy(np.ones(known), np.arange(labels), np.ones(new), np.ones(truth))


def test_labels_all_alike_are_refused():
    with pytest.raises(ValueError, match="All 4 labels are alike"):
        linear_probe.accuracy(np.ones((4, 2)), np.ones(4), np.ones((1, 2)), np.ones(1))
