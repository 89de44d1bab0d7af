"""Training of a dual encoder, counted in steps; the labels are the pairs themselves."""

import math
import sys
import time

import keras
import numpy as np
from tqdm import tqdm

from mmcourse.nn.dual_encoder import DualEncoder
from mmcourse.train import POINTS, Batches


def fit(
    model: DualEncoder, pairs: dict, steps: int, batch_size: int = 128, learning_rate: float = 2e-3, seed: int = 0
) -> dict:
    """Train for `steps` batches of pairs {m: (n, …)}; return the curve: `step`, `loss`, `accuracy` at 20 points.

    Adam, its rate falling from `learning_rate` to 0 along half a cosine. Accuracy is how often a row of the first
    modality finds its partner among the batch; guessing finds 1 / batch_size.
    Raises ValueError for columns of different length, no step, and a batch of fewer than 2 or more than all pairs;
    FloatingPointError when the loss is no number.
    """
    number = np.arange(len(next(iter(pairs.values()))))
    batches = Batches(pairs, number, _at_least(1, steps, "steps"), _at_least(2, batch_size, "batch_size"), seed)
    if batch_size > len(number):
        raise ValueError(f"batch_size is {batch_size}, but there are {len(number)} pairs: a pair would meet itself.")
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    model.compile(keras.optimizers.Adam(schedule))
    progress = _Progress(steps)
    start = time.perf_counter()
    model.fit(batches, epochs=1, shuffle=False, verbose=0, callbacks=[progress, keras.callbacks.TerminateOnNaN()])
    curve = progress.curve()
    if not np.isfinite(curve["loss"][-1]):
        raise FloatingPointError(f"The loss is not a number in step {curve['step'][-1]}. Try a smaller learning rate.")
    print(
        f"{steps} steps in {time.perf_counter() - start:.0f} s · loss {curve['loss'][-1]:.3f} · partner found in the "
        f"batch {curve['accuracy'][-1]:.2f} (guessing: {1 / batch_size:.3f}, loss of guessing ln {batch_size} = "
        f"{math.log(batch_size):.2f})"
    )
    return curve


class _Progress(keras.callbacks.Callback):
    """Progress bar on standard output, and loss and accuracy, which Keras gives as means since the start."""

    def __init__(self, steps: int):
        super().__init__()
        self.steps, self.means = steps, []

    def on_train_begin(self, logs=None):
        self.bar = tqdm(total=self.steps, file=sys.stdout, leave=False, ncols=80, mininterval=0.5, unit="step")

    def on_train_batch_end(self, batch, logs=None):
        self.bar.update()
        self.means.append((float(logs["loss"]), float(logs["accuracy"])))

    def on_train_end(self, logs=None):
        self.bar.close()

    def curve(self) -> dict[str, np.ndarray]:
        """Mean loss and accuracy of each twentieth of the steps done, with the step at its end."""
        done = len(self.means)
        marks = np.unique([0, *np.maximum(1, np.round(done * np.arange(1, POINTS + 1) / POINTS)).astype(int)])
        sums = np.vstack([(0, 0), np.arange(1, done + 1)[:, None] * self.means])  # (done + 1, 2), from step 0 on
        loss, accuracy = (np.diff(sums[marks], axis=0) / np.diff(marks)[:, None]).T
        return {"step": marks[1:], "loss": loss, "accuracy": accuracy}


def _at_least(least: int, number: int, name: str) -> int:
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
        raise ValueError(f"{name} is {number!r}; give a whole number from {least} up.")
    return int(number)


def embed(model: DualEncoder, inputs: dict) -> dict[str, np.ndarray]:
    """{m: (n, …)}, one or both modalities -> {m: (n, D)}: vectors of length 1, each from its own tower."""
    found = {}
    for name in sorted(inputs):
        if name not in model.towers:
            raise ValueError(f"There is no tower {name!r}; the model has: {', '.join(sorted(model.towers))}.")
        vectors = model.towers[name].predict(inputs[name], batch_size=256, verbose=0)
        found[name] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found
