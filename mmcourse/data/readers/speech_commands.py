"""Speech Commands v0.02 (Warden, 2018) and its small cut: single words, spoken by many people."""

import hashlib
from functools import partial
from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged, lines

RATE = 16000  # Hz
SECONDS = 1.0  # every recording is cut or filled to this length
CLASSES = tuple(
    "backward bed bird cat dog down eight five follow forward four go happy house learn left marvin nine no off on one "
    "right seven sheila six stop three tree two up visual wow yes zero".split()
)
MINI_CLASSES = ("down", "go", "left", "no", "right", "stop", "up", "yes")
MINI_ROOT = "mini_speech_commands"
LISTS = {"validation": "validation_list.txt", "test": "testing_list.txt"}
_BUCKETS = 2**27


def table(folder: Path, split: str) -> dict:
    """Columns of n recordings of 35 words, sorted by word and file name.

    audio (n, 16000) float32 in [-1, 1] at 16 kHz, shorter recordings filled with silence, longer ones cut;
    label (n,) int32, the index in CLASSES; word, speaker, file (n,) str.
    The official split: validation_list.txt and testing_list.txt of the archive, the rest trains. No speaker is in two.
    The long sounds in `_background_noise_` are left out. Rows are sorted by word: a small `limit` hears one word.
    Raises ValueError for other words, a listed recording that is missing, and lists that share a speaker.
    """
    files = _recordings(folder, ".", CLASSES)
    splits = {file: key for key, name in LISTS.items() for file in lines(folder, name)}
    if missing := sorted(splits.keys() - set(files) - {""}):
        raise damaged(folder, missing[0], f"the recording is missing, but is in {LISTS[splits[missing[0]]]}")
    of_speaker: dict[str, str] = {}
    for file in files:
        own = splits.get(file, "train")
        if of_speaker.setdefault(_speaker(file), own) != own:
            raise damaged(folder, file, f"expected all recordings of {_speaker(file)} in one split")
    return _columns([file for file in files if splits.get(file, "train") == split], CLASSES, "")


def mini_table(folder: Path, split: str) -> dict:
    """Columns as those of the full set, of about 1,000 recordings for each of 8 words, MINI_CLASSES.

    audio (n, 16000) float32 in [-1, 1] at 16 kHz; label (n,) int32, the index in MINI_CLASSES; word, speaker, file
    (n,) str.
    The archive has no lists, so the rule by which those of the full set were made decides, see `which_split`: no
    speaker is in two splits. Some recordings are in the archive twice, under different names.
    Raises ValueError for other words.
    """
    files = _recordings(folder, MINI_ROOT, MINI_CLASSES)
    return _columns([file for file in files if which_split(_speaker(file)) == split], MINI_CLASSES, f"{MINI_ROOT}/")


def which_split(speaker: str) -> str:
    """The split of a speaker, such as "a69b9b3e": by hash 10 % validation, 10 % test, else train.

    The rule of `which_set` in the README of the dataset and in tensorflow/examples/speech_commands/input_data.py: the
    SHA-1 of the speaker modulo 2^27, in percent of 2^27 - 1. It gives the official split for all of 31 speakers taken
    from the official lists.
    """
    percent = int(hashlib.sha1(speaker.encode()).hexdigest(), 16) % _BUCKETS * (100 / (_BUCKETS - 1))
    if percent < 10:
        return "validation"
    return "test" if percent < 20 else "train"


def _recordings(folder: Path, root: str, words: tuple[str, ...]) -> list[str]:
    """Every "<word>/<speaker>_nohash_<number>.wav" below `root`; noise and what macOS adds ("._…") are left out."""
    paths = [
        path for path in (folder / root).glob("*/*.wav") if path.parent.name[0] not in "._" and path.name[0] != "."
    ]
    if {path.parent.name for path in paths} != set(words):
        found = ", ".join(sorted({path.parent.name for path in paths})) or "no .wav file"
        raise damaged(folder, root, f"expected folders of .wav files for {', '.join(words)}, got {found}")
    if odd := [path for path in paths if "_nohash_" not in path.name]:
        raise damaged(folder, f"{root}/{odd[0].parent.name}/{odd[0].name}", "expected <speaker>_nohash_<number>.wav")
    return sorted(path.relative_to(folder / root).as_posix() for path in paths)


def _speaker(file: str) -> str:
    return file.rpartition("/")[2].partition("_nohash_")[0]


def _columns(files: list[str], words: tuple[str, ...], prefix: str) -> dict:
    spoken = [file.partition("/")[0] for file in files]
    return {
        "word": np.array(spoken, dtype=str),
        "label": np.array([words.index(word) for word in spoken], np.int32),
        "speaker": np.array([_speaker(file) for file in files], dtype=str),
        "file": np.array([f"{prefix}{file}" for file in files], dtype=str),
    }


_reader = partial(
    Reader,
    columns=("audio", "word", "label", "speaker", "file"),
    key=("speaker",),
    media="audio",
    rate=RATE,
    seconds=SECONDS,
)
_SPLITS = ("train", "validation", "test")
READERS = {
    "speech_commands": _reader(dict.fromkeys(_SPLITS, "speech_commands/main"), table, classes=CLASSES),
    "mini_speech_commands": _reader(dict.fromkeys(_SPLITS, "mini_speech_commands"), mini_table, classes=MINI_CLASSES),
}
