"""The short-time Fourier transform, its inverse and mel filters at other rates and frames: librosa's, to 1e-5."""

import librosa
import numpy as np
import pytest

from mmcourse.data import audio

SETTINGS = [
    (8000, 256, 128, 32),
    (16000, 512, 160, 40),
    (16000, 400, 160, 40),
    (22050, 1024, 256, 64),
    (8000, 201, 67, 20),
]


def noise(*shape, seed=0):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype(np.float32)


@pytest.mark.parametrize(("rate", "frame", "hop", "bands"), SETTINGS)
def test_stft_equals_librosa(rate, frame, hop, bands):
    sounds = noise(2, 3000)
    ours = audio.stft(sounds, frame, hop)
    assert ours.dtype == np.complex64
    for row, sound in zip(ours, sounds, strict=True):
        reference = librosa.stft(sound, n_fft=frame, hop_length=hop, center=False, dtype=np.complex64).T
        assert row.shape == reference.shape == (1 + (3000 - frame) // hop, frame // 2 + 1)
        assert np.abs(row - reference).max() < 1e-5 * np.abs(reference).max()


def test_stft_of_a_sound_with_half_a_frame_of_silence_at_its_ends_is_librosas_centered_one():
    sound = noise(3000)
    ours = audio.stft(np.pad(sound, 128)[None], 256, 64)[0]
    reference = librosa.stft(sound, n_fft=256, hop_length=64, center=True, pad_mode="constant").T
    assert ours.shape == reference.shape
    assert np.abs(ours - reference).max() < 1e-5 * np.abs(reference).max()


@pytest.mark.parametrize(("rate", "frame", "hop", "bands"), SETTINGS)
def test_mel_filters_and_log_mel_equal_librosa(rate, frame, hop, bands):
    filters = librosa.filters.mel(sr=rate, n_fft=frame, n_mels=bands, htk=True, norm=None)
    assert np.abs(audio.mel_filters(rate, frame, bands) - filters.T).max() < 1e-5
    sounds = noise(3, 5000)
    settings = {"sr": rate, "n_fft": frame, "hop_length": hop, "n_mels": bands, "htk": True, "norm": None}
    energy = librosa.feature.melspectrogram(y=sounds, center=False, **settings)
    assert np.abs(audio.log_mel(sounds, rate, frame, hop, bands) - np.log1p(energy).transpose(0, 2, 1)).max() < 1e-5


@pytest.mark.parametrize(("frame", "hop"), [(256, 128), (256, 64), (400, 160), (201, 67), (8, 1)])
@pytest.mark.parametrize("samples", [1, 50, 999, 4000])
def test_istft_restores_every_sample_of_a_padded_sound(frame, hop, samples):
    sounds = noise(2, samples)
    back = audio.istft(audio.stft(np.pad(sounds, ((0, 0), (frame, frame))), frame, hop), frame, hop)
    assert np.abs(back[:, frame : frame + samples] - sounds).max() < 1e-5


@pytest.mark.parametrize(("frame", "hop"), [(256, 128), (256, 64), (400, 160)])
def test_istft_restores_all_but_half_a_frame_at_the_ends_without_padding(frame, hop):
    sounds = noise(2, 4000)
    back = audio.istft(audio.stft(sounds, frame, hop), frame, hop)
    inside = slice(frame // 2, back.shape[1] - frame // 2)
    assert back.shape[1] == (4000 - frame) // hop * hop + frame
    assert np.abs(back[:, inside] - sounds[:, inside]).max() < 1e-5


def test_istft_equals_librosa_for_a_spectrum_that_no_sound_has():
    random = np.random.RandomState(0)
    spectrum = (random.randn(1, 20, 129) + 1j * random.randn(1, 20, 129)).astype(np.complex64)
    reference = librosa.istft(spectrum[0].T, n_fft=256, hop_length=64, center=False)
    assert np.abs(audio.istft(spectrum, 256, 64)[0] - reference)[128:-128].max() < 1e-5


def test_stft_of_a_whole_number_of_periods_is_three_bins():
    tone = np.cos(2 * np.pi * 10 * np.arange(256) / 256)[None]
    assert np.abs(audio.stft(tone)[0, 0, 8:13]) == pytest.approx([0, 32, 64, 32, 0], abs=1e-3)


def test_log_mel_of_a_long_sound_is_that_of_its_parts():
    sound = noise(1, 128 * 3000)
    parts = [audio.log_mel(sound[:, 128 * 300 * n : 128 * (300 * n + 300) + 128]) for n in range(9)]
    whole = audio.log_mel(sound)
    assert whole.shape == (1, 2999, 32)
    assert np.abs(whole[:, :2700] - np.concatenate(parts, axis=1)).max() < 1e-5


def test_a_rate_that_is_no_whole_number_is_refused_even_if_its_filters_are_kept():
    audio.mel_filters(8000, 256, 32)
    with pytest.raises(ValueError, match=r"rate is 8000\.0"):
        audio.mel_filters(8000.0, 256, 32)


def test_filters_and_window_that_are_kept_cannot_be_changed():
    for kept in (audio.mel_filters(), audio.hann(256)):
        with pytest.raises(ValueError, match="read-only"):
            kept[0] = 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: audio.log_mel(np.zeros((1, 0), np.float32)), "audio has 0 samples"),
        (lambda: audio.log_mel(np.full((1, 8000), np.nan)), "NaN or infinite"),
        (lambda: audio.stft(np.full((1, 8000), np.inf)), "NaN or infinite"),
        (lambda: audio.spectrogram(np.full((1, 8000), -32768, np.int16)), "divide 16-bit samples by 32768"),
        (lambda: audio.frames(np.full((1, 8000), 2), 4, 2), "divide 16-bit samples"),
        (lambda: audio.log_mel(np.zeros((1, 8000)), rate=0), "rate is 0"),
        (lambda: audio.log_mel(np.zeros((1, 8000)), rate=-8000), "rate is -8000"),
        (lambda: audio.mel_filters(float("nan")), "rate is nan"),
        (lambda: audio.mel_filters("8000"), "rate is '8000'"),
        (lambda: audio.mel_filters(8000, 256, 0), "bands is 0"),
        (lambda: audio.mel_filters(8000, 256, 100), "fewer bands or a longer frame"),
        (lambda: audio.stft(np.zeros((1, 100)), 101, 2), "needs 101 samples, the sound has 100"),
        (lambda: audio.stft(np.zeros((1, 100)), 10, 0), "hop is 0"),
        (lambda: audio.stft(np.zeros((1, 100)), 0, 10), "length is 0"),
        (lambda: audio.stft(np.zeros((1, 100)), 10, 2.5), "hop is 2.5"),
        (lambda: audio.istft(np.zeros((1, 9, 128), complex)), "spectrum has shape"),
        (lambda: audio.mel_filters(8000, 256, True), "bands is True"),
        (lambda: audio.istft(np.zeros((1, 0, 129), complex)), "0 frames"),
        (lambda: audio.istft(np.zeros((0, 9, 129), complex)), "0 sounds"),
        (lambda: audio.istft(np.zeros((1, 9, 129), complex), 256.0), "frame is 256.0"),
        (lambda: audio.istft(np.zeros((1, 9, 129), complex), hop=64.0), "hop 64.0"),
        (lambda: audio.istft(np.zeros((1, 9, 129), complex), hop=0), "hop 0"),
        (lambda: audio.istft(np.zeros((1, 9, 129), complex), hop=129), "hop 129"),
        (lambda: audio.istft(np.full((1, 9, 129), np.nan)), "finite"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
