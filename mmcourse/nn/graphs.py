"""Graphs: nodes that pass messages along edges. An adjacency matrix A (L, L) holds 1 where node i hears node j."""

import keras
import numpy as np
from keras import layers, ops

from mmcourse import shapes
from mmcourse.equations import equation, with_weights


@equation("eq-graphs-normalized", lesson="graphs", source="kipf2017semi", keras="ops.rsqrt", adjacency="L L above 0")
def normalized_numpy(adjacency: np.ndarray) -> np.ndarray:
    """adjacency (..., L, L), 0 or more -> the same shape: with self loops, each edge over the root of both degrees.

    The degree of a node is the sum of its row. Of a symmetric graph all eigenvalues lie between -1 and 1, so that
    layer after layer nothing blows up. Raises ValueError for a table that is not square or has numbers below 0.
    Source: Kipf and Welling 2017, eq. 2.
    """
    _check_adjacency(adjacency)
    looped = adjacency + np.eye(np.shape(adjacency)[-1])
    roots = 1 / np.sqrt(looped.sum(-1))  # (..., L), degrees are at least 1
    return roots[..., :, None] * looped * roots[..., None, :]


def normalized_keras(adjacency):
    """As `normalized_numpy`, by `keras.ops`."""
    looped = adjacency + ops.eye(adjacency.shape[-1])
    roots = ops.rsqrt(ops.sum(looped, axis=-1))
    return roots[..., :, None] * looped * roots[..., None, :]


@equation("eq-graphs-convolution", lesson="graphs", source="kipf2017semi", keras="nn.graphs.GraphConvolution",
          nodes="B L D", adjacency="B L L above 0", W="D H", b="H")  # fmt: skip
