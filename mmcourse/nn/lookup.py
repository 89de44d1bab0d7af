"""Looking things up: a model whose last step looks at all steps, to be set beside a recurrent one."""

import keras
from keras import layers

from mmcourse.nn.attention import LearnedPositions, multi_head


def lookup_model(width: int, classes: int, heads: int = 2, size: int = 16, length: int | None = None) -> keras.Model:
    """{"symbols": (B, T, width)} -> logits (B, classes): what the last step finds by one round of self-attention.

    Any T; with `length`, positions are learned and T is that length. Weights of the layer "look": 4 width heads size.
    Raises ValueError for a size of the layers below 1.
    """
    if min(width, classes, heads, size) < 1:
        raise ValueError(f"width {width}, classes {classes}, heads {heads}, size {size}: give at least 1 of each.")
    symbols = keras.Input((length, width), name="symbols")
    x = LearnedPositions(name="positions")(symbols) if length else symbols
    found = multi_head(heads, size, use_bias=False, name="look")(x, x)  # (B, T, width)
    return keras.Model({"symbols": symbols}, layers.Dense(classes, name="answer")(found[:, -1]))
