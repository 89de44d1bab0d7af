"""Language models that read one character, or any token, after the other: a recurrent layer and a head.

A text is START … END; a model gives logits for the token after each. Bits are per token, END counted as one.
"""

import keras
import numpy as np
from keras import layers

from mmcourse import shapes
from mmcourse.data.text import END, PAD, START, UNKNOWN, Vocabulary
from mmcourse.equations import equation

CELLS = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}


@equation("eq-rnn-bits", lesson="rnn", source="cover2006elements", keras="losses.SparseCategoricalCrossentropy",
          logits="B T V", targets="B T of V")  # fmt: skip
def bits_numpy(logits: np.ndarray, targets: np.ndarray) -> float:
    """logits (B, T, V), targets (B, T) whole numbers below V -> mean bits of a target, from 0 up; PAD is left out.

    Minus the base-2 logarithm of the probability that the softmax of the logits gives to the target; NaN where all
    targets are PAD. Raises ValueError for shapes that do not fit. Source: Cover and Thomas 2006, section 5.4.
    """
    batch, length, _ = shapes.check(logits, "B T V", "logits")
    shapes.check(targets, "B T", "targets", B=batch, T=length)
    largest = logits.max(-1, keepdims=True)
    scores = np.log(np.exp(logits - largest).sum(-1)) + largest[..., 0]  # (B, T)
    nats = scores - np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    return nats[targets != PAD].mean() / np.log(2)


def bits_keras(logits, targets):
    """As `bits_numpy`, by Keras's cross-entropy, which counts in nats."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PAD)
    return loss(targets, logits) / np.log(2)


def character_model(cell: str, vocab_size: int, dim: int = 128, width: int = 32) -> keras.Model:
    """{"tokens": (B, T)} -> logits (B, T, V) for the token after each; T may differ from batch to batch.

    `cell` is "rnn", "lstm" or "gru", `dim` its units, `width` that of the embeddings. PAD at the end of a row comes too
    late to change what stands before it. Raises ValueError for an unknown cell and fewer than 5 tokens.
    """
    if cell not in CELLS or vocab_size < 5:
        raise ValueError(f"cell is {cell!r} and vocab_size {vocab_size!r}; give one of {', '.join(CELLS)}, and 5 up.")
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    x = layers.Embedding(vocab_size, width, name="characters")(tokens)  # (B, T, width)
    x = CELLS[cell](dim, return_sequences=True, name=cell)(x)  # (B, T, dim)
    return keras.Model({"tokens": tokens}, layers.Dense(vocab_size, name="head")(x), name="character_model")


def windows(texts: list[str], vocabulary: Vocabulary, length: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Texts -> tokens and the token after each, (n, length) int32 both: all texts in a row, cut into windows.

    START after an END is no target: PAD stands there. The last tokens, too few for a window, are left out.
    Raises ValueError where the texts have fewer than `length` + 1 tokens.
    """
    stream = np.array([i for text in texts for i in (START, *vocabulary.encode(text), END)], np.int32)
    count = (len(stream) - 1) // length
    if length < 1 or not count:
        raise ValueError(f"The texts have {len(stream)} tokens, too few for one window of length {length!r}.")
    tokens = stream[: count * length].reshape(count, length)
    targets = stream[1 : count * length + 1].reshape(count, length)
    return tokens, np.where(targets == START, PAD, targets)


def bits_per_character(model: keras.Model, texts: list[str], vocabulary: Vocabulary) -> float:
    """Mean bits that the model needs for a character of the texts, END counted as one; each text begins anew."""
    tokens, mask = vocabulary.batch(sorted(texts, key=len))
    total = 0.0
    for first in range(0, len(tokens), 64):
        longest = int(mask[first : first + 64].sum(1).max())
        rows = tokens[first : first + 64, :longest]
        logits = _array(model({"tokens": rows[:, :-1]}))
        total += bits_numpy(logits, rows[:, 1:]) * np.sum(rows[:, 1:] != PAD)
    return float(total / mask[:, 1:].sum())


def bits_by_context(
    model: keras.Model, texts: list[str], vocabulary: Vocabulary, lengths: list[int], every: int = 6
) -> list[float]:
    """Mean bits of the same characters of the texts, where the model is given the last 1, 2, … tokens only.

    `lengths` are the numbers of tokens given; every `every`-th character is asked for.
    """
    contexts, targets = contexts_of(texts, vocabulary, max(lengths), every)
    logits = [_array(model({"tokens": contexts[:, -length:]})[:, -1:]) for length in lengths]
    return [float(bits_numpy(each, targets[:, None])) for each in logits]