def graph_convolution_numpy(nodes: np.ndarray, adjacency: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """nodes (B, L, D), adjacency (B, L, L), W (D, H), b (H,) -> (B, L, H): each node hears its neighbors and itself.

    Raises ValueError for shapes that do not fit together. Source: Kipf and Welling 2017, eq. 2, before the activation.
    """
    batch, length, width = shapes.check(nodes, "B L D", "nodes")
    shapes.check(adjacency, "B L L", "adjacency", B=batch, L=length)
    _, units = shapes.check(W, "D H", "W", D=width)
    shapes.check(b, "H", "b", H=units)
    return normalized_numpy(adjacency) @ nodes @ W + b


def graph_convolution_keras(nodes, adjacency, W, b):
    """As `graph_convolution_numpy`, by the layer `GraphConvolution`."""
    layer = GraphConvolution(W.shape[1])
    layer.build([nodes.shape, adjacency.shape])
    return with_weights(layer, [W, b], [nodes, adjacency])


@equation("eq-graphs-kinds", lesson="graphs", source="schlichtkrull2018modeling",
          keras="nn.graphs.RelationalConvolution",
          nodes="B L D", adjacency="B kinds L L above 0", W="kinds D H", W_self="D H", b="H")  # fmt: skip
def relational_convolution_numpy(
    nodes: np.ndarray, adjacency: np.ndarray, W: np.ndarray, W_self: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """nodes (B, L, D), adjacency (B, kinds, L, L), W (kinds, D, H), W_self (D, H), b (H,) -> (B, L, H).

    For each kind of edge a node hears the mean of its neighbors, through a matrix of that kind; and itself.
    Raises ValueError for shapes that do not fit together, and for numbers below 0 in the adjacency.
    Source: Schlichtkrull et al. 2018, eq. 2 with c the number of neighbors, before the activation.
    """
    batch, length, width = shapes.check(nodes, "B L D", "nodes")
    _, kinds, _, _ = shapes.check(adjacency, "B kinds L L", "adjacency", B=batch, L=length)
    _, _, units = shapes.check(W, "kinds D H", "W", kinds=kinds, D=width)
    shapes.check(W_self, "D H", "W_self", D=width, H=units)
    _check_adjacency(adjacency)
    degrees = adjacency.sum(-1, keepdims=True)
    means = adjacency / np.where(degrees > 0, degrees, 1) @ nodes[:, None]  # (B, kinds, L, D)
    return (means @ W).sum(1) + nodes @ W_self + b


def relational_convolution_keras(nodes, adjacency, W, W_self, b):
    """As `relational_convolution_numpy`, by the layer `RelationalConvolution`."""
    layer = RelationalConvolution(W.shape[-1])
    layer.build([nodes.shape, adjacency.shape])
    return with_weights(layer, [W, W_self, b], [nodes, adjacency])


def _check_adjacency(adjacency: np.ndarray) -> None:
    shape = np.shape(adjacency)
    if len(shape) < 2 or shape[-1] != shape[-2] or np.min(adjacency, initial=0) < 0:
        raise ValueError(f"adjacency has shape {shape}; give a square table (L, L) of numbers from 0 up.")


class _Convolution(layers.Layer):
    """What both layers share: units, activation, and how they are saved."""

    def __init__(self, units: int, activation=None, **keywords):
        super().__init__(**keywords)
        if not isinstance(units, int | np.integer) or units < 1:
            raise ValueError(f"units is {units!r}; give a whole number from 1 up.")
        self.units, self.activation = int(units), keras.activations.get(activation)

    def compute_output_shape(self, shapes_of_both):
        return (*shapes_of_both[0][:-1], self.units)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return super().get_config() | {"units": self.units, "activation": activation}


@keras.saving.register_keras_serializable("mmcourse")
class GraphConvolution(_Convolution):
    """[nodes (B, L, D), adjacency (B, L, L)] -> (B, L, units), as `graph_convolution_numpy`. Weights: units (D + 1)."""

    def build(self, shapes_of_both):
        width = shapes_of_both[0][-1]
        self.W = self.add_weight(shape=(width, self.units), initializer="glorot_uniform", name="kernel")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        nodes, adjacency = inputs
        heard = ops.matmul(normalized_keras(adjacency), nodes)  # (B, L, D)
        return self.activation(ops.matmul(heard, self.W) + self.b)


@keras.saving.register_keras_serializable("mmcourse")
class RelationalConvolution(_Convolution):
    """[nodes (B, L, D), adjacency (B, kinds, L, L)] -> (B, L, units), as `relational_convolution_numpy`.

    Weights: units ((kinds + 1) D + 1).
    """

    def build(self, shapes_of_both):
        (*_, width), (_, kinds, *_) = shapes_of_both
        self.W = self.add_weight(shape=(kinds, width, self.units), initializer="glorot_uniform", name="kernel")
        self.W_self = self.add_weight(shape=(width, self.units), initializer="glorot_uniform", name="self_kernel")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        nodes, adjacency = inputs
        degrees = ops.sum(adjacency, axis=-1, keepdims=True)  # (B, kinds, L, 1)
        means = ops.matmul(adjacency / ops.where(degrees > 0, degrees, 1.0), nodes[:, None])  # (B, kinds, L, D)
        by_kind = ops.einsum("bkld,kdu->blu", means, self.W)  # a matmul here ended TensorFlow 2.21 with one kind
        return self.activation(by_kind + ops.matmul(nodes, self.W_self) + self.b)


def graph_reader(convolutions: list[layers.Layer], example: dict, vocabulary: int, classes: int) -> keras.Model:
    """{"regions": (B, P, pixels), "words": (B, T), "adjacency": (B, L, L) or (B, kinds, L, L)} -> logits (B, classes).

    L = P + T nodes: the regions through a dense layer, then the words through an embedding, both as wide as the first
    convolution; then the convolutions one after the other; the answer is read off the last word. `example` holds
    inputs whose shapes the model takes, for any B. Raises ValueError where the three do not fit together.
    """
    _, regions, pixels = shapes.check(example["regions"], "B P pixels", "regions")
    _, length = shapes.check(example["words"], "B T", "words")
    if np.shape(example["adjacency"])[-2:] != (regions + length,) * 2 or not convolutions:
        given = f"{regions} regions, {length} words, adjacency {np.shape(example['adjacency'])}"
        raise ValueError(f"{given}, {len(convolutions)} layers; give a row for every node and at least one layer.")
    inputs = {
        "regions": keras.Input((regions, pixels), name="regions"),
        "words": keras.Input((length,), dtype="int32", name="words"),
        "adjacency": keras.Input(np.shape(example["adjacency"])[1:], name="adjacency"),
    }
    seen = layers.Dense(convolutions[0].units, name="region")(inputs["regions"])  # (B, P, D)
    read = layers.Embedding(vocabulary, convolutions[0].units, name="word")(inputs["words"])  # (B, T, D)
    nodes = layers.Concatenate(axis=1)([seen, read])  # (B, L, D)
    for convolution in convolutions:
        nodes = convolution([nodes, inputs["adjacency"]])
    return keras.Model(inputs, layers.Dense(classes, name="answer")(nodes[:, -1]))
