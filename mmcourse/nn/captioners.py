"""Captioners: language models that see a picture, with four decoders, and their form that takes one token at a time.

The training form reads a whole sentence at once; token t sees tokens 0 to t. `steps` gives the other form, made of the
same layers: what it keeps from token to token is a recurrent state, or the keys and values of the Transformer.
"""

import weakref

import keras
from keras import layers

from mmcourse.nn.attention import LearnedPositions, multi_head
from mmcourse.nn.transformer import EPSILON, Block

DECODERS = ("gru", "gru with picture", "gru with attention", "transformer")
LOOKS = ("first_look", "second_look")
BLOCKS = ("block_0", "block_1")
HEADS = 4


def captioner(
    encoder: keras.Model, vocab_size: int, length: int, dim: int = 128, decoder: str = "gru with attention"
) -> keras.Model:
    """{"image": (B, H, W, C), "tokens": (B, T)} -> logits (B, T, V) of the token that follows each.

    `encoder` gives (B, L, D); `length` is T. The decoders, all of width `dim`:
    - "gru": the whole picture becomes the first state of a GRU. (Vinyals et al. 2015 give it as the first input.)
    - "gru with picture": besides, it gets the whole picture again with every word. (Tanti et al. 2018: par-inject.)
    - "gru with attention": a GRU reads the words so far, and two rounds of attention look for what they speak of in the
      picture; the second one starts from what the first one found. (After Xu et al. 2015.)
    - "transformer": two blocks; each looks at the words so far, then at the picture. (Vaswani et al. 2017.)
    Raises ValueError for an encoder that gives one vector, fewer than 5 tokens in the vocabulary, no length, an unknown
    decoder, or a width that the heads do not divide.
    """
    if len(encoder.output_shape) != 3:
        raise ValueError(f"The encoder gives {encoder.output_shape}, a captioner needs places (B, L, D): do not pool.")
    if vocab_size < 5 or length < 1:
        raise ValueError(f"vocab_size is {vocab_size!r} and length {length!r}; give at least 5 tokens and 1 position.")
    if decoder not in DECODERS:
        raise ValueError(f"decoder is {decoder!r}; choose one of {', '.join(DECODERS)}.")
    if dim < 2 * HEADS or dim % (2 * HEADS):
        raise ValueError(f"dim is {dim!r}; give a multiple of {2 * HEADS}, for {HEADS} heads.")
    images = keras.Input(encoder.input_shape[1:], name="image")
    tokens = keras.Input((length,), dtype="int32", name="tokens")
    make = dict(zip(DECODERS, (_gru, _reminded_gru, gru_with_attention, _transformer), strict=True))[decoder]
    logits = make(encoder(images), tokens, vocab_size, dim)
    return keras.Model({"image": images, "tokens": tokens}, logits, name="captioner")


def has_steps(model: keras.Model) -> bool:
    """Whether `steps` knows the model: one that `captioner` built, loaded or not."""
    return model.name == "captioner" and _has(model, "words")


def steps(model: keras.Model) -> tuple[keras.Model, keras.Model, dict[str, tuple]]:
    """A captioner -> two models with its weights, one for the picture and one for each token, and what is kept.

    `begin`: {"image": (B, H, W, C)} -> what the other one needs of it. `step`: that, {"token": (B, 1), "place": (B, 1)}
    and what is kept -> {"logits": (B, V)} and what is kept now. What is kept and does not come from `begin` is 0 at
    first; the third result gives its shapes, without B. Raises ValueError for another model.
    """
    if not has_steps(model):
        raise ValueError(f"The model {model.name!r} is not one that `captioner` built: decode with cached=False.")
    if model not in _made:
        _made[model] = _transformer_steps(model) if _has(model, BLOCKS[0]) else _gru_steps(model)
    return _made[model]


_made = weakref.WeakKeyDictionary()  # model -> its steps, so that they are compiled once


