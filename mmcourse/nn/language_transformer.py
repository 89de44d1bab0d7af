"""Language models without recurrence: Transformer blocks over the tokens so far, decoded with a cache.

A text is START … END, as in `language`; a model has room for a fixed number of positions.
"""

import keras
import numpy as np
from keras import layers, ops

from mmcourse import shapes
from mmcourse.data.text import END, PAD, START, UNKNOWN, Vocabulary
from mmcourse.nn.attention import LearnedPositions
from mmcourse.nn.language import bits_numpy
from mmcourse.nn.positions import SinePositions
from mmcourse.nn.transformer import EPSILON, Block

ADDED = {"learned": LearnedPositions, "sine": SinePositions}
POSITIONS = (*ADDED, "rotary", "none")


def language_transformer(
    vocab_size: int, length: int, dim: int = 128, depth: int = 4, positions: str = "learned", **options
) -> keras.Model:
    """{"tokens": (B, T)} -> logits (B, T, V) for the token after each; T = `length`. A decoder-only Transformer.

    `positions` is "learned", "sine", "rotary" or "none"; all but the learned ones have no weights, so the same weights
    fit a model of another length. `options` are those of `Block`: `heads` (4), `dropout`, and `causal=False` for a
    model that sees both sides, to be trained with `hide`.
    Raises ValueError for unknown positions, fewer than 5 tokens, no position or block, a width the heads do not divide.
    """
    if vocab_size < 5 or length < 1 or depth < 1:
        raise ValueError(f"vocab_size {vocab_size!r}, length {length!r}, depth {depth!r}: give 5, 1 and 1 or more.")
    if positions not in POSITIONS:
        raise ValueError(f"positions is {positions!r}; choose one of {', '.join(POSITIONS)}.")
    options = {"heads": 4, "hidden": 4 * dim, "causal": True, "rotary": positions == "rotary"} | options
    tokens = keras.Input((length,), dtype="int32", name="tokens")
    x = layers.Embedding(vocab_size, dim, name="words")(tokens)  # (B, T, D)
    if positions in ADDED:
        x = ADDED[positions](name="positions")(x)
    for number in range(depth):
        x = Block(name=f"block_{number}", **options)(x)
    x = layers.LayerNormalization(epsilon=EPSILON, name="norm")(x)
    small = keras.initializers.RandomNormal(stddev=0.01)  # the first loss is that of guessing
    logits = layers.Dense(vocab_size, kernel_initializer=small, name="head")(x)
    return keras.Model({"tokens": tokens}, logits, name="language_transformer")


def parameters(vocab_size: int, length: int, dim: int, depth: int) -> int:
    """Number of weights of a `language_transformer` with learned positions, about 12 L D² where L is its depth."""
    block = 4 * dim**2 + 8 * dim**2 + (4 * dim + dim) + 4 * dim  # attention, network, its biases, two normalizations
    return vocab_size * dim + length * dim + depth * block + 2 * dim + dim * vocab_size + vocab_size


def empty_caches(model: keras.Model, batch: int) -> list:
    """Room for the keys and values of each block of a `language_transformer`, for `batch` rows."""
    return [block.attention.empty_cache(batch, model.output_shape[1]) for block in blocks(model)]


def step(model: keras.Model, tokens: np.ndarray, place: int, caches: list) -> tuple[np.ndarray, list]:
    """tokens (B,) at `place`, caches of what came before -> logits (B, V) for the next token, and caches with this one.

    What the model would give at `place` for the whole row, at the price of one position.
    Raises ValueError for tokens of other axes, and a place where the model has no room.
    """
    (batch,) = shapes.check(tokens, "B", "tokens")
    if not 0 <= place < model.output_shape[1]:
        raise ValueError(f"place is {place!r}, the model has {model.output_shape[1]} positions, from 0.")
    x, before, after = ops.convert_to_tensor(np.reshape(tokens, (batch, 1))), iter(caches), []
    for layer in model.layers[1:]:
        if isinstance(layer, Block):
            x, cache = layer(x, cache=next(before), place=place)  # (B, 1, D)
            after.append(cache)
        else:
            x = layer(x, start=place) if layer.name == "positions" else layer(x)
    return ops.convert_to_numpy(x)[:, 0].astype(np.float64), after


def sample(model: keras.Model, vocabulary: Vocabulary, count: int, prompt: str = "", seed: int = 0) -> list[str]:
    """`count` texts that begin with `prompt`, each character drawn from the model's probabilities, with a cache.

    A text ends with END or where the model has no room. PAD, START and UNKNOWN are not drawn.
    Raises ValueError for a prompt that leaves no room.
    """
    given = [START, *vocabulary.encode(prompt)]
    length = model.output_shape[1]
    if len(given) > length:
        raise ValueError(f"The prompt has {len(given)} tokens with START, the model room for {length}.")
    random, caches = np.random.RandomState(seed), empty_caches(model, count)
    tokens = np.full((count, length + 1), PAD, np.int32)
    tokens[:, : len(given)] = given
    running = np.ones(count, bool)
    for place in range(length):
        logits, caches = step(model, tokens[:, place], place, caches)  # (B, V)
        if place + 1 < len(given):
            continue
        logits[:, [PAD, START, UNKNOWN]] = -np.inf
        drawn = (logits + random.gumbel(size=logits.shape)).argmax(-1)  # a draw from the softmax of the logits
        tokens[running, place + 1] = drawn[running]
        running &= tokens[:, place + 1] != END
        if not running.any():
            break
    return [vocabulary.decode(row) for row in tokens]


