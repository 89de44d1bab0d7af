"""The captioner and greedy decoding: causal, padded on the right, looking at its picture, stopping at the end."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse import decode, train
from mmcourse.data import world
from mmcourse.data.text import END, PAD, START, WordVocabulary
from mmcourse.nn import attention, encoders, models

V, T = 12, 6


def build(length=T, vocab_size=V):
    return models.captioner(encoders.grid_encoder((16, 16, 3), dim=16), vocab_size, length, dim=32)


def given(count=4, seed=0):
    random = np.random.RandomState(seed)
    tokens = random.randint(4, V, (count, T)).astype(np.int32)
    return {"image": random.rand(count, 16, 16, 3).astype("f"), "tokens": tokens}


def test_shapes_and_parameters():
    encoder = encoders.grid_encoder((16, 16, 3), dim=16)
    assert encoder.output_shape == (None, 16, 16)
    convolutions = 9 * 3 * 16 + 3 * 9 * 16 * 16
    assert encoder.count_params() == convolutions + 4 * 4 * 16
    assert build().output_shape == (None, T, V)
    assert build(length=3, vocab_size=V).count_params() == build(length=5, vocab_size=V).count_params()


def test_positions_are_added_and_trained():
    layer = attention.LearnedPositions()
    x = np.random.RandomState(0).rand(2, 3, 4).astype("f")
    assert np.abs(keras.ops.convert_to_numpy(layer(x)) - x - keras.ops.convert_to_numpy(layer.positions)).max() < 1e-6
    assert [tuple(weight.shape) for weight in layer.trainable_weights] == [(3, 4)]


def test_the_future_leaves_the_past_unchanged():
    model, inputs = build(), given()
    changed = {**inputs, "tokens": inputs["tokens"].copy()}
    changed["tokens"][:, 3:] = 4 + (changed["tokens"][:, 3:] - 3) % (V - 4)
    first, second = (model.predict(values, verbose=0) for values in (inputs, changed))
    assert np.abs(first[:, :3] - second[:, :3]).max() < 1e-5
    assert np.abs(first[:, 3:] - second[:, 3:]).max() > 1e-5


def test_the_picture_matters():
    model, inputs = build(), given()
    inputs["tokens"][:] = inputs["tokens"][0]
    logits = model.predict(inputs, verbose=0)
    assert np.abs(logits[0] - logits[1]).max() > 1e-5
    assert np.abs(logits - model.predict(mm.probe.shuffle(inputs, "image"), verbose=0)).max() > 1e-5


def test_padding_counts_neither_in_the_loss_nor_in_the_accuracy():
    model = train.compile_captioner(build(), steps=10)
    inputs = given(8)
    labels = np.roll(inputs["tokens"], -1, axis=1)
    labels[:, 4:] = PAD
    short = model.evaluate(inputs, labels, verbose=0)
    other = {**inputs, "tokens": inputs["tokens"].copy()}
    other["tokens"][:, 4:] = PAD
    assert np.allclose(short, model.evaluate(other, labels, verbose=0), atol=1e-5)
    logits = model.predict(inputs, verbose=0)[:, :4]
    nats = np.log(np.exp(logits).sum(-1)) - np.take_along_axis(logits, labels[:, :4, None], 2)[..., 0]
    assert abs(short[0] - nats.mean()) < 1e-4
    assert abs(short[1] - np.mean(logits.argmax(-1) == labels[:, :4])) < 1e-6


def test_one_step_moves_every_weight_from_the_loss_of_guessing_and_a_batch_is_learned_and_said_again(capsys):
    scenes = world.sample(16, seed=0)
    captions = [world.describe(scene, "en", np.random.RandomState(n)) for n, scene in enumerate(scenes)]
    vocabulary = WordVocabulary().fit(captions, size=64)
    tokens, _ = vocabulary.batch(captions, length=10)
    images = world.render(scenes, 16)
    model = models.captioner(encoders.grid_encoder((16, 16, 3), dim=32), len(vocabulary), 9, dim=64)
    train.compile_captioner(model, steps=200)
    before, inputs = [weight.copy() for weight in model.get_weights()], {"image": images, "tokens": tokens[:, :-1]}
    loss = train.fit(model, inputs, tokens[:, 1:], steps=1, batch_size=16)["loss"][0]
    assert abs(loss / np.log(len(vocabulary)) - 1) < 0.05
    names = [weight.path for weight in model.weights]
    still = [n for n, old, new in zip(names, before, model.get_weights(), strict=True) if np.array_equal(old, new)]
    assert still == []
    train.fit(model, inputs, tokens[:, 1:], steps=199, batch_size=16)
    assert f"guessing: {np.log(len(vocabulary)):.2f}" in capsys.readouterr().out
    said = decode.greedy(model, {"image": images})
    assert said.dtype == np.int32
    assert said.shape == (16, 9)
    assert np.mean([vocabulary.decode(row) == caption for row, caption in zip(said, captions, strict=True)]) > 0.8
    ends = [list(row).index(END) for row in said]
    assert all((row[end + 1 :] == PAD).all() and START not in row for row, end in zip(said, ends, strict=True))


def test_greedy_takes_what_the_parallel_pass_takes():
    model, inputs = build(), given(5)
    said = decode.greedy(model, {"image": inputs["image"]})
    tokens = np.concatenate([np.full((5, 1), START, np.int32), said[:, :-1]], axis=1)
    logits = model.predict({"image": inputs["image"], "tokens": tokens}, verbose=0)
    logits[..., [PAD, START]] = -np.inf  # nothing says them
    best = logits.argmax(-1)
    running = np.cumsum(tokens == END, axis=1) == 0
    assert np.array_equal(said[running], best[running])


def test_saved_and_loaded(tmp_path):
    model, inputs = build(), given()
    model.save(tmp_path / "captioner.keras")
    again = keras.saving.load_model(tmp_path / "captioner.keras")
    assert np.allclose(model.predict(inputs, verbose=0), again.predict(inputs, verbose=0), atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.captioner(encoders.pooled(encoders.grid_encoder((16, 16, 3))), V, T), "do not pool"),
        (lambda: models.captioner(encoders.grid_encoder((16, 16, 3)), 3, T), "at least 5 tokens"),
        (lambda: models.captioner(encoders.grid_encoder((16, 16, 3)), V, 0), "1 position"),
        (lambda: decode.greedy(build(), {"audio": np.zeros((1, 9))}), "needs the inputs image; it was given: audio"),
        (lambda: decode.greedy(build(), {"image": np.zeros((0, 16, 16, 3))}), "at least one"),
        (lambda: train.fit(build(), given(), np.zeros(4, int), 5), "labels"),
        (lambda: train.fit(build(), given(), np.full((4, T), V), 5), f"classes 0 to {V - 1}"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
