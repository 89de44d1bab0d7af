"""Training of a dual encoder, counted in steps; the labels are the pairs themselves."""

import math
from collections.abc import Callable

import keras
import numpy as np

from mmcourse import finite, loop, shapes
from mmcourse.nn.dual_encoder import DualEncoder
from mmcourse.progress import Curve
from mmcourse.train import Batches


def fit(
    model: DualEncoder, pairs: dict, steps: int, batch_size: int = 128, learning_rate: float = 2e-3, seed: int = 0
) -> dict:
    """Train for `steps` batches of pairs {m: (n, …)}; return the curve: `step`, `loss`, `accuracy` at 20 points.

    Adam, its rate falling from `learning_rate` to 0 along half a cosine. Accuracy is how often a row of the first
    modality finds its partner among the batch; guessing finds 1 / batch_size.
    For validation, and to go on after an interruption, compile the model and give it to `train.run` with these pairs.
    Raises ValueError for columns of different length, no step, a batch of fewer than 2 or more than all pairs, NaN or
    infinite numbers in pairs or weights; FloatingPointError when the loss is no number.
    """
    number = np.arange(len(next(iter(pairs.values()))))
    batches = Batches(pairs, number, steps, shapes.whole(batch_size, "batch_size", 2), seed)
    return _train(model, batches, learning_rate)


def follow(
    model: DualEncoder, pairs: dict, steps: int, measure: Callable, batch_size: int = 128, seed: int = 0
) -> tuple[dict, list]:
    """As `fit`, at its usual rate, and ask `measure()` before the first step and at each of the 20 points of the curve.

    Returns the curve and what `measure` gave, 21 results. The questions change nothing in the steps. Raises what `fit`
    raises.
    """
    number = np.arange(len(next(iter(pairs.values()))))
    batches = Batches(pairs, number, steps, shapes.whole(batch_size, "batch_size", 2), seed)
    answers = [measure()]
    return _train(model, batches, 2e-3, lambda: answers.append(measure())), answers


def _train(model: DualEncoder, batches: Batches, learning_rate: float, measure: Callable | None = None) -> dict:
    steps, batch_size = len(batches), batches.batch_size
    if batch_size > len(batches.labels):
        raise ValueError(
            f"batch_size is {batch_size}, but there are {len(batches.labels)} pairs: a pair would meet itself."
        )
    finite.check(batches.inputs)
    finite.check_weights(model)
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    model.compile(keras.optimizers.Adam(schedule))
    progress = Curve(steps)
    loop.fit(model, batches, progress, measure=measure)
    curve = progress.arrays()
    print(
        f"{steps} steps in {progress.elapsed:.0f} s · loss {curve['loss'][-1]:.3f} · partner found in the "
        f"batch {curve['accuracy'][-1]:.2f} (guessing: {1 / batch_size:.3f}, loss of guessing ln {batch_size} = "
        f"{math.log(batch_size):.2f})"
    )
    return curve


def embed(model: DualEncoder, inputs: dict) -> dict[str, np.ndarray]:
    """{m: (n, …)}, one or both modalities -> {m: (n, D)}: vectors of length 1, each from its own tower."""
    found = {}
    for name in sorted(inputs):
        if name not in model.towers:
            raise ValueError(f"There is no tower {name!r}; the model has: {', '.join(sorted(model.towers))}.")
        vectors = model.towers[name].predict(inputs[name], batch_size=256, verbose=0)
        found[name] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found
