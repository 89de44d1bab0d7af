"""How much memory a dataset takes that is read in batches: COCO 2017, LibriSpeech and Imagenette at their full length.

python benchmarks/streaming.py [NAME]

Nothing is downloaded: for each dataset a folder with the real layout, and as many rows as the real training set, is
made of a few pictures or sounds, to which all file names point. Each dataset is read in a process of its own, 100
batches of 32 rows in random order; printed are the seconds to make the table, the rows a second, the memory of the
process after its imports and at its peak. Ends with exit code 1 where a peak is over 1 GB.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

LIMIT = 1_000_000_000  # bytes
BATCHES, ROWS = 100, 32
CAPTIONS, PHOTOGRAPHS, UTTERANCES, IMAGENETTE = 591_753, 118_287, 28_539, 9_469


def make_coco(folder: Path) -> None:
    """The captions of 118,287 photographs, 640 by 480 pixels."""
    words = "a man rides his brown horse along the wide sandy beach under a cloudy sky".split()
    random = np.random.RandomState(0)
    names = [f"{number:012d}.jpg" for number in range(PHOTOGRAPHS)]
    address = "http://images.cocodataset.org/train2017/"
    images = [
        {"license": 3, "file_name": n, "coco_url": address + n, "height": 480, "width": 640, "id": number}
        for number, n in enumerate(names)
    ]
    captions = [
        {"image_id": number % PHOTOGRAPHS, "id": number, "caption": " ".join(random.choice(words, 11))}
        for number in range(CAPTIONS)
    ]
    (folder / "annotations").mkdir()
    text = json.dumps({"info": {}, "licenses": [], "images": images, "annotations": captions})
    (folder / "annotations" / "captions_train2017.json").write_text(text)
    (folder / "train2017").mkdir()
    point(folder, [f"train2017/{name}" for name in names], photograph(folder, 640, 480))


def make_librispeech(folder: Path) -> None:
    """28,539 utterances of 12 seconds by 251 speakers."""
    import soundfile

    sound = folder / "sound.flac"
    soundfile.write(sound, np.random.RandomState(0).randn(12 * 16000) * 0.05, 16000)
    root, names = "LibriSpeech/train-clean-100", []
    for speaker in range(251):
        home = f"{root}/{speaker}/{1000 + speaker}"
        ids = [f"{speaker}-{1000 + speaker}-{n:04d}" for n in range(speaker, UTTERANCES, 251)]
        (folder / home).mkdir(parents=True)
        lines = "".join(f"{utterance} CHAPTER ONE IN WHICH NOTHING HAPPENS FOR A LONG WHILE\n" for utterance in ids)
        (folder / home / f"{speaker}-{1000 + speaker}.trans.txt").write_text(lines)
        names += [f"{home}/{utterance}.flac" for utterance in ids]
    point(folder, names, sound)


def make_imagenette(folder: Path) -> None:
    """9,469 photographs of ten classes, 213 by 160 pixels."""
    from mmcourse.data.readers.imagenette import WORDS

    words = list(WORDS)
    for part in ("train", "val"):
        for word in words:
            (folder / "imagenette2-160" / part / word).mkdir(parents=True)
    picture = photograph(folder, 213, 160)
    names = [f"imagenette2-160/train/{words[n % 10]}/{words[n % 10]}_{n}.JPEG" for n in range(IMAGENETTE)]
    names += [f"imagenette2-160/val/{word}/ILSVRC2012_val_{n}.JPEG" for n, word in enumerate(words)]
    point(folder, names, picture)


def photograph(folder: Path, width: int, height: int) -> Path:
    """A JPEG of smooth noise."""
    from PIL import Image

    noise = np.random.RandomState(0).randint(0, 256, (height // 16, width // 16, 3), dtype=np.int64).astype(np.uint8)
    path = folder / "photograph.jpg"
    Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC).save(path, quality=90)
    return path


def point(folder: Path, names: list[str], target: Path) -> None:
    """Make every name a link to one file."""
    for name in names:
        os.symlink(target, folder / name)


DATASETS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "coco/2017": ("coco", make_coco),
    "librispeech": ("librispeech", make_librispeech),
    "imagenette/160": ("imagenette", make_imagenette),
}


def read(name: str) -> None:
    """Read batches and print what it took, as JSON; to be run in a process of its own."""
    from mmcourse.data import load
    from mmcourse.data.batches import Batches

    process = psutil.Process()
    imported = process.memory_info().rss
    start = time.perf_counter()
    batches = Batches(load.table(name, "train"), ROWS, seed=0)
    indexed = time.perf_counter()
    for number in range(BATCHES):
        batches[number]
    facts = {"rows": len(batches.table), "index": indexed - start, "speed": BATCHES * ROWS}
    facts["speed"] /= time.perf_counter() - indexed
    print(json.dumps({**facts, "imported": imported, "peak": peak_memory(process)}))


def peak_memory(process: psutil.Process) -> int:
    """The most bytes that the process has had in memory."""
    if sys.platform == "win32":
        return process.memory_info().peak_wset
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def measure(name: str) -> dict:
    """Make the folder of a dataset and read it in a process of its own."""
    dataset, make = DATASETS[name]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / dataset / "by-hand"
        folder.mkdir(parents=True)
        make(folder)
        environment = {**os.environ, "MMCOURSE_DATA_DIR": place}
        command = [sys.executable, __file__, "--read", name]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main(names: list[str]) -> int:
    """Measure and print a table."""
    if unknown := sorted(set(names) - set(DATASETS)):
        print(f"There is no {unknown[0]!r} here; choose some of: {', '.join(DATASETS)}.", file=sys.stderr)
        return 2
    print("dataset            rows   table in s   rows/s   GB imported   GB peak")
    worst = 0
    for name in names:
        told = measure(name)
        worst = max(worst, told["peak"])
        sizes = f"{told['imported'] / 1e9:13.2f}{told['peak'] / 1e9:10.2f}"
        print(f"{name:16}{told['rows']:8,}{told['index']:12.1f}{told['speed']:9.0f}{sizes}", flush=True)
    return 1 if worst > LIMIT else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        read(sys.argv[2])
    else:
        sys.exit(main(sys.argv[1:] or list(DATASETS)))
