"""Datasets by name: what `load` gives, fetches and refuses, whatever the reader."""

import io

import numpy as np
import pytest
import soundfile
from made_archives import Shelf, zipped
from PIL import Image

import mmcourse as mm
from mmcourse.data import fetch, load, places, readers, registry, table

RED, BLUE = (255, 0, 0), (0, 0, 255)


def jpeg(color: tuple[int, int, int], width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), color).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


class Toy:
    """A dataset "toy" of two parts, texts and pictures, and its reader."""

    def __init__(self, shelf: Shelf, patch: pytest.MonkeyPatch):
        files = tuple(
            registry.File(f"{part}.zip", "https://none/", "test", 1, "0" * 64, part=part) for part in ("text", "media")
        )
        facts = {"title": "t", "task": "t", "license": "CC0", "redistribute": True, "attribution": "", "homepage": ""}
        toy = registry.Dataset("toy", modalities=("text",), tier="tiny", card="", files=files, **facts)
        self.known = {**registry.registry(), "toy": toy}
        patch.setattr(registry, "registry", lambda: self.known)
        self.shelf, self.patch = shelf, patch
        shelf._known = self.known
        shelf.put("toy/text", {"text.zip": zipped({"names.txt": b"a.jpg\nb.jpg\nc.jpg"})})
        self.read("image")

    def read(self, media: str, **facts: object) -> None:
        """Let the reader of "toy" decode its files as pictures or sounds."""
        splits = {"train": "toy/text"}
        columns = ("file", "text", media)
        reader = readers.Reader(splits, texts, columns, media=media, media_splits={"train": "toy/media"}, **facts)
        everything = {**readers.readers(), "toy": reader}
        self.patch.setattr(readers, "readers", lambda: everything)

    def pictures(self) -> None:
        red, blue = jpeg(RED, 40, 20), jpeg(BLUE, 20, 40)
        self.shelf.put("toy/media", {"media.zip": zipped({"a.jpg": red, "b.jpg": blue, "c.jpg": b"no picture"})})


def texts(folder, split):
    names = (folder / "names.txt").read_text().split("\n")
    return {"file": np.array(names), "text": [f"text of {name}" for name in names]}


@pytest.fixture
def toy(shelf, monkeypatch):
    return Toy(shelf, monkeypatch)


@pytest.mark.parametrize(("name", "sizes"), [("digits", (1287, 510)), ("spoken_digits", (480, 120))])
def test_splits_have_their_sizes_and_ranges(name, sizes):
    for split, size in zip(("train", "test"), sizes, strict=True):
        columns = mm.load(name, split)
        assert tuple(columns) == readers.find(name).columns
        assert {len(values) for values in columns.values()} == {size}
        assert columns["label"].dtype == np.int32
        assert set(columns["label"]) == set(range(10))
    column, lowest, highest = ("image", 0, 1) if name == "digits" else ("audio", -1, 1)
    values = columns[column]
    assert values.dtype == np.float32
    assert values.min() >= lowest
    assert 0.5 < values.max() <= highest
    assert values.shape[1:] == ((8, 8, 1) if name == "digits" else (8000,))


@pytest.mark.parametrize("name", ["digits", "spoken_digits"])
def test_no_sample_is_in_both_splits(name):
    column = "image" if name == "digits" else "audio"
    train, test = ({row.tobytes() for row in mm.load(name, split)[column]} for split in ("train", "test"))
    assert not train & test


def test_limit_keeps_the_first_rows():
    assert np.array_equal(mm.load("digits", "test", limit=3)["image"], mm.load("digits", "test")["image"][:3])
    assert len(mm.load("digits", "test", limit=10**6)["label"]) == 510


def test_some_columns():
    assert list(mm.load("digits", "test", columns=("label",))) == ["label"]
    assert list(mm.load("digits", "test", columns="label")) == ["label"]


def test_pictures_are_squares_of_the_center_and_come_only_when_asked_for(toy):
    with pytest.raises(fetch.NotAvailable, match=r"media.zip of dataset 'toy/media' could not be had"):
        mm.load("toy", "train", limit=2)
    assert mm.load("toy", "train", limit=2, columns="text") == {"text": ["text of a.jpg", "text of b.jpg"]}
    assert not (toy.shelf.folder / "toy" / "media.zip").exists()
    toy.pictures()
    columns = mm.load("toy", "train", limit=2, size=16)
    assert columns["image"].shape == (2, 16, 16, 3)
    assert columns["image"].dtype == np.float32
    assert abs(columns["image"] - np.array([RED, BLUE])[:, None, None] / 255).max() < 0.02
    assert list(mm.load("toy", "train", limit=1, columns=("image",), size=8)) == ["image"]


def test_a_broken_picture_is_named(toy):
    toy.pictures()
    with pytest.raises(ValueError, match=r"c.jpg is no picture that can be read \(cannot identify"):
        mm.load("toy", "train", limit=3)
    toy.shelf.put("toy/media", {"media.zip": zipped({"a.jpg": jpeg(RED, 300, 300)[:-500]})})
    with pytest.raises(ValueError, match=r"a.jpg is no picture that can be read \(image file is truncated"):
        mm.load("toy", "train", limit=1)


