"""Question answerers: a picture and a question in, one of a fixed set of answers out, with three ways to join them.

Both are read by encoders that are passed in; the fusion decides when the question may act on what was seen.
"""

import keras
from keras import layers

from mmcourse import shapes
from mmcourse.nn.attention import LearnedPositions, multi_head
from mmcourse.nn.modulation import Coordinates, FiLMPlaces

FUSIONS = ("concatenation", "attention", "film", "pairs")
LOOKS = ("first_look", "second_look")
BLOCKS = ("block_0", "block_1")
HEADS = 4
UNROLLED = 32  # up to so many steps a loop is written out, faster on a CPU


def question_answerer(
    image_encoder: keras.Model, question_encoder: keras.Model, answers: int, fusion: str = "film", hidden: int = 256
) -> keras.Model:
    """{"image": (B, H, W, C), "question": (B, T)} -> logits (B, A) of the answers, A of them.

    `image_encoder` gives places (B, L, D), `question_encoder` one vector (B, Q), which is brought to mean 0 and
    variance 1. The fusions, each with one hidden layer of `hidden` units before the answers:
    - "concatenation": all places side by side, beside the question. (CNN + LSTM of Johnson et al. 2017.)
    - "attention": the question looks at the places; what it found changes the question, which looks once more.
      (After Yang et al. 2016, stacked attention, with 4 heads.)
    - "film": two blocks, in which the question scales and shifts every feature at all places; then largest value and
      mean over the places. (Perez et al. 2018, with maps of one place in the place of convolutions of nine.)
    - "pairs": as "film", but over all L² pairs of places of a square grid, each with its row and column. (After Santoro
      et al. 2017, a relation network, with the question as scale and shift.)
    Raises ValueError for an image encoder that gives one vector, a question encoder that gives a sequence, fewer than 2
    answers, an unknown fusion, and for attention a width D that 4 heads do not divide.
    """
    _check(image_encoder, question_encoder, fusion)
    shapes.whole(answers, "answers", 2)
    shapes.whole(hidden, "hidden")
    image = keras.Input(image_encoder.input_shape[1:], name="image")
    question = keras.Input(question_encoder.input_shape[1:], dtype="int32", name="question")
    asked = layers.LayerNormalization(center=False, scale=False, name="asked")(question_encoder(question))  # (B, Q)
    join = dict(zip(FUSIONS, (_concatenation, _attention, _film, _pairs), strict=True))[fusion]
    x = layers.Dense(hidden, activation="relu", name="hidden")(join(image_encoder(image), asked))
    small = keras.initializers.RandomNormal(stddev=0.01)  # the first loss is that of guessing
    logits = layers.Dense(answers, kernel_initializer=small, name="head")(x)
    return keras.Model({"image": image, "question": question}, logits, name="question_answerer")


