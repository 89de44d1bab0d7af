"""Sound files to samples: several formats, rates and channels; what is no sound, or not whole, is named."""

import numpy as np
import pytest
import soundfile

from mmcourse.data import audio

FORMATS = {"wav": 1e-4, "flac": 1e-4, "ogg": 0.05}


def tone(rate):
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate)


@pytest.fixture
def stereo(tmp_path):
    """A function of extension and rate: the path of a file whose right channel is silent."""

    def write(extension, rate=16000):
        path = tmp_path / f"sound.{extension}"
        soundfile.write(path, np.stack([tone(rate), 0 * tone(rate)], 1), rate)
        return path

    return write


@pytest.mark.parametrize("extension", FORMATS)
def test_channels_are_rows_at_the_rate_that_was_asked_for(stereo, extension):
    sound = audio.load(stereo(extension), 16000)
    assert (sound.shape, sound.dtype) == ((2, 32000), np.float32)
    assert np.abs(sound[0] - tone(16000)).max() < FORMATS[extension]
    halved = audio.mono(audio.load(stereo(extension), 8000))
    assert halved.shape == (16000,)
    assert np.abs(halved - tone(8000) / 2)[200:-200].max() < FORMATS[extension] + 0.005


def test_files_of_two_rates_have_one_length_and_pitch(stereo):
    first, second = (audio.load(stereo("wav", rate), 8000)[0] for rate in (16000, 44100))
    assert np.abs(first - second)[200:-200].max() < 0.005


def test_read_refuses_another_rate_and_channels(stereo, tmp_path):
    with pytest.raises(ValueError, match=r"one channel at 16000 Hz, got shape \(32000, 2\) at 16000 Hz"):
        audio.read(stereo("wav"), 16000)
    soundfile.write(tmp_path / "one.wav", tone(8000), 8000)
    assert audio.read(tmp_path / "one.wav", 8000).shape == (16000,)
    with pytest.raises(ValueError, match=r"one channel at 16000 Hz, got shape \(16000,\) at 8000 Hz in .*one.wav"):
        audio.read(tmp_path / "one.wav", 16000)


@pytest.mark.parametrize("share", [0.001, 0.5, 0.95, 0.9999])
@pytest.mark.parametrize("extension", FORMATS)
def test_a_file_that_was_cut_short_is_named(stereo, extension, share):
    path = stereo(extension)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ValueError, match=r"sound\.\w+ (was cut short|is no sound)"):
        audio.load(path, 8000)


def test_a_wav_file_that_lacks_one_byte_is_named(stereo):
    path = stereo("wav")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="was cut short"):
        audio.load(path, 16000)


def test_an_ogg_file_without_its_last_page_or_with_a_part_of_it_is_named(tmp_path):
    path = tmp_path / "noise.ogg"
    soundfile.write(path, np.random.RandomState(0).uniform(-0.5, 0.5, 40000), 8000)
    whole = path.read_bytes()
    last = whole.rfind(b"OggS")
    assert whole.count(b"OggS") > 4
    for end in (last, last + 10, last + 40, len(whole) - 1):
        path.write_bytes(whole[:end])
        with pytest.raises(ValueError, match=r"noise.ogg was cut short"):
            audio.load(path, 8000)


def test_a_wav_file_whose_writer_did_not_know_its_length_is_whole(stereo):
    path = stereo("wav")
    whole = bytearray(path.read_bytes())
    whole[4:8] = b"\xff" * 4
    path.write_bytes(whole)
    assert audio.load(path, 16000).shape == (2, 32000)


def test_a_file_with_nan_and_a_flac_file_that_tells_no_length_are_named(tmp_path):
    soundfile.write(tmp_path / "nan.wav", np.full(100, np.nan), 8000, subtype="FLOAT")
    soundfile.write(tmp_path / "piped.flac", tone(8000), 8000)
    whole = bytearray((tmp_path / "piped.flac").read_bytes())
    whole[21:26] = bytes([whole[21] & 0xF0, 0, 0, 0, 0])  # the number of samples, as a program writes it into a pipe
    (tmp_path / "piped.flac").write_bytes(whole)
    for name, message in (("nan.wav", "holds samples that are NaN"), ("piped.flac", "is no sound that can be read")):
        for call in (audio.load, audio.read):
            with pytest.raises(ValueError, match=f"{name} {message}"):
                call(tmp_path / name, 8000)


def test_what_is_no_sound_is_named(tmp_path):
    for name, content in (("empty.wav", b""), ("text.ogg", b"no sound at all, but a text" * 99)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=f"{name} is no sound that can be read"):
            audio.load(tmp_path / name, 8000)
    with pytest.raises(ValueError, match=r"no sound file .*missing.wav"):
        audio.load(tmp_path / "missing.wav", 8000)
    with pytest.raises(ValueError, match="no sound file"):
        audio.load(tmp_path, 8000)
    soundfile.write(tmp_path / "none.wav", np.zeros((0, 1)), 8000)
    with pytest.raises(ValueError, match=r"none.wav was cut short, it holds 0 samples"):
        audio.read(tmp_path / "none.wav", 8000)
