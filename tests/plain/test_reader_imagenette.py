"""Imagenette, from made archives with the real folders and stray files."""

import hashlib

import numpy as np
import pytest
from made_archives import tar_gz
from made_pictures import BLUE, GREEN, RED, WHITE, jpeg
from reader_checks import assert_disjoint

from mmcourse.data import load
from mmcourse.data.readers import find, imagenette

ARCHIVES = {"160": "imagenette2-160", "320": "imagenette2-320", "full": "imagenette2"}
WORDS = list(imagenette.WORDS)
COLORS = (RED, GREEN, BLUE, WHITE)


def pictures(form):
    """Path in the archive -> color: a photograph a class, a second of tench to train, and one that is in both."""
    home, found = ARCHIVES[form], {}
    for number, word in enumerate(WORDS):
        found[f"{home}/train/{word}/{word}_{10 + number}.JPEG"] = COLORS[number % 4]
        found[f"{home}/val/{word}/ILSVRC2012_val_0000{number}.JPEG"] = COLORS[(number + 1) % 4]
    found[f"{home}/train/{WORDS[0]}/{WORDS[0]}_9999.JPEG"] = WHITE
    for part in ("train", "val"):
        found[f"{home}/{part}/{WORDS[3]}/{WORDS[3]}_77.JPEG"] = BLUE
    return found


def archive(form, without=""):
    home = ARCHIVES[form]
    files = {name: jpeg(color) for name, color in pictures(form).items() if not without or without not in name}
    noisy = f"path,noisy_labels_0,is_valid\ntrain/{WORDS[1]}/x.JPEG,{WORDS[0]},False\n"
    files |= {f"{home}/noisy_imagenette.csv": noisy.encode(), f"{home}/.DS_Store": b"\0\0\0\1Bud1"}
    files[f"{home}/train/{WORDS[0]}/._{WORDS[0]}_10.JPEG"] = b"\0\5\26\7"  # what macOS adds
    files[f"{home}/val/n00000000/other.JPEG"] = jpeg(RED)  # no class of this set
    return {f"{home}.tgz": tar_gz(files)}


def expected(form, split):
    """(picture, class, color) of every row in the order of the SHA-256 of the picture."""
    part = {"train": "train", "validation": "val"}[split]
    rows = []
    for path, color in pictures(form).items():
        _, folder, word, name = path.split("/")
        if folder == part and not (part == "train" and name == f"{WORDS[3]}_77.JPEG"):
            rows.append((name, word, color))
    return sorted(rows, key=lambda row: hashlib.sha256(row[0].encode()).hexdigest())


@pytest.mark.parametrize("form", ARCHIVES)
@pytest.mark.parametrize("split", ["train", "validation"])
def test_columns_are_what_the_folders_hold(shelf, form, split):
    shelf.put(f"imagenette/{form}", archive(form))
    data = load.load(f"imagenette/{form}", split, size=8)
    rows = expected(form, split)
    assert len(rows) == 11
    assert sorted(data) == ["file", "image", "label", "picture"]
    assert data["picture"].tolist() == [name for name, _, _ in rows]
    assert data["label"].dtype == np.int32
    assert data["label"].tolist() == [WORDS.index(word) for _, word, _ in rows]
    home = f"{ARCHIVES[form]}/{'train' if split == 'train' else 'val'}"
    assert data["file"].tolist() == [f"{home}/{word}/{name}" for name, word, _ in rows]
    assert data["image"].shape == (11, 8, 8, 3)
    assert data["image"].dtype == np.float32
    colors = np.array([color for _, _, color in rows])[:, None, None, :] / 255
    np.testing.assert_allclose(data["image"], np.broadcast_to(colors, (11, 8, 8, 3)), atol=0.02)


def test_no_picture_is_in_both_splits(shelf):
    shelf.put("imagenette/160", archive("160"))
    assert find("imagenette/160").key == ("picture",)
    assert_disjoint("imagenette/160")
    validation = load.load("imagenette/160", "validation", columns="picture")["picture"]
    assert f"{WORDS[3]}_77.JPEG" in validation  # lay in both folders


def test_limit_gives_several_classes(shelf):
    shelf.put("imagenette/160", archive("160"))
    data = load.load("imagenette/160", "train", limit=6, columns=("label",))
    assert data["label"].tolist() == [WORDS.index(word) for _, word, _ in expected("160", "train")[:6]]
    assert len(set(data["label"])) > 3


def test_the_words_of_the_labels():
    assert imagenette.CLASSES[0] == "tench"
    assert imagenette.CLASSES[4] == "church"
    assert imagenette.CLASSES[9] == "parachute"
    assert sorted(WORDS) == WORDS
    assert len(imagenette.CLASSES) == 10


def test_there_is_no_test_set():
    assert tuple(find("imagenette/320").splits) == ("train", "validation")
    with pytest.raises(ValueError, match=r"there are.*imagenette/160, imagenette/320, imagenette/full"):
        find("imagenette")


@pytest.mark.parametrize("without", [f"val/{WORDS[5]}/", "imagenette2-160/val/"])
@pytest.mark.parametrize("split", ["train", "validation"])
def test_a_missing_folder_is_named(shelf, without, split):
    shelf.put("imagenette/160", archive("160", without))
    pattern = rf"imagenette2-160/val/({WORDS[5]}: .*'French horn'|{WORDS[0]}: .*'tench').*Delete .* and fetch"
    with pytest.raises(ValueError, match=pattern):
        load.load("imagenette/160", split)


def test_a_file_that_is_no_picture_is_named(shelf):
    for word in WORDS:
        home = shelf.folder / "imagenette" / "by-hand" / "imagenette2-160" / "val" / word
        home.mkdir(parents=True)
        (home / f"{word}_1.JPEG").write_bytes(b"<html>")
    with pytest.raises(ValueError, match=r"_1\.JPEG is no picture"):
        load.load("imagenette/160", "validation")
