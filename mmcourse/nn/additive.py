"""Additive attention: a small network compares query and key, in place of the dot product."""

import numpy as np
from keras import layers

from mmcourse import shapes
from mmcourse.equations import equation, with_weights
from mmcourse.nn.gradients import softmax_numpy


@equation(
    "eq-captioning-with-attention-additive", lesson="captioning-with-attention", source="bahdanau2015neural",
    keras="layers.AdditiveAttention", query="B T K", key="B S K", value="B S D", scale="K",
)  # fmt: skip
def additive_numpy(
    query: np.ndarray, key: np.ndarray, value: np.ndarray, scale: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """query (B, T, K), key (B, S, K), value (B, S, D), scale (K,) -> output (B, T, D), weights (B, T, S), of sum 1.

    The score is the sum over K of scale * tanh(query + key). Query and key come projected to one width.
    Raises ValueError for shapes that do not fit.
    Source: Bahdanau, Cho and Bengio 2015; over the places of a picture: Xu et al. 2015.
    """
    batch, _, width = shapes.check(query, "B T K", "query")
    _, length, _ = shapes.check(key, "B S K", "key", B=batch, K=width)
    shapes.check(value, "B S D", "value", B=batch, S=length)
    shapes.check(scale, "K", "scale", K=width)
    scores = np.tanh(query[:, :, None] + key[:, None]) @ scale  # (B, T, S)
    weights = softmax_numpy(scores)
    return weights @ value, weights


def additive_keras(query, key, value, scale):
    """As `additive_numpy`, by `keras.layers.AdditiveAttention`."""
    layer = layers.AdditiveAttention()
    layer.build([query.shape, value.shape, key.shape])
    return with_weights(layer, [scale], [query, value, key], return_attention_scores=True)
