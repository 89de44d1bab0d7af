"""Encoders, fusion and models: NumPy equals Keras, every weight learns, every modality matters."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.nn import encoders, fusion, models


@pytest.fixture
def inputs():
    random = np.random.RandomState(0)
    return {"image": random.rand(20, 8, 8, 1).astype("f"), "audio": random.standard_normal((20, 61, 32)).astype("f")}


@pytest.fixture
def labels():
    return np.arange(20) % 10


def build(names=("image", "audio"), pooling="max"):
    made = {"image": encoders.image_encoder((8, 8, 1), dim=16), "audio": encoders.audio_encoder((61, 32), dim=16)}
    pooled = {name: encoders.pooled(made[name], pooling) for name in names}
    return models.late_fusion(pooled, fusion.Concatenate(), models.classifier(10))


def convolutions(kernel, channels, filters):
    return sum(k * c * f + f for k, c, f in zip(kernel, channels, filters, strict=True))


def test_encoders_give_sequences(inputs):
    image, audio = encoders.image_encoder((8, 8, 1), dim=16), encoders.audio_encoder((61, 32), dim=16)
    assert image(inputs["image"]).shape == (20, 16, 16)
    assert audio(inputs["audio"]).shape == (20, 8, 16)
    assert image.count_params() == convolutions([9, 9, 9], [1, 8, 16], [8, 16, 16])
    assert audio.count_params() == convolutions([5, 5, 5], [32, 16, 16], [16, 16, 16])


def test_pooling_is_the_mean_or_the_largest_value(inputs):
    encoder = encoders.image_encoder((8, 8, 1), dim=16)
    sequence = keras.ops.convert_to_numpy(encoder(inputs["image"]))
    for pooling, reduce in (("mean", np.mean), ("max", np.max)):
        pooled = keras.ops.convert_to_numpy(encoders.pooled(encoder, pooling)(inputs["image"]))
        assert np.abs(pooled - reduce(sequence, axis=1)).max() < 1e-5


def test_a_constant_in_all_frames_does_not_matter(inputs):
    encoder = encoders.audio_encoder((61, 32), dim=16)
    shifted = inputs["audio"] + 3
    assert np.allclose(encoder.predict(inputs["audio"], verbose=0), encoder.predict(shifted, verbose=0), atol=1e-4)


def test_two_encoders_of_one_kind(inputs):
    twins = {name: encoders.pooled(encoders.image_encoder((8, 8, 1), dim=16)) for name in ("left", "right")}
    model = models.late_fusion(twins, fusion.Concatenate(), models.classifier(10))
    given = {"left": inputs["image"], "right": inputs["image"]}
    assert model.predict(given, verbose=0).shape == (20, 10)


def test_concatenate_equals_numpy_whatever_the_order():
    random = np.random.RandomState(0)
    features = {"image": random.rand(3, 4).astype("f"), "audio": random.rand(3, 2).astype("f")}
    expected = np.concatenate([features["audio"], features["image"]], axis=1)
    for names in (["image", "audio"], ["audio", "image"]):
        given = {name: features[name] for name in names}
        assert np.array_equal(fusion.concatenate_numpy(given), expected)
        assert np.abs(keras.ops.convert_to_numpy(fusion.Concatenate()(given)) - expected).max() < 1e-6


def test_the_order_of_the_encoders_does_not_matter(inputs):
    first, second = build(("image", "audio")), build(("audio", "image"))
    second.set_weights(first.get_weights())
    backward = {name: inputs[name] for name in reversed(inputs)}
    assert np.allclose(first.predict(inputs, verbose=0), second.predict(backward, verbose=0), atol=1e-6)


def test_guessing_then_one_step_that_moves_every_weight_then_a_batch_by_heart(inputs, labels):
    model = mm.train.compile_classifier(build(), steps=200)
    before = [np.copy(weight) for weight in model.get_weights()]
    assert model.evaluate(inputs, labels, verbose=0)[0] == pytest.approx(np.log(10), rel=0.05)
    assert all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))
    mm.train.fit(model, inputs, labels, steps=1, batch_size=20)
    names = [weight.path for weight in model.weights]
    still = [n for n, old, new in zip(names, before, model.get_weights(), strict=True) if np.array_equal(old, new)]
    assert not still
    mm.train.fit(model, inputs, labels, steps=199, batch_size=20)
    assert mm.metrics.accuracy(labels, mm.train.answers(model, inputs)) == 1


def test_every_modality_matters(inputs):
    model = build()
    logits = model.predict(inputs, verbose=0)
    for name in inputs:
        changed = model.predict(mm.probe.shuffle(inputs, name), verbose=0)
        assert np.abs(changed - logits).max() > 1e-4, name


def test_save_and_load_give_the_same_answers(inputs, tmp_path):
    model = build()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert np.allclose(model.predict(inputs, verbose=0), loaded.predict(inputs, verbose=0), atol=1e-6)


def test_a_batch_does_not_change_its_members(inputs):
    model = build()
    alone = model.predict({name: values[:1] for name, values in inputs.items()}, verbose=0)
    assert np.allclose(alone, model.predict(inputs, verbose=0)[:1], atol=1e-5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: encoders.image_encoder((8, 8)), "expected positive whole numbers"),
        (lambda: encoders.audio_encoder((61, 0)), "expected positive whole numbers"),
        (lambda: encoders.pooled(encoders.audio_encoder((61, 32)), "median"), "pooling is 'median'"),
        (lambda: models.late_fusion({}, fusion.Concatenate(), models.classifier(2)), "at least one encoder"),
        (lambda: models.classifier(1), "at least 2 classes"),
        (lambda: fusion.concatenate_numpy({"a": np.zeros((2, 3)), "b": np.zeros((1, 3))}), "equal B"),
        (
            lambda: models.late_fusion(
                {"image": encoders.image_encoder((8, 8, 1))}, fusion.Concatenate(), models.classifier(2)
            ),
            "pool it",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
