"""Attention maps: where the layers of a model look, as they would compute it, and nothing in the model changes."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from mmcourse.data.lookup import lookup
from mmcourse.nn import attention
from mmcourse.nn.encoders import image_encoder
from mmcourse.nn.language_transformer import language_transformer
from mmcourse.nn.lookup import lookup_model
from mmcourse.nn.models import captioner
from mmcourse.probe import attention_maps


def test_maps_are_those_of_the_equation():
    model = lookup_model(14, 5, heads=2, size=3)
    x, _ = lookup(4, 6, keys=8, values=5)
    before = model.get_weights()
    maps = attention_maps(model, {"symbols": x, "unused": x})
    W_q, W_k, *_ = model.get_layer("look").get_weights()
    assert list(maps) == ["look"]
    for head in (0, 1):
        expected = attention.attention_numpy(x @ W_q[:, head], x @ W_k[:, head], x)[1]
        assert np.abs(maps["look"][:, head] - expected).max() < 1e-5
    assert all(np.array_equal(old, now) for old, now in zip(before, model.get_weights(), strict=True))


def test_masks_and_several_layers_and_inputs():
    model = captioner(image_encoder((8, 8, 1)), 9, 5, dim=16)
    given = {"image": np.random.RandomState(0).rand(3, 8, 8, 1).astype("f"), "tokens": np.ones((3, 5), np.int32)}
    maps = attention_maps(model, given)
    assert {name: weights.shape for name, weights in maps.items()} == dict.fromkeys(
        ("first_look", "second_look"), (3, 4, 5, 16)
    )
    assert all(np.abs(weights.sum(-1) - 1).max() < 1e-5 for weights in maps.values())
    x = keras.Input((6, 4), name="x")
    causal = keras.Model({"x": x}, layers.MultiHeadAttention(1, 4, name="look")(x, x, use_causal_mask=True))
    (seen,) = attention_maps(causal, {"x": np.random.RandomState(0).rand(2, 6, 4)}).values()
    assert np.array_equal(seen > 0, np.broadcast_to(attention.causal_mask(6), seen.shape))


@keras.saving.register_keras_serializable("mmcourse_tests")
class Mean(layers.Layer):
    """Looks everywhere alike, and says so."""

    def call(self, x):
        return ops.matmul(self.attention_weights(x)[:, 0], x)

    def attention_weights(self, x):
        return ops.softmax(0 * ops.matmul(x, ops.transpose(x, (0, 2, 1))))[:, None]


def test_a_layer_of_our_own_says_where_it_looks():
    x = keras.Input((6, 4), name="x")
    maps = attention_maps(keras.Model({"x": x}, Mean(name="mean")(x)), {"x": np.ones((2, 6, 4), np.float32)})
    assert np.allclose(maps["mean"], np.full((2, 1, 6, 6), 1 / 6))


def test_the_blocks_of_a_transformer_say_where_they_look():
    model = language_transformer(9, 5, dim=8, depth=2, positions="rotary")
    maps = attention_maps(model, {"tokens": np.array([[1, 4, 5, 6, 7]])})
    assert {name: weights.shape for name, weights in maps.items()} == dict.fromkeys(
        ("block_0", "block_1"), (1, 4, 5, 5)
    )
    assert np.array_equal(maps["block_1"] > 0, np.broadcast_to(attention.causal_mask(5), (1, 4, 5, 5)))


def test_a_model_that_does_not_look_is_named():
    x = keras.Input((6, 4), name="x")
    model = keras.Model({"x": x}, layers.Dense(2, name="plain")(x), name="blind")
    with pytest.raises(ValueError, match=r"'blind' has no attention layer: .*plain"):
        attention_maps(model, {"x": np.ones((2, 6, 4))})
