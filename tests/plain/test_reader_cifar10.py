"""CIFAR-10, from made batches as Python 2 pickled the real ones, and pickles that would run code."""

import io
import os
import pickle
import struct

import numpy as np
import pytest
from made_archives import tar_gz

from mmcourse.data import load
from mmcourse.data.readers import cifar10, find

FOLDER = "cifar-10-batches-py"
RNG = np.random.RandomState(0)
BATCHES = {  # two pictures each
    name: {
        b"batch_label": name.encode(),
        b"labels": [number, 9 - number],
        b"data": RNG.randint(0, 256, (2, 3072), np.uint8),
        b"filenames": [b"leptodactylus_pentadactylus_s_000004.png", b"camion_s_000148.png"],
    }
    for number, name in enumerate([*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"])
}


class Python2(pickle._Pickler):
    """Writes bytes as the texts of Python 2, and no protocol 4."""

    def save_text(self, value):
        content = value.encode("latin1") if isinstance(value, str) else value
        self.write(pickle.BINSTRING + struct.pack("<i", len(content)) + content)
        self.memoize(value)

    dispatch = pickle._Pickler.dispatch | {bytes: save_text, str: save_text}


def python2(value):
    """A pickle as the files of 2009 hold it, in which NumPy had other names for its modules."""
    buffer = io.BytesIO()
    Python2(buffer, protocol=2).dump(value)
    return buffer.getvalue().replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def archive(**changed):
    files = {f"{FOLDER}/{name}": python2(batch) for name, batch in BATCHES.items()}
    files[f"{FOLDER}/batches.meta"] = python2({b"label_names": [name.encode() for name in cifar10.CLASSES]})
    files[f"{FOLDER}/readme.html"] = b"<meta HTTP-EQUIV='REFRESH'>"
    files |= {f"{FOLDER}/{name}": content for name, content in changed.items()}
    return {"cifar-10-python.tar.gz": tar_gz({name: content for name, content in files.items() if content is not None})}


def test_the_made_batch_is_a_pickle_of_python_2():
    content = python2(BATCHES["test_batch"])
    assert b"cnumpy.core.multiarray\n_reconstruct" in content
    assert b"_codecs" not in content  # how Python 3 would write bytes
    assert pickle.loads(content, encoding="bytes")[b"labels"] == [5, 4]


@pytest.mark.parametrize("split", ["train", "test"])
def test_columns_are_what_the_batches_hold_in_their_order(shelf, split):
    shelf.put("cifar10", archive())
    data = load.load("cifar10", split)
    batches = [batch for name, batch in BATCHES.items() if (name == "test_batch") == (split == "test")]
    assert list(data) == ["image", "label"]
    assert data["image"].shape == (2 * len(batches), 32, 32, 3)
    assert data["image"].dtype == np.float32
    assert data["image"].flags.c_contiguous
    row = np.concatenate([batch[b"data"] for batch in batches]).astype(np.float32) / np.float32(255)
    for channel in range(3):
        plane = row[:, 1024 * channel : 1024 * (channel + 1)].reshape(-1, 32, 32)
        np.testing.assert_array_equal(data["image"][..., channel], plane)
    assert data["label"].dtype == np.int32
    assert data["label"].tolist() == [label for batch in batches for label in batch[b"labels"]]


def test_limit_and_columns(shelf):
    shelf.put("cifar10", archive())
    data = load.load("cifar10", "train", limit=3, columns="label")
    assert list(data) == ["label"]
    assert data["label"].tolist() == [0, 9, 1]


def test_there_is_no_validation_set_and_nothing_to_share():
    reader = find("cifar10")
    assert reader.key == ()
    assert tuple(reader.splits) == ("train", "test")
    assert len(cifar10.CLASSES) == 10


class Runs:
    """Pickled, a program: whoever opens it has a folder made."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("place", ["alone", "as the labels", "in a list", "as a key of the data"])
def test_a_pickle_that_runs_code_is_refused(shelf, tmp_path, protocol, place):
    trace = tmp_path / "was-here"
    evil = Runs(trace)
    value = {
        "alone": evil,
        "as the labels": {b"data": np.zeros((1, 3072), np.uint8), b"labels": evil},
        "in a list": [[evil]],
        "as a key of the data": {b"labels": [1], b"data": (evil, 1)},
    }[place]
    content = pickle.dumps(value, protocol)
    shelf.put("cifar10", archive(test_batch=content))
    with pytest.raises(ValueError, match=r"test_batch.*asks for \w+\.\w+.*refused"):
        load.load("cifar10", "test")
    assert not trace.exists()
    pickle.loads(content)
    assert trace.is_dir()  # so it would have run


@pytest.mark.parametrize(
    "content",
    [
        b"cbuiltins\neval\n(S'1/0'\ntR.",
        b"cnumpy\nload\n(S'x'\ntR.",  # NumPy's own, but not needed
        b"cnumpy.core.multiarray\nfromfile\n(S'x'\ntR.",
        b"(S'1/0'\nibuiltins\neval\n.",  # the older opcode INST
        b"\x80\x04\x8c\x05numpy\x8c\x0ftesting.measure\x93.",  # a dotted name
    ],
)
def test_other_names_are_refused(shelf, content):
    shelf.put("cifar10", archive(test_batch=content))
    with pytest.raises(ValueError, match=r"test_batch.*asks for .*refused"):
        load.load("cifar10", "test")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file"),
        (b"", "EOFError"),
        (b"<html>not found</html>", "Error"),
        (python2(BATCHES["test_batch"])[:-40], "EOFError|Error"),
        (python2([1, 2]), "TypeError"),
        (python2({b"data": BATCHES["test_batch"][b"data"]}), "KeyError: b'labels'"),
        (python2({b"data": BATCHES["test_batch"][b"data"], b"labels": [1]}), "other arrays"),
        (python2({b"data": BATCHES["test_batch"][b"data"], b"labels": [1, 10]}), "other arrays"),
        (python2({b"data": BATCHES["test_batch"][b"data"], b"labels": [1, b"x"]}), "ValueError"),
        (python2({b"data": np.zeros((2, 3072)), b"labels": [1, 2]}), "other arrays"),
        (python2({b"data": np.zeros((2, 3071), np.uint8), b"labels": [1, 2]}), "other arrays"),
        (python2({b"data": 7, b"labels": [1, 2]}), "other arrays"),
        (python2({b"data": BATCHES["test_batch"][b"data"], b"labels": 7}), "other arrays"),
    ],
)
def test_a_missing_or_malformed_batch_is_named(shelf, content, problem):
    shelf.put("cifar10", archive(test_batch=content))
    with pytest.raises(ValueError, match=rf"test_batch: expected a pickled batch.*({problem}).*Delete .* and fetch"):
        load.load("cifar10", "test")
