"""MedMNIST, from made .npz files with the real names of the arrays."""

import io
import pickle

import numpy as np
import pytest

from mmcourse.data import load, registry
from mmcourse.data.readers import find, medmnist

PARTS = {"train": "train", "validation": "val", "test": "test"}
COUNTS = {"train": 4, "val": 2, "test": 3}
COLOR = {"pathmnist", "dermamnist", "retinamnist", "bloodmnist"}
RNG = np.random.RandomState(0)


def arrays(name):
    """The six arrays of a set, as the real file holds them."""
    shape = (28, 28, 28) if name.endswith("3d") else (28, 28, 3) if name in COLOR else (28, 28)
    made = {}
    for part, count in COUNTS.items():
        made[f"{part}_images"] = RNG.randint(0, 256, (count, *shape), np.uint8)
        if name == "chestmnist":
            made[f"{part}_labels"] = RNG.randint(0, 2, (count, 14)).astype(np.uint8)
        else:
            made[f"{part}_labels"] = (np.arange(count) % len(medmnist.CLASSES[name])).astype(np.uint8)[:, None]
    return made


def npz(made):
    buffer = io.BytesIO()
    np.savez(buffer, **made)
    return buffer.getvalue()


def put(shelf, name, content):
    shelf.put(f"medmnist/{name}", {f"{name}.npz": content})


def test_every_registered_set_has_a_reader():
    assert {f"medmnist/{part}" for part in registry.dataset("medmnist").parts} == set(medmnist.READERS)
    assert len(medmnist.READERS) == 18


@pytest.mark.parametrize("name", sorted(medmnist.CLASSES))
def test_columns_are_what_the_file_holds(shelf, name):
    made = arrays(name)
    put(shelf, name, npz(made))
    column = "volume" if name.endswith("3d") else "image"
    for split, part in PARTS.items():
        data = load.load(f"medmnist/{name}", split)
        pixels, labels = made[f"{part}_images"], made[f"{part}_labels"]
        assert list(data) == [column, "label"]
        assert data[column].dtype == np.float32
        assert data[column].shape == (*pixels.shape[: 4 if column == "volume" else 3], 3 if name in COLOR else 1)
        np.testing.assert_array_equal(data[column].ravel(), pixels.ravel().astype(np.float32) / np.float32(255))
        assert data["label"].dtype == np.int32
        np.testing.assert_array_equal(data["label"], labels if name == "chestmnist" else labels[:, 0])


def test_limit_and_columns(shelf):
    put(shelf, "pneumoniamnist", npz(arrays("pneumoniamnist")))
    data = load.load("medmnist/pneumoniamnist", "train", limit=3, columns=("label",))
    assert list(data) == ["label"]
    assert data["label"].tolist() == [0, 1, 0]


def test_the_words_of_the_labels():
    words = medmnist.CLASSES
    assert words["pneumoniamnist"] == ("normal", "pneumonia")
    assert words["chestmnist"][0] == "atelectasis"
    assert words["chestmnist"][13] == "hernia"
    assert words["organmnist3d"][0] == "liver"
    assert words["organamnist"][0] == "bladder"
    counts = {name: len(classes) for name, classes in words.items()}
    assert counts["pathmnist"] == 9
    assert counts["dermamnist"] == 7
    assert counts["bloodmnist"] == counts["tissuemnist"] == 8
    assert counts["organamnist"] == counts["organmnist3d"] == 11
    assert all(len(set(classes)) == len(classes) for classes in words.values())


def test_a_set_has_to_be_named():
    assert find("medmnist/breastmnist").key == ()
    with pytest.raises(ValueError, match=r"there are.*medmnist/breastmnist"):
        find("medmnist")


def changed(**values):
    return npz(arrays("pneumoniamnist") | values)


class Harmful:
    def __reduce__(self):
        return print, ("harmful",)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<html>404</html>", "BadZipFile"),
        (changed()[:-50], "BadZipFile"),
        (npz({"x_train": np.zeros(3)}), "KeyError"),
        (pickle.dumps(Harmful()), "BadZipFile"),
        (changed(train_labels=np.array([[Harmful()]] * 4, object)), "allow_pickle"),
        (changed(train_images=np.zeros((4, 64, 64), np.uint8)), r"\(4, 64, 64\)"),
        (changed(train_images=np.zeros((4, 28, 28))), "float64"),
        (changed(train_images=np.zeros((3, 28, 28), np.uint8)), r"uint8 \(3, 28, 28\) and uint8 \(4, 1\)"),
        (changed(train_labels=np.zeros(4, np.uint8)), r"uint8 \(4,\)"),
        (changed(train_labels=np.full((4, 1), 2, np.uint8)), "labels to 2"),
    ],
)
def test_a_malformed_file_is_named(shelf, capsys, content, problem):
    put(shelf, "pneumoniamnist", content)
    pattern = rf"pneumoniamnist\.npz: expected train_images \(n, 28, 28\) uint8.*{problem}.*Delete .* and fetch"
    with pytest.raises(ValueError, match=pattern):
        load.load("medmnist/pneumoniamnist", "train")
    assert "harmful" not in capsys.readouterr().out


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"organmnist3d\.npz: expected val_images .*No such file.*Delete"):
        find("medmnist/organmnist3d").table(tmp_path, "validation")
