"""Two towers, one space: a picture and a sentence, each encoded alone, and the objectives that bring pairs together.

An objective is a layer that is called on the vectors of a batch, a and b (B, D), pairs by row, and gives the loss.
"""

import keras
from keras import layers, ops

from mmcourse import shapes
from mmcourse.nn import contrastive, encoders

EXACT = {"dtype": "float32"}  # a cosine over a small temperature needs more than the 8 bits of bfloat16


def image_tower(shape: tuple[int, int, int], dim: int = 64) -> keras.Model:
    """Images (B, H, W, C) in [0, 1] -> (B, D): the places of `encoders.grid_encoder` side by side, one dense layer."""
    places = encoders.grid_encoder(shape)  # (B, L, 64)
    x = layers.Dense(dim)(layers.Flatten()(places.output))  # (B, D)
    return keras.Model(places.input, x, name="image_tower")


def sentence_tower(vocab_size: int, dim: int = 64, length: int | None = None) -> keras.Model:
    """Tokens (B, T) int32 -> (B, D): a GRU reads the words in order; PAD at the end changes nothing.

    `length` is T, None for any; with a length the loop over the words is written out, which is faster on a CPU.
    """
    tokens, words = encoders.embedded_tokens(vocab_size, dim, length)
    state = layers.GRU(2 * dim, unroll=length is not None)(words)  # (B, 2 D)
    return keras.Model(tokens, layers.Dense(dim)(state), name="sentence_tower")


def bag_tower(vocab_size: int, dim: int = 64) -> keras.Model:
    """Tokens (B, T) int32 -> (B, D): two dense layers on the mean of the words; their order is lost.

    A row needs a token that is not PAD.
    """
    tokens, words = encoders.embedded_tokens(vocab_size, dim)
    mean = layers.GlobalAveragePooling1D()(words)  # (B, D), PAD left out
    return keras.Model(tokens, layers.Dense(dim)(layers.Dense(2 * dim, "relu")(mean)), name="bag_tower")


def places_tower(vocab_size: int, length: int, dim: int = 64) -> keras.Model:
    """Tokens (B, T) int32 -> (B, D): the words side by side, as `image_tower` has its places, and two dense layers.

    `length` is T: every place has weights of its own, so the dense layers get the order of the words from the first
    step on; a sentence of another length cannot be read. V D + (T D + 1) 4 D + (4 D + 1) D weights.
    Raises ValueError for fewer than 5 tokens, which is none beside the four special ones, and sizes below 1.
    """
    for name, size, least in (("vocab_size", vocab_size, 5), ("length", length, 1), ("dim", dim, 1)):
        shapes.whole(size, name, least)
    tokens = keras.Input((length,), dtype="int32", name="text")
    words = layers.Embedding(vocab_size, dim, name="words")(tokens)  # (B, T, D), a place after the end too
    x = layers.Dense(4 * dim, "relu")(layers.Flatten()(words))  # (B, 4 D)
    return keras.Model(tokens, layers.Dense(dim)(x), name="places_tower")


@keras.saving.register_keras_serializable("mmcourse")
class Hinge(layers.Layer):
    """a, b (B, D) -> loss: `contrastive.hinge_numpy`, both ways, as pictures look for sentences and the reverse."""

    def __init__(self, margin: float = 0.2, **keywords):
        super().__init__(**keywords)
        self.margin = margin

    def call(self, a, b):
        """The mean over both directions, in units of similarity."""
        return (contrastive.hinge_keras(a, b, self.margin) + contrastive.hinge_keras(b, a, self.margin)) / 2

    def get_config(self):
        """What builds the layer anew."""
        return {**super().get_config(), "margin": self.margin}


@keras.saving.register_keras_serializable("mmcourse")
class InfoNCE(layers.Layer):
    """a, b (B, D) -> loss: `contrastive.info_nce_numpy` in nats. Its one weight is the logarithm of the temperature.

    So the temperature stays above 0 whatever the steps; `trainable=False` keeps it where it is.
    With false (N, D), further wrong partners for a, it is `contrastive.hard_info_nce_numpy`.
    """

    def __init__(self, temperature: float = 0.07, **keywords):
        super().__init__(**EXACT | keywords)
        self.temperature = contrastive.positive(temperature)
        self.log_temperature = _scalar(self, "log_temperature", float(ops.log(temperature)))

    def call(self, a, b, false=None):
        """Cross-entropy of "which one of the batch is my partner?", mean of both directions."""
        temperature = ops.exp(self.log_temperature)
        if false is None:
            return contrastive.info_nce_keras(a, b, temperature)
        return contrastive.hard_info_nce_keras(a, b, false, temperature)

    def get_config(self):
        """What builds the layer anew; the learned temperature is a weight."""
        return {**super().get_config(), "temperature": self.temperature}


