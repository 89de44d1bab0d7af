"""The GPU profile on any machine: models that compute in bfloat16 learn as those in float32 do."""

import contextlib

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.data import gallery
from mmcourse.nn import captioners, dual_encoder, encoders


@contextlib.contextmanager
def precision(name):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


@pytest.fixture(scope="module")
def pairs():
    return gallery.training(32, seed=0).inputs


def captioner(pairs):
    model = captioners.captioner(encoders.grid_encoder((16, 16, 3), 8), 23, 9, 16, "transformer")
    inputs = {"image": pairs["image"], "tokens": pairs["text"][:, :-1]}
    mm.train.compile_captioner(model, 10, 1e-2)
    return model, mm.train.fit(model, inputs, pairs["text"][:, 1:], 10, 16)["loss"]


def dual(pairs):
    towers = {"image": dual_encoder.image_tower((16, 16, 3)), "text": dual_encoder.places_tower(23, 10)}
    model = dual_encoder.DualEncoder(towers, dual_encoder.InfoNCE())
    return model, mm.pair_training.fit(model, pairs, 10, 16)["loss"]


@pytest.mark.parametrize("train", [captioner, dual])
def test_a_model_learns_in_bfloat16_as_in_float32(train, pairs):
    losses = {}
    for name in ("float32", "mixed_bfloat16"):
        with precision(name):
            mm.seed(0)
            model, losses[name] = train(pairs)
            kept = {keras.backend.standardize_dtype(weight.dtype) for weight in model.trainable_variables}
            assert kept == {"float32"}
    assert abs(losses["mixed_bfloat16"][0] / losses["float32"][0] - 1) < 0.02
    assert losses["mixed_bfloat16"][-1] < 0.9 * losses["mixed_bfloat16"][0]
    assert abs(losses["mixed_bfloat16"][-1] / losses["float32"][-1] - 1) < 0.1


def test_the_objective_stays_exact():
    random = np.random.RandomState(0)
    a, b = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in random.standard_normal((2, 32, 8)))
    with precision("mixed_bfloat16"):
        loss = dual_encoder.InfoNCE(0.01)(a.astype("f"), b.astype("f"))
    assert abs(float(loss) - mm.nn.contrastive.info_nce_numpy(a, b, 0.01)) < 1e-3
