"""Counted weights: the sizes of famous models to the last weight, and those of small ones that Keras builds."""

import keras
import pytest
from keras import layers, ops

from mmcourse.nn import language_transformer, patches, sizes

PUBLISHED = {
    "BERT-base": 109_482_240,
    "GPT-2 small": 124_439_808,
    "ViT-B/16": 86_567_656,
    "T5-base": 222_903_552,
    "T5-11B": 11_307_321_344,
}


def total(terms):
    return sum(terms.values())


@pytest.mark.parametrize(("name", "weights"), PUBLISHED.items())
def test_famous_models_to_the_last_weight(name, weights):
    assert total(sizes.terms(name)) == weights


def test_gpt_3_as_its_table_says():
    assert round(total(sizes.terms("GPT-3")) / 1e9) == 175
    assert 0.995 < sizes.rough(12288, 96) / total(sizes.terms("GPT-3")) < 1


def keras_block(x, heads):
    """A block of GPT, BERT or ViT from Keras's layers, with all biases."""
    dim = x.shape[-1]
    normed = layers.LayerNormalization()(x)
    x = x + layers.MultiHeadAttention(heads, dim // heads)(normed, normed)
    hidden = layers.Dense(4 * dim, activation="gelu")(layers.LayerNormalization()(x))
    return x + layers.Dense(dim)(hidden)


class Tables(layers.Layer):
    """Adds one trained row of each table to every position."""

    def __init__(self, *lengths):
        super().__init__()
        self.lengths = lengths

    def build(self, shape):
        self.rows = [self.add_weight(shape=(length, shape[-1])) for length in self.lengths]

    def call(self, x):
        return x + sum(ops.sum(rows, 0) for rows in self.rows)


class FirstToken(layers.Layer):
    """Puts a trained row in front of the sequence."""

    def build(self, shape):
        self.token = self.add_weight(shape=(1, 1, shape[-1]))

    def call(self, x):
        return ops.concatenate([ops.repeat(self.token, ops.shape(x)[0], axis=0), x], axis=1)


@pytest.mark.parametrize("depth", [1, 3])
def test_a_small_gpt_that_keras_builds(depth):
    tokens = keras.Input((8,), dtype="int32")
    x = Tables(8)(layers.Embedding(50, 12)(tokens))
    for _ in range(depth):
        x = keras_block(x, heads=3)
    model = keras.Model(tokens, layers.LayerNormalization()(x))
    assert model.count_params() == total(sizes.decoder(50, 8, 12, depth))


def test_a_small_bert_that_keras_builds():
    tokens = keras.Input((8,), dtype="int32")
    x = layers.LayerNormalization()(Tables(8, 2)(layers.Embedding(50, 12)(tokens)))
    for _ in range(2):
        x = keras_block(x, heads=2)
    model = keras.Model(tokens, layers.Dense(12, activation="tanh")(x[:, 0]))
    assert model.count_params() == total(sizes.encoder(50, 8, 12, 2))


def test_a_small_vit_that_keras_builds():
    image = keras.Input((8, 8, 3))
    x = layers.Reshape((16, 12))(layers.Conv2D(12, 2, strides=2)(image))
    x = Tables(17)(FirstToken()(x))
    for _ in range(2):
        x = keras_block(x, heads=2)
    model = keras.Model(image, layers.Dense(10)(layers.LayerNormalization()(x)[:, 0]))
    assert model.count_params() == total(sizes.vision(10, 8, 2, 12, 2))


class Distances(layers.Layer):
    """A number a head for each of 32 distances; it is only counted here."""

    def __init__(self, heads):
        super().__init__()
        self.heads = heads

    def build(self, shape):
        self.table = self.add_weight(shape=(32, self.heads))

    def call(self, x):
        return x + ops.sum(self.table)


def t5_part(x, heads, size, hidden, seen=None):
    """A block of T5 from Keras's layers, without biases; `seen` is what a block that writes looks at."""
    dim = x.shape[-1]
    for context in ("itself", seen) if seen is not None else ("itself",):
        normed = layers.RMSNormalization()(x)
        context = normed if isinstance(context, str) else context
        x = x + layers.MultiHeadAttention(heads, size, use_bias=False)(normed, context)
    inner = layers.Dense(hidden, activation="relu", use_bias=False)(layers.RMSNormalization()(x))
    return x + layers.Dense(dim, use_bias=False)(inner)


def test_a_small_t5_that_keras_builds():
    read, written = keras.Input((8,), dtype="int32"), keras.Input((6,), dtype="int32")
    table = layers.Embedding(50, 12)
    x, y = Distances(2)(table(read)), Distances(2)(table(written))
    for _ in range(2):
        x = t5_part(x, heads=2, size=5, hidden=20)
    x = layers.RMSNormalization()(x)
    for _ in range(2):
        y = t5_part(y, heads=2, size=5, hidden=20, seen=x)
    model = keras.Model([read, written], layers.RMSNormalization()(y))
    assert model.count_params() == total(sizes.encoder_decoder(50, 12, 2, 20, 2, 5))


def test_the_models_of_the_course_differ_in_what_they_leave_out():
    V, T, D, L = 40, 16, 24, 2
    gpt = language_transformer.language_transformer(V, T, D, L)
    own_head = D * V + V
    assert gpt.count_params() == total(sizes.decoder(V, T, D, L)) - 4 * D * L + own_head
    vit = patches.vision_transformer((8, 8, 3), size=2, classes=5, dim=D, depth=L)
    assert vit.count_params() == total(sizes.vision(5, 8, 2, D, L)) - 4 * D * L - 2 * D  # no class token, nor its place


def test_a_block_is_12_dim_squared_plus_13_dim():
    for dim in (3, 8, 768):
        assert total(sizes.block(dim, 4 * dim)) == 12 * dim**2 + 13 * dim


def test_training_operations():
    assert sizes.training_operations(175e9, 300e9) == pytest.approx(3.15e23)
    assert sizes.training_operations(405e9, 15.6e12) == pytest.approx(3.79e25, rel=1e-3)


def test_wrong_numbers():
    with pytest.raises(ValueError, match="depth is 0; give a whole number from 1 up"):
        sizes.decoder(50, 8, 12, 0)
    with pytest.raises(ValueError, match=r"dim is 12\.5"):
        sizes.rough(12.5, 2)
    with pytest.raises(ValueError, match="Patches of 3 pixels do not fill a side of 8"):
        sizes.vision(10, 8, 3, 12, 2)
    with pytest.raises(ValueError, match=r"no configuration 'GPT-9'\. There are: BERT-base"):
        sizes.terms("GPT-9")
