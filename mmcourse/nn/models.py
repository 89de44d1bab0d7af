"""Models: compositions of encoders, a fusion and a head. No layer is defined here."""

import keras


def late_fusion(encoders: dict[str, keras.Model], fusion: keras.layers.Layer, head: keras.layers.Layer) -> keras.Model:
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


def classifier(classes: int) -> keras.layers.Dense:
    """Head (B, D) -> logits (B, classes). Small first weights: the first loss is that of guessing, ln(classes)."""
    if classes < 2:
        raise ValueError(f"A classifier needs at least 2 classes, not {classes!r}.")
    return keras.layers.Dense(classes, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01), name="head")
