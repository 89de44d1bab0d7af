"""Batches of a table: every row once an epoch, decoded when asked for, in an order that the seed decides."""

import keras
import numpy as np
import pytest
import soundfile
from PIL import Image

from mmcourse.data import table
from mmcourse.data.batches import Batches
from mmcourse.data.readers import Reader

LIGHT = {"file": np.array([f"{n}.png" for n in range(10)]), "label": np.arange(10, dtype=np.int32)}


def nothing(folder, split):
    raise AssertionError("the table is made already")


@pytest.fixture
def pictures(tmp_path):
    """Ten gray pictures of 6 x 6 pixels, number n of brightness 20 n."""
    for n, name in enumerate(LIGHT["file"]):
        Image.new("RGB", (6, 6), (20 * n, 20 * n, 20 * n)).save(tmp_path / name)
    reader = Reader({"train": "toy"}, nothing, ("file", "label", "image"), media="image")
    return table.make(reader, LIGHT, tmp_path, size=3)


def labels(batches):
    return [batches[n]["label"].tolist() for n in range(len(batches))]


def test_batches_in_the_order_of_the_table(pictures):
    batches = Batches(pictures, batch_size=4)
    assert labels(batches) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    first = batches[0]
    assert first["image"].shape == (4, 3, 3, 3)
    assert np.array_equal(np.round(first["image"][:, 0, 0, 0] * 255), [0, 20, 40, 60])
    batches.on_epoch_end()
    assert labels(batches)[0] == [0, 1, 2, 3]


def test_a_seed_gives_each_epoch_an_order_of_its_own(pictures):
    one, same, other = (Batches(pictures, 4, seed=seed) for seed in (1, 1, 2))
    first = labels(one)
    assert sorted(row for batch in first for row in batch) == list(range(10))
    assert first == labels(same) != labels(other)
    one.on_epoch_end()
    assert sorted(row for batch in labels(one) for row in batch) == list(range(10))
    assert labels(one) != first
    same.on_epoch_end()
    assert labels(one) == labels(same)


def test_a_file_is_opened_only_for_its_batch(pictures, tmp_path):
    batches = Batches(pictures, 4)
    (tmp_path / "9.png").unlink()
    batches[1]
    with pytest.raises(ValueError, match=r"9\.png is no picture that can be read \(.*No such file"):
        batches[2]


def test_sounds_are_filled_up_to_the_longest_of_the_batch(tmp_path):
    for name, length in (("a", 30), ("b", 50), ("c", 20)):
        soundfile.write(tmp_path / f"{name}.wav", np.full(length, 0.5), 8000)
    reader = Reader({"train": "toy"}, nothing, ("file", "audio"), media="audio", rate=8000)
    batches = Batches(table.make(reader, {"file": np.array(["a.wav", "b.wav", "c.wav"])}, tmp_path, 1), 2)
    assert batches[0]["audio"].shape == (2, 50)
    assert batches[0]["samples"].tolist() == np.count_nonzero(batches[0]["audio"], axis=1).tolist() == [30, 50]
    assert batches[1]["audio"].shape == (1, 20)


def test_a_model_is_fitted_and_evaluated_on_every_row(pictures):
    model = keras.Sequential([keras.Input((3, 3, 3)), keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    seen = []

    def prepare(columns):
        seen.extend(columns["label"].tolist())
        return columns["image"], columns["label"].astype(np.float32)

    batches = Batches(pictures, 4, prepare, seed=0)
    model.fit(batches, epochs=2, verbose=0)
    assert np.bincount(seen, minlength=10).min() >= 2  # Keras looks at a batch more, to know the shapes
    brightness = model.predict(Batches(pictures, 4, lambda columns: columns["image"]), verbose=0)
    assert brightness.shape == (10, 1)


@pytest.mark.parametrize("batch_size", [0, -1, 2.5])
def test_a_senseless_batch_size_is_refused(pictures, batch_size):
    with pytest.raises(ValueError, match=f"batch_size is {batch_size}; give a positive number of rows"):
        Batches(pictures, batch_size)


def test_bad_input_is_named(pictures):
    with pytest.raises(ValueError, match="the table has no rows"):
        Batches(table.Table({"label": np.zeros(0)}))
    with pytest.raises(IndexError, match="there are batches 0 to 2, not 3"):
        Batches(pictures, 4)[3]