def cell_encoder(shape: tuple[int, int, int], dim: int = 64) -> keras.Model:
    """Images (B, H, W, C) in [0, 1] -> (B, L, D): L = ceil(H/6) ceil(W/6) places, cells of the world at 16 pixels.

    Three convolutions with batch normalization, the first of strides 2, the second of 3; they see 1 - image, so that a
    white ground is 0, as the frame around it is. 25 C D/2 + 9 D²/2 + D² + 10 D weights, 5 D of them means and
    variances, not trained. Raises ValueError for a shape of other axes.
    """
    shapes.check_sizes(shape, "H W C", "shape")
    images = keras.Input(shape, name="image")
    x = layers.Rescaling(-1.0, 1.0)(images)
    for width, size, strides in ((dim // 2, 5, 2), (dim, 3, 3), (dim, 1, 1)):
        x = layers.Conv2D(width, size, strides=strides, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    return keras.Model(images, layers.Reshape((-1, dim))(x), name="cell_encoder")  # (B, L, D)


def question_reader(vocab_size: int, dim: int = 64, length: int | None = None) -> keras.Model:
    """Tokens (B, T) int32, PAD on the right -> (B, D): the last state of a GRU. V D + 3 (2 D + 2) D weights.

    As `encoders.text_gru`, but the word vectors begin with variance 1: from 0.05, as Keras has it, all questions begin
    alike. PAD changes nothing. `length` is T, None for any. Raises ValueError for fewer than 5 tokens, sizes below 1.
    """
    if vocab_size < 5:
        raise ValueError(f"vocab_size is {vocab_size!r}; give at least 5 tokens, the four special ones included.")
    shapes.whole(dim, "dim")
    tokens = keras.Input((length,), dtype="int32", name="question")
    start = keras.initializers.RandomNormal(stddev=1.0)
    words = layers.Embedding(vocab_size, dim, embeddings_initializer=start, mask_zero=True, name="words")(tokens)
    unroll = length is not None and length <= UNROLLED
    return keras.Model(tokens, layers.GRU(dim, unroll=unroll, name="reader")(words), name="question_reader")


def _concatenation(places, asked):
    return layers.Concatenate(name="join")([layers.Flatten()(places), asked])  # (B, L D + Q)


def _attention(places, asked):
    width = places.shape[-1]
    places = LearnedPositions(name="places")(places)  # (B, L, D)
    x = layers.Reshape((1, width))(layers.Dense(width, name="looking_for")(asked))  # (B, 1, D)
    for look in LOOKS:
        seen = multi_head(HEADS, width // HEADS, name=look)(x, places)  # (B, 1, D)
        found = layers.Dense(width, activation="relu", name=f"{look}_found")(layers.Concatenate()([x, seen]))
        x = layers.Add()([x, found])  # (B, 1, D)
    return layers.Flatten()(x)


def _film(places, asked):
    x = LearnedPositions(name="places")(places)  # (B, L, D)
    for block in BLOCKS:
        y = layers.Dense(x.shape[-1], use_bias=False, name=f"{block}_map")(x)
        x = layers.Add(name=block)([x, _turned(y, asked, block)])  # (B, L, D)
    return layers.Concatenate()([layers.GlobalMaxPooling1D()(x), layers.GlobalAveragePooling1D()(x)])  # (B, 2 D)


def _pairs(places, asked):
    count, width = places.shape[1], 3 * places.shape[2] // 2
    x = Coordinates(name="coordinates")(places)  # (B, L, D + 2)
    first = layers.Reshape((count, 1, width))(layers.Dense(width, name="first")(x))
    second = layers.Reshape((1, count, width))(layers.Dense(width, name="second")(x))
    x = layers.Reshape((count**2, width))(layers.Add(name="pairs")([first, second]))  # (B, L L, 3 D/2)
    x = _turned(x, asked, "pairs_0")
    y = layers.Dense(width, use_bias=False, name="pairs_1_map")(x)
    x = layers.Add()([x, _turned(y, asked, "pairs_1")])
    return layers.Concatenate()([layers.GlobalMaxPooling1D()(x), layers.GlobalAveragePooling1D()(x)])  # (B, 3 D)


def _turned(x, asked, name):
    """x (B, L, D), brought to mean 0 and variance 1 over the batch, then scaled and shifted by the question; ReLU."""
    x = layers.BatchNormalization(momentum=0.9, center=False, scale=False, name=f"{name}_norm")(x)
    return layers.ReLU()(FiLMPlaces(name=f"{name}_film")(x, asked))


def _check(image_encoder, question_encoder, fusion) -> None:
    if fusion not in FUSIONS:
        raise ValueError(f"fusion is {fusion!r}; choose one of {', '.join(FUSIONS)}.")
    if len(image_encoder.output_shape) != 3:
        given = image_encoder.output_shape
        raise ValueError(f"The image encoder gives {given}, an answerer needs places (B, L, D): do not pool.")
    if len(question_encoder.output_shape) != 2:
        given = question_encoder.output_shape
        raise ValueError(f"The question encoder gives {given}, not one vector (B, Q): pool it.")
    if fusion == "attention" and image_encoder.output_shape[-1] % HEADS:
        raise ValueError(f"{HEADS} heads do not divide D = {image_encoder.output_shape[-1]}: give a multiple.")
