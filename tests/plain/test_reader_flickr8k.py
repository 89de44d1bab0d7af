"""Flickr8k, from made archives as its authors publish them, from a made copy of Kaggle, and from real photographs.

The last needs MMCOURSE_REALDATA, a folder with flickr8k-sample: Images and captions.txt as Kaggle has them.
"""

import csv
import hashlib
import io
import os
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from made_archives import zipped
from made_pictures import BLUE, GREEN, RED, WHITE, jpeg
from reader_checks import assert_disjoint

from mmcourse.data import load
from mmcourse.data.fetch import NotAvailable
from mmcourse.data.readers import find

SPLITS = ("train", "validation", "test")
COLORS = {  # name of the photograph -> its color; the last is in no list
    "1000268201_693b08cb0e.jpg": RED,
    "1001773457_577c3a7d70.jpg": GREEN,
    "2387197355_237f6f41ee.jpg": BLUE,
    "3385593926_d3e9c21170.jpg": WHITE,
    "1022454332_6af2c1449a.jpg": RED,
}
NAMES = tuple(COLORS)
LISTS = {
    "Flickr_8k.trainImages.txt": f"{NAMES[1]}\n{NAMES[0]}\n",
    "Flickr_8k.devImages.txt": f"{NAMES[2]}\n",
    "Flickr_8k.testImages.txt": f"{NAMES[3]}\n",
}
CAPTIONS = {name: [f"A child , number {number} , of {name[:4]} ." for number in range(5)] for name in NAMES}
CAPTIONS[NAMES[0]][1] = 'A boy in a " Chicago " shirt , café behind him .'
PHANTOM = "2258277193_586949ec62.jpg.1"


def tokens():
    order = [NAMES[3], NAMES[0], NAMES[4], NAMES[1], NAMES[2], PHANTOM]
    texts = CAPTIONS | {PHANTOM: ["People on an escalator ."] * 5}
    return "".join(f"{name}#{number}\t{text}\n" for name in order for number, text in enumerate(texts[name]))


def texts(**changed):
    files = {"Flickr8k.token.txt": tokens(), **LISTS, "readme.txt": "If you use", "ExpertAnnotations.txt": "1\t2"}
    files["Flickr8k.lemma.token.txt"] = f"{NAMES[0]}#0\ta child in\n"
    files["CrowdFlowerAnnotations.txt"] = f"{NAMES[0]}\t{NAMES[1]}#2\t0\t0\t3\n"
    files["__MACOSX/._Flickr8k.token.txt"] = "\0\5\26\7"
    files |= changed
    members = {name: content for name, content in files.items() if content is not None}
    return {"Flickr8k_text.zip": zipped({name: content.encode() for name, content in members.items()})}


def pictures():
    files = {f"Flicker8k_Dataset/{name}": jpeg(color) for name, color in COLORS.items()}
    files["__MACOSX/Flicker8k_Dataset/._1000268201_693b08cb0e.jpg"] = b"\0\5\26\7"
    return {"Flickr8k_Dataset.zip": zipped(files)}


def table(names=NAMES):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["image", "caption"])
    writer.writerows([name, text] for name in names for text in CAPTIONS.get(name, ["People on an escalator ."] * 5))
    return buffer.getvalue()


def by_hand(shelf, files):
    home = shelf.folder / "flickr8k" / "by-hand"
    (home / "Images").mkdir(parents=True)
    for name, color in COLORS.items():
        (home / "Images" / name).write_bytes(jpeg(color))
    for name, content in files.items():
        (home / name).write_text(content, "utf-8")
    return home


def put_original(shelf, **changed):
    shelf.put("flickr8k/text", texts(**changed))
    shelf.put("flickr8k/images", pictures())


def assert_official(data, split, folder):
    names = {"train": NAMES[:2], "validation": NAMES[2:3], "test": NAMES[3:4]}[split]
    assert list(data) == ["captions", "picture", "file", "image"]
    assert data["file"].tolist() == [f"{folder}/{name}" for name in names]
    assert data["picture"].tolist() == list(names)
    assert data["captions"] == [CAPTIONS[name] for name in names]
    assert data["image"].shape == (len(names), 8, 8, 3)
    assert data["image"].dtype == np.float32
    for image, name in zip(data["image"], names, strict=True):
        np.testing.assert_allclose(image, np.broadcast_to(np.array(COLORS[name]) / 255, (8, 8, 3)), atol=0.02)


@pytest.mark.parametrize("split", SPLITS)
def test_the_official_lists_decide(shelf, split):
    put_original(shelf)
    assert_official(load.load("flickr8k", split, size=8), split, "Flicker8k_Dataset")


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("beside", [LISTS, LISTS | {"Flickr8k.token.txt": tokens()}])
def test_the_copy_of_kaggle_gives_the_same_rows_where_the_lists_lie_beside(shelf, split, beside):
    by_hand(shelf, {"captions.txt": table()} | beside)
    assert_official(load.load("flickr8k", split, size=8), split, "Images")


def test_without_lists_the_hash_of_the_name_decides(shelf):
    names = [f"{number}_{number:x}.jpg" for number in range(10**9, 10**9 + 300)]
    by_hand(shelf, {"captions.txt": table([*names, PHANTOM])})
    found = {split: load.load("flickr8k", split, columns=("file",))["file"].tolist() for split in SPLITS}
    for split, files in found.items():
        tenths = {int(hashlib.sha256(file.removeprefix("Images/").encode()).hexdigest(), 16) % 10 for file in files}
        assert tenths == {"train": set(range(8)), "validation": {8}, "test": {9}}[split]
        assert files == sorted(files)
    assert sorted(chain(*found.values())) == sorted(f"Images/{name}" for name in names)  # each once, no phantom


