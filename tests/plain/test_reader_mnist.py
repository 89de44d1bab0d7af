"""MNIST, from made IDX files with the real names."""

import gzip
import struct

import numpy as np
import pytest

from mmcourse.data import load
from mmcourse.data.readers import find

RNG = np.random.RandomState(0)
IMAGES = {"train": RNG.randint(0, 256, (6, 28, 28), np.uint8), "t10k": RNG.randint(0, 256, (3, 28, 28), np.uint8)}
LABELS = {"train": np.array([5, 0, 4, 1, 9, 2], np.uint8), "t10k": np.array([7, 2, 1], np.uint8)}


def idx(values, kind=8):
    """A gzipped IDX file: zero, zero, type, number of axes, their lengths as big-endian numbers, the bytes."""
    header = struct.pack(f">BBBB{values.ndim}I", 0, 0, kind, values.ndim, *values.shape)
    return gzip.compress(header + values.tobytes(), 1)


def files():
    return {
        f"{part}-{what}": idx(values[part])
        for part in ("train", "t10k")
        for what, values in (("images-idx3-ubyte.gz", IMAGES), ("labels-idx1-ubyte.gz", LABELS))
    }


@pytest.mark.parametrize(("split", "part"), [("train", "train"), ("test", "t10k")])
def test_columns_are_what_the_files_hold(shelf, split, part):
    shelf.put("mnist", files())
    data = load.load("mnist", split)
    assert list(data) == ["image", "label"]
    assert data["image"].dtype == np.float32
    assert data["image"].shape == (len(LABELS[part]), 28, 28, 1)
    np.testing.assert_array_equal(data["image"][..., 0], IMAGES[part].astype(np.float32) / np.float32(255))
    assert data["image"].min() == 0
    assert data["image"].max() == 1
    assert data["label"].dtype == np.int32
    assert data["label"].tolist() == LABELS[part].tolist()


def test_limit_and_columns(shelf):
    shelf.put("mnist", files())
    data = load.load("mnist", "train", limit=2, columns=("label",))
    assert list(data) == ["label"]
    assert data["label"].tolist() == [5, 0]


def test_there_is_no_validation_set(shelf):
    shelf.put("mnist", files())
    assert find("mnist").key == ()
    with pytest.raises(ValueError, match=r"no split 'validation'.*train, test"):
        load.load("mnist", "validation")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("train-images-idx3-ubyte.gz", b"<html>404</html>"),  # not gzip
        ("train-images-idx3-ubyte.gz", idx(IMAGES["train"])[:-20]),  # cut
        ("train-images-idx3-ubyte.gz", gzip.compress(b"")),
        ("train-images-idx3-ubyte.gz", idx(LABELS["train"])),  # labels in its place
        ("train-images-idx3-ubyte.gz", idx(IMAGES["train"], kind=13)),  # not bytes
        ("train-images-idx3-ubyte.gz", gzip.compress(gzip.decompress(idx(IMAGES["train"]))[:-1])),  # a byte short
        ("train-labels-idx1-ubyte.gz", idx(LABELS["t10k"])),  # fewer labels than pictures
        ("train-labels-idx1-ubyte.gz", idx(LABELS["train"] + 1)),  # a label 10
        ("train-images-idx3-ubyte.gz", idx(IMAGES["train"][:, :27])),  # other pictures
    ],
)
def test_a_malformed_file_is_named(shelf, name, content):
    shelf.put("mnist", files() | {name: content})
    with pytest.raises(ValueError, match=r"train-(images|labels).*expected .*Delete .*unpacked-.* and fetch"):
        load.load("mnist", "train")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"t10k-images-idx3-ubyte\.gz: expected .*No such file.*Delete .* and fetch"):
        find("mnist").table(tmp_path, "test")
