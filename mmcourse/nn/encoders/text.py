"""Text encoders: tokens (B, T) int32, padded on the right -> (B, T, D), one vector a token. PAD changes no other place.

All begin with a table of word vectors, V D weights, and hand on which tokens are real.
"""

import keras
from keras import layers

from mmcourse import shapes
from mmcourse.nn.positions import SinePositions
from mmcourse.nn.transformer import encoder_blocks

UNROLLED = 32  # up to so many steps a loop is written out, faster on a CPU


def embedded_tokens(vocab_size: int, dim: int, length: int | None = None) -> tuple:
    """Symbolic tokens (B, T) named "text", and their vectors (B, T, D), PAD marked: the input of every text encoder.

    `length` is T, None for any. V D weights.
    Raises ValueError for fewer than 5 tokens, which is none beside the four special ones, and sizes below 1.
    """
    if vocab_size < 5 or dim < 1:
        raise ValueError(f"vocab_size is {vocab_size!r} and dim {dim!r}; give at least 5 tokens and 1 dimension.")
    if length is not None:
        shapes.whole(length, "length")
    tokens = keras.Input((length,), dtype="int32", name="text")
    return tokens, layers.Embedding(vocab_size, dim, mask_zero=True, name="words")(tokens)


def _recurrent(layer: type, vocab_size: int, dim: int, length: int | None) -> keras.Model:
    tokens, words = embedded_tokens(vocab_size, dim, length)
    unroll = length is not None and length <= UNROLLED
    states = layer(dim, return_sequences=True, unroll=unroll, name="reader")(words)  # (B, T, D)
    return keras.Model(tokens, states, name=f"text_{layer.__name__.lower()}")


def text_rnn(vocab_size: int, dim: int = 64, length: int | None = None) -> keras.Model:
    """Tokens (B, T) -> (B, T, D): a plain recurrent layer reads the words in order. V D + (2 D + 1) D weights.

    `length` is T, None for any. Raises ValueError as `embedded_tokens`. Source: Elman 1990.
    """
    return _recurrent(layers.SimpleRNN, vocab_size, dim, length)


def text_lstm(vocab_size: int, dim: int = 64, length: int | None = None) -> keras.Model:
    """Tokens (B, T) -> (B, T, D): a long short-term memory reads the words in order. V D + 4 (2 D + 1) D weights.

    `length` is T, None for any. Raises ValueError as `embedded_tokens`. Source: Gers, Schmidhuber and Cummins 2000.
    """
    return _recurrent(layers.LSTM, vocab_size, dim, length)


def text_gru(vocab_size: int, dim: int = 64, length: int | None = None) -> keras.Model:
    """Tokens (B, T) -> (B, T, D): a gated recurrent unit reads the words in order. V D + 3 (2 D + 2) D weights.

    `length` is T, None for any. Raises ValueError as `embedded_tokens`. Source: Cho et al. 2014.
    """
    return _recurrent(layers.GRU, vocab_size, dim, length)


def text_transformer(
    vocab_size: int, dim: int = 64, length: int | None = None, depth: int = 2, **options
) -> keras.Model:
    """Tokens (B, T) -> (B, T, D): `depth` Transformer blocks, every token looks at all that are real, on both sides.

    V D + depth (12 D² + 9 D) + 2 D weights, where each network has 4 D hidden units; the positions are waves, without
    weights. `length` is T, None for any; `options` are those of `transformer.Block`, with 4 heads.
    Raises ValueError as `embedded_tokens`, for no block, and a width the heads do not divide.
    Source: Vaswani et al. 2017.
    """
    tokens, words = embedded_tokens(vocab_size, dim, length)
    x = encoder_blocks(SinePositions(name="positions")(words), depth, **options)  # (B, T, D)
    return keras.Model(tokens, x, name="text_transformer")