def text_windows(texts: list[str], vocabulary: Vocabulary, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Texts -> tokens and the token after each, (n, length) int32 both; each text begins anew, with START.

    A longer text is cut into windows that overlap by half; each of its tokens is a target once, PAD fills up.
    Raises ValueError for a length below 2.
    """
    if length < 2:
        raise ValueError(f"length is {length!r}; windows that overlap by half have at least 2 tokens.")
    tokens, targets = [], []
    for text in texts:
        row = np.array([START, *vocabulary.encode(text), END], np.int32)
        for first in range(0, max(1, len(row) - 1 - length // 2), length // 2):
            piece = row[first : first + length + 1]
            new = piece[1:].copy()
            if first:
                new[: length - length // 2] = PAD  # were targets of the window before
            tokens.append(np.pad(piece[:-1], (0, length - len(new)), constant_values=PAD))
            targets.append(np.pad(new, (0, length - len(new)), constant_values=PAD))
    return np.array(tokens), np.array(targets)


def bits_per_character(model: keras.Model, texts: list[str], vocabulary: Vocabulary) -> float:
    """Mean bits that the model needs for a character of the texts, END counted as one; each text begins anew.

    Counted as by `language.bits_per_character`; past the model's length a character is given at least half of it.
    """
    tokens, targets = text_windows(texts, vocabulary, model.output_shape[1])
    return float(bits_numpy(logits_of(model, tokens), targets))


def bits_by_place(model: keras.Model, tokens: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """tokens and targets (n, T) -> (T,): mean bits of the target at each place of the windows."""
    logits = logits_of(model, tokens)
    return np.array([bits_numpy(logits[:, [t]], targets[:, [t]]) for t in range(targets.shape[1])])


def logits_of(model: keras.Model, tokens: np.ndarray) -> np.ndarray:
    """tokens (n, T) -> logits (n, T, V), float64, batch by batch."""
    return model.predict({"tokens": tokens}, batch_size=128, verbose=0).astype(np.float64)


def hide(tokens: np.ndarray, hidden: int, share: float = 0.15, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """tokens (n, T) -> tokens with a random `share` replaced by the token `hidden`, and targets: PAD elsewhere, (n, T).

    The masked objective: the model is asked for what was replaced, and may look at both sides. PAD and START stay.
    (Devlin et al. 2019, section 3.1, who leave some of the asked tokens as they are or replace them by others.)
    Raises ValueError for a share outside 0 to 1.
    """
    shapes.check(tokens, "n T", "tokens")
    if not 0 < share <= 1:
        raise ValueError(f"share is {share!r}; give a number above 0, up to 1.")
    chosen = np.random.RandomState(seed).random_sample(tokens.shape) < share
    chosen &= (tokens != PAD) & (tokens != START)
    return np.where(chosen, hidden, tokens).astype(np.int32), np.where(chosen, tokens, PAD).astype(np.int32)


def blocks(model: keras.Model) -> list[Block]:
    """The Transformer blocks of a model, the first one first."""
    return [layer for layer in model.layers if isinstance(layer, Block)]


def echo(
    model: keras.Model, texts: list[str], vocabulary: Vocabulary, length: int = 30, seed: int = 0
) -> dict[str, float]:
    """Mean bits of the first `length` tokens of each text after themselves ("same") and after another text ("other").

    What the model gains from having just read what comes is learned in the context alone: no weight changes.
    Raises ValueError for a model without room for twice that, and fewer than two texts of that length.
    """
    pieces = np.array([ids[:length] for ids in map(vocabulary.encode, texts) if len(ids) >= length], np.int32)
    if 2 * length > model.output_shape[1] or len(pieces) < 2:
        raise ValueError(
            f"echo needs room for {2 * length} tokens and two texts of {length}; the model has {model.output_shape[1]} "
            f"positions, and {len(pieces)} texts are long enough."
        )
    others = np.roll(pieces, np.random.RandomState(seed).randint(1, len(pieces)), axis=0)
    found = {}
    for name, before in (("same", pieces), ("other", others)):
        row = np.concatenate([np.full((len(pieces), 1), START), before, pieces], axis=1)
        tokens, targets = row[:, :-1], row[:, 1:].copy()
        targets[:, :length] = PAD
        room = ((0, 0), (0, model.output_shape[1] - 2 * length))
        tokens, targets = (np.pad(each, room, constant_values=PAD) for each in (tokens, targets))
        found[name] = float(bits_numpy(logits_of(model, tokens), targets))
    return found


def repeated(count: int, length: int, longest: int, symbols: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Strings that repeat themselves -> tokens and the token after each, (count, length) both.

    START, then 4 to `longest` different random tokens, again and again. Only what can be known is a target, from the
    second token of the second round on: find the token's last place, tell what stood after it. Tokens are the ids from
    4 to `symbols` + 3. Raises ValueError for no string, a round below 4 tokens, too few symbols, or too short rows.
    """
    if count < 1 or not 4 <= longest <= min(symbols, length - 2):
        raise ValueError(
            f"count {count!r}, length {length!r}, longest {longest!r}, symbols {symbols!r}: give 1 string or more, "
            "rounds of 4 or more, at least as many symbols, and rows of two more."
        )
    random, places = np.random.RandomState(seed), np.arange(length)
    orders = 4 + np.argsort(random.random_sample((count, symbols)), axis=1)  # (count, symbols)
    rounds = random.randint(4, longest + 1, size=(count, 1), dtype=np.int64)
    strings = np.take_along_axis(orders, places % rounds, axis=1)  # (count, length)
    tokens = np.concatenate([np.full((count, 1), START), strings[:, :-1]], axis=1)
    return tokens.astype(np.int32), np.where(places > rounds, strings, PAD).astype(np.int32)
