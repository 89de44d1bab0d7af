"""Sound to arrays: equal to librosa, and clear about bad input."""

import librosa
import numpy as np
import pytest

from mmcourse.data import audio


@pytest.fixture
def sounds():
    random = np.random.RandomState(0)
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)
    return np.stack([tone, 0.1 * random.standard_normal(8000)]).astype(np.float32)


def test_spectrogram_equals_librosa(sounds):
    ours = audio.spectrogram(sounds)
    for row, sound in zip(ours, sounds, strict=True):
        reference = np.abs(librosa.stft(sound, n_fft=256, hop_length=128, window="hann", center=False)) ** 2
        assert row.shape == reference.T.shape
        assert np.abs(row - reference.T).max() < 1e-5 * reference.max()


def test_mel_filters_equal_librosa():
    reference = librosa.filters.mel(sr=8000, n_fft=256, n_mels=32, htk=True, norm=None)
    assert np.abs(audio.mel_filters() - reference.T).max() < 1e-5


def test_log_mel_equals_librosa(sounds):
    reference = librosa.feature.melspectrogram(
        y=sounds[0], sr=8000, n_fft=256, hop_length=128, n_mels=32, htk=True, norm=None, center=False
    )
    assert np.abs(audio.log_mel(sounds)[0] - np.log1p(reference.T)).max() < 1e-3


def test_log_mel_of_silence_is_zero_and_of_a_tone_peaks_at_its_band(sounds):
    assert not audio.log_mel(np.zeros((1, 8000), np.float32)).any()
    centers = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 4000 / 700), 34)[1:-1] / 2595) - 1)
    assert abs(centers[audio.log_mel(sounds)[0].mean(0).argmax()] - 440) < 60


def test_log_mel_of_many_sounds_is_that_of_each(sounds):
    many = np.repeat(sounds, 300, axis=0)  # more than one part
    assert np.array_equal(audio.log_mel(many)[::300], audio.log_mel(sounds))


def test_frames_overlap_and_drop_the_incomplete_last_one():
    assert audio.frames(np.arange(10.0)[None], 4, 3).tolist() == [[[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]]
    with pytest.raises(ValueError, match="needs 4 samples"):
        audio.frames(np.zeros((1, 3)), 4, 2)


def test_pad_fills_and_cuts_on_the_right():
    assert audio.pad([np.ones(2), np.arange(5.0)], 3).tolist() == [[1, 1, 0], [0, 1, 2]]


def test_normalize_sets_the_loudness():
    quiet = np.random.RandomState(0).uniform(-0.01, 0.01, 4000)
    assert np.sqrt(np.mean(audio.normalize(quiet) ** 2)) == pytest.approx(0.12, rel=1e-3)
    assert not audio.normalize(np.zeros(10)).any()
    assert np.abs(audio.normalize(np.array([0.0] * 999 + [1.0]))).max() == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: audio.pad([], 3), "no sounds"),
        (lambda: audio.pad([np.zeros((2, 2))], 3), "sound has shape"),
        (lambda: audio.pad([np.zeros(2)], 0), "samples is 0"),
        (lambda: audio.pad([np.zeros(2)], 2.5), "samples is 2.5"),
        (lambda: audio.normalize(np.ones(9), 0), "level is 0"),
        (lambda: audio.normalize(np.ones(9), float("nan")), "level is nan"),
        (lambda: audio.normalize(np.zeros(0)), "0 samples"),
        (lambda: audio.normalize(np.zeros((9, 2))), "sound has shape"),
        (lambda: audio.log_mel(np.zeros(8000, np.float32)), "audio has shape"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
