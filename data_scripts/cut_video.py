"""Cut the videos of UCF101, RAVDESS or MELD down to a few small frames a clip, and their sound to a small WAV.

    .venv/bin/python data_scripts/cut_video.py ucf101 --out ucf101_frames
    .venv/bin/python data_scripts/cut_video.py ravdess --source unpacked_videos --out ravdess_frames --sound 16000

It reads every .avi and .mp4 below the source and writes a new folder with

    index.csv     one row a clip: frames and sound (file names; sound is "" where there is none), label, speaker, group
    <clip>.npz    frames (T, H, W, 3) uint8: evenly spaced from the first to the last, scaled, the middle square kept
    <clip>.wav    with --sound: mono, 16 bit, at the given rate in Hz

Label, speaker and group come from the file name. Clips of one group look and sound alike, so a group must never stand
in two splits:

    ucf101    v_<Class>_gNN_cNN           label = class, group = gNN, as in the official splits
    ravdess   MM-VC-EM-IN-ST-RP-AC        label = emotion, speaker = group = actor
    meld      <folder>/dia<D>_utt<U>      group = folder and dialogue; labels are in MELD's own CSV, by D and U

UCF101 without `--source` has to be fetched before: `python -m mmcourse.data get ucf101/videos --allow-large` (7.0 GB).
A clip that ffmpeg cannot read is named and left out (MELD has one). It needs the program ffmpeg, or the Python package
imageio-ffmpeg, which brings one. RAVDESS is CC BY-NC-SA 4.0; the clips of
UCF101 and MELD are not yours to pass on.
"""

import argparse
import csv
import importlib.util
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mmcourse.data import fetch

NAMES = {
    "ucf101": re.compile(r"v_(?P<label>[A-Za-z]+)_(?P<group>g\d\d)_c\d\d"),
    "ravdess": re.compile(r"0[12]-0[12]-0(?P<emotion>[1-8])-0[12]-0[12]-0[12]-(?P<actor>\d\d)"),
    "meld": re.compile(r"(?:final_videos_test)?(?P<dialogue>dia\d+)_utt\d+"),  # some test clips are there twice
}
EMOTIONS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
COLUMNS = ("frames", "sound", "label", "speaker", "group")
DOWNLOADS = {"ucf101": "ucf101/videos"}
BY_HAND = "unpack its videos (for MELD the archives inside the archive too) and give the folder with --source"


def find_ffmpeg() -> str:
    """The program ffmpeg, or the one of imageio-ffmpeg. Raises FileNotFoundError, which says how to get it."""
    if program := shutil.which("ffmpeg"):
        return program
    if importlib.util.find_spec("imageio_ffmpeg"):
        import imageio_ffmpeg

        return imageio_ffmpeg.get_ffmpeg_exe()
    raise FileNotFoundError(
        "This script needs the program ffmpeg. Get it with `pip install imageio-ffmpeg`, `apt-get install ffmpeg` "
        "(Debian, Ubuntu), `brew install ffmpeg` (macOS) or `winget install ffmpeg` (Windows)."
    )


def find_clips(folder: Path) -> list[Path]:
    """All videos below a folder, by name. Raises ValueError for none, and for two whose output would be one."""
    videos = (path for path in folder.rglob("*") if path.suffix.lower() in (".avi", ".mp4"))
    found = sorted(path for path in videos if not path.name.startswith("."))  # macOS leaves ._name beside a name
    if not found:
        raise ValueError(f"No .avi or .mp4 below {folder}: {BY_HAND}.")
    for one, other in itertools.pairwise(found):
        if one.with_suffix("") == other.with_suffix(""):
            raise ValueError(f"{one} and {other} differ in their ending only: keep one of them.")
    return found


def describe(path: Path, dataset: str) -> dict[str, str]:
    """Label, speaker and group of a clip by its name, "" where the name does not tell. Raises ValueError for others."""
    match = NAMES[dataset].fullmatch(path.stem)
    if match is None:
        raise ValueError(f"{path} is not named as a clip of {dataset}, {NAMES[dataset].pattern}: move it away.")
    if dataset == "ucf101":
        return {"label": match["label"], "speaker": "", "group": match["group"]}
    if dataset == "ravdess":
        actor = f"actor-{match['actor']}"
        return {"label": EMOTIONS[int(match["emotion"]) - 1], "speaker": actor, "group": actor}
    return {"label": "", "speaker": "", "group": f"{path.parent.name}/{match['dialogue']}"}


