"""Feature-wise linear modulation (FiLM) of the places of a picture: a question turns the knobs of every feature.

`fusion.film_numpy` joins two vectors so; here one question turns the features of all places of a picture alike.
"""

import keras
import numpy as np
from keras import layers, ops

from mmcourse import shapes
from mmcourse.equations import equation, with_weights


@equation("eq-visual-question-answering-film", lesson="visual-question-answering", source="perez2018film",
          keras="nn.modulation.FiLMPlaces", places="B L D", question="B Q", scale=("Q D", "D"),
          shift=("Q D", "D"))  # fmt: skip
def film_places_numpy(places: np.ndarray, question: np.ndarray, scale: tuple, shift: tuple) -> np.ndarray:
    """places (B, L, D), question (B, Q), scale and shift (Q, D), (D,) each -> (B, L, D): each feature scaled, shifted.

    Every place of a picture gets the same scale and shift, which the question gives.
    Raises ValueError for shapes that do not fit. Source: Perez et al. 2018, equations 1 and 2.
    """
    batch, _, width = shapes.check(places, "B L D", "places")
    _, size = shapes.check(question, "B Q", "question", B=batch)
    for name, (V, b) in (("scale", scale), ("shift", shift)):
        shapes.check(V, "Q D", f"{name} weights", Q=size, D=width)
        shapes.check(b, "D", f"{name} bias", D=width)
    gamma, beta = (question @ V + b for V, b in (scale, shift))  # (B, D)
    return gamma[:, None] * places + beta[:, None]  # (B, L, D)


def film_places_keras(places, question, scale, shift):
    """As `film_places_numpy`, by the layer `FiLMPlaces`."""
    layer = FiLMPlaces()
    layer.build(places.shape, question.shape)
    return with_weights(layer, [*scale, *shift], places, question)


@keras.saving.register_keras_serializable("mmcourse")
class FiLMPlaces(layers.Layer):
    """places (B, L, D), question (B, Q) -> (B, L, D), as `film_places_numpy`. Weights: 2 (Q + 1) D.

    The scale starts near 1 and the shift near 0. Raises ValueError for inputs of other axes.
    """

    def build(self, places_shape, question_shape):
        shapes.check_sizes(tuple(places_shape)[1:], "L D", "places")
        shapes.check_sizes(tuple(question_shape)[1:], "Q", "question")
        size = (question_shape[-1], places_shape[-1])
        self.scale = self._knob(size, "scale", "ones")
        self.shift = self._knob(size, "shift", "zeros")

    def call(self, places, question):
        gamma, beta = (ops.matmul(question, V) + b for V, b in (self.scale, self.shift))  # (B, D)
        return gamma[:, None] * places + beta[:, None]

    def compute_output_shape(self, places_shape, question_shape):
        return places_shape

    def _knob(self, size: tuple, name: str, start: str) -> tuple:
        weights = self.add_weight(shape=size, name=name)
        return weights, self.add_weight(shape=size[1:], initializer=start, name=f"{name}_bias")


@keras.saving.register_keras_serializable("mmcourse")
class Coordinates(layers.Layer):
    """places (B, L, D) of a square grid -> (B, L, D + 2): beside its features the row and column of each, -1 to 1.

    No weights. Raises ValueError for an L that is no square number of at least 4. (As in Perez et al. 2018.)
    """

    def build(self, places_shape):
        shapes.check_sizes(tuple(places_shape)[1:], "L D", "places")
        self.side = round(places_shape[1] ** 0.5)
        if self.side < 2 or self.side**2 != places_shape[1]:
            raise ValueError(f"There are {places_shape[1]} places; give those of a square grid: 4, 9, 16, …")

    def call(self, places):
        line = np.linspace(-1, 1, self.side)
        grid = np.stack(np.meshgrid(line, line, indexing="ij"), -1).reshape(1, -1, 2)  # (1, L, 2)
        beside = ops.broadcast_to(ops.convert_to_tensor(grid, places.dtype), (ops.shape(places)[0], self.side**2, 2))
        return ops.concatenate([places, beside], axis=-1)

    def compute_output_shape(self, places_shape):
        return (*places_shape[:-1], places_shape[-1] + 2)
