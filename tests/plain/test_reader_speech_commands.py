"""Speech Commands and its small cut, from made recordings in the real layouts."""

import numpy as np
import pytest
from made_archives import tar_gz, zipped
from made_sounds import decoded, noise, sound
from reader_checks import assert_disjoint

from mmcourse.data import load
from mmcourse.data.readers.speech_commands import CLASSES, MINI_CLASSES, which_split

# Speakers of the official lists of version 0.02: a change of the rule shows here.
VALIDATION = "a69b9b3e 439c84f4 409c962a dbaf8fc6 0e17f595 ff2b842e 7fd25f7c 3cc595de 591d32f3 8b775397".split()
TEST = "beb458a4 5e3dde6b 5744b6a7 37dca74f 964e8cfd 8625475c 50033893 91b03183 c9e251d2 8769c34c".split()
TRAIN = "4a294341"
SPEAKERS = {"train": TRAIN, "validation": VALIDATION[0], "test": TEST[0]}
LENGTHS = (13654, 16000, 17203)  # samples of the first recordings; the others are short, to be quick


def recordings(words):
    """Every speaker says every word twice."""
    names = [f"{word}/{speaker}_nohash_{n}.wav" for word in words for speaker in SPEAKERS.values() for n in (0, 1)]
    return {
        name: noise(LENGTHS[number % 6 // 2] if number < 6 else 20, number) for number, name in enumerate(sorted(names))
    }


FULL, MINI = recordings(CLASSES), recordings(MINI_CLASSES)


def full():
    """The members of the archive of the full set."""
    made = {name: sound(samples, 16000) for name, samples in FULL.items()}
    for split, name in {"validation": "validation_list.txt", "test": "testing_list.txt"}.items():
        listed = [file for file in reversed(FULL) if f"/{SPEAKERS[split]}_" in file]
        made[name] = "".join(f"{file}\n" for file in listed).encode()
    made |= {"_background_noise_/white_noise.wav": sound(noise(50, 0), 16000), "_background_noise_/README.md": b""}
    return {f"./{name}": content for name, content in (made | {"README.md": b"# Speech", "LICENSE": b""}).items()}


def mini():
    """The members of the small archive, with what macOS adds."""
    made = {f"mini_speech_commands/{name}": sound(samples, 16000) for name, samples in MINI.items()}
    added = {f"__MACOSX/{name.replace('/down/', '/down/._')}": b"\0\5\x16\7" for name in made if "/down/" in name}
    inside = {"mini_speech_commands/down/._1a.wav": b"\0\5\x16\7", "mini_speech_commands/.DS_Store": b"\0"}
    return {"mini_speech_commands/README.md": b"# Mini", **inside, **added, **made}


def put(shelf, made):
    if "mini_speech_commands/README.md" in made:
        shelf.put("mini_speech_commands", {"mini_speech_commands.zip": zipped(made)})
    else:
        shelf.put("speech_commands/main", {"speech_commands_v0.02.tar.gz": tar_gz(made)})


@pytest.mark.parametrize("split", SPEAKERS)
@pytest.mark.parametrize(
    ("name", "made", "samples", "words", "root"),
    [
        ("speech_commands", full, FULL, CLASSES, ""),
        ("mini_speech_commands", mini, MINI, MINI_CLASSES, "mini_speech_commands/"),
    ],
)
def test_columns_are_what_the_archive_holds(shelf, name, made, samples, words, root, split):
    put(shelf, made())
    data = load.load(name, split)
    files = [file for file in samples if f"/{SPEAKERS[split]}_" in file]
    assert len(files) == 2 * len(words)
    assert data["file"].tolist() == [f"{root}{file}" for file in files]
    assert data["word"].tolist() == [word for word in sorted(words) for _ in (0, 1)]
    assert data["label"].dtype == np.int32
    assert data["label"].tolist() == [label for label in range(len(words)) for _ in (0, 1)]
    assert set(data["speaker"].tolist()) == {SPEAKERS[split]}
    assert data["audio"].dtype == np.float32
    assert data["audio"].shape == (len(files), 16000)
    for values, file in zip(data["audio"], files, strict=True):
        expected = decoded(samples[file])[:16000]
        np.testing.assert_array_equal(values[: len(expected)], expected)
        assert not values[len(expected) :].any()


def test_limit_and_columns(shelf):
    put(shelf, mini())
    data = load.load("mini_speech_commands", "test", limit=3, columns=("word", "audio"))
    assert data["word"].tolist() == ["down", "down", "go"]
    assert data["audio"].shape == (3, 16000)


def test_the_rule_gives_the_split_of_the_official_lists():
    assert {which_split(speaker) for speaker in VALIDATION} == {"validation"}
    assert {which_split(speaker) for speaker in TEST} == {"test"}
    shares = [which_split(f"{number:08x}") for number in range(2000)]
    assert 0.07 < shares.count("validation") / 2000 < 0.13
    assert 0.07 < shares.count("test") / 2000 < 0.13


@pytest.mark.parametrize(("name", "made"), [("speech_commands", full), ("mini_speech_commands", mini)])
def test_no_speaker_is_in_two_splits(shelf, name, made):
    put(shelf, made())
    assert_disjoint(name)


def changed(name, content):
    return full() | {f"./{name}": content}


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (
            changed("testing_list.txt", f"zero/{TRAIN}_nohash_0.wav\n".encode()),
            rf"zero/{TRAIN}_nohash_0\.wav: expected all recordings of {TRAIN} in one split",
        ),
        (changed("validation_list.txt", b"yes/0_nohash_0.wav\n"), r"0_nohash_0\.wav: the recording is missing, but is"),
        (changed("wow/odd.wav", b""), r"odd\.wav: expected <speaker>_nohash_<number>\.wav"),
        (changed("wonderful/1_nohash_0.wav", b""), r"expected folders of \.wav files for backward, .*, wonderful, wow"),
        ({name: content for name, content in full().items() if "/tree/" not in name}, r"expected folders .*three, two"),
        ({name: content for name, content in full().items() if "testing" not in name}, r"testing_list\.txt: .*missing"),
        ({"mini_speech_commands/README.md": b""}, r"mini_speech_commands: expected folders .*, got no \.wav file"),
    ],
)
def test_what_is_missing_or_malformed_is_named(shelf, made, problem):
    put(shelf, made)
    name = "mini_speech_commands" if len(made) == 1 else "speech_commands"
    with pytest.raises(ValueError, match=rf"{problem}.*Delete .*unpacked-.* and fetch"):
        load.load(name, "train", columns=("word",))
