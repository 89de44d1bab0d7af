"""Models of several senses: experts side by side that never meet, and a fusion in which any sense may be missing."""

import keras
import numpy as np
from keras import layers

from mmcourse.nn.fusion.missing import ModalityDropout
from mmcourse.nn.models import encoded


def projected(encoder: keras.Model, dim: int = 64) -> keras.Model:
    """Encoder to a vector (B, D_m) -> encoder to (B, dim): a dense layer brings every modality to one length.

    Raises ValueError for an encoder that gives a sequence.
    """
    if len(encoder.output_shape) != 2:
        raise ValueError(f"The encoder gives {encoder.output_shape}; a projection needs one vector (B, D): pool it.")
    vector = layers.Dense(dim, activation="relu")(encoder.output)
    return keras.Model(encoder.input, vector, name=encoder.name)


def experts(encoders: dict[str, keras.Model], classes: int) -> keras.Model:
    """{m: x_m} -> {m: logits (B, classes)}: each encoder has a linear layer of its own, and no weight is shared.

    With a loss for each output, one `fit` trains all experts, and none learns anything of the others. The first loss is
    that of guessing. Raises ValueError where there is no encoder, or one gives a sequence.
    """
    inputs, features = encoded(encoders)
    small = keras.initializers.RandomNormal(stddev=0.01)
    heads = {m: layers.Dense(classes, kernel_initializer=small.clone(), name=f"{m}_head") for m in features}
    return keras.Model(inputs, {m: heads[m](x) for m, x in features.items()}, name="experts")


def forgiving_fusion(
    encoders: dict[str, keras.Model], fusion: layers.Layer, head: layers.Layer, rate: float = 0.0
) -> keras.Model:
    """{m: x_m, "present": (B, M)} -> head: as `models.late_fusion`, for inputs of which some are absent.

    The columns of "present", bool, are the modalities in sorted order; what an absent one contains changes nothing. In
    training each modality is dropped at `rate`; one always stays (Neverova et al. 2016).
    Raises ValueError where there is no encoder, one gives a sequence, or for a rate outside 0 up to, not including, 1.
    """
    inputs, features = encoded(encoders)
    present = keras.Input((len(inputs),), name="present", dtype="bool")
    fused = fusion(features, present=ModalityDropout(rate)(present))
    return keras.Model(inputs | {"present": present}, head(fused), name="forgiving_fusion")


def positive_chance(model: keras.Model, inputs: dict[str, np.ndarray]):
    """A model with logits (B, 2), or {name: (B, 2)} -> the probability of class 1 (B,), or {name: (B,)}.

    Without an input "present", where the model wants one, all modalities are there.
    """
    wanted = [tensor.name for tensor in model.inputs]
    count = len(next(iter(inputs.values())))
    inputs = {"present": np.ones((count, len(wanted) - 1), bool)} | inputs
    logits = model.predict({name: inputs[name] for name in wanted}, batch_size=500, verbose=0)
    return keras.tree.map_structure(lambda z: 1 / (1 + np.exp(z[:, 0] - z[:, 1].astype(np.float64))), logits)