@keras.saving.register_keras_serializable("mmcourse")
class PairSigmoid(layers.Layer):
    """a, b (B, D) -> loss: `contrastive.sigmoid_loss_numpy`, with a learned logarithm of the temperature and bias.

    The first bias should say what holds before anything is learned: one in B belongs, so about -ln(B - 1).
    The paper starts at temperature 0.1 and bias -10, for far larger batches.
    """

    def __init__(self, temperature: float = 1.0, bias: float = -5.0, **keywords):
        super().__init__(**EXACT | keywords)
        self.temperature, self.first_bias = contrastive.positive(temperature), bias
        self.log_temperature = _scalar(self, "log_temperature", float(ops.log(temperature)))
        self.bias = _scalar(self, "bias", bias)

    def call(self, a, b):
        """Nats a row, for B questions each."""
        return contrastive.sigmoid_loss_keras(a, b, ops.exp(self.log_temperature), self.bias)

    def get_config(self):
        """What builds the layer anew."""
        return {**super().get_config(), "temperature": self.temperature, "bias": self.first_bias}


@keras.saving.register_keras_serializable("mmcourse")
class Pull(layers.Layer):
    """a, b (B, D) -> loss: the mean squared distance of the two sides of a pair, nothing else. It collapses."""

    def call(self, a, b):
        """From 0 to 4 for vectors of length 1."""
        return ops.mean(ops.sum(ops.square(a - b), axis=-1))


def _scalar(layer: layers.Layer, name: str, value: float):
    return layer.add_weight(shape=(), initializer=keras.initializers.Constant(value), name=name)


@keras.saving.register_keras_serializable("mmcourse")
class DualEncoder(keras.Model):
    """{m: x_m}, two modalities -> {m: (B, D)}, vectors of length 1; trains with an objective on the pairs of a batch.

    `towers` maps a modality to a model that gives (B, D); the objective gets the vectors in the order of the names.
    A third input `false`, false sentences for example, goes through the tower of the second modality and to the
    objective, which has to be InfoNCE: wrong partners for the first modality, beside those of the batch.
    While it trains it reports `accuracy`: how often the first modality finds its partner among the batch.
    Raises ValueError for other than two towers, towers that do not give vectors of one width, a tower named "false",
    and false ones for another objective.
    """

    def __init__(self, towers: dict[str, keras.Model], objective: layers.Layer, **keywords):
        super().__init__(**keywords)
        widths = {name: tower.output_shape for name, tower in towers.items()}
        if len(towers) != 2 or any(len(shape) != 2 for shape in widths.values()) or len(set(widths.values())) != 1:
            raise ValueError(f"A dual encoder needs two towers that give (B, D), D the same, not {widths}.")
        if "false" in towers:
            raise ValueError('A tower is named "false", which is the name of the false ones: give it another.')
        self.towers, self.objective = towers, objective
        self.accuracy = keras.metrics.Mean("accuracy")
        self.build(None)

    def build(self, input_shape):
        """The towers come built, and the objective needs no shape."""
        self.objective.build(input_shape)

    def call(self, inputs, training=None):
        """Each modality through its own tower, the false ones through the second, then to length 1."""
        towers = {name: self.towers[name] for name in sorted(self.towers)}
        if "false" in inputs:
            towers["false"] = towers[max(towers)]
        vectors = {name: tower(inputs[name], training=training) for name, tower in towers.items()}
        return {name: ops.normalize(values, axis=-1) for name, values in vectors.items()}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The objective; there are no labels: the pairs are what is known."""
        if "false" in y_pred and not isinstance(self.objective, InfoNCE):
            raise ValueError(f"False ones need the objective InfoNCE, not {type(self.objective).__name__}.")
        return self.objective(*(y_pred[name] for name in (*sorted(self.towers), "false") if name in y_pred))

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Loss, and how many rows of the first modality are more similar to their partner than to any other."""
        first, second = (y_pred[name] for name in sorted(self.towers))
        scores = ops.matmul(first, ops.transpose(second))  # (B, B)
        as_near = ops.sum(ops.cast(scores >= ops.diagonal(scores)[:, None], "int32"), axis=1)  # the partner and ties
        self.accuracy.update_state(ops.cast(as_near == 1, "float32"))
        return {metric.name: metric.result() for metric in self.metrics}

    def get_config(self):
        """What builds the model anew."""
        parts = {name: keras.saving.serialize_keras_object(tower) for name, tower in self.towers.items()}
        return {"name": self.name, "towers": parts, "objective": keras.saving.serialize_keras_object(self.objective)}

    @classmethod
    def from_config(cls, config):
        """The model of `get_config`."""
        build = keras.saving.deserialize_keras_object
        towers = {name: build(tower) for name, tower in config["towers"].items()}
        return cls(towers, build(config["objective"]), name=config["name"])
