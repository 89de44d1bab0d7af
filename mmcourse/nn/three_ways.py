"""Ways to bring pictures to words: a prefix that a language model reads, a fusion of vectors for one question.

The third way, alignment, is `dual_encoder`.
"""

import keras
from keras import layers

from mmcourse.nn.attention import LearnedPositions


def prefix_language_model(encoder: keras.Model, vocab_size: int, length: int, dim: int = 64) -> keras.Model:
    """{"image": (B, H, W, C), "tokens": (B, T)} -> logits (B, T, V): the places of a picture, read before the words.

    `encoder` gives (B, L, D'), `length` is T. Every position looks at those before it and at itself.
    (A frozen language model with such a prefix: Tsimpoukelli et al. 2021; here all is trained.)
    Raises ValueError for an encoder that gives one vector.
    """
    _check_places(encoder)
    images = keras.Input(encoder.input_shape[1:], name="image")
    tokens = keras.Input((length,), dtype="int32", name="tokens")
    prefix = layers.Dense(dim, name="connector")(encoder(images))  # (B, L, D)
    words = layers.Embedding(vocab_size, dim, name="words")(tokens)  # (B, T, D)
    x = LearnedPositions(name="positions")(layers.Concatenate(axis=1)([prefix, words]))  # (B, L + T, D)
    for _ in range(2):
        seen = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(4, dim // 4)(seen, seen, use_causal_mask=True)])
        hidden = layers.Dense(2 * dim, activation="relu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(dim)(hidden)])  # (B, L + T, D)
    x = layers.Cropping1D((prefix.shape[1], 0), name="without_the_prefix")(x)  # (B, T, D)
    logits = layers.Dense(vocab_size, name="head")(layers.LayerNormalization()(x))
    return keras.Model({"image": images, "tokens": tokens}, logits, name="prefix_language_model")


def true_or_false(image_tower: keras.Model, text_tower: keras.Model, hidden: int = 128) -> keras.Model:
    """{"image": (B, H, W, C), "tokens": (B, T)} -> logits (B, 2): is the sentence true of the picture?

    The towers, encoders to (B, D) both, are frozen, here and wherever else they are used. Their vectors are joined:
    both, and their product entry by entry. Raises ValueError for towers that do not give vectors of one width.
    """
    if len(image_tower.output_shape) != 2 or image_tower.output_shape != text_tower.output_shape:
        raise ValueError(f"The towers give {image_tower.output_shape} and {text_tower.output_shape}; expected (B, D).")
    image_tower.trainable = text_tower.trainable = False
    images = keras.Input(image_tower.input_shape[1:], name="image")
    tokens = keras.Input(text_tower.input_shape[1:], dtype="int32", name="tokens")
    scale = {"center": False, "scale": False}  # no weights: each vector gets mean 0 and variance 1
    a = layers.LayerNormalization(**scale)(image_tower(images))  # (B, D)
    b = layers.LayerNormalization(**scale)(text_tower(tokens))  # (B, D)
    joined = layers.Concatenate(name="join")([a, b, layers.Multiply()([a, b])])  # (B, 3 D)
    logits = layers.Dense(2, name="head")(layers.Dense(hidden, activation="relu")(joined))
    return keras.Model({"image": images, "tokens": tokens}, logits, name="true_or_false")


def _check_places(encoder: keras.Model) -> None:
    if len(encoder.output_shape) != 3:
        raise ValueError(f"The encoder gives {encoder.output_shape}; expected places (B, L, D): do not pool.")
