"""Training, counted in optimizer steps, with progress, the time left and the loss of guessing beside the loss."""

import math
import sys
import time

import keras
import numpy as np
from keras import ops
from tqdm import tqdm

from mmcourse import shapes
from mmcourse.data.text import PAD

POINTS = 20  # of the curve that `fit` returns


def compile_classifier(model: keras.Model, steps: int, learning_rate: float = 2e-3) -> keras.Model:
    """Compile a model that gives logits (B, classes) for integer labels (B,), and return it.

    Adam, whose step size falls from `learning_rate` to 0 along half a cosine in `steps` steps; cross-entropy; accuracy.
    """
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, _positive(steps, "steps"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(schedule), loss, metrics=["accuracy"])
    return model


def compile_captioner(model: keras.Model, steps: int, learning_rate: float = 2e-3) -> keras.Model:
    """Compile a model that gives logits (B, T, V) for the next tokens (B, T), and return it; PAD counts nowhere.

    Optimizer as in `compile_classifier`; the loss is the mean cross-entropy of a token in nats.
    """
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, _positive(steps, "steps"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PAD)
    accuracy = keras.metrics.MeanMetricWrapper(_token_accuracy, name="accuracy")
    model.compile(keras.optimizers.Adam(schedule), loss, metrics=[accuracy])
    return model


def fit(model: keras.Model, inputs: dict, labels: np.ndarray, steps: int, batch_size: int = 64, seed: int = 0) -> dict:
    """Train a model for `steps` batches; return its curve: `step`, `loss`, `accuracy` at 20 points.

    A model that is not compiled is compiled with `compile_classifier`, or `compile_captioner` where it gives (B, T, V).
    `inputs` is {modality: (n, …)}, `labels` (n,) integers, for a captioner (n, T): the token after
    each. Every sample is seen once before any is seen again.
    Raises ValueError for columns of different length or unknown classes, FloatingPointError when the loss is no number.
    """
    captions = len(model.output_shape) == 3
    if not model.compiled:
        (compile_captioner if captions else compile_classifier)(model, steps)
    elif float(model.optimizer.learning_rate) == 0:
        raise ValueError("The learning rate has fallen to 0: build the model anew, or compile it for more steps.")
    classes = model.output_shape[-1]
    shapes.check(labels, "n T" if captions else "n", "labels")
    _check_labels(labels, classes)
    batches = Batches(inputs, labels, _positive(steps, "steps"), _positive(batch_size, "batch_size"), seed)
    curve = _Curve(steps)
    start = time.perf_counter()
    model.fit(batches, epochs=1, shuffle=False, verbose=0, callbacks=[curve])
    if curve.broken:
        raise FloatingPointError(
            f"The loss is not a number after {curve.broken} steps. Try a smaller learning rate, and look for "
            "infinite or missing values in the inputs."
        )
    last = {name: values[-1] for name, values in curve.points.items()}
    print(
        f"{steps} steps in {time.perf_counter() - start:.0f} s · loss {last['loss']:.2f} (guessing: "
        f"{math.log(classes):.2f}) · training accuracy {last['accuracy']:.2f} (guessing: {1 / classes:.2f})"
    )
    return {name: np.array(values) for name, values in curve.points.items()}


def answers(model: keras.Model, inputs: dict) -> np.ndarray:
    """Class numbers (B,) that a classifier gives for {modality: (B, …)}: where its logits are largest."""
    wanted = {tensor.name for tensor in model.inputs}
    for name in sorted(wanted - set(inputs)):
        raise ValueError(f"The model needs an input {name!r}; it was given: {', '.join(sorted(inputs))}.")
    return model.predict({name: inputs[name] for name in wanted}, batch_size=256, verbose=0).argmax(-1)


class Batches(keras.utils.PyDataset):
    """Exactly `steps` batches from columns of equal length; the order depends on `seed` alone, on every backend."""

    def __init__(self, inputs: dict, labels: np.ndarray, steps: int, batch_size: int, seed: int):
        super().__init__()
        lengths = {"labels": len(labels), **{name: len(values) for name, values in inputs.items()}}
        if len(set(lengths.values())) != 1 or not len(labels):
            raise ValueError(f"Inputs and labels need the same number of samples, at least one: {lengths}.")
        random = np.random.RandomState(seed)
        rounds = math.ceil(steps * batch_size / len(labels))
        order = np.concatenate([random.permutation(len(labels)) for _ in range(rounds)])
        self.rows = order[: steps * batch_size].reshape(steps, batch_size)
        self.inputs, self.labels = inputs, labels

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, step: int):
        rows = self.rows[step]
        return {name: values[rows] for name, values in self.inputs.items()}, self.labels[rows]


class _Curve(keras.callbacks.Callback):
    """Progress bar on standard output, and the mean loss and accuracy of each twentieth of the training."""

    def __init__(self, steps: int):
        super().__init__()
        self.steps, self.broken = steps, 0
        self.marks = {max(1, round(steps * (k + 1) / POINTS)) for k in range(POINTS)}
        self.points = {"step": [], "loss": [], "accuracy": []}
        self.before = (0, 0.0, 0.0)

    def on_train_begin(self, logs=None):
        self.bar = tqdm(total=self.steps, file=sys.stdout, leave=False, ncols=80, mininterval=0.5, unit="step")

    def on_train_batch_end(self, batch, logs=None):
        self.bar.update()
        done = batch + 1
        if done not in self.marks:
            return
        sums = np.array(
            [done * float(logs["loss"]), done * float(logs["accuracy"])]
        )  # Keras gives means since the start
        since, *old = self.before
        loss, accuracy = (sums - old) / (done - since)
        for name, value in (("step", done), ("loss", loss), ("accuracy", accuracy)):
            self.points[name].append(value)
        self.before = (done, *sums)
        if not math.isfinite(loss):
            self.broken = done
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.bar.close()


def _check_labels(labels: np.ndarray, classes: int) -> None:
    if len(labels) and not (np.min(labels) >= 0 and np.max(labels) < classes):
        given = f"{np.min(labels)} to {np.max(labels)}"
        raise ValueError(f"Labels run from {given}, the model has classes 0 to {classes - 1}.")


def _token_accuracy(truth, logits):
    """Share of the real tokens (B, T) that have the largest logit, a number for the batch."""
    real = ops.cast(truth != PAD, "float32")  # (B, T)
    right = ops.cast(ops.cast(ops.argmax(logits, -1), truth.dtype) == truth, "float32")
    return ops.sum(right * real) / ops.maximum(ops.sum(real), 1)


def _positive(number: int, name: str) -> int:
    if not isinstance(number, int | np.integer) or number < 1:
        raise ValueError(f"{name} is {number!r}; give a whole number from 1 up.")
    return int(number)