def test_sounds_of_unequal_lengths_are_a_list_and_of_one_length_an_array(toy):
    sounds = {}
    for number, name in enumerate(("a.jpg", "b.jpg", "c.jpg")):
        buffer = io.BytesIO()
        soundfile.write(buffer, np.full(1000 * (number + 1), 0.25), 8000 if number < 2 else 16000, format="FLAC")
        sounds[name] = buffer.getvalue()
    toy.shelf.put("toy/media", {"media.zip": zipped(sounds)})
    toy.read("audio", rate=8000)
    assert [len(sound) for sound in mm.load("toy", "train", limit=2)["audio"]] == [1000, 2000]
    toy.read("audio", rate=8000, seconds=0.2)
    audio = mm.load("toy", "train", limit=2)["audio"]
    assert audio.shape == (2, 1600)
    assert np.array_equal(np.count_nonzero(audio, axis=1), [1000, 1600])
    with pytest.raises(ValueError, match=r"one channel at 8000 Hz, got shape \(3000,\) at 16000 Hz in .*c.jpg"):
        mm.load("toy", "train")


def test_what_does_not_fit_into_memory_is_refused_before_it_is_decoded(toy, monkeypatch):
    toy.pictures()
    monkeypatch.setattr(table, "AT_ONCE", 2 * 16 * 16 * 3 * 4)
    mm.load("toy", "train", limit=2, size=16)
    with pytest.raises(ValueError, match=r"3 rows of 'image' would take .* Give a limit, or columns without it"):
        mm.load("toy", "train", size=16)


@pytest.mark.parametrize("seconds", [0, 0.5])
def test_sounds_that_do_not_fit_into_memory_are_refused(toy, monkeypatch, seconds):
    buffer = io.BytesIO()
    soundfile.write(buffer, np.random.RandomState(0).randn(4000) * 0.1, 8000, format="FLAC")
    toy.shelf.put("toy/media", {"media.zip": zipped(dict.fromkeys(("a.jpg", "b.jpg", "c.jpg"), buffer.getvalue()))})
    toy.read("audio", rate=8000, seconds=seconds)
    monkeypatch.setattr(table, "AT_ONCE", 40_000)
    assert len(mm.load("toy", "train", limit=1)["audio"]) == 1
    with pytest.raises(ValueError, match="3 rows of 'audio' would take"):
        mm.load("toy", "train")


def test_large_pictures_ask_for_consent_before_anything_is_fetched(toy, monkeypatch):
    big = registry.File("media.zip", "https://none/", "test", bytes=10**9, sha256="0" * 64, part="media")
    text = toy.known["toy"].files[0]
    facts = {name: getattr(toy.known["toy"], name) for name in ("title", "task", "license", "attribution", "homepage")}
    toy.known["toy"] = registry.Dataset(
        "toy", modalities=(), redistribute=True, tier="medium", card="", files=(text, big), **facts
    )
    monkeypatch.delenv("MMCOURSE_OFFLINE")
    with pytest.raises(ValueError, match=r"toy/media is a download of 1.0 GB.*allow_large=True"):
        mm.load("toy", "train")
    assert not list((toy.shelf.folder / "toy").glob("unpacked-*"))
    assert mm.load("toy", "train", limit=1, columns="text") == {"text": ["text of a.jpg"]}


def test_a_folder_made_by_hand_is_read(shelf, monkeypatch):
    Toy(shelf, monkeypatch)
    by_hand = places.hand_folder("toy")
    by_hand.mkdir(parents=True)
    (by_hand / "names.txt").write_text("x.jpg")
    (by_hand / "x.jpg").write_bytes(jpeg(BLUE, 9, 9))
    assert mm.load("toy", "train")["text"] == ["text of x.jpg"]
    assert mm.load("toy", "train", size=4)["image"].shape == (1, 4, 4, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mm.load("digit", "train"), r"no dataset 'digit'. Did you mean 'digits'\? Choose one of: "),
        (lambda: mm.load("glove_6b", "train"), r"no reader; mmcourse.data.fetch.get gives the files of: glove_6b"),
        (lambda: mm.load("imagenet", "train"), r"'imagenet' .*image-net.org"),
        (lambda: mm.load("bookcorpus", "train"), r"cannot be fetched by a program.*wikitext"),
        (lambda: mm.load("MNIST", "train"), r"no dataset 'MNIST'. Did you mean 'mnist'\?"),
        (lambda: mm.load("coco/val2017", "train"), r"of this dataset there are: coco/2014, coco/2017"),
        (lambda: mm.load("picture_world", "train"), r"is not read by load. Draw .* with mmcourse.data.world"),
        (lambda: mm.load("digits", "validation"), r"no split 'validation'. Choose one of: train, test"),
        (lambda: mm.load("digits", "train", limit=0), "positive number of rows"),
        (lambda: mm.load("digits", "train", limit=2.5), "positive number of rows"),
        (lambda: mm.load("digits", "train", limit=True), "positive number of rows"),
        (lambda: mm.load("digits", "train", columns="audio"), "no column 'audio'. Its columns: image, label"),
        (lambda: mm.load("digits", "train", columns=()), "asked for no column at all"),
        (lambda: mm.load("digits", "train", size=0), "size is 0; give the pixels of a side"),
        (lambda: mm.load("digits", "train", size=10**6), "an integer from 1 to 2048"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_can_load_says_why_not(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("MMCOURSE_OFFLINE", "1")
    monkeypatch.setenv("MMCOURSE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("MMCOURSE_MIRROR", raising=False)
    assert load.can_load("digits")
    assert not load.can_load("fsdd")
    assert "fsdd is not on this machine" in capsys.readouterr().out
    with pytest.raises(ValueError, match="no dataset"):
        load.can_load("nothing")
    monkeypatch.delenv("MMCOURSE_OFFLINE")
    assert not load.can_load("librispeech")
    assert "python -m mmcourse.data get librispeech/test-clean --allow-large" in capsys.readouterr().out
