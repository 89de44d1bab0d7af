"""The program that cuts videos to a few frames: names and index everywhere, pictures and sound where ffmpeg is."""

import argparse
import csv
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from data_scripts import cut_video

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="the program ffmpeg is missing")
NAMES = {
    "ucf101": ["v_PunchIt_g01_c01.avi", "v_PunchIt_g01_c02.avi", "v_YoYo_g25_c04.avi"],
    "ravdess": ["Actor_01/01-01-06-01-02-01-01.mp4", "Actor_12/02-01-01-01-01-02-12.mp4"],
    "meld": ["dev_splits_complete/dia3_utt0.mp4", "test/dia3_utt0.mp4", "test/final_videos_testdia3_utt1.mp4"],
}


def touch(folder, names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return folder


def run(dataset, source, out, *others):
    cut_video.main([dataset, "--source", str(source), "--out", str(out), *others])
    with (out / "index.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def film(path, count=50, width=64, height=48, sound=True):
    """A clip at 25 frames a second, without loss: frame i is as gray as 5 i, white on the left and right sixteenth."""
    frames = np.full((count, height, width, 3), np.arange(count)[:, None, None, None] * 5, np.uint8)
    frames[:, :, : width // 16] = frames[:, :, -width // 16 :] = 255
    tone = ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=44100:duration={count / 25}", "-c:a", "pcm_s16le"]
    pictures = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", "25", "-i", "-"]
    tone = tone if sound else []
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["ffmpeg", "-loglevel", "error", *pictures, *tone, "-c:v", "ffv1", "-pix_fmt", "bgr0", path]
    subprocess.run(command, input=frames.tobytes(), check=True)


@pytest.fixture
def without_ffmpeg(monkeypatch):
    """Clips are cut by a stand-in; `made` lists the names in order, an empty name list means that none was."""
    made = []

    def cut(program, path, target, options):
        made.append(path.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_name(f"{target.name}.npz").write_bytes(b"frames")
        return options.sound is not None

    monkeypatch.setattr(cut_video, "find_ffmpeg", lambda: "ffmpeg")
    monkeypatch.setattr(cut_video, "cut", cut)
    return made


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        ("ucf101", [("PunchIt", "", "g01"), ("PunchIt", "", "g01"), ("YoYo", "", "g25")]),
        ("ravdess", [("fearful", "actor-01", "actor-01"), ("neutral", "actor-12", "actor-12")]),
        ("meld", [("", "", "dev_splits_complete/dia3"), ("", "", "test/dia3"), ("", "", "test/dia3")]),
    ],
)
def test_names_tell_label_speaker_and_group(dataset, expected, tmp_path, without_ffmpeg):
    source = touch(tmp_path / "videos", [*NAMES[dataset], "readme.txt", f"._{NAMES['ucf101'][0]}"])
    rows = run(dataset, source, tmp_path / "new" / "out")
    assert [(row["label"], row["speaker"], row["group"]) for row in rows] == expected
    assert [row["frames"] for row in rows] == [f"{name[:-4]}.npz" for name in NAMES[dataset]]
    assert {row["sound"] for row in rows} == {""}
    assert all((tmp_path / "new" / "out" / row["frames"]).is_file() for row in rows)


def test_some_clips_come_evenly_from_all(tmp_path, without_ffmpeg, capsys):
    source = touch(tmp_path / "videos", [f"v_Run_g{group:02}_c01.avi" for group in range(9)])
    rows = run("ucf101", source, tmp_path / "out", "--clips", "3", "--sound", "8000")
    assert [row["group"] for row in rows] == ["g00", "g04", "g08"]
    assert rows[0]["sound"] == "v_Run_g00_c01.wav"
    assert "3 of 9 clips" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("dataset", "name"),
    [
        ("ucf101", "holiday.mp4"),
        ("ucf101", "v_Run_c01.avi"),
        ("ravdess", "01-01-09-01-01-01-01.mp4"),
        ("ravdess", "v_Run_g01_c01.avi"),
        ("meld", "dia3.mp4"),
    ],
)
def test_an_unknown_name_is_refused_before_the_work(dataset, name, tmp_path, without_ffmpeg):
    source = touch(tmp_path / "videos", [NAMES[dataset][0], name])
    with pytest.raises(ValueError, match=rf"{name} is not named as a clip of {dataset}"):
        run(dataset, source, tmp_path / "out")
    assert without_ffmpeg == []
    assert not (tmp_path / "out").exists()


def test_bad_folders_are_refused(tmp_path, without_ffmpeg):
    source = touch(tmp_path / "videos", ["readme.txt"])
    with pytest.raises(ValueError, match=r"No \.avi or \.mp4 below .*--source"):
        run("ucf101", source, tmp_path / "out")
    with pytest.raises(ValueError, match=r"meld are not fetched here.*--source"):
        cut_video.main(["meld", "--out", str(tmp_path / "out")])
    touch(source, ["v_Run_g01_c01.avi", "v_Run_g01_c01.mp4"])
    with pytest.raises(ValueError, match="differ in their ending only"):
        run("ucf101", source, tmp_path / "out")
    (tmp_path / "out").mkdir()
    with pytest.raises(FileExistsError, match="delete it, or choose another"):
        run("ucf101", source, tmp_path / "out")
    with pytest.raises(SystemExit):
        run("ucf101", source, tmp_path / "other", "--frames", "0")


def test_an_interruption_leaves_nothing(tmp_path, without_ffmpeg, monkeypatch):
    def stop(program, path, target, options):
        if without_ffmpeg:
            raise KeyboardInterrupt
        return cut(program, path, target, options)

    cut = cut_video.cut
    monkeypatch.setattr(cut_video, "cut", stop)
    source = touch(tmp_path / "videos", NAMES["ucf101"])
    with pytest.raises(KeyboardInterrupt):
        run("ucf101", source, tmp_path / "results" / "out")
    assert without_ffmpeg == NAMES["ucf101"][:1]
    assert list((tmp_path / "results").iterdir()) == []


def test_ffmpeg_is_found_or_asked_for(monkeypatch):
    monkeypatch.setattr(cut_video.shutil, "which", lambda name: f"here/{name}")
    assert cut_video.find_ffmpeg() == "here/ffmpeg"
    monkeypatch.setattr(cut_video.shutil, "which", lambda name: None)
    monkeypatch.setattr(cut_video.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="pip install imageio-ffmpeg"):
        cut_video.find_ffmpeg()


@pytest.mark.parametrize(
    ("count", "chosen"), [(9, [0, 2, 4, 6, 8]), (5, [0, 1, 2, 3, 4]), (3, [0, 0, 1, 2, 2]), (1, [0] * 5)]
)
def test_frames_are_chosen_from_first_to_last(count, chosen, monkeypatch):
    frames = np.arange(count, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 3), np.uint8)
    monkeypatch.setattr(cut_video, "run", lambda *command: frames.tobytes())
    options = argparse.Namespace(size=2, frames=5, seconds=60)
    np.testing.assert_array_equal(cut_video.read_frames("ffmpeg", Path("a.avi"), options), frames[chosen])
    monkeypatch.setattr(cut_video, "run", lambda *command: b"")
    with pytest.raises(ValueError, match="no frames"):
        cut_video.read_frames("ffmpeg", Path("a.avi"), options)


