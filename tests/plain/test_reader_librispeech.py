"""LibriSpeech, from made FLAC files and transcripts in the real layout."""

import numpy as np
import pytest
from made_archives import tar_gz
from made_sounds import decoded, noise, sound
from reader_checks import assert_disjoint

from mmcourse.data import load
from mmcourse.data.fetch import NotAvailable

SUBSETS = {"train": "train-clean-100", "validation": "dev-clean", "test": "test-clean"}
TEXTS = {  # speaker 84 before 1272 by number, after it by letters
    "dev-clean": {
        (84, 121123, 0): "GO DO YOU HEAR",
        (84, 121123, 1): "BUT IN LESS THAN FIVE MINUTES THE STAIRCASE GROANED",
        (84, 121550, 10): "A MAN'S WORD",
        (1272, 128104, 0): "MISTER QUILTER IS THE APOSTLE",
    },
    "test-clean": {(61, 70968, 0): "HE BEGAN A CONFUSED COMPLAINT"},
    "train-clean-100": {(19, 198, 0): "NORTHANGER ABBEY", (19, 198, 1): "THIS LITTLE WORK", (26, 495, 0): "IT IS"},
}


def base(key):
    return f"{key[0]}-{key[1]}-{key[2]:04d}"


def samples(key):
    return noise(400 + 16 * key[2] + key[0], key[1])


def files(subset, texts=None):
    """The members of an archive, chapters in no order."""
    made = {f"LibriSpeech/{name}.TXT": b"; text" for name in ("README", "SPEAKERS", "CHAPTERS", "BOOKS", "LICENSE")}
    for key, text in reversed((TEXTS[subset] if texts is None else texts).items()):
        chapter = f"LibriSpeech/{subset}/{key[0]}/{key[1]}"
        made[f"{chapter}/{base(key)}.flac"] = sound(samples(key), 16000, "FLAC")
        transcript = f"{chapter}/{key[0]}-{key[1]}.trans.txt"
        made[transcript] = f"{base(key)} {text}\n".encode() + made.get(transcript, b"")
    return made


def put(shelf, subset, made=None):
    shelf.put(f"librispeech/{subset}", {f"{subset}.tar.gz": tar_gz(made or files(subset))})


@pytest.mark.parametrize("split", SUBSETS)
def test_columns_are_what_the_archive_holds(shelf, split):
    put(shelf, SUBSETS[split])
    data = load.load("librispeech", split)
    keys = list(TEXTS[SUBSETS[split]])
    assert data["text"] == list(TEXTS[SUBSETS[split]].values())
    assert data["speaker"].tolist() == [str(key[0]) for key in keys]
    assert data["chapter"].tolist() == [key[1] for key in keys]
    assert data["utterance"].tolist() == [key[2] for key in keys]
    assert data["chapter"].dtype == data["utterance"].dtype == np.int64
    files = [f"LibriSpeech/{SUBSETS[split]}/{key[0]}/{key[1]}/{base(key)}.flac" for key in keys]
    assert data["file"].tolist() == files
    assert isinstance(data["audio"], list)
    for values, key in zip(data["audio"], keys, strict=True):
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, decoded(samples(key)))


def test_a_split_needs_only_its_own_part(shelf):
    put(shelf, "dev-clean")
    data = load.load("librispeech", "validation", limit=2, columns=("text", "audio"))
    assert list(data) == ["text", "audio"]
    assert len(data["text"]) == len(data["audio"]) == 2
    with pytest.raises(NotAvailable):
        load.load("librispeech", "test", allow_large=True)


def test_no_speaker_is_in_two_splits(shelf):
    for subset in TEXTS:
        put(shelf, subset)
    assert_disjoint("librispeech")
    put(shelf, "test-clean", files("test-clean", {(19, 198, 0): "NORTHANGER ABBEY"}))
    with pytest.raises(AssertionError, match="19"):
        assert_disjoint("librispeech")


def without(name):
    return {path: content for path, content in files("dev-clean").items() if not path.endswith(name)}


TRANSCRIPT = "LibriSpeech/dev-clean/84/121123/84-121123.trans.txt"


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (without("84-121123-0001.flac"), r"84-121123-0001\.flac: the sound or its line .* is missing"),
        (without("84-121550.trans.txt"), r"84-121550-0010\.flac: the sound or its line .* is missing"),
        (files("dev-clean") | {TRANSCRIPT: b"84-121123-0000 GO\n"}, r"84-121123-0001\.flac: the sound or its line"),
        (files("dev-clean") | {TRANSCRIPT: b"GO DO YOU HEAR\n"}, r"84-121123\.trans\.txt: expected lines .*'GO DO YOU"),
        (files("dev-clean") | {TRANSCRIPT: b"84-121123-0000\n"}, r"84-121123\.trans\.txt: expected lines"),
        (files("dev-clean") | {TRANSCRIPT: b"\xff\xfe\n"}, r"84-121123\.trans\.txt: expected text in utf-8"),
        (files("test-clean"), r"dev-clean: expected .*transcripts"),
    ],
)
def test_what_is_missing_or_malformed_is_named(shelf, made, problem):
    put(shelf, "dev-clean", made)
    with pytest.raises(ValueError, match=rf"{problem}.*Delete .*unpacked-.* and fetch"):
        load.load("librispeech", "validation", columns=("text",))


def test_another_rate_is_refused(shelf):
    name = "LibriSpeech/dev-clean/84/121123/84-121123-0000.flac"
    put(shelf, "dev-clean", files("dev-clean") | {name: sound(noise(80, 0), 8000, "FLAC")})
    with pytest.raises(ValueError, match=r"one channel at 16000 Hz, .*84-121123-0000\.flac"):
        load.load("librispeech", "validation", limit=1)
