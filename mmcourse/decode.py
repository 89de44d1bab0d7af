"""Decoding: from the logits of a language model to tokens."""

import keras
import numpy as np

from mmcourse.data.text import END, PAD, START


def greedy(model: keras.Model, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """{modality: (B, …)} -> tokens (B, T) int32: always the likeliest next token, END included, then PAD.

    `model` takes the inputs and "tokens" (B, T) and gives logits (B, T, V), as `nn.models.captioner` does. All tokens
    are computed anew for each one: simple, and T times the work that is needed. Raises ValueError for a missing input.
    """
    length = model.output_shape[1]
    for tensor in model.inputs:
        if tensor.name != "tokens" and tensor.name not in inputs:
            raise ValueError(f"The model needs an input {tensor.name!r}; it was given: {', '.join(sorted(inputs))}.")
    count = len(next(iter(inputs.values())))
    tokens = np.full((count, length + 1), PAD, np.int32)
    tokens[:, 0] = START
    running = np.ones(count, bool)
    for place in range(length):
        logits = model.predict({**inputs, "tokens": tokens[:, :-1]}, batch_size=256, verbose=0)  # (B, T, V)
        tokens[running, place + 1] = logits[running, place].argmax(-1)
        running &= tokens[:, place + 1] != END
        if not running.any():
            break
    return tokens[:, 1:]
