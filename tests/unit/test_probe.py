"""Probes change what they say, and nothing else."""

import numpy as np
import pytest

from mmcourse import probe


@pytest.fixture
def inputs():
    random = np.random.RandomState(0)
    return {"image": random.rand(50, 4, 4, 1).astype("f"), "audio": random.uniform(-1, 1, (50, 300)).astype("f")}


def test_drop_shuffle_and_corrupt_leave_the_given_inputs_alone(inputs):
    before = {name: values.copy() for name, values in inputs.items()}
    for changed in (probe.drop(inputs, "image"), probe.shuffle(inputs, "image"), probe.corrupt(inputs, {"image": 1})):
        assert changed["audio"] is inputs["audio"]
        assert not np.array_equal(changed["image"], inputs["image"])
    assert all(np.array_equal(before[name], inputs[name]) for name in inputs)


def test_drop_gives_zeros(inputs):
    assert not probe.drop(inputs, "audio")["audio"].any()


@pytest.mark.parametrize("count", [2, 3, 50])
def test_shuffle_moves_every_sample_and_loses_none(inputs, count):
    values = inputs["image"][:count]
    moved = probe.shuffle({"image": values}, "image", seed=3)["image"]
    assert sorted(row.tobytes() for row in moved) == sorted(row.tobytes() for row in values)
    assert not any(np.array_equal(old, new) for old, new in zip(values, moved, strict=True))
    assert np.array_equal(moved, probe.shuffle({"image": values}, "image", seed=3)["image"])


def test_corrupt_adds_noise_of_the_given_deviation_within_the_range():
    inputs = {"audio": np.zeros((200, 500), np.float32), "image": np.full((200, 8, 8, 1), 0.5, np.float32)}
    levels = np.linspace(0, 0.2, 200)
    noisy = probe.corrupt(inputs, {"audio": levels, "image": 5.0}, seed=1)
    assert np.abs(noisy["audio"].std(axis=1) - levels).max() < 0.03
    assert not noisy["audio"][0].any()
    assert noisy["image"].min() == 0
    assert noisy["image"].max() == 1
    assert probe.corrupt(inputs, {"audio": 9.0})["audio"].min() == -1


def test_corrupt_does_not_depend_on_the_order_of_the_names(inputs):
    one = probe.corrupt(inputs, {"image": 0.3, "audio": 0.2}, seed=4)
    two = probe.corrupt(inputs, {"audio": 0.2, "image": 0.3}, seed=4)
    assert all(np.array_equal(one[name], two[name]) for name in inputs)


def test_ablation_finds_the_modality_that_is_used(inputs):
    def looks_only(x):
        return (x["image"].mean(axis=(1, 2, 3)) > 0.5).astype(int)

    scores = probe.ablation(looks_only, inputs, looks_only(inputs))
    assert scores["as it is"] == scores["audio dropped"] == scores["audio shuffled"] == 1
    assert scores["image shuffled"] < 0.8
    assert list(scores) == ["as it is", "audio dropped", "audio shuffled", "image dropped", "image shuffled"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: probe.drop(x, "text"), "no modality 'text'"),
        (lambda x: probe.shuffle({"image": x["image"][:1]}, "image"), "at least 2 samples"),
        (lambda x: probe.corrupt(x, {"text": 1.0}), "no modality 'text'"),
        (lambda x: probe.corrupt({"depth": x["image"]}, {"depth": 1.0}), "knows the ranges"),
        (lambda x: probe.corrupt({"audio": 6 * x["audio"]}, {"audio": 0.1}), "before log_mel"),
        (lambda x: probe.corrupt(x, {"image": -0.1}), "standard deviation"),
        (lambda x: probe.corrupt(x, {"image": np.ones(7)}), "standard deviation"),
        (lambda x: probe.corrupt(x, {"image": float("nan")}), "standard deviation"),
    ],
)
def test_bad_input_is_named(inputs, change, message):
    with pytest.raises(ValueError, match=message):
        change(inputs)


def test_blind_answers_are_the_most_frequent_ones():
    train = {"question": ["a", "a", "b", "a", "c", "c"], "answer": ["no", "yes", "two", "yes", "x", "y"]}
    assert probe.blind_answers(train, ["b", "a", "never", "a", "c"]) == ["two", "yes", None, "yes", "x"]
    with pytest.raises(ValueError, match="2 questions and 1 answers"):
        probe.blind_answers({"question": ["a", "b"], "answer": ["no"]}, ["a"])