@needs_ffmpeg
def test_frames_are_evenly_spaced_and_square(tmp_path):
    film(tmp_path / "videos" / "v_Run_g01_c01.avi")
    rows = run("ucf101", tmp_path / "videos", tmp_path / "out", "--frames", "8", "--size", "24", "--sound", "16000")
    with np.load(tmp_path / "out" / rows[0]["frames"]) as cut:
        frames = cut["frames"]
    assert frames.shape == (8, 24, 24, 3)
    assert frames.dtype == np.uint8
    grays = frames[:, 12, 12, 0].astype(int)
    assert abs(grays - np.array([0, 7, 14, 21, 28, 35, 42, 49]) * 5).max() <= 3
    assert np.ptp(frames.reshape(8, -1).astype(int), axis=1).max() <= 3  # the middle square: without the white sides
    sound, rate = soundfile.read(tmp_path / "out" / rows[0]["sound"])
    assert rate == 16000
    assert sound.shape == pytest.approx((32000,), rel=0.01)
    assert np.abs(np.fft.rfft(sound[:16000])).argmax() == 440


@needs_ffmpeg
def test_short_long_silent_and_broken_clips(tmp_path, capsys):
    videos = tmp_path / "videos"
    film(videos / "v_Short_g01_c01.avi", count=2, sound=False)
    film(videos / "v_Long_g01_c01.avi", count=50)
    (videos / "v_Broken_g01_c01.avi").write_bytes(b"no video" * 99)
    options = ["--frames", "4", "--size", "8", "--seconds", "1", "--sound", "8000"]
    rows = run("ucf101", videos, tmp_path / "out", *options)
    assert [(row["label"], row["sound"]) for row in rows] == [("Long", "v_Long_g01_c01.wav"), ("Short", "")]
    with np.load(tmp_path / "out" / "v_Short_g01_c01.npz") as cut:
        assert cut["frames"][:, 4, 4, 0].tolist() == [0, 0, 5, 5]
    with np.load(tmp_path / "out" / "v_Long_g01_c01.npz") as cut:
        assert cut["frames"][-1, 4, 4, 0] == pytest.approx(24 * 5, abs=3)  # the 25th frame ends the first second
    assert soundfile.info(tmp_path / "out" / "v_Long_g01_c01.wav").duration == pytest.approx(1, abs=0.05)
    assert "v_Broken_g01_c01.avi: " in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "out").glob("*Broken*")) == []
    (videos / "v_Short_g01_c01.avi").unlink()
    (videos / "v_Long_g01_c01.avi").unlink()
    with pytest.raises(ValueError, match="could read none of the 1 clips"):
        run("ucf101", videos, tmp_path / "other")
    assert not (tmp_path / "other").exists()
