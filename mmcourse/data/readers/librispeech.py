"""LibriSpeech: sentences read aloud from books, with their transcripts."""

from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged, lines

RATE = 16000  # Hz
SUBSETS = {"train": "train-clean-100", "validation": "dev-clean", "test": "test-clean"}


def table(folder: Path, split: str) -> dict:
    """Columns of n utterances, sorted by the numbers of speaker, chapter and utterance.

    audio: list of n float32 arrays (samples,) in [-1, 1] at 16 kHz, of unequal lengths; text: list of n str, capital
    letters without punctuation; speaker (n,) str, such as "84"; chapter, utterance (n,) int64; file (n,) str.
    The official parts, which share no speaker: train-clean-100 trains, dev-clean validates, test-clean tests (28,539,
    2,703 and 2,620 utterances of 251, 40 and 40 speakers). Rows are sorted by speaker: a small `limit` hears one voice.
    Raises ValueError for a transcript without its sound and a sound without its transcript.
    """
    root = folder / "LibriSpeech" / SUBSETS[split]
    transcripts = sorted(root.glob("*/*/*.trans.txt"))
    if not transcripts:
        raise damaged(folder, f"LibriSpeech/{SUBSETS[split]}", "expected <speaker>/<chapter>/*.trans.txt, transcripts")
    rows = sorted(row for path in transcripts for row in _chapter(folder, path.relative_to(folder)))
    ids, texts, files = zip(*rows, strict=True)
    sounds = {path.relative_to(folder).as_posix() for path in root.glob("*/*/*.flac")}
    if extra := sorted(sounds.symmetric_difference(files)):
        raise damaged(folder, extra[0], "the sound or its line in the transcript beside it is missing")
    speaker, chapter, utterance = np.array(ids, np.int64).T  # (n,) each
    return {
        "text": list(texts),
        "speaker": speaker.astype(str),
        "chapter": chapter,
        "utterance": utterance,
        "file": np.array(files),
    }


def _chapter(folder: Path, name: Path) -> list[tuple[tuple[int, ...], str, str]]:
    """The (speaker, chapter, utterance), text and sound file of each line, such as "84-121123-0000 GO DO YOU HEAR"."""
    rows = []
    for line in lines(folder, str(name)):
        utterance, _, text = line.partition(" ")
        ids = utterance.split("-")
        if len(ids) != 3 or not all(part.isdecimal() for part in ids) or not text:
            raise damaged(folder, str(name), f"expected lines <speaker>-<chapter>-<utterance> TEXT, got {line!r}")
        rows.append((tuple(map(int, ids)), text, name.with_name(f"{utterance}.flac").as_posix()))
    return rows


READERS = {
    "librispeech": Reader(
        {split: f"librispeech/{subset}" for split, subset in SUBSETS.items()},
        table,
        ("audio", "text", "speaker", "chapter", "utterance", "file"),
        key=("speaker",),
        media="audio",
        rate=RATE,
    )
}
