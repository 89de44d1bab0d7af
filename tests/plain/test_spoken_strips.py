"""Spoken strips: features, a voice that is new to the listener, rows that follow the chain."""

import numpy as np
import pytest

from mmcourse.data import audio, chains, speech, spoken_strips


@pytest.fixture(scope="module")
def bank():
    data = speech.spoken_digits()
    keep = data["take"] < 3
    sounds = audio.pad(data["audio"], 8000)
    return {"audio": sounds[keep], "label": data["label"][keep], "speaker": data["speaker"][keep]}


def test_a_piece_is_the_mean_of_five_frames(bank):
    sounds = bank["audio"][:4]
    found, frames = spoken_strips.features(sounds), audio.log_mel(sounds)
    assert found.shape == (4, 12 * 32)
    assert np.allclose(found[:, :32], frames[:, :5].mean(1), atol=1e-5)
    assert np.allclose(found[:, -32:], frames[:, 55:60].mean(1), atol=1e-5)


def test_a_new_voice_is_heard(bank):
    voice = bank["speaker"][0]
    found, labels = spoken_strips.recognized(bank, voice)
    assert found.shape == (30, 10)
    assert np.allclose(found.sum(1), 1)
    assert np.array_equal(labels, bank["label"][bank["speaker"] == voice])
    assert (found.argmax(1) == labels).mean() > 0.6


def test_the_listener_has_not_learned_from_the_voice(bank):
    voice = bank["speaker"][0]
    changed = dict(bank, label=np.where(bank["speaker"] == voice, 0, bank["label"]))
    one, two = (spoken_strips.recognized(data, voice)[0] for data in (bank, changed))
    assert np.array_equal(one, two)


def test_rows_follow_the_chain():
    labels = np.random.RandomState(0).permutation(np.arange(50) % 10)
    chain = chains.counter(3)
    digits = labels[spoken_strips.draw(labels, chain, 40, 12, np.random.RandomState(1))]
    assert digits.shape == (40, 12)
    assert (chain.move[digits[:, :-1], digits[:, 1:]] > 0).all()
    assert set(digits.ravel()) == set(range(10))


def test_what_makes_no_sense_is_refused(bank):
    with pytest.raises(ValueError, match="nobody"):
        spoken_strips.recognized(bank, "nobody")
    alone = {name: values[bank["speaker"] == bank["speaker"][0]] for name, values in bank.items()}
    with pytest.raises(ValueError, match="at least two"):
        spoken_strips.recognized(alone, bank["speaker"][0])
    with pytest.raises(ValueError, match="sounds has shape"):
        spoken_strips.features(bank["audio"][:, :4000])
    with pytest.raises(ValueError, match="digit 9"):
        spoken_strips.draw(np.arange(9), chains.counter(1), 2, 3, np.random.RandomState(0))
