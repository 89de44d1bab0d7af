"""Decoding: from the logits of a language model to tokens."""

import keras
import numpy as np

from mmcourse.data.text import END, PAD, START


def greedy(model: keras.Model, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """{modality: (B, …)} -> tokens (B, T) int32: always the likeliest next token, END included, then PAD.

    `model` takes the inputs and "tokens" (B, T) and gives logits (B, T, V), as `nn.models.captioner` does. All tokens
    are computed anew for each one: simple, and T times the work that is needed. Raises ValueError for inputs
    that the model does not have, or that it lacks, and for none or unequal numbers of rows.
    """
    length = model.output_shape[1]
    wanted = sorted({tensor.name for tensor in model.inputs} - {"tokens"})
    if sorted(inputs) != wanted:
        raise ValueError(f"The model needs the inputs {', '.join(wanted)}; it was given: {', '.join(sorted(inputs))}.")
    lengths = {len(values) for values in inputs.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(f"The inputs have {sorted(lengths)} rows; give the same number of each, at least one.")
    count = lengths.pop()
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
