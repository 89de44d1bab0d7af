"""Every encoder: number of weights, padding, save and load, one step, one batch by heart; all of them in one model."""

import keras
import numpy as np
import pytest
from keras import ops

import mmcourse as mm
from mmcourse.data.text import PAD
from mmcourse.nn import encoders, models
from mmcourse.nn.attention import attention_numpy

V, T, D, S, BANDS = 9, 5, 8, 9, 5
SHAPE = (8, 8, 3)
BLOCK = 12 * D**2 + 9 * D
TEXT = ("text_rnn", "text_lstm", "text_gru", "text_transformer")


def residual(w, v):
    return 9 * (w * v + v * v) + 8 * v + (w * v + 4 * v if w != v else 0)


def blocks(*widths):
    return sum(map(residual, widths, widths[1:]))


# builder, arguments, places, weights, pooling
MADE = {
    "text_rnn": ((V, D, T), T, V * D + (2 * D + 1) * D, "mean"),
    "text_lstm": ((V, D, T), T, V * D + 4 * (2 * D + 1) * D, "last"),
    "text_gru": ((V, D, T), T, V * D + 3 * (2 * D + 2) * D, "max"),
    "text_transformer": ((V, D, T), T, V * D + 2 * BLOCK + 2 * D, "attention"),
    "image_encoder": ((SHAPE, D), 16, 9 * (3 * D // 2 + D * D // 2 + D * D) + 5 * D // 2, "max"),
    "grid_encoder": ((SHAPE, D), 4, 9 * (3 * D + 3 * D * D) + 16 * D, "mean"),
    "image_resnet": ((SHAPE, D), 4, 9 * 3 * D // 4 + D + blocks(D // 4, D // 4, D // 2, D), "max"),
    "image_vit": ((SHAPE, 4, D), 4, 16 * 3 * D + D + 4 * D + 2 * BLOCK + 2 * D, "mean"),
    "audio_encoder": (((S, BANDS), D), 2, 5 * (BANDS * D + 2 * D * D) + 3 * D, "max"),
    "audio_gru": (((S, BANDS), D), 3, 4 * BANDS * D + D + 3 * (2 * D + 2) * D, "last"),
    "audio_transformer": (((S, BANDS), D), 3, 4 * BANDS * D + D + 3 * D + 2 * BLOCK + 2 * D, "attention"),
}


def build(name, **options):
    return getattr(encoders, name)(*MADE[name][0], **options)


def batch(count=8):
    random = np.random.RandomState(0)
    text = random.randint(4, V, size=(count, T)).astype("int32")
    text[::2, 3:] = PAD
    image = random.uniform(size=(count, *SHAPE)).astype("f")
    return {"text": text, "image": image, "audio": random.standard_normal((count, S, BANDS)).astype("f")}


def modality(name):
    return {"t": "text", "g": "image", "i": "image", "a": "audio"}[name[0]]


@pytest.fixture(scope="module")
def whole():
    """All encoders, each with its pooling and a head of its own, in one model that is compiled once."""
    mm.seed(0)
    inputs = {"text": keras.Input((T,), dtype="int32", name="text"), "image": keras.Input(SHAPE, name="image")}
    inputs["audio"] = keras.Input((S, BANDS), name="audio")
    outputs = {}
    for name, (_, _, _, pooling) in MADE.items():
        shallow = {"depth": 1} if name.endswith(("transformer", "vit")) else {}  # compiles faster
        encoder = encoders.pooled(build(name, **shallow), pooling)
        head = keras.Sequential([models.classifier(4)], name=f"{name}_head")
        outputs[name] = head(encoder(inputs[modality(name)]))
        assert encoder.output_shape == (None, D)
    model = keras.Model(inputs, list(outputs.values()))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), [loss] * len(outputs))
    return model


@pytest.mark.parametrize("name", MADE)
def test_shape_and_number_of_weights(name):
    _, places, weights, _ = MADE[name]
    encoder = build(name)
    assert encoder.output_shape == (None, places, D)
    assert encoder.count_params() == weights


def test_a_deeper_network_has_the_weights_of_its_formula():
    widths = [D // 4] * 3 + [D // 2] * 2 + [D] * 2
    assert build("image_resnet", depth=2).count_params() == 9 * 3 * D // 4 + D + blocks(*widths)
    assert build("audio_transformer", depth=1).count_params() == MADE["audio_transformer"][2] - BLOCK


def test_one_step_moves_every_weight_evaluation_none_and_one_batch_is_learned_by_heart(whole):
    given, labels = batch(), np.arange(8) % 4
    truth, before = [labels] * len(MADE), whole.get_weights()
    logits = dict(zip(MADE, map(ops.convert_to_numpy, whole(given)), strict=True))
    assert all(map(np.array_equal, before, whole.get_weights()))
    for name, values in logits.items():
        shares = np.exp(values) / np.exp(values).sum(-1, keepdims=True)
        assert abs(-np.log(shares[np.arange(8), labels]).mean() - np.log(4)) < 0.05 * np.log(4), name
    whole.train_on_batch(given, truth)
    names = [weight.path for weight in whole.weights]
    pairs = zip(names, before, whole.get_weights(), strict=True)
    assert [name for name, old, new in pairs if np.array_equal(old, new)] == []
    for _ in range(120):
        whole.train_on_batch(given, truth)
    learned = dict(zip(MADE, map(ops.convert_to_numpy, whole(given)), strict=True))
    assert [name for name, values in learned.items() if not np.array_equal(values.argmax(-1), labels)] == []


def test_save_and_load_give_the_same_answers(whole, tmp_path):
    whole.save(tmp_path / "encoders.keras")
    again = keras.saving.load_model(tmp_path / "encoders.keras")
    for old, new in zip(whole(batch()), again(batch()), strict=True):
        assert np.abs(ops.convert_to_numpy(old) - ops.convert_to_numpy(new)).max() < 1e-6


@pytest.mark.parametrize("pooling", ["mean", "max", "last", "attention"])
@pytest.mark.parametrize("name", TEXT)
def test_padding_changes_nothing(name, pooling):
    tokens = batch(3)["text"][:, :3]
    padded = np.pad(tokens, ((0, 0), (0, T - 3)), constant_values=PAD)
    long, short = (encoders.pooled(getattr(encoders, name)(V, D, length), pooling) for length in (T, 3))
    weights = [weight + 0.1 for weight in long.get_weights()]  # a query of zeros would not see the mask of attention
    long.set_weights(weights)
    short.set_weights(weights)
    assert np.abs(ops.convert_to_numpy(long(padded)) - ops.convert_to_numpy(short(tokens))).max() < 1e-5


def test_a_real_token_in_the_place_of_padding_does_change_the_result():
    tokens = batch(3)["text"]
    tokens[:, 3:] = PAD
    other = tokens.copy()
    other[:, 3] = 5
    for name in TEXT:
        model = encoders.pooled(build(name), "mean")
        moved = np.abs(ops.convert_to_numpy(model(tokens)) - ops.convert_to_numpy(model(other))).max(-1)
        assert moved.min() > 1e-4, name


def test_the_mask_survives_an_encoder_inside_a_model():
    tokens = batch(3)["text"][:, :3]
    padded = np.pad(tokens, ((0, 0), (0, T - 3)), constant_values=PAD)
    encoder = build("text_gru")
    outer = encoders.pooled(keras.Model(encoder.input, encoder(encoder.input)), "mean")
    inner = encoders.pooled(encoder, "mean")
    assert np.abs(ops.convert_to_numpy(outer(padded)) - ops.convert_to_numpy(inner(padded))).max() < 1e-6


def test_pooling_by_hand():
    x = np.float32([[[1, 8], [3, 6], [9, 9]]])
    tokens = np.array([[5, 4, PAD]])
    table = np.zeros((V, 2), "f")
    table[5], table[4], table[PAD] = x[0]
    words = keras.Model(*encoders.embedded_tokens(V, 2, 3))
    words.set_weights([table])
    expected = {"mean": [2, 7], "max": [3, 8], "last": [3, 6], "attention": [2, 7]}
    for pooling, vector in expected.items():
        found = ops.convert_to_numpy(encoders.pooled(words, pooling)(tokens))
        assert np.abs(found - vector).max() < 1e-6, pooling
    assert np.array_equal(ops.convert_to_numpy(encoders.LastPlace()(x)), x[:, -1])


def test_attention_pooling_is_attention_with_one_trained_query():
    random = np.random.RandomState(0)
    x, query = random.standard_normal((2, 5, 4)).astype("f"), random.standard_normal(4).astype("f")
    mask = np.arange(5) < np.array([[5], [3]])
    layer = encoders.AttentionPooling()
    layer.build(x.shape)
    layer.set_weights([query])
    output, weights = attention_numpy(np.tile(query, (2, 1, 1)), x, x, mask[:, None])
    assert np.abs(ops.convert_to_numpy(layer(x, mask=mask)) - output[:, 0]).max() < 1e-5
    assert np.abs(ops.convert_to_numpy(layer.shares(x, mask)) - weights[:, 0]).max() < 1e-5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: encoders.text_gru(4), "vocab_size is 4"),
        (lambda: encoders.text_lstm(9, 8, 0), "length is 0"),
        (lambda: encoders.text_transformer(9, 8, 6, depth=0), "depth is 0"),
        (lambda: encoders.text_transformer(9, 6, 6), "do not divide into 4 heads"),
        (lambda: encoders.image_resnet(SHAPE, 6), "multiple of 4"),
        (lambda: encoders.image_resnet(SHAPE, 8, 0), "depth is 0"),
        (lambda: encoders.image_vit(SHAPE, 3), "do not fill an image"),
        (lambda: encoders.audio_gru((S,)), "expected positive whole numbers"),
        (lambda: encoders.audio_transformer((S, BANDS), 8, 0), "size is 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