def _gru(places, tokens, vocab_size, dim):
    state = layers.Dense(dim, activation="tanh", name="first_state")(layers.Flatten()(places))  # (B, D)
    words = layers.Embedding(vocab_size, dim // 2, name="words")(tokens)  # (B, T, D/2)
    x = _reader(dim, tokens.shape[1])(words, initial_state=state)  # (B, T, D)
    return layers.Dense(vocab_size, name="head")(x)


def _reminded_gru(places, tokens, vocab_size, dim):
    whole = layers.Flatten()(places)  # (B, L D)
    state = layers.Dense(dim, activation="tanh", name="first_state")(whole)  # (B, D)
    picture = layers.Dense(dim // 2, name="picture")(whole)  # (B, D/2)
    words = layers.Embedding(vocab_size, dim // 2, name="words")(tokens)  # (B, T, D/2)
    both = layers.Concatenate()([words, layers.RepeatVector(tokens.shape[1])(picture)])  # (B, T, D)
    x = _reader(dim, tokens.shape[1])(both, initial_state=state)  # (B, T, D)
    return layers.Dense(vocab_size, name="head")(x)


def gru_with_attention(places, tokens, vocab_size: int, dim: int):
    """places (B, L, D), tokens (B, T) -> logits (B, T, V): the words so far look twice for what they speak of."""
    places = LearnedPositions(name="places")(places)  # (B, L, D)
    words = layers.Embedding(vocab_size, dim // 2, name="words")(tokens)  # (B, T, D/2)
    x = _reader(dim, tokens.shape[1])(words)  # (B, T, D), a GRU
    made = {}
    for look in LOOKS:
        made |= {look: multi_head(HEADS, dim // 8, name=look)}
        made |= {f"{look}_found": layers.Dense(dim, activation="relu", name=f"{look}_found")}
    return layers.Dense(vocab_size, name="head")(look_twice(made.get, x, places))


def _transformer(places, tokens, vocab_size, dim):
    picture = layers.Dense(dim, name="picture")(LearnedPositions(name="places")(places))  # (B, L, D)
    words = layers.Embedding(vocab_size, dim, name="words")(tokens)  # (B, T, D)
    x = LearnedPositions(name="positions")(words)
    for name in BLOCKS:
        x = Block(HEADS, 4 * dim, cross=True, causal=True, name=name)(x, context=picture)
    x = layers.LayerNormalization(epsilon=EPSILON, name="norm")(x)
    small = keras.initializers.RandomNormal(stddev=0.01)  # the first loss is that of guessing
    return layers.Dense(vocab_size, kernel_initializer=small, name="head")(x)


def _reader(dim, length):
    return layers.GRU(dim, return_sequences=True, unroll=length <= 32, name="words_so_far")


def look_twice(layer, x, places):
    """x (B, T, D), places (B, L, D) -> (B, T, D) by two rounds of attention; `layer` gives a layer by its name."""
    for look in LOOKS:
        seen = layer(look)(x, places)  # (B, T, D)
        found = layer(f"{look}_found")(layers.Concatenate()([x, seen]))  # (B, T, D)
        x = layers.Add()([x, found])  # (B, T, D)
    return x


class _Step(keras.Model):
    """One token through layers that another model owns; `run(layers, inputs)` gives the results by name."""

    def __init__(self, layers_by_name, run):
        super().__init__(name="step")
        self.parts, self.run = layers_by_name, run

    def call(self, inputs):
        return self.run(self.parts, inputs)


def _gru_steps(model):
    parts = {layer.name: layer for layer in model.layers}
    looks, reminded = LOOKS[0] in parts, "picture" in parts

    def run(parts, inputs):
        words = parts["words"](inputs["token"])  # (B, 1, D/2)
        if reminded:
            words = layers.Concatenate()([words, inputs["picture"][:, None]])  # (B, 1, D)
        x = parts["words_so_far"](words, initial_state=inputs["state"])  # (B, 1, D)
        after = x[:, 0]  # (B, D): the state of a GRU is what it gives
        x = look_twice(parts.get, x, inputs["places"]) if looks else x
        return {"logits": parts["head"](x)[:, 0], "state": after}

    seen = {"places": parts["places"].output} if looks else {"state": parts["first_state"].output}
    seen |= {"picture": parts["picture"].output} if reminded else {}
    begin = keras.Model({"image": model.input["image"]}, seen)
    return begin, _Step(parts, run), {"state": (parts["words_so_far"].units,)} if looks else {}


def _transformer_steps(model):
    parts = {layer.name: layer for layer in model.layers}

    def run(parts, inputs):
        x = parts["positions"](parts["words"](inputs["token"]), start=inputs["place"])  # (B, 1, D)
        after = {}
        for name in BLOCKS:
            names = [f"{name}_keys", f"{name}_values"]
            cache = [inputs[part] for part in names]
            x, cache = parts[name](x, context=inputs["picture"], cache=cache, place=inputs["place"])
            after |= dict(zip(names, cache, strict=True))
        return {"logits": parts["head"](parts["norm"](x))[:, 0], **after}

    begin = keras.Model({"image": model.input["image"]}, {"picture": parts["picture"].output})
    kept = {}
    for name in BLOCKS:
        keys, values = parts[name].attention.empty_cache(1, model.output_shape[1])  # (1, N, T, K)
        kept |= {f"{name}_keys": tuple(keys.shape[1:]), f"{name}_values": tuple(values.shape[1:])}
    return begin, _Step(parts, run), kept


def _has(model, name):
    return any(layer.name == name for layer in model.layers)
