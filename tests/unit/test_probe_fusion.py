"""Probes of a fusion: noise on vectors, an absent modality, shares while one is disturbed."""

import numpy as np
import pytest

from mmcourse import probe
from mmcourse.nn import fusion


@pytest.fixture
def features():
    random = np.random.RandomState(0)
    return {"text": random.standard_normal((50, 4)).astype("f"), "audio": random.standard_normal((50, 3)).astype("f")}


def test_disturb_adds_noise_of_the_given_deviation_to_one_modality():
    features = {"audio": np.zeros((4000, 50), np.float32), "text": np.ones((4000, 2), np.float32)}
    levels = np.linspace(0, 3, 4000)
    noisy = probe.disturb(features, "audio", levels, seed=1)
    assert np.abs(noisy["audio"].std(1) - levels).max() < 1.5
    assert np.mean(noisy["audio"][3000:].std(1) / levels[3000:]) == pytest.approx(1, abs=0.02)
    assert not noisy["audio"][0].any()
    assert noisy["text"] is features["text"]
    assert noisy["audio"].dtype == np.float32
    assert not features["audio"].any()


def test_without_marks_a_modality_as_absent_and_leaves_the_given_alone(features):
    one = probe.without(features, "text")
    assert one["present"].tolist() == [[True, False]] * 50  # audio, text
    assert one["text"] is features["text"]
    assert "present" not in features
    both = probe.without(one | {"present": one["present"].copy()}, "audio")
    assert not both["present"].any()
    assert one["present"].any()


def test_shares_are_means_over_the_batch(features):
    layer = fusion.Attention(3)
    layer(features)
    found = probe.shares(layer, features, "audio", [0, 5])
    assert found.shape == (2, 2)
    assert np.abs(found.sum(1) - 1).max() < 1e-6
    assert not np.allclose(found[0], found[1])


def test_ablation_takes_away_by_present_where_there_is_such_an_input(features):
    def reads_text_where_it_is(x):
        return np.where(x["present"][:, 1], x["text"][:, 0] > 0, 0).astype(int)

    inputs = features | {"present": np.ones((50, 2), bool)}
    truth = reads_text_where_it_is(inputs)
    scores = probe.ablation(reads_text_where_it_is, inputs, truth)
    assert list(scores) == ["as it is", "audio dropped", "audio shuffled", "text dropped", "text shuffled"]
    assert scores["as it is"] == scores["audio dropped"] == scores["audio shuffled"] == 1
    assert scores["text dropped"] == np.mean(truth == 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: probe.disturb(x, "video", 1), "no modality 'video'"),
        (lambda x: probe.disturb(x, "text", -1), "from 0 up"),
        (lambda x: probe.disturb(x, "text", np.ones(3)), r"one a sample, \(50,\)"),
        (lambda x: probe.without(x, "present"), "no modality 'present' among the inputs: audio, text"),
        (lambda x: probe.shares(fusion.Concatenate(), x, "text", [0]), "gives no shares"),
    ],
)
def test_bad_input_is_named(features, call, message):
    with pytest.raises(ValueError, match=message):
        call(features)
