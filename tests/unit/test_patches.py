"""Patches: which pixel is in which token, and a classifier of patches."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.nn import patches


def model():
    return patches.vision_transformer((8, 8, 1), 2, 10, dim=16, depth=2)


def images(count=16):
    return {"image": np.random.RandomState(0).rand(count, 8, 8, 1).astype("float32")}


def test_patches_by_hand():
    picture = np.arange(8.0).reshape(1, 2, 4, 1)  # rows 0 1 2 3 and 4 5 6 7
    total = patches.patch_embedding_numpy(picture, np.ones((2, 2, 1, 1)), np.array([0.5]))
    assert total.ravel().tolist() == [0 + 1 + 4 + 5 + 0.5, 2 + 3 + 6 + 7 + 0.5]
    corner = np.zeros((2, 2, 1, 2))
    corner[0, 1, 0, 0] = corner[1, 0, 0, 1] = 1  # upper right, lower left
    assert patches.patch_embedding_numpy(picture, corner, np.zeros(2))[0].tolist() == [[1, 4], [3, 6]]


def test_each_pixel_moves_its_own_patch_alone():
    random = np.random.RandomState(0)
    picture, W = random.rand(1, 4, 6, 2), random.standard_normal((2, 2, 2, 3))
    before = patches.patch_embedding_numpy(picture, W, np.zeros(3))
    picture[0, 3, 2] += 1  # row 3, column 2: second row of patches, second of three
    moved = np.abs(patches.patch_embedding_numpy(picture, W, np.zeros(3)) - before).max(-1)[0]
    assert np.flatnonzero(moved).tolist() == [4]


def test_the_number_of_weights():
    D, H = 16, 64
    block = 4 * D * D + 2 * D + 2 * D + D * H + H + H * D + D
    assert model().count_params() == (4 * D + D) + 16 * D + 2 * block + 2 * D + (D * 10 + 10)


def test_one_step_moves_every_weight_from_the_loss_of_guessing_and_more_learn_a_batch_by_heart():
    built, labels = mm.train.compile_classifier(model(), 200), np.arange(16) % 10
    before = [weight.copy() for weight in built.get_weights()]
    loss = mm.train.fit(built, images(), labels, 1, batch_size=16)["loss"]
    assert abs(loss[0] - np.log(10)) < 0.05 * np.log(10)
    assert all(np.abs(old - new).max() > 0 for old, new in zip(before, built.get_weights(), strict=True))
    mm.train.fit(built, images(), labels, 199, batch_size=16)
    assert mm.metrics.accuracy(labels, mm.train.answers(built, images())) == 1


def test_the_places_matter():
    given = images()
    shuffled = given["image"].reshape(16, 4, 2, 4, 2, 1)[:, ::-1].reshape(16, 8, 8, 1)  # rows of patches turned round
    first, second = (model().predict({"image": each}, verbose=0) for each in (given["image"], shuffled))
    assert np.abs(first - second).max() > 1e-5


def test_save_and_load(tmp_path):
    built = model()
    built.save(tmp_path / "vision.keras")
    again = keras.saving.load_model(tmp_path / "vision.keras")
    assert np.array_equal(built.predict(images(), verbose=0), again.predict(images(), verbose=0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: patches.patch_embedding_numpy(np.ones((1, 5, 4, 1)), np.ones((2, 2, 1, 3)), np.ones(3)), "not fill"),
        (lambda: patches.patch_embedding_numpy(np.ones((1, 4, 4, 1)), np.ones((2, 1, 1, 3)), np.ones(3)), "W has"),
        (lambda: patches.patch_embedding_numpy(np.ones((4, 4, 1)), np.ones((2, 2, 1, 3)), np.ones(3)), "images has"),
        (lambda: patches.vision_transformer((8, 8, 1), 3, 10), "Patches of 3 pixels do not fill"),
        (lambda: patches.vision_transformer((8, 8), 2, 10), "shape is"),
        (lambda: patches.vision_transformer((8, 8, 1), 2, 1), "classes 1, depth 2"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
