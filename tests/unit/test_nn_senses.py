"""Experts share nothing, train as if alone; the forgiving fusion uses every sense and does without any."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.nn import fusion, senses
from mmcourse.nn.encoders import pooled, text_lstm
from mmcourse.nn.models import classifier

RANDOM = np.random.RandomState(0)
INPUTS = {
    "image": RANDOM.uniform(size=(12, 5)).astype(np.float32),
    "text": RANDOM.randint(4, 9, size=(12, 4)).astype(np.int32),
}
LABELS = (np.arange(12) % 3).astype(np.int32)
ALL = INPUTS | {"present": np.ones((12, 2), bool)}


def small_encoders() -> dict:
    image = keras.Input((5,), name="image")
    seen = keras.Model(image, keras.layers.Dense(4, activation="relu")(image))
    return {"text": pooled(text_lstm(9, 4, length=4), "last"), "image": seen}


@pytest.fixture(scope="module")
def apart() -> keras.Model:
    mm.seed(0)
    return senses.experts(small_encoders(), 3)


@pytest.fixture(scope="module")
def together() -> keras.Model:
    mm.seed(0)
    encoders = {name: senses.projected(encoder, 6) for name, encoder in small_encoders().items()}
    return senses.forgiving_fusion(encoders, fusion.Attention(4, 3), classifier(3), rate=0.5)


def given(model, inputs) -> dict:
    return keras.tree.map_structure(keras.ops.convert_to_numpy, model(inputs))


def test_an_expert_looks_at_its_own_sense_only(apart):
    logits, changed = given(apart, INPUTS), given(apart, mm.probe.shuffle(INPUTS, "text"))
    assert sorted(logits) == ["image", "text"]
    assert logits["image"].shape == (12, 3)
    assert np.array_equal(logits["image"], changed["image"])
    assert np.abs(logits["text"] - changed["text"]).max() > 1e-6


def test_one_fit_trains_each_expert_as_alone():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    image, both = small_encoders()["image"], {"batch_size": 12, "epochs": 3, "shuffle": False, "verbose": 0}
    copy = keras.models.clone_model(image)
    copy.set_weights(image.get_weights())
    alone = senses.experts({"image": copy}, 3)
    pair = senses.experts({"image": image, "text": small_encoders()["text"]}, 3)
    pair.get_layer("image_head").set_weights(alone.get_layer("image_head").get_weights())
    for model, names in ((alone, ["image"]), (pair, ["image", "text"])):
        model.compile(keras.optimizers.Adam(0.01), dict.fromkeys(names, loss))
        model.fit({name: INPUTS[name] for name in names}, dict.fromkeys(names, LABELS), **both)
    first, second = given(alone, {"image": INPUTS["image"]})["image"], given(pair, INPUTS)["image"]
    assert np.abs(first - second).max() < 1e-5
    assert np.abs(first).max() > 0.01


def test_the_first_loss_is_that_of_guessing(apart):
    for logits in given(apart, INPUTS).values():
        assert np.abs(logits).max() < 0.2


def test_every_sense_matters_and_an_absent_one_does_not(together):
    full = given(together, ALL)
    for name in INPUTS:
        assert np.abs(given(together, mm.probe.shuffle(ALL, name)) - full).max() > 1e-6
        absent = mm.probe.without(ALL, name)
        assert np.array_equal(given(together, absent), given(together, mm.probe.shuffle(absent, name)))


def test_one_step_moves_every_weight_and_prediction_none(together):
    before = [keras.ops.convert_to_numpy(weight).copy() for weight in together.trainable_weights]
    together.predict(ALL, verbose=0)
    for old, weight in zip(before, together.trainable_weights, strict=True):
        assert np.array_equal(old, keras.ops.convert_to_numpy(weight)), weight.path
    mm.train.fit(together, ALL, LABELS, steps=4, batch_size=12)
    for old, weight in zip(before, together.trainable_weights, strict=True):
        assert np.abs(keras.ops.convert_to_numpy(weight) - old).max() > 0, weight.path


def test_saved_and_loaded_both_give_the_same(apart, together, tmp_path):
    for model, inputs in ((apart, INPUTS), (together, ALL)):
        model.save(tmp_path / "model.keras")
        loaded = given(keras.models.load_model(tmp_path / "model.keras"), inputs)
        same = keras.tree.map_structure(lambda a, b: np.allclose(a, b, atol=1e-6), loaded, given(model, inputs))
        assert all(keras.tree.flatten(same))


def test_a_projection_brings_all_to_one_length():
    encoder = senses.projected(small_encoders()["text"], 7)
    assert encoder.output_shape == (None, 7)
    with pytest.raises(ValueError, match="pool it"):
        senses.projected(text_lstm(9, 4, length=4))


def test_encoders_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="at least one encoder"):
        senses.experts({}, 3)
    with pytest.raises(ValueError, match="encoder of 'text' gives"):
        senses.forgiving_fusion({"text": text_lstm(9, 4, length=4)}, fusion.Concatenate(), classifier(3))
    with pytest.raises(ValueError, match=r"rate is 1\.0"):
        senses.forgiving_fusion(small_encoders(), fusion.Concatenate(), classifier(3), rate=1.0)
