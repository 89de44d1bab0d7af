"""Samples to samples: resampled, filtered, trimmed, and clear about bad input."""

import numpy as np
import pytest

from mmcourse.data import audio


def tone(frequency, rate=8000, seconds=1.0, amplitude=0.5):
    return (amplitude * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def level(sound):
    middle = sound[..., sound.shape[-1] // 10 : -sound.shape[-1] // 10]
    return np.sqrt(np.mean(middle**2))


@pytest.mark.parametrize(("rate", "target"), [(8000, 16000), (16000, 8000), (44100, 8000), (8000, 11025)])
def test_a_tone_keeps_its_pitch_and_loudness(rate, target):
    sound = audio.resample(tone(440, rate), rate, target)
    assert sound.dtype == np.float32
    assert len(sound) == target
    assert np.abs(sound - tone(440, target))[200:-200].max() < 0.005


def test_what_the_target_cannot_represent_is_taken_out_not_aliased():
    high = tone(6000, 16000)
    assert level(high[::2]) == pytest.approx(level(high), rel=0.01)  # taking every second sample: heard at 2,000 Hz
    assert level(audio.resample(high, 16000, 8000)) < 0.01 * level(high)


def test_one_rate_changes_nothing_and_rows_are_resampled_apart():
    both = np.stack([tone(300), tone(700)])
    assert np.array_equal(audio.resample(both, 8000, 8000), both)
    assert np.array_equal(audio.resample(both, 8000, 6000)[1], audio.resample(both[1], 8000, 6000))


@pytest.mark.parametrize(
    ("cuts", "kept", "lost"),
    [
        ({"high": 900}, [100, 300], [2000, 3000]),
        ({"low": 900}, [2500, 3500], [100, 400]),
        ({"low": 300, "high": 2000}, [750, 900], [50, 3500]),
    ],
)
def test_band_pass_keeps_its_band_without_a_delay(cuts, kept, lost):
    for frequency in kept:
        after = audio.band_pass(tone(frequency), 8000, **cuts)
        assert after.dtype == np.float32
        assert np.abs(after - tone(frequency))[800:-800].max() < 0.01
    for frequency in lost:
        assert level(audio.band_pass(tone(frequency), 8000, **cuts)) < 0.01 * level(tone(frequency))


def test_band_pass_of_a_very_short_sound_and_of_two_channels():
    assert audio.band_pass(np.array([0.5]), 8000, high=1000).shape == (1,)
    both = np.stack([tone(300), tone(3000)])
    assert level(audio.band_pass(both, 8000, high=1000)[1]) < 0.01


def test_trim_takes_silence_and_soft_noise_from_both_ends_only():
    random = np.random.RandomState(0)
    soft = 0.001 * random.standard_normal(2000)  # 51 dB below the tone
    sound = np.concatenate([np.zeros(3000), soft, tone(440), np.zeros(5000), tone(440), soft, np.zeros(700)])
    trimmed = audio.trim(sound)
    assert len(trimmed) == pytest.approx(21000, abs=2 * 256)
    assert level(trimmed[:600]) > 0.1
    assert level(trimmed[-600:]) > 0.1
    assert len(audio.trim(sound, below=80)) == pytest.approx(25000, abs=2 * 256)


@pytest.mark.parametrize("samples", [1, 100, 256, 257, 300, 1000])
def test_trim_loses_nothing_of_a_sound_without_silence(samples):
    sound = np.ones(samples, np.float32)
    assert np.array_equal(audio.trim(sound), sound)
    assert np.array_equal(audio.trim(0 * sound), 0 * sound)


def test_trim_finds_a_click_at_the_very_end():
    sound = np.zeros(1000)
    sound[-1] = 1
    assert audio.trim(sound)[-1] == 1
    assert len(audio.trim(sound)) <= 256


def test_mono_is_the_mean_of_the_channels():
    assert audio.mono(np.array([[0.5, 0.0], [-0.5, 1.0]])).tolist() == [0, 0.5]


RATES = [0, -8000, 8000.5, float("nan"), "8000", None, True]


@pytest.mark.parametrize("rate", RATES)
def test_a_rate_that_is_none_is_named(rate):
    for call in (
        lambda: audio.resample(np.ones(9), rate, 8000),
        lambda: audio.resample(np.ones(9), 8000, rate),
        lambda: audio.band_pass(np.ones(9), rate, high=100),
        lambda: audio.load("sound.wav", rate),
    ):
        with pytest.raises(ValueError, match="positive whole number such as 8000"):
            call()


CALLS = {
    "resample": lambda sound: audio.resample(sound, 8000, 4000),
    "band_pass": lambda sound: audio.band_pass(sound, 8000, high=1000),
    "trim": audio.trim,
    "normalize": audio.normalize,
    "pad": lambda sound: audio.pad([np.ones(3), sound], 5),
    "mono": lambda sound: audio.mono(np.asarray(sound)[None]),
}
SOUNDS = {
    "0 samples": np.zeros(0),
    "NaN or infinite": np.array([0, np.nan]),
    "are NaN or inf": np.array([0, -np.inf]),
    "divide 16-bit": np.array([0, -32768], np.int16),
    "type complex128": np.array([0j]),
    "type <U1": np.array(["a", "b"]),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("message", SOUNDS)
def test_a_sound_that_is_none_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(SOUNDS[message])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: audio.band_pass(np.ones(99), 8000), "give one or both"),
        (lambda: audio.band_pass(np.ones(99), 8000, high=4000), "4000 Hz, half the rate"),
        (lambda: audio.band_pass(np.ones(99), 8000, low=0), "low is 0"),
        (lambda: audio.band_pass(np.ones(99), 8000, low=2000, high=1000), "low is 2000, high is 1000"),
        (lambda: audio.band_pass(np.ones(99), 8000, low=float("nan")), "low is nan"),
        (lambda: audio.trim(np.ones(99), below=0), "below is 0"),
        (lambda: audio.trim(np.ones((2, 99))), "sound has shape"),
        (lambda: audio.resample(np.ones((2, 2, 9)), 8000, 4000), "sound has shape"),
        (lambda: audio.mono(np.ones(9)), "sound has shape"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
