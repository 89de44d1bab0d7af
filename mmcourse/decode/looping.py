"""Greedy decoding as one compiled program, the loop over the tokens with it: no token is a call from Python."""

import weakref

import keras
import numpy as np
from keras import ops

from mmcourse import runtime
from mmcourse.data.text import END, PAD, START
from mmcourse.decode import choosing
from mmcourse.decode.speaking import BATCH
from mmcourse.nn import captioners


class Loop(keras.Model):
    """{"image": (B, H, W, C)} -> tokens (B, T) int32, and (B,) bool: whether all logits of a row were numbers.

    `model` is a captioner (`nn.captioners`), whose layers are used. The loop ends where each row has said END.
    """

    def __init__(self, model: keras.Model):
        super().__init__(name="loop")
        self.begin, self.step, self.empty = captioners.steps(model)
        self.length, words = model.output_shape[1:]
        self.dtype_kept = model.get_layer("words").compute_dtype
        self.never = np.where(np.isin(np.arange(words), choosing.NEVER), -np.inf, 0).astype("float32")

    def call(self, inputs):
        """See the class."""
        seen = self.begin(inputs)
        count = ops.shape(inputs["image"])[0]
        kept = {name: ops.zeros((count, *shape), self.dtype_kept) for name, shape in self.empty.items()}
        kept |= {name: seen.pop(name) for name in ("state",) if name in seen}

        def say(place, token, said, sound, kept):
            result = self.step({"token": token, "place": ops.zeros_like(token) + place, **seen, **kept})
            logits = ops.cast(result["logits"], "float32")  # (B, V)
            likeliest = ops.cast(ops.argmax(logits + self.never, axis=-1), "int32")[:, None]  # (B, 1)
            token = ops.where(_speaks(token), likeliest, PAD)
            said = ops.where(ops.arange(self.length) == place, token, said)  # (B, T)
            sound = ops.logical_and(sound, ops.all(logits == logits, axis=-1))  # NaN is not equal to itself
            return place + 1, token, said, sound, {name: result[name] for name in kept}

        def goes_on(place, token, *_):
            return ops.logical_and(place < self.length, ops.any(_speaks(token)))

        start = ops.full((count, 1), START, "int32")
        said, sound = ops.full((count, self.length), PAD, "int32"), ops.ones((count,), "bool")
        return ops.while_loop(goes_on, say, (ops.convert_to_tensor(0, "int32"), start, said, sound, kept))[2:4]


def greedy(model: keras.Model, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """{"image": (B, H, W, C)} -> tokens (B, T) int32, as `searching.greedy`; checks only that the logits are numbers.

    The rows are filled up to a power of 2, of at most BATCH, so that few programs have to be compiled.
    """
    if model not in _made:
        _made[model] = Loop(model)
        _made[model].compile(jit_compile="auto" if keras.backend.backend() == "torch" else True)  # TensorFlow: XLA
        with runtime.without_startup_lines():  # TensorFlow 2.20 tells of its first XLA program
            return greedy(model, inputs)
    count = len(inputs["image"])
    size = min(BATCH, 1 << (count - 1).bit_length())
    rows = np.arange(-(-count // size) * size) % count
    parts = [
        _made[model].predict_on_batch({"image": inputs["image"][rows[first : first + size]]})
        for first in range(0, len(rows), size)
    ]
    said, sound = (np.concatenate(values)[:count] for values in zip(*parts, strict=True))
    choosing.check_numbers(sound.all())
    return said


_made = weakref.WeakKeyDictionary()  # model -> its loop, so that it is compiled once


def _speaks(token):
    """token (B, 1) -> bool: the sentence has not ended."""
    return ops.logical_and(token != END, token != PAD)
