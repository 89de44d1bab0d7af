"""Multi30k, from made files with the real names and, where they are here, from the real ones."""

import numpy as np
import pytest
from made_archives import gz
from reader_checks import assert_disjoint, needs_real, use_real

from mmcourse.data import load, registry
from mmcourse.data.readers import find

STEMS = {
    "train": "train",
    "validation": "val",
    "test": "test_2016_flickr",
    "test_2017_flickr": "test_2017_flickr",
    "test_2017_mscoco": "test_2017_mscoco",
}
EN = "Two dogs \u2028 run\x85on. A man in an orange hat. ".split(". ")[:2]  # U+2028 and U+0085 end no line here
DE = ["Zwei Hunde laufen. ", "Ein Mann mit orangefarbenem Hut"]
FR = [" Deux chiens courent", "Un homme en chapeau œuvré."]
COCO = ["COCO_train2014_000000117071.jpg#367178", "COCO_val2014_000000398076.jpg#657409"]


def names(stem):
    return COCO if stem.endswith("mscoco") else [f"{stem}1.jpg", f"{stem}2.jpg"]


def content(file):
    """What a registered file holds; those that the reader does not read hold something else."""
    stem = next((stem for stem in STEMS.values() if file.startswith(f"multi30k_{stem}.")), None)
    texts = {"en.gz": EN, "de.gz": DE, "fr.gz": FR}
    end = file.partition(".")[2]
    if stem and end in texts:
        return gz("".join(f"{stem}: {line}\n" for line in texts[end]))
    return "".join(f"{name}\n" for name in names(stem)).encode() if stem and end == "txt" else b"another file"


def put(shelf, **changes):
    registered = [file.name for file in registry.dataset("multi30k").files]
    shelf.put("multi30k", {file: changes.get(file.partition("_")[2], content(file)) for file in registered})


@pytest.mark.parametrize(("split", "stem"), STEMS.items())
def test_columns_are_what_the_files_hold(shelf, split, stem):
    put(shelf)
    data = load.load("multi30k", split)
    for column, lines in (("en", EN), ("de", DE), ("fr", FR)):
        assert data[column] == [f"{stem}: {line}" for line in lines]
    pictures = [name.split("#")[0] for name in names(stem)]
    assert data["picture"].tolist() == pictures
    assert isinstance(data["picture"], np.ndarray)
    assert list(data) == ["en", "de", "fr", "picture"]


def test_limit_and_columns(shelf):
    put(shelf)
    assert load.load("multi30k", "train", limit=1, columns=("fr",)) == {"fr": [f"train: {FR[0]}"]}


def test_no_picture_is_in_two_splits(shelf):
    put(shelf)
    assert_disjoint("multi30k")
    put(shelf, **{"test_2016_flickr.txt": b"train1.jpg\n3.jpg\n"})
    with pytest.raises(AssertionError, match=r"train1\.jpg"):
        assert_disjoint("multi30k")


def test_the_test_of_2018_has_no_list_of_pictures_and_is_not_offered(shelf):
    put(shelf)
    with pytest.raises(ValueError, match="no split 'test_2018_flickr'"):
        load.load("multi30k", "test_2018_flickr")


@pytest.mark.parametrize(
    ("file", "made", "problem"),
    [
        ("val.de.gz", gz("Eine Zeile\n"), r"multi30k_val\.de\.gz: expected a line for each of the 2 .*, got 1"),
        ("val.fr.gz", gz("a\nb\nc\n"), r"multi30k_val\.fr\.gz: expected a line for each of the 2 .*, got 3"),
        ("val.txt", b"", r"multi30k_val\.txt: the file is empty"),
        ("val.en.gz", b"<html>404</html>", r"multi30k_val\.en\.gz: expected text in utf-8, but Not a gzipped file"),
        ("val.en.gz", gz("some words\n" * 9)[:-9], r"multi30k_val\.en\.gz: expected text in utf-8"),
    ],
)
def test_a_malformed_file_is_named(shelf, file, made, problem):
    put(shelf, **{file: made})
    with pytest.raises(ValueError, match=rf"{problem}.*Delete .*unpacked-.* and fetch"):
        load.load("multi30k", "validation")


def test_a_missing_file_is_named(tmp_path):
    (tmp_path / "multi30k_val.txt").write_text("1.jpg\n")
    with pytest.raises(ValueError, match=r"multi30k_val\.en\.gz: the file is missing\. Delete"):
        find("multi30k").table(tmp_path, "validation")


@needs_real("multi30k", "multi30k_train.en.gz")
def test_the_real_files(tmp_path, monkeypatch):
    use_real(tmp_path, monkeypatch)
    sizes = {split: len(load.load("multi30k", split)["en"]) for split in STEMS}
    assert list(sizes.values()) == [29000, 1014, 1000, 1000, 461]
    assert_disjoint("multi30k")
    train, coco = load.load("multi30k", "train", limit=1), load.load("multi30k", "test_2017_mscoco")
    assert train["en"] == ["Two young, White males are outside near many bushes."]
    row = coco["picture"].tolist().index("COCO_val2014_000000398076.jpg")
    assert coco["en"][row] == "A woman is pointing at the camera while lying down"
    assert coco["de"][row] == "Eine liegende Frau zeigt auf die Kamera"
