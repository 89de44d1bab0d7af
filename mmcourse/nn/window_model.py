"""A neural language model of a window: the last n tokens, a vector each, dense layers, a score for every next token.

Source: Bengio, Ducharme, Vincent and Jauvin 2003, with ReLU, any number of hidden layers, no direct connections.
"""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from mmcourse import shapes
from mmcourse.data.text import END, PAD, START, Vocabulary
from mmcourse.nn.gradients import dense_numpy, softmax_numpy
from mmcourse.nn.language import bits_numpy


def window_model_numpy(tokens: np.ndarray, table: np.ndarray, dense: list[tuple]) -> np.ndarray:
    """tokens (B, n), table (V, D), dense layers (W, b), the last one to V -> logits (B, V).

    The rows of the table for the n tokens stand side by side, (B, n D); every layer but the last ends in a ReLU,
    max(0, x). Raises ValueError for shapes that do not fit.
    """
    batch, _ = shapes.check(tokens, "B n", "tokens")
    x = table[tokens].reshape(batch, -1)  # (B, n D)
    for W, b in dense[:-1]:
        x = np.maximum(0, dense_numpy(x, W, b))  # (B, U)
    return dense_numpy(x, *dense[-1])  # (B, V)


def window_model(vocab_size: int, length: int, hidden: int = 1, units: int = 512, width: int = 32) -> keras.Model:
    """{"tokens": (B, length)} -> logits (B, V) for the token after them.

    `hidden` dense layers of `units`, and `width` numbers for each token. Raises ValueError for a size below 1.
    """
    sizes = {"vocab_size": vocab_size, "length": length, "hidden": hidden, "units": units, "width": width}
    for name, number in sizes.items():
        shapes.whole(number, name)
    tokens = keras.Input((length,), dtype="int32", name="tokens")
    x = layers.Embedding(vocab_size, width, name="table")(tokens)  # (B, n, D)
    x = layers.Flatten()(x)  # (B, n D)
    for number in range(hidden):
        x = layers.Dense(units, activation="relu", name=f"hidden_{number + 1}")(x)  # (B, U)
    return keras.Model({"tokens": tokens}, layers.Dense(vocab_size, name="head")(x), name="window_model")


def parts(model: keras.Model) -> tuple[np.ndarray, list[tuple]]:
    """The weights of a `window_model` as `window_model_numpy` takes them: table, dense layers."""
    table, *others = model.get_weights()
    return table, list(zip(others[::2], others[1::2], strict=True))


def contexts(texts: list[str], vocabulary: Vocabulary, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Texts -> the `length` tokens before each token, (N, length) int32, and that token, (N,).

    Each text is START … END; START is no target, and PAD stands where nothing comes before. Raises ValueError for no
    texts and a length below 1.
    """
    shapes.whole(length, "length")
    if not len(texts):
        raise ValueError("There are 0 texts; give at least one.")
    before, after = [], []
    for text in texts:
        row = np.array([PAD] * (length - 1) + [START, *vocabulary.encode(text), END], np.int32)
        before.append(np.lib.stride_tricks.sliding_window_view(row[:-1], length))
        after.append(row[length:])
    return np.concatenate(before), np.concatenate(after)


def bits(model: keras.Model, texts: list[str], vocabulary: Vocabulary) -> float:
    """Mean bits of a token of the texts, END counted as one, as `NGrams.bits` counts them."""
    tokens, targets = contexts(texts, vocabulary, model.inputs[0].shape[1])
    logits = window_model_numpy(tokens, *parts(model)).astype(np.float64)  # (N, V)
    return float(bits_numpy(logits[:, None], targets[:, None]))


def next_probabilities(model: keras.Model) -> Callable[[list[int]], np.ndarray]:
    """The model as a function from a row of ids, START first, to the probabilities of the next token, (V,)."""
    length, (table, dense) = model.inputs[0].shape[1], parts(model)

    def probabilities(row: list[int]) -> np.ndarray:
        last = [PAD] * (length - len(row)) + list(row[-length:])
        return softmax_numpy(window_model_numpy(np.array([last]), table, dense)[0].astype(np.float64))

    return probabilities