@pytest.mark.parametrize("make", [put_original, lambda shelf: by_hand(shelf, {"captions.txt": table()} | LISTS)])
def test_no_photograph_is_in_two_splits(shelf, make):
    make(shelf)
    assert find("flickr8k").key == ("picture",)
    assert_disjoint("flickr8k")


def test_limit(shelf):
    put_original(shelf)
    assert load.load("flickr8k", "train", limit=1, columns=("captions",)) == {"captions": [CAPTIONS[NAMES[0]]]}


def test_captions_need_no_photographs(shelf):
    shelf.put("flickr8k/text", texts())
    assert load.load("flickr8k", "test", columns=("captions",))["captions"] == [CAPTIONS[NAMES[3]]]
    with pytest.raises(NotAvailable, match="Flickr8k_Dataset"):
        load.load("flickr8k", "test", allow_large=True)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"Flickr8k.token.txt": None}, r"Flickr8k\.token\.txt: the captions are missing.*captions\.txt"),
        ({"Flickr_8k.devImages.txt": None}, r"devImages\.txt: the file is missing"),
        ({"Flickr8k.token.txt": f"{NAMES[0]}#0\tA child\n{NAMES[0]} A child\n"}, "token.*in line 2"),
        ({"Flickr8k.token.txt": f"{NAMES[0]}#0\t \n"}, "token.*a caption in line 1"),
        ({"Flickr8k.token.txt": "1.jpg#0\tA child\n"}, "expected captions of photographs of the train split"),
        ({"Flickr_8k.testImages.txt": f"{NAMES[3]}\n{NAMES[0]}\n"}, f"{NAMES[0]} is in Flickr_8k.testImages.txt too"),
        ({"Flickr_8k.trainImages.txt": "\n"}, "expected captions of photographs of the train split"),
    ],
)
def test_missing_and_malformed_files_are_named(shelf, changed, problem):
    put_original(shelf, **changed)
    with pytest.raises(ValueError, match=rf"{problem}.*Delete .* and fetch"):
        load.load("flickr8k", "train")


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"captions.txt": "filename,caption\n"}, r"captions\.txt: expected the header image,caption"),
        ({"captions.txt": f"image,caption\n{NAMES[0]},A dog , a ball\n"}, "expected 2 fields"),
        ({"captions.txt": f"image,caption\n{NAMES[0]},\n"}, "captions of one line each, got ''"),
        ({"captions.txt": f'image,caption\n{NAMES[0]},"A dog\n{NAMES[1]},A cat\n'}, "unexpected end of data"),
        ({"captions.txt": table(), "Flickr_8k.trainImages.txt": NAMES[0]}, r"devImages\.txt: the file is missing"),
        ({}, "the captions are missing"),
    ],
)
def test_a_malformed_copy_of_kaggle_is_named(shelf, files, problem):
    by_hand(shelf, files)
    with pytest.raises(ValueError, match=problem):
        load.load("flickr8k", "train")


@pytest.fixture
def sample():
    """The folder of real photographs, in the form of Kaggle."""
    folder = Path(os.environ.get("MMCOURSE_REALDATA", "")) / "flickr8k-sample"
    if "MMCOURSE_REALDATA" not in os.environ or not folder.is_dir():
        pytest.skip("MMCOURSE_REALDATA names no folder with flickr8k-sample")
    return folder


def test_real_photographs(shelf, sample):
    (shelf.folder / "flickr8k").mkdir(parents=True)
    (shelf.folder / "flickr8k" / "by-hand").symlink_to(sample, target_is_directory=True)
    found = {split: load.load("flickr8k", split, columns=("captions", "file")) for split in SPLITS}
    files = [file for data in found.values() for file in data["file"]]
    assert len(files) == len(set(files)) == 1000
    assert {f"Images/{path.name}" for path in (sample / "Images").glob("*.jpg")} == set(files)
    assert {len(captions) for data in found.values() for captions in data["captions"]} == {5}
    assert 760 < len(found["train"]["file"]) < 840
    assert 70 < len(found["validation"]["file"]) < 130
    texts = {text for data in found.values() for captions in data["captions"] for text in captions}
    assert 'Young boy with a black " ADHD " t-shirt nodding off' in texts
    assert "A dog shakes its head near the shore , a red ball next to it ." in texts
    images = load.load("flickr8k", "test", limit=20)["image"]
    assert images.shape == (20, 64, 64, 3)
    assert images.std(axis=(1, 2, 3)).min() > 0.02  # photographs, not one color
    assert len(np.unique(images.reshape(20, -1), axis=0)) == 20


def test_real_photographs_with_lists_beside(shelf, sample):
    home = shelf.folder / "flickr8k" / "by-hand"
    home.mkdir(parents=True)
    for name in ("Images", "captions.txt"):
        (home / name).symlink_to(sample / name, target_is_directory=name == "Images")
    names = sorted(path.name for path in (sample / "Images").glob("*.jpg"))
    parts = {"train": names[:600], "validation": names[600:800], "test": [*names[800:950], "1_not_in_the_sample.jpg"]}
    for file, listed in zip(LISTS, parts.values(), strict=True):
        (home / file).write_text("\n".join(listed), "utf-8")
    for split, listed in parts.items():
        rows = load.load("flickr8k", split, columns=("file",))["file"]
        assert rows.tolist() == [f"Images/{name}" for name in listed if name in names]
