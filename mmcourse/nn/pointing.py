"""A question answerer that points: an answer from a fixed set, and the cell of the picture that it is about.

What was pointed at last is the memory of a dialogue: a place, from which the next question sees the picture.
"""

import keras
import numpy as np
from keras import layers, ops

from mmcourse import shapes
from mmcourse.nn.answerers import BLOCKS
from mmcourse.nn.modulation import FiLMPlaces


def seen_from_numpy(places: np.ndarray, memory: np.ndarray) -> np.ndarray:
    """places (B, L, D) of a square grid, memory (B, L) -> (B, L, D + 3): beside each its mark, and where it lies.

    `memory` is 1 at the place that "it" stands for, else 0. Rows and columns run from -1 to 1, and are counted from
    there; where nothing is marked, from the middle. Raises ValueError for shapes that do not fit.
    """
    batch, count, _ = shapes.check(places, "B L D", "places")
    shapes.check(memory, "B L", "memory", B=batch, L=count)
    line = np.linspace(-1, 1, round(count**0.5))
    grid = np.stack(np.meshgrid(line, line, indexing="ij"), -1).reshape(-1, 2)  # (L, 2)
    away = grid - (memory @ grid)[:, None]  # (B, L, 2): rows down, columns to the right
    return np.concatenate([places, memory[..., None], away], axis=-1)


@keras.saving.register_keras_serializable("mmcourse")
class SeenFrom(layers.Layer):
    """places (B, L, D), memory (B, L) -> (B, L, D + 3), as `seen_from_numpy`. No weights.

    Raises ValueError for an L that is no square number of at least 4.
    """

    def build(self, places_shape, memory_shape):
        shapes.check_sizes(tuple(places_shape)[1:], "L D", "places")
        side = round(places_shape[1] ** 0.5)
        if side < 2 or side**2 != places_shape[1]:
            raise ValueError(f"There are {places_shape[1]} places; give those of a square grid: 4, 9, 16, …")
        line = np.linspace(-1, 1, side)
        self.grid = np.stack(np.meshgrid(line, line, indexing="ij"), -1).reshape(-1, 2)  # (L, 2)

    def call(self, places, memory):
        grid = ops.convert_to_tensor(self.grid, places.dtype)
        away = grid[None] - ops.matmul(memory, grid)[:, None]  # (B, L, 2)
        return ops.concatenate([places, memory[..., None], away], axis=-1)

    def compute_output_shape(self, places_shape, memory_shape):
        return (*places_shape[:-1], places_shape[-1] + 3)


def pointing_answerer(
    image_encoder: keras.Model, question_encoder: keras.Model, answers: int, hidden: int = 128
) -> keras.Model:
    """{"image": (B, H, W, C), "question": (B, T), "memory": (B, L)} -> logits (B, A + L + 1).

    The first A are those of the answers, the others of the L places of the image encoder and of nowhere; `split_logits`
    takes them apart. Two blocks of FiLM, as in `answerers.question_answerer`, over places that know where they lie as
    `SeenFrom` the memory; a dense layer scores each place for itself. Raises ValueError for an image encoder that gives
    one vector, a question encoder that gives a sequence, and fewer than 2 answers.
    """
    shapes.whole(answers, "answers", 2)
    if (len(image_encoder.output_shape), len(question_encoder.output_shape)) != (3, 2):
        given = image_encoder.output_shape, question_encoder.output_shape
        raise ValueError(f"The encoders give {given[0]} and {given[1]}: give places (B, L, D), and one vector (B, Q).")
    count, width = image_encoder.output_shape[1:]
    image = keras.Input(image_encoder.input_shape[1:], name="image")
    question = keras.Input(question_encoder.input_shape[1:], dtype="int32", name="question")
    memory = keras.Input((count,), name="memory")
    asked = layers.LayerNormalization(center=False, scale=False, name="asked")(question_encoder(question))
    x = layers.Dense(width, name="seen")(SeenFrom(name="seen_from")(image_encoder(image), memory))  # (B, L, D)
    for block in BLOCKS:
        y = layers.Dense(width, use_bias=False, name=f"{block}_map")(x)
        y = layers.BatchNormalization(momentum=0.9, center=False, scale=False, name=f"{block}_norm")(y)
        x = layers.Add(name=block)([x, layers.ReLU()(FiLMPlaces(name=f"{block}_film")(y, asked))])
    pooled = layers.Concatenate()([layers.GlobalMaxPooling1D()(x), layers.GlobalAveragePooling1D()(x)])  # (B, 2 D)
    y = layers.Dense(hidden, activation="relu", name="hidden")(pooled)
    small = keras.initializers.RandomNormal(stddev=0.01)  # the first loss is that of guessing
    here = layers.Flatten()(layers.Dense(1, kernel_initializer=small, name="here")(x))  # (B, L)
    rest = [
        layers.Dense(size, kernel_initializer=small, name=name)(y) for size, name in ((answers, "said"), (1, "not"))
    ]
    logits = layers.Concatenate(name="logits")([rest[0], here, rest[1]])
    return keras.Model({"image": image, "question": question, "memory": memory}, logits, name="pointing_answerer")


def split_logits(logits, places: int = 9):
    """Logits (B, A + places + 1) -> those of the answers (B, A), and of the places and nowhere (B, places + 1)."""
    return logits[:, : -places - 1], logits[:, -places - 1 :]


@keras.saving.register_keras_serializable("mmcourse")
def answer_and_place_loss(truth, logits):
    """truth (B, 2) integers, logits (B, A + 10) -> (B,): cross-entropies of answer and place, added, in nats."""
    losses = [
        keras.losses.sparse_categorical_crossentropy(truth[:, column], part, from_logits=True)
        for column, part in enumerate(split_logits(logits))
    ]
    return losses[0] + losses[1]


def compile_pointing(model: keras.Model, steps: int, learning_rate: float = 3e-3) -> keras.Model:
    """Compile a `pointing_answerer` for labels (B, 2), answer and place, and return it; Adam, half a cosine."""
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, shapes.whole(steps, "steps"))
    model.compile(keras.optimizers.Adam(schedule), answer_and_place_loss)
    return model
