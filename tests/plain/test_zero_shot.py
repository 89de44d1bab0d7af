"""Classes by sentences: by hand, with an offset that centering takes off, and what is refused."""

import numpy as np
import pytest

from mmcourse import zero_shot


def test_a_class_is_the_mean_of_its_sentences_at_length_1():
    found = zero_shot.class_vectors([np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, -1.0]])])
    assert np.allclose(found, [[np.sqrt(0.5), np.sqrt(0.5)], [0, -1]])


def test_the_largest_cosine_wins_not_the_largest_product():
    classes = np.array([[3.0, 3.0], [0.0, 1.0]])
    assert zero_shot.classify(np.array([[0.1, 1.0], [1.0, 1.0]]), classes).tolist() == [1, 0]


def test_centering_takes_off_what_all_have_in_common():
    random = np.random.RandomState(0)
    classes, labels = random.standard_normal((5, 8)), np.repeat(np.arange(5), 20)
    offset = 40 * random.standard_normal(8)
    pictures = classes[labels] + offset
    assert np.mean(zero_shot.classify(pictures, classes) == labels) < 0.5
    assert np.array_equal(zero_shot.classify(pictures, classes, center=True), labels)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: zero_shot.class_vectors([np.ones((1, 2))]), "There are 1 classes"),
        (lambda: zero_shot.class_vectors([np.ones((1, 2)), np.ones((0, 2))]), "Class 1 has no sentence"),
        (lambda: zero_shot.class_vectors([np.ones((1, 2)), np.ones((1, 3))]), r"sentences\[1\]"),
        (lambda: zero_shot.classify(np.ones((3, 2)), np.ones((2, 3))), "classes"),
        (lambda: zero_shot.classify(np.ones((3, 2)), np.ones((1, 2))), "1 classes and 3 pictures"),
        (lambda: zero_shot.classify(np.ones((1, 2)), np.ones((2, 2)), center=True), "2 classes and 1 pictures"),
    ],
)
def test_what_is_refused(call, problem):
    with pytest.raises(ValueError, match=problem):
        call()
