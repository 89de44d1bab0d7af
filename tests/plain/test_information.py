"""Utterances carry the information that they say they carry, and the best accuracy is what the best reader gets."""

import numpy as np
import pytest

from mmcourse.data import information


def read(features):
    """The sign of the projection on its direction: nobody reads the bit of one vector better."""
    return {name: values @ information.direction(name) for name, values in features.items()}


@pytest.mark.parametrize("case", information.CASES)
def test_the_best_reader_reaches_the_best_accuracy(case):
    features, labels = information.utterances(40_000, case, seed=1)
    assert {name: values.shape for name, values in features.items()} == {"audio": (40_000, 6), "text": (40_000, 8)}
    assert all(values.dtype == np.float32 for values in features.values())
    seen = read(features)
    answers = {
        "redundant": seen["audio"] + seen["text"] > 0,
        "audio alone": seen["audio"] > 0,
        "text alone": seen["text"] > 0,
        "synergy": (seen["audio"] > 0) != (seen["text"] > 0),
    }
    assert np.mean(answers[case] == labels) == pytest.approx(information.best(case), abs=0.005)
    assert np.mean(labels) == pytest.approx(0.5, abs=0.01)


def test_in_synergy_neither_modality_tells_anything():
    features, labels = information.utterances(40_000, "synergy", seed=2)
    for values in read(features).values():
        assert np.mean((values > 0) == labels) == pytest.approx(0.5, abs=0.01)


def test_three_modalities_tell_one_bit():
    features, labels = information.agreeing(40_000, seed=3)
    assert {name: values.shape[1] for name, values in features.items()} == information.WIDTHS
    answers = sum(read(features).values()) > 0
    assert np.mean(answers == labels) == pytest.approx(information.best("agreeing"), abs=0.003)


def test_the_best_accuracies():
    numbers = [information.best(case) for case in (*information.CASES, "agreeing")]
    assert np.round(numbers, 4).tolist() == [0.9977, 0.9772, 0.9772, 0.9555, 0.9997]


def test_a_seed_gives_the_same_utterances():
    one, two = (information.utterances(50, "synergy", seed=4) for _ in range(2))
    other = information.utterances(50, "synergy", seed=5)
    assert np.array_equal(one[0]["audio"], two[0]["audio"])
    assert not np.array_equal(one[0]["audio"], other[0]["audio"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: information.utterances(5, "none"), "case is 'none'; give one of redundant"),
        (lambda: information.utterances(0, "synergy"), "count is 0"),
        (lambda: information.agreeing(2.5), "count is 2.5"),
        (lambda: information.best("none"), "case is 'none'"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
