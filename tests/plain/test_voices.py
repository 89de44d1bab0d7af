"""Pairs and captions voice by voice, and the fused model of scikit-learn that learns from them."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, GroupKFold

from mmcourse import voices
from mmcourse.ridge_fusion import ridge_fusion, ridge_grid

NOISE = {"image": 0.2, "audio": 0.05}


@pytest.fixture(scope="module")
def pairs():
    return voices.noisy_pairs(["anna", "ben", "clara"], 60, "train", NOISE, seed=0)


def test_pairs_are_voice_by_voice_and_repeat(pairs):
    assert pairs["image"].shape == (180, 8, 8, 1)
    assert pairs["audio"].shape == (180, 61, 32)
    assert pairs["speaker"].tolist() == ["anna"] * 60 + ["ben"] * 60 + ["clara"] * 60
    assert np.bincount(pairs["label"][:60]).tolist() == [6] * 10
    again = voices.noisy_pairs(["anna", "ben", "clara"], 60, "train", NOISE, seed=0)
    other = voices.noisy_pairs(["anna", "ben", "clara"], 60, "train", NOISE, seed=1)
    assert np.array_equal(pairs["audio"], again["audio"])
    assert not np.array_equal(pairs["audio"], other["audio"])


def test_flat_keeps_pixels_first_and_takes_the_mean_off_each_sound(pairs):
    rows = voices.flat(pairs)
    assert rows.shape == (180, 64 + 10 * 32)
    assert np.array_equal(rows[:, :64], pairs["image"].reshape(180, 64))
    assert np.abs(rows[:, 64:].mean(1)).max() < 1e-5
    first = pairs["audio"][0, :60]
    assert rows[0, 64:96] == pytest.approx(first[:6].mean(0) - first.mean(), abs=1e-4)


def test_a_deaf_model_does_not_hear(pairs):
    rows, labels = voices.flat(pairs), pairs["label"]
    silent = rows.copy()
    silent[:, 64:] = np.roll(rows[:, 64:], 1, axis=0)
    deaf, hears = (ridge_fusion(sound).fit(rows, labels) for sound in (0, 1))
    assert np.array_equal(deaf.predict(rows), deaf.predict(silent))
    assert not np.array_equal(hears.predict(rows), hears.predict(silent))
    assert hears.score(rows, labels) > deaf.score(rows, labels) > 0.5


def test_the_grid_fits_the_pipeline(pairs):
    search = GridSearchCV(ridge_fusion(), ridge_grid([0, 0.3], [10, 100]), cv=GroupKFold(3))
    search.fit(voices.flat(pairs), pairs["label"], groups=pairs["speaker"])
    assert len(search.cv_results_["params"]) == 4
    assert search.best_params_["join__transformer_weights"] == {"image": 1, "audio": 0.3}


def test_captions_take_time_and_more_words_take_longer():
    features, seconds = voices.spoken_captions(["anna", "ben"], 40, 0, "test")
    assert features.shape == (40, len(voices.speech.words()) + 32)
    counts = features[:, :-32].sum(1)
    assert counts.min() >= 7
    assert 2 < seconds.min() < seconds.max() < 8
    slow, fast = seconds[0::2], seconds[1::2]
    assert abs(slow.mean() - fast.mean()) > 0.1
    same, _ = voices.spoken_captions(["anna", "ben"], 40, 0, "test")
    assert np.array_equal(features, same)


@pytest.mark.parametrize("wrong", [[], ["nobody"]])
def test_voices_that_are_none(wrong):
    with pytest.raises(ValueError, match=r"voices is empty|nobody"):
        voices.noisy_pairs(wrong, 10, "train", NOISE, 0)
    with pytest.raises(ValueError, match=r"voices is empty|nobody"):
        voices.spoken_captions(wrong, 10, 0, "train")


def test_what_is_no_pair_and_no_number():
    with pytest.raises(ValueError, match="image has shape"):
        voices.flat({"image": np.zeros((2, 64)), "audio": np.zeros((2, 61, 32))})
    with pytest.raises(ValueError, match="audio has shape"):
        voices.flat({"image": np.zeros((2, 8, 8, 1)), "audio": np.zeros((3, 61, 32))})
    for numbers in ({"sound": -1}, {"penalty": -0.5}, {"sound": float("nan")}):
        with pytest.raises(ValueError, match="give a number from 0 up"):
            ridge_fusion(**numbers)
