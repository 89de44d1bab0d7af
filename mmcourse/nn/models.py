"""Models: compositions of encoders, a fusion and a head. No layer is defined here."""

import keras
from keras import layers

from mmcourse.nn.answerers import question_answerer
from mmcourse.nn.captioners import captioner

__all__ = ["captioner", "classifier", "encoded", "late_fusion", "question_answerer", "true_or_false"]


def late_fusion(encoders: dict[str, keras.Model], fusion: layers.Layer, head: layers.Layer) -> keras.Model:
    """{m: x_m} -> {m: (B, D_m)} -> (B, D) -> head: every modality is encoded alone, then the vectors are joined.

    `encoders` maps the name of a modality to a model that gives one vector (B, D_m); see `encoders.pooled`.
    Raises ValueError when there is no encoder, or one gives a sequence instead of a vector.
    """
    inputs, features = encoded(encoders)
    return keras.Model(inputs, head(fusion(features)), name="late_fusion")


def encoded(encoders: dict[str, keras.Model]) -> tuple[dict, dict]:
    """Encoders {m: x_m -> (B, D_m)} -> symbolic inputs {m: x_m} and features {m: (B, D_m)}, sorted by name.

    Raises ValueError where there is no encoder, or one gives a sequence.
    """
    if not encoders:
        raise ValueError("Give at least one encoder, e.g. {'image': pooled(image_encoder((8, 8, 1)))}.")
    for name, encoder in encoders.items():
        if len(encoder.output_shape) != 2:
            raise ValueError(f"The encoder of {name!r} gives {encoder.output_shape}, not one vector (B, D): pool it.")
    named = {m: keras.Model(encoders[m].input, encoders[m].output, name=f"{m}_encoder") for m in sorted(encoders)}
    inputs = {m: keras.Input(e.input_shape[1:], name=m, dtype=e.input.dtype) for m, e in named.items()}
    return inputs, {m: named[m](inputs[m]) for m in inputs}


def classifier(classes: int) -> layers.Dense:
    """Head (B, D) -> logits (B, classes). Small first weights: the first loss is that of guessing, ln(classes)."""
    if classes < 2:
        raise ValueError(f"A classifier needs at least 2 classes, not {classes!r}.")
    return layers.Dense(classes, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01), name="head")


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