def run(program: str, *arguments: str | Path) -> bytes:
    """The output of ffmpeg. Raises ValueError, with its last message, when it fails."""
    command = [program, "-nostdin", "-hide_banner", "-loglevel", "error", *arguments]
    done = subprocess.run(command, capture_output=True)
    if done.returncode:
        messages = done.stderr.decode(errors="replace").strip().splitlines()
        raise ValueError(messages[-1] if messages else f"ffmpeg ends with {done.returncode}")
    return done.stdout


def read_frames(program: str, path: Path, options: argparse.Namespace) -> np.ndarray:
    """Evenly spaced frames (T, H, W, 3) uint8; a clip with fewer than T repeats some. Raises ValueError without any."""
    size = f"{options.size}:{options.size}"
    scaled = f"scale={size}:force_original_aspect_ratio=increase,crop={size}"
    output = ["-map", "0:v:0", "-vf", scaled, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = run(program, "-t", str(options.seconds), "-i", path, *output)
    frames = np.frombuffer(raw, np.uint8).reshape(-1, options.size, options.size, 3)  # every frame of the clip
    if not len(frames):
        raise ValueError("has no frames")
    return frames[np.linspace(0, len(frames) - 1, options.frames).round().astype(int)]  # (T, H, W, 3)


def has_sound(program: str, path: Path) -> bool:
    """Whether ffmpeg lists a sound track; it lists the tracks and then complains that it has nothing to do."""
    listed = subprocess.run([program, "-nostdin", "-hide_banner", "-i", path], capture_output=True)
    return b"Audio:" in listed.stderr


def cut(program: str, path: Path, target: Path, options: argparse.Namespace) -> bool:
    """Write `<target>.npz` and, where wanted and possible, `<target>.wav`; return whether there is a sound."""
    frames = read_frames(program, path, options)
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(f"{target}.npz", frames=frames)
    if options.sound is None or not has_sound(program, path):
        return False
    track = ["-map", "0:a:0", "-ac", "1", "-ar", str(options.sound), "-c:a", "pcm_s16le", "-bitexact"]
    run(program, "-t", str(options.seconds), "-i", path, *track, f"{target}.wav")
    return True


def cut_all(program: str, clips: dict[str, tuple], folder: Path, options: argparse.Namespace) -> int:
    """Cut clips into a folder, write the index, name what cannot be read, and return the number of clips cut."""
    rows = []
    for name, (path, description) in tqdm(clips.items(), unit=" clips", file=sys.stdout):
        try:
            sounds = cut(program, path, folder / name, options)
        except ValueError as error:
            tqdm.write(f"left out: {path}: {error}", file=sys.stdout)
            for ending in (".npz", ".wav"):  # perhaps its frames could be read and its sound could not
                (folder / f"{name}{ending}").unlink(missing_ok=True)
        else:
            rows.append({"frames": f"{name}.npz", "sound": f"{name}.wav" if sounds else "", **description})
    if not rows:
        raise ValueError(f"ffmpeg could read none of the {len(clips)} clips: nothing was written.")
    with (folder / "index.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    return len(rows)


def positive(text: str) -> int:
    """A whole number from 1, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("dataset", choices=NAMES, help="how the files are named")
    add("--source", type=Path, metavar="FOLDER", help="folder of the videos (default for ucf101: download, 7 GB)")
    add("--out", type=Path, metavar="FOLDER", required=True, help="new folder to write")
    add("--clips", type=positive, default=500, help="clips at most, evenly from all (default: %(default)s)")
    add("--frames", type=positive, default=16, help="frames a clip (default: %(default)s)")
    add("--size", type=positive, default=112, help="height and width of a frame in pixels (default: %(default)s)")
    add("--seconds", type=positive, default=60, help="seconds read of a clip, to bound memory (default: %(default)s)")
    add("--sound", type=positive, metavar="RATE", help="also write the sound, at this rate in Hz")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, write the folder next to its place, move it there, and say what is in it."""
    options = read_options(arguments)
    if options.out.exists():
        raise FileExistsError(f"{options.out} exists: delete it, or choose another folder with --out.")
    if options.source is None and options.dataset not in DOWNLOADS:
        raise ValueError(f"The videos of {options.dataset} are not fetched here: {BY_HAND}.")
    program = find_ffmpeg()
    source = options.source or fetch.get(DOWNLOADS[options.dataset])
    found = [(path, describe(path, options.dataset)) for path in find_clips(source)]
    chosen = np.linspace(0, len(found) - 1, min(options.clips, len(found))).round().astype(int)
    clips = {found[index][0].relative_to(source).with_suffix("").as_posix(): found[index] for index in chosen}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=options.out.parent) as folder:
        partial = Path(folder) / "clips"
        partial.mkdir()
        count = cut_all(program, clips, partial, options)
        os.replace(partial, options.out)
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"{options.out}: {count:,} of {len(found):,} clips, {size:,} bytes")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
