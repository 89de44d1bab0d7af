"""Transformer blocks: attention that is added, and a small network for each position that is added.

Models of them stand in `language_transformer` and `patches`.
"""

import keras
import numpy as np
from keras import layers, ops

from mmcourse import shapes
from mmcourse.equations import equation, with_weights
from mmcourse.nn.attention import causal_mask, multi_head, multi_head_numpy
from mmcourse.nn.positions import rotary_keras

EPSILON = 1e-5  # of the normalization; Keras's own default is 1e-3
FAR_BELOW = -1e9  # the score of a place that must not be seen: its weight is 0


@equation("eq-transformer-norm", lesson="transformer", source="ba2016layer", keras="layers.LayerNormalization",
          x="B T D", scale="D", shift="D")  # fmt: skip
def layer_norm_numpy(x: np.ndarray, scale: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """x (..., D), scale and shift (D,) -> (..., D): each position brought to mean 0 and variance 1, then scaled.

    Source: Ba, Kiros and Hinton 2016, eq. 3-4, over the features of one position.
    """
    centered = x - x.mean(-1, keepdims=True)
    return centered / np.sqrt((centered**2).mean(-1, keepdims=True) + EPSILON) * scale + shift


def layer_norm_keras(x, scale, shift):
    """As `layer_norm_numpy`, by `keras.layers.LayerNormalization`."""
    return with_weights(layers.LayerNormalization(epsilon=EPSILON), [scale, shift], x)


def gelu_numpy(x: np.ndarray) -> np.ndarray:
    """Any shape -> the same: x times the probability that a normal number is below x; a smooth ReLU.

    Source: Hendrycks and Gimpel 2016, section 2.
    """
    from scipy.special import erf

    return x * (1 + erf(x / np.sqrt(2))) / 2


def network_numpy(x: np.ndarray, network: tuple) -> np.ndarray:
    """x (..., D), network W (D, H), b (H,), V (H, D), c (D,) -> (..., D): one hidden layer, the same everywhere."""
    W, b, V, c = network
    return gelu_numpy(x @ W + b) @ V + c


@equation("eq-transformer-block", lesson="transformer", source="xiong2020layer", keras="nn.transformer.Block",
          x="B T D", norms=("D", "D", "D", "D"), heads=("D N K", "D N K", "D N K", "N K D"),
          network=("D H", "H", "H D", "D"), options=({}, {"causal": True}))  # fmt: skip
def block_numpy(x: np.ndarray, norms: tuple, heads: tuple, network: tuple, causal: bool = False) -> np.ndarray:
    """x (B, T, D) -> (B, T, D): what the others say is added, then what a small network makes of each position.

    `norms` scale, shift, scale, shift, each (D,); `heads` as of `multi_head_numpy`; `network` as of `network_numpy`.
    Normalization comes before each part, the sums are not normalized. Raises ValueError for an x of other axes.
    Source: Vaswani et al. 2017, section 3.1, with the order of Xiong et al. 2020 and GELU in place of ReLU.
    """
    _, length, _ = shapes.check(x, "B T D", "x")
    mask = causal_mask(length) if causal else None
    normed = layer_norm_numpy(x, *norms[:2])
    x = x + multi_head_numpy(normed, normed, heads, mask)
    return x + network_numpy(layer_norm_numpy(x, *norms[2:]), network)


def block_keras(x, norms, heads, network, causal=False):
    """As `block_numpy`, by the layer `Block`."""
    layer = Block(heads[0].shape[1], network[0].shape[1], causal=causal, size=heads[0].shape[2])
    layer.build(x.shape)
    return with_weights(layer, [*norms[:2], *heads, *norms[2:], *network], x)


@equation("eq-transformer-cross", lesson="transformer", source="vaswani2017attention", keras="nn.transformer.Block",
          x="B T D", context="B S D", norms=("D", "D", "D", "D", "D", "D"),
          heads=("D N K", "D N K", "D N K", "N K D"), cross=("D N K", "D N K", "D N K", "N K D"),
          network=("D H", "H", "H D", "D"))  # fmt: skip
def decoder_block_numpy(
    x: np.ndarray, context: np.ndarray, norms: tuple, heads: tuple, cross: tuple, network: tuple
) -> np.ndarray:
    """x (B, T, D), context (B, S, D) -> (B, T, D): as a causal `block_numpy` that also looks at the context.

    `norms` are three pairs, `cross` the heads that look from x at the context, all of it: an encoder's output,
    normalized. Raises ValueError for shapes that do not fit.
    Source: Vaswani et al. 2017, section 3.1, with the order of Xiong et al. 2020.
    """
    batch, length, width = shapes.check(x, "B T D", "x")
    shapes.check(context, "B S D", "context", B=batch, D=width)
    normed = layer_norm_numpy(x, *norms[:2])
    x = x + multi_head_numpy(normed, normed, heads, causal_mask(length))
    x = x + multi_head_numpy(layer_norm_numpy(x, *norms[2:4]), context, cross)
    return x + network_numpy(layer_norm_numpy(x, *norms[4:]), network)


def decoder_block_keras(x, context, norms, heads, cross, network):
    """As `decoder_block_numpy`, by the layer `Block`, which keeps the second attention before its last two weights."""
    layer = Block(heads[0].shape[1], network[0].shape[1], causal=True, cross=True, size=heads[0].shape[2])
    layer.build(x.shape)
    weights = [*norms[:2], *heads, *norms[4:], *network[:2], *norms[2:4], *cross, *network[2:]]
    return with_weights(layer, weights, x, context=context)


@keras.saving.register_keras_serializable("mmcourse")
class SelfAttention(layers.Layer):
    """(B, T, D) -> (B, T, D): `heads` of width `size` (D / heads), in which all positions look at each other.

    `causal`: at none that comes later. `rotary`: queries and keys are turned by their places. Weights: 4 heads size D.
    `place` of the first position: a number, or where T is 1 a tensor (B, 1), one each row; it is not checked.
    Raises ValueError for no head, a width that the heads do not divide, and an odd size where places turn pairs.
    """

    def __init__(self, heads: int, *, causal: bool = False, rotary: bool = False, size: int | None = None, **keywords):
        super().__init__(**keywords)
        self.heads, self.causal, self.rotary, self.size = heads, causal, rotary, size
        self.supports_masking = True

    def build(self, shape):
        width = shape[-1]
        if self.heads < 1 or (self.size is None and width % self.heads):
            raise ValueError(f"{width} columns do not divide into {self.heads} heads; give a width they divide.")
        size = self.size or width // self.heads
        if self.rotary and size % 2:
            raise ValueError(f"A head has {size} columns, and places turn pairs of columns; give an even number.")
        self.into = [self.add_weight(shape=(width, self.heads, size), name=name) for name in ("query", "key", "value")]
        self.out = self.add_weight(shape=(self.heads, size, width), name="output")

    def call(self, x, mask=None, cache=None, place=0):
        """mask (B, T) bool of real positions; with a `cache` (see `empty_cache`) also gives the cache after these T."""
        if cache is not None and not self.causal:
            raise ValueError("A cache needs causal attention: without it, what comes later changes what was kept.")
        place = place if isinstance(place, int) else place[:, :, None]  # (B, 1, 1): rows, heads, positions
        query, key, value = self._projected(x, place)
        if cache is not None:
            key, value = cache = [_written(old, new, place) for old, new in zip(cache, (key, value), strict=True)]
        heard = ops.matmul(self._weights(query, key, mask, place), value)  # (B, N, T, K)
        mixed = ops.einsum("bntk,nkd->btd", heard, self.out)
        return mixed if cache is None else (mixed, cache)

    def attention_weights(self, x, mask=None):
        """The weights (B, N, T, T): row t says where position t looks; each row sums to 1."""
        query, key, _ = self._projected(x, 0)
        return self._weights(query, key, mask, 0)

    def empty_cache(self, batch: int, length: int) -> list:
        """Room for keys and values of `length` positions, two arrays (B, N, L, K)."""
        heads, size, _ = self.out.shape
        return [ops.zeros((batch, heads, length, size)) for _ in range(2)]

    def _projected(self, x, place):
        query, key, value = (ops.einsum("btd,dnk->bntk", x, W) for W in self.into)
        if self.rotary:
            places = ops.cast(place, x.dtype) + ops.arange(ops.shape(x)[1], dtype=x.dtype)
            query, key = rotary_keras(query, places), rotary_keras(key, places)
        return query, key, value

    def _weights(self, query, key, mask, place):
        scores = ops.matmul(query, ops.swapaxes(key, 2, 3)) / np.sqrt(query.shape[-1])  # (B, N, T, S)
        if self.causal:
            places = place + ops.arange(ops.shape(query)[2])  # (T,), or (B, 1, 1)
            scores = ops.where(ops.arange(ops.shape(key)[2]) > places[..., None], FAR_BELOW, scores)
        if mask is not None:
            scores = ops.where(mask[:, None, None, :], scores, FAR_BELOW)
        return ops.softmax(scores, axis=-1)

    def get_config(self):
        own = {"heads": self.heads, "causal": self.causal, "rotary": self.rotary, "size": self.size}
        return super().get_config() | own


def _written(cache, new, place):
    """cache (B, N, S, K) with `new` (B, N, T, K) at `place`, as of `SelfAttention.call`."""
    if isinstance(place, int):
        return ops.concatenate([cache[:, :, :place], new, cache[:, :, place + new.shape[2] :]], axis=2)
    return ops.where(ops.arange(cache.shape[2])[:, None] == place[..., None], new, cache)  # (B, N, S, K)


@keras.saving.register_keras_serializable("mmcourse")
class Block(layers.Layer):
    """(B, T, D) -> (B, T, D), as `block_numpy`: self-attention, and a network of `hidden` units for each position.

    With `cross` as `decoder_block_numpy`: a second attention between the two looks at `context` (B, S, D).
    `dropout`: of what each part adds. Other options as of `SelfAttention`.
    """

    def __init__(self, heads: int, hidden: int, *, cross: bool = False, dropout: float = 0.0, **options):
        own = {name: options.pop(name) for name in ("causal", "rotary", "size") if name in options}
        super().__init__(**options)
        self.supports_masking = True
        self.own = {"heads": heads, "hidden": hidden, "cross": cross, "dropout": dropout} | own
        self.attention_norm = layers.LayerNormalization(epsilon=EPSILON)
        self.attention = SelfAttention(heads, name="attention", **own)
        self.network_norm = layers.LayerNormalization(epsilon=EPSILON)
        self.widen = layers.Dense(hidden, activation="gelu", name="widen")
        self.drop = layers.Dropout(dropout)

    def build(self, shape):
        for layer in (self.attention_norm, self.attention, self.network_norm, self.widen):
            layer.build(shape)
        if self.own["cross"]:
            self.cross_norm = layers.LayerNormalization(epsilon=EPSILON)
            self.cross_norm.build(shape)
            size = self.own.get("size") or shape[-1] // self.own["heads"]
            self.cross = multi_head(self.own["heads"], size, use_bias=False, name="cross")
            self.cross.build(shape, shape, shape)
        self.narrow = layers.Dense(shape[-1], name="narrow")
        self.narrow.build((*shape[:-1], self.own["hidden"]))

    def call(self, x, context=None, mask=None, context_mask=None, cache=None, place=0):
        """Masks (B, T) and (B, S) of real positions; with a `cache` the result is (x, cache), as of `SelfAttention`."""
        if (context is not None) != self.own["cross"]:
            raise ValueError("A block with `cross` looks at a `context` (B, S, D), one without has no use for it.")
        heard = self.attention(self.attention_norm(x), mask=mask, cache=cache, place=place)
        heard, cache = (heard, None) if cache is None else heard
        x = x + self.drop(heard)
        if self.own["cross"]:
            seen = None if context_mask is None else context_mask[:, None, :]  # (B, 1, S)
            x = x + self.drop(self.cross(self.cross_norm(x), context, attention_mask=seen))
        x = x + self.drop(self.narrow(self.widen(self.network_norm(x))))
        return x if cache is None else (x, cache)

    def attention_weights(self, x, context=None, mask=None, **_):
        """The weights (B, N, T, T) of the self-attention, as of `SelfAttention`."""
        if not self.built:  # in the copy that `probe.attention_maps` makes
            self.build(x.shape)
        return self.attention.attention_weights(self.attention_norm(x), mask)

    def inside(self, length: int) -> int:
        """How many numbers its parts give for T = `length` positions; those of a second attention are not counted.

        Two norms, queries, keys, values, weights (N, T, T), what the heads hear and mix, and the network's two layers.
        """
        width = self.narrow.units
        return length * (8 * width + self.own["hidden"]) + self.own["heads"] * length**2

    def get_config(self):
        return super().get_config() | self.own


def encoder_blocks(x, depth: int, **options):
    """Symbolic (B, L, D) -> (B, L, D): `depth` blocks, one after the other, and the normalization that ends a stack.

    `options` are those of `Block`, with 4 heads and a network of 4 D hidden units. Raises ValueError for no block.
    """
    shapes.whole(depth, "depth")
    options = {"heads": 4, "hidden": 4 * x.shape[-1]} | options
    for number in range(depth):
        x = Block(name=f"block_{number}", **options)(x)
    return layers.LayerNormalization(epsilon=EPSILON, name="norm")(x)
