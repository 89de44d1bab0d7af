"""Models: compositions of encoders, a fusion and a head. No layer is defined here."""

import keras
from keras import layers

from mmcourse.nn.attention import LearnedPositions, multi_head


def late_fusion(encoders: dict[str, keras.Model], fusion: layers.Layer, head: layers.Layer) -> keras.Model:
    """{m: x_m} -> {m: (B, D_m)} -> (B, D) -> head: every modality is encoded alone, then the vectors are joined.

    `encoders` maps the name of a modality to a model that gives one vector (B, D_m); see `encoders.pooled`.
    Raises ValueError when there is no encoder, or one gives a sequence instead of a vector.
    """
    if not encoders:
        raise ValueError("late_fusion needs at least one encoder, e.g. {'image': pooled(image_encoder((8, 8, 1)))}.")
    for name, encoder in encoders.items():
        if len(encoder.output_shape) != 2:
            raise ValueError(
                f"The encoder of {name!r} gives {encoder.output_shape}, late fusion needs one vector (B, D): pool it."
            )
    named = {name: keras.Model(e.input, e.output, name=f"{name}_encoder") for name, e in encoders.items()}
    inputs = {name: keras.Input(encoders[name].input_shape[1:], name=name) for name in sorted(encoders)}
    features = {name: named[name](inputs[name]) for name in inputs}  # {m: (B, D_m)}
    return keras.Model(inputs, head(fusion(features)), name="late_fusion")


def classifier(classes: int) -> layers.Dense:
    """Head (B, D) -> logits (B, classes). Small first weights: the first loss is that of guessing, ln(classes)."""
    if classes < 2:
        raise ValueError(f"A classifier needs at least 2 classes, not {classes!r}.")
    return layers.Dense(classes, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01), name="head")


def captioner(encoder: keras.Model, vocab_size: int, length: int, dim: int = 128) -> keras.Model:
    """{"image": (B, H, W, C), "tokens": (B, T)} -> logits (B, T, V) of the token that follows each.

    `encoder` gives (B, L, D); `length` is T. A GRU reads the words so far, and two rounds of attention look for what
    they speak of in the picture; the second one starts from what the first one found. Token t sees tokens 0 to t only.
    Raises ValueError for an encoder that gives one vector, fewer than 5 tokens in the vocabulary, or no length.
    """
    if len(encoder.output_shape) != 3:
        raise ValueError(f"The encoder gives {encoder.output_shape}, a captioner needs places (B, L, D): do not pool.")
    if vocab_size < 5 or length < 1:
        raise ValueError(f"vocab_size is {vocab_size!r} and length {length!r}; give at least 5 tokens and 1 position.")
    images = keras.Input(encoder.input_shape[1:], name="image")
    tokens = keras.Input((length,), dtype="int32", name="tokens")
    places = LearnedPositions()(encoder(images))  # (B, L, D)
    x = layers.Embedding(vocab_size, dim // 2, name="words")(tokens)  # (B, T, D/2)
    x = layers.GRU(dim, return_sequences=True, unroll=length <= 32, name="words_so_far")(x)  # (B, T, D)
    for look in ("first_look", "second_look"):
        seen = multi_head(4, dim // 8, name=look)(x, places)  # (B, T, D)
        found = layers.Dense(dim, activation="relu")(layers.Concatenate()([x, seen]))  # (B, T, D)
        x = layers.Add()([x, found])  # (B, T, D)
    return keras.Model({"image": images, "tokens": tokens}, layers.Dense(vocab_size, name="head")(x), name="captioner")


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
