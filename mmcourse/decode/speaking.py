"""A model that speaks, one token after the other: everything computed anew, or only what is new.

Both are called with the token (B,) that comes next, the first time with START, and give the logits (B, V) of the one
after it; `keep` puts other rows in the place of these, as a beam needs.
"""

import keras
import numpy as np

from mmcourse.data.text import PAD
from mmcourse.nn import captioners

BATCH = 256  # pictures at a time


class Recomputed:
    """The whole sentence goes through the model for each token: simple, and T times the work that is needed.

    `model` takes the inputs {modality: (B, …)} and "tokens" (B, T) and gives logits (B, T, V).
    """

    def __init__(self, model: keras.Model, inputs: dict[str, np.ndarray]):
        self.model, self.inputs, self.place, self.count = model, inputs, 0, len(next(iter(inputs.values())))
        self.tokens = np.full((self.count, model.output_shape[1]), PAD, np.int32)

    def __call__(self, tokens: np.ndarray) -> np.ndarray:
        """The logits after these tokens; ValueError when the model has no room for one more."""
        _check_room(self.model, self.place)
        self.tokens[:, self.place] = tokens
        self.place += 1
        given = {**self.inputs, "tokens": self.tokens}
        return self.model.predict(given, batch_size=BATCH, verbose=0)[:, self.place - 1]

    def keep(self, rows: np.ndarray) -> None:
        """Row b becomes what row `rows[b]` was."""
        self.tokens = self.tokens[rows]
        self.inputs = {name: values[rows] for name, values in self.inputs.items()}


class Cached:
    """One token goes through the model: what came before is in the recurrent state, or in kept keys and values.

    `model` is a captioner (`nn.captioners`), `inputs` {"image": (B, H, W, C)}. The same logits as `Recomputed`.
    """

    def __init__(self, model: keras.Model, inputs: dict[str, np.ndarray]):
        self.model, self.place, self.count = model, 0, len(next(iter(inputs.values())))
        begin, self.step, kept = captioners.steps(model)
        self.kept = {name: np.zeros((self.count, *shape), "float32") for name, shape in kept.items()}
        self.kept |= _seen(begin, inputs, self.count)

    def __call__(self, tokens: np.ndarray) -> np.ndarray:
        """The logits after these tokens; ValueError when the model has no room for one more."""
        _check_room(self.model, self.place)
        tokens = np.asarray(tokens, np.int32)[:, None]
        result = self.step.predict_on_batch({"token": tokens, "place": np.full_like(tokens, self.place), **self.kept})
        self.place += 1
        logits = result.pop("logits")
        self.kept |= result
        return logits

    def keep(self, rows: np.ndarray) -> None:
        """Row b becomes what row `rows[b]` was."""
        self.kept = {name: values[rows] for name, values in self.kept.items()}


def speaker(model: keras.Model, inputs: dict[str, np.ndarray]) -> Recomputed | Cached:
    """What speaks for `model`, cached where it can be. Raises what `check_inputs` raises."""
    check_inputs(model, inputs)
    return (Cached if captioners.has_steps(model) else Recomputed)(model, inputs)


def check_inputs(model: keras.Model, inputs: dict[str, np.ndarray]) -> None:
    """Raises ValueError for inputs that the model does not have, or that it lacks, and for none or unequal rows."""
    wanted = sorted({tensor.name for tensor in model.inputs} - {"tokens"})
    if sorted(inputs) != wanted:
        raise ValueError(f"The model needs the inputs {', '.join(wanted)}; it was given: {', '.join(sorted(inputs))}.")
    lengths = {len(values) for values in inputs.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(f"The inputs have {sorted(lengths)} rows; give the same number of each, at least one.")


def _check_room(model: keras.Model, place: int) -> None:
    if place >= model.output_shape[1]:
        raise ValueError(f"The model has room for {model.output_shape[1]} tokens, and all have been given.")


def _seen(begin: keras.Model, inputs: dict[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    """What a captioner needs of its pictures; for few of them without the 40 ms that Keras's `predict` takes."""
    if count <= BATCH:
        return begin.predict_on_batch(inputs)
    return begin.predict(inputs, batch_size=BATCH, verbose=0)
