"""Attention: every position looks at every other, and what it needs: heads, masks and positions.

Masks are bool, True where a query may look, and broadcast to (B, T, S): T queries, S keys.
"""

import keras
import numpy as np
from keras import layers, ops

from mmcourse import shapes
from mmcourse.data.text import PAD
from mmcourse.equations import equation, with_weights
from mmcourse.nn.gradients import softmax_numpy


@equation(
    "eq-attention-weights", "eq-attention-output", lesson="attention", source="vaswani2017attention",
    keras="layers.MultiHeadAttention", query="B T K", key="B S K", value="B S D",
    options=({}, {"mask": np.tri(5, 6, dtype=bool)}),
)  # fmt: skip
def attention_numpy(
    query: np.ndarray, key: np.ndarray, value: np.ndarray, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """query (B, T, K), key (B, S, K), value (B, S, D) -> output (B, T, D), weights (B, T, S) that sum to 1 over S.

    Scaled dot-product attention. `mask` broadcasts to (B, T, S), True where a query may look.
    Raises ValueError for shapes that do not fit, and for a query that may look nowhere.
    Source: Vaswani et al. 2017, eq. 1.
    """
    _check(query, key, value)
    scores = query @ key.swapaxes(1, 2) / np.sqrt(query.shape[-1])  # (B, T, S)
    if mask is not None:
        scores = np.where(_checked(mask, scores.shape), scores, -np.inf)
    weights = softmax_numpy(scores)
    return weights @ value, weights


def attention_keras(query, key, value, mask=None):
    """As `attention_numpy`, by `keras.layers.MultiHeadAttention` with one head that projects nothing."""
    width, units = query.shape[-1], value.shape[-1]
    layer = layers.MultiHeadAttention(1, width, units, use_bias=False, output_shape=units)
    layer.build(query.shape, value.shape, key.shape)
    same, kept = np.eye(width)[:, None], np.eye(units)  # (K, 1, K), (D, D)
    allowed = _for_keras(mask, query, key)
    weights = [same, same, kept[:, None], kept[None]]
    output, scores = with_weights(
        layer, weights, query, value, key, attention_mask=allowed, return_attention_scores=True
    )
    return output, scores[:, 0]


@equation(
    "eq-attention-backward", lesson="attention", source="dao2022flashattention",
    keras="layers.MultiHeadAttention, ops.jvp",
    query="2 2 3", key="2 4 3", value="2 4 1", gradient="2 2 1",
)  # fmt: skip
def attention_gradient_numpy(
    query: np.ndarray, key: np.ndarray, value: np.ndarray, gradient: np.ndarray, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arguments as of `attention_numpy`, gradient of a loss by the output (B, T, D) -> by query, key, value.

    A score draws the output to its own value and away from the mean, in proportion to its weight.
    Raises ValueError as `attention_numpy`. Source: Dao et al. 2022, the backward pass.
    """
    output, weights = attention_numpy(query, key, value, mask)
    shapes.check(gradient, "B T D", "gradient", B=len(output), T=output.shape[1], D=output.shape[2])
    gain = gradient @ value.swapaxes(1, 2) - (gradient * output).sum(-1, keepdims=True)  # g (v_s - o), (B, T, S)
    by_score = weights * gain / np.sqrt(query.shape[-1])
    return by_score @ key, by_score.swapaxes(1, 2) @ query, weights.swapaxes(1, 2) @ gradient


def attention_gradient_keras(query, key, value, gradient, mask=None):
    """As `attention_gradient_numpy`, by nudging each number of query, key and value of Keras's layer, all at once."""
    arrays, found = (query, key, value), []
    for place, array in enumerate(arrays):
        batch, *shape = array.shape
        many = int(np.prod(shape))  # a copy of the batch for each number to nudge
        copies = tuple(ops.repeat(other, many, axis=0) for other in arrays)
        nudges = [ops.zeros(other.shape) for other in copies]
        nudges[place] = ops.tile(ops.reshape(ops.eye(many), (many, *shape)), (batch, 1, 1))
        moved = ops.jvp(lambda *given: attention_keras(*given, mask)[0], copies, tuple(nudges))[1]
        found.append(ops.reshape(ops.sum(moved * ops.repeat(gradient, many, axis=0), (1, 2)), array.shape))
    return tuple(found)


def causal_mask(length: int) -> np.ndarray:
    """(T, T) bool: position t may look at positions 0 to t, never ahead. Raises ValueError for a length below 1."""
    if length < 1:
        raise ValueError(f"length is {length!r}; give the number of positions, at least 1.")
    return np.tri(length, dtype=bool)


def padding_mask(tokens: np.ndarray) -> np.ndarray:
    """tokens (B, S) -> (B, 1, S) bool: every query may look at real tokens, never at PAD."""
    shapes.check(tokens, "B S", "tokens")
    return (np.asarray(tokens) != PAD)[:, None]


@equation(
    "eq-attention-heads", lesson="attention", source="vaswani2017attention", keras="layers.MultiHeadAttention",
    x="B T D", context="B S C", weights=("D N K", "C N K", "C N K", "N K D"),
    options=({}, {"mask": np.tri(5, 6, dtype=bool)}),
)  # fmt: skip
def multi_head_numpy(x: np.ndarray, context: np.ndarray, weights: tuple, mask: np.ndarray | None = None) -> np.ndarray:
    """x (B, T, D), context (B, S, C), weights W_q (D, N, K), W_k, W_v (C, N, K), W_o (N, K, D) -> (B, T, D).

    N heads of width K look from x at the context, each with projections of its own; for self-attention give x twice.
    Raises ValueError for shapes that do not fit. Source: Vaswani et al. 2017, section 3.2.2.
    """
    W_q, W_k, W_v, W_o = weights
    query = np.einsum("btd,dnk->nbtk", x, W_q)
    key, value = (np.einsum("bsc,cnk->nbsk", context, W) for W in (W_k, W_v))
    heads = [attention_numpy(q, k, v, mask)[0] for q, k, v in zip(query, key, value, strict=True)]  # N of (B, T, K)
    return np.einsum("nbtk,nkd->btd", heads, W_o)


def multi_head_keras(x, context, weights, mask=None):
    """As `multi_head_numpy`, by `keras.layers.MultiHeadAttention`."""
    width, heads, size = weights[0].shape
    layer = layers.MultiHeadAttention(heads, size, use_bias=False, output_shape=width)
    layer.build(x.shape, context.shape, context.shape)
    return with_weights(layer, weights, x, context, attention_mask=_for_keras(mask, x, context))


def multi_head(heads: int, size: int, **options) -> layers.MultiHeadAttention:
    """Keras's layer of `heads` heads of `size` columns, with the same first weights in every version of Keras.

    Before 3.14 they came out two to four times smaller, and the models of the course learned later. `options` are those
    of `keras.layers.MultiHeadAttention`.
    """
    return layers.MultiHeadAttention(heads, size, kernel_initializer=HeadsGlorot(heads * size), **options)


@keras.saving.register_keras_serializable("mmcourse")
class HeadsGlorot(keras.initializers.Initializer):
    """Glorot's uniform numbers for weights (D, N, K) or (N, K, D) as one matrix (D, N K) or (N K, D): N K = `columns`.

    Earlier versions of Keras counted the first axis as the places of a filter. (Glorot and Bengio 2010, equation 16.)
    """

    def __init__(self, columns: int, seed: int | None = None):
        self.columns, self.seed = columns, seed
        self.matrix = keras.initializers.GlorotUniform(seed)

    def __call__(self, shape, dtype=None):
        rest = int(np.prod(shape)) // self.columns
        return ops.reshape(self.matrix((rest, self.columns), dtype), shape)

    def get_config(self):
        return {"columns": self.columns, "seed": self.seed}


@keras.saving.register_keras_serializable("mmcourse")
class LearnedPositions(layers.Layer):
    """(B, L, D) -> (B, L, D): adds one trained vector a place, since attention itself does not see the order.

    The largest L is fixed by the first input. Weights: (L, D). With `start`, the first place is that one: a number, or
    where L is 1 a tensor (B, 1), one each row, which is not checked.
    Raises ValueError for places that the table does not have.
    (Learned positions: Gehring et al. 2017; Vaswani et al. 2017.)
    """

    def build(self, shape):
        self.positions = self.add_weight(
            shape=shape[1:], initializer=keras.initializers.RandomNormal(stddev=0.05), name="positions"
        )

    def call(self, x, start=0):
        if not isinstance(start, int):
            return x + ops.take(self.positions, start, axis=0)
        places, length = self.positions.shape[0], x.shape[1]
        if not 0 <= start <= places - length:
            raise ValueError(f"There are positions for {places} places, the input has {length} from {start} on.")
        return x + self.positions[start : start + length]


def _for_keras(mask, query, key):
    """The mask as (B, T, S), or None."""
    return None if mask is None else np.broadcast_to(mask, (*query.shape[:2], key.shape[1]))


def _check(query: np.ndarray, key: np.ndarray, value: np.ndarray) -> None:
    batch, _, width = shapes.check(query, "B T K", "query")
    _, length, _ = shapes.check(key, "B S K", "key", B=batch, K=width)
    shapes.check(value, "B S D", "value", B=batch, S=length)


def _checked(mask: np.ndarray, shape: tuple) -> np.ndarray:
    try:
        mask = np.broadcast_to(np.asarray(mask, bool), shape)
    except ValueError:
        raise ValueError(f"mask has shape {np.shape(mask)}, which does not broadcast to (B, T, S) = {shape}.") from None
    if not mask.any(-1).all():
        raise ValueError("A query may look nowhere: a row of the mask is all False. Let it see at least one key.")
    return mask