def contexts_of(texts: list[str], vocabulary: Vocabulary, length: int, every: int) -> tuple[np.ndarray, np.ndarray]:
    """Texts -> the last `length` tokens before every `every`-th token, (n, length), and that token, (n,); no START."""
    tokens, targets = (column[:, 0] for column in windows(texts, vocabulary, length=1))
    contexts = np.lib.stride_tricks.sliding_window_view(tokens, length)[::every]
    targets = targets[length - 1 :: every]
    return contexts[targets != PAD], targets[targets != PAD]


def sample(model: keras.Model, vocabulary: Vocabulary, count: int, length: int, seed: int = 0) -> list[str]:
    """`count` texts of at most `length` characters from a `character_model`, each drawn from the model's probabilities.

    The model reads its own characters one by one: the state is all that it keeps. PAD, START and UNKNOWN are not drawn.
    """
    _, characters, recurrent, head = model.layers
    random, state = np.random.RandomState(seed), recurrent.get_initial_state(batch_size=count)
    tokens = np.full((count, length + 1), START, np.int32)
    for place in range(length):
        output, state = recurrent.cell(characters(tokens[:, place]), state)
        logits = _array(head(output))  # (B, V)
        logits[:, [PAD, START, UNKNOWN]] = -np.inf
        noise = random.gumbel(size=logits.shape)  # the largest of logits plus Gumbel noise is a draw from their softmax
        tokens[:, place + 1] = (logits + noise).argmax(-1)
    return [vocabulary.decode(row) for row in tokens]


def hidden_character_model(vocab_size: int, dim: int = 64, width: int = 32, sides: str = "both") -> keras.Model:
    """{"tokens": (B, T)} -> logits (B, T - 2, V): for each token but the first and last, from the tokens around it.

    One recurrent layer reads from the left, one from the right, each up to the neighbor of the hidden token; with
    `sides` "left" only the first one is used. Raises ValueError for other `sides`.
    """
    if sides not in ("left", "both"):
        raise ValueError(f"sides is {sides!r}; give 'left' or 'both'.")
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    x = layers.Embedding(vocab_size, width, name="characters")(tokens)  # (B, T, width)
    seen = layers.SimpleRNN(dim, return_sequences=True, name="from_left")(x)[:, :-2]  # (B, T - 2, dim)
    if sides == "both":
        backward = layers.SimpleRNN(dim, return_sequences=True, go_backwards=True, name="from_right")(x)
        seen = layers.Concatenate()([seen, keras.ops.flip(backward, axis=1)[:, 2:]])  # (B, T - 2, 2 dim)
    return keras.Model({"tokens": tokens}, layers.Dense(vocab_size, name="head")(seen), name="hidden_character_model")


def leaking_model(vocab_size: int, dim: int = 64, width: int = 32) -> keras.Model:
    """{"tokens": (B, T)} -> logits (B, T, V) "for the token after each", by a bidirectional layer: it reads the answer.

    A mistake to learn from, not a language model.
    """
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    x = layers.Embedding(vocab_size, width, name="characters")(tokens)  # (B, T, width)
    x = layers.Bidirectional(layers.SimpleRNN(dim, return_sequences=True))(x)  # (B, T, 2 dim)
    return keras.Model({"tokens": tokens}, layers.Dense(vocab_size, name="head")(x), name="leaking_model")


class WatchedSGD(keras.optimizers.SGD):
    """Plain gradient descent that keeps the norm of the last gradient, before clipping, in `norm`."""

    def build(self, variables):
        super().build(variables)
        self.norm = self.add_variable(shape=(), initializer="zeros", name="norm")

    def apply(self, grads, trainable_variables=None):
        squares = [keras.ops.sum(keras.ops.square(keras.ops.convert_to_tensor(grad))) for grad in grads]
        self.norm.assign(keras.ops.sqrt(sum(squares)))
        return super().apply(grads, trainable_variables)


def descend(
    model: keras.Model, tokens: np.ndarray, targets: np.ndarray, optimizer: WatchedSGD, steps: int, seed: int = 0
) -> dict[str, np.ndarray]:
    """Train on random batches of 32 rows -> {"bits", "norm"}, (steps,) each: of every batch, before its step.

    Ends early where the loss is no number any more; the last entry is then NaN or infinite.
    """
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PAD))
    optimizer.build(model.trainable_variables)
    random, curve = np.random.RandomState(seed), {"bits": [], "norm": []}
    for _ in range(steps):
        rows = random.randint(len(tokens), size=32, dtype=np.int64)
        model.reset_metrics()
        curve["bits"].append(float(model.train_on_batch({"tokens": tokens[rows]}, targets[rows])) / np.log(2))
        curve["norm"].append(float(optimizer.norm.value))
        if not np.isfinite(curve["bits"][-1]):
            break
    return {name: np.array(values) for name, values in curve.items()}


def _array(logits) -> np.ndarray:
    """A tensor of any backend -> float64."""
    return keras.ops.convert_to_numpy(logits).astype(np.float64)
