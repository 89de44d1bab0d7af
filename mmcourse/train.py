"""Training, counted in optimizer steps: `fit` for a short one; `run` validates, resumes and keeps a record.

Both show the time left and the loss of guessing beside the loss, and stop with a reason at a loss that is no number.
"""

import copy
import datetime
import json
import math
from pathlib import Path

import keras
import numpy as np
from keras import ops

from mmcourse import finite, loop, records, runtime, shapes
from mmcourse.checkpoints import Checkpoint
from mmcourse.data.text import PAD
from mmcourse.data.world import WORLD
from mmcourse.progress import Curve

SCHEMA = 1  # of the record of a run


def compile_classifier(model: keras.Model, steps: int, learning_rate: float = 2e-3) -> keras.Model:
    """Compile a model that gives logits (B, classes) for integer labels (B,), and return it.

    Adam, whose step size falls from `learning_rate` to 0 along half a cosine in `steps` steps; cross-entropy; accuracy.
    """
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, shapes.whole(steps, "steps"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(schedule), loss, metrics=["accuracy"])
    return model


def compile_captioner(model: keras.Model, steps: int, learning_rate: float = 2e-3) -> keras.Model:
    """Compile a model that gives logits (B, T, V) for the next tokens (B, T), and return it; PAD counts nowhere.

    Optimizer as in `compile_classifier`; the loss is the mean cross-entropy of a token in nats.
    """
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, shapes.whole(steps, "steps"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PAD)
    model.compile(keras.optimizers.Adam(schedule), loss, metrics=[_TokenAccuracy("accuracy")])
    return model


def fit(model: keras.Model, inputs: dict, labels: np.ndarray, steps: int, batch_size: int = 64, seed: int = 0) -> dict:
    """Train a model for `steps` batches; return its curve: `step`, `loss`, `accuracy` at 20 points.

    A model that is not compiled is compiled with `compile_classifier`, or `compile_captioner` where it gives (B, T, V).
    `inputs` is {modality: (n, …)}, `labels` (n,) integers, for a captioner (n, T): the token after
    each. Every sample is seen once before any is seen again.
    Raises ValueError for columns of different length, unknown classes, NaN or infinite numbers in the data or the first
    weights; FloatingPointError when the loss is no number.
    """
    batches = Batches(inputs, labels, steps, batch_size, seed)
    shapes.check(labels, "n T" if len(model.output_shape) == 3 else "n", "labels")
    _check_labels(labels, model.output_shape[-1])
    curve = Curve(len(batches))
    _prepare(model, batches)
    _refuse_rate_zero(model)
    loop.fit(model, batches, curve)
    print(_line(curve, model.output_shape[-1]))
    return curve.arrays()


def run(model: keras.Model, batches: "Batches", validation: tuple | None = None, folder: str | None = None) -> dict:
    """Train a model by `batches`; return the record of it, as JSON has it. Any compiled model, or one that `fit` takes.

    With `validation`, a pair ({modality: (v, …)}, labels), loss and metrics are measured after each twentieth of the
    steps, in batches as large as in training, and the model ends with the weights of the lowest validation loss.
    With `folder`, a checkpoint is written there as often, and `record.json` at the end. After an interruption (a key,
    a crash, a closed lid) the same call, on a model built from the same seed, goes on from the checkpoint: on one
    machine and backend to the same weights, to the last bit. A finished training is loaded, not repeated.
    Raises what `fit` raises; ValueError for a damaged checkpoint, or one of another training (model, optimizer, first
    weights, data, batches, backend).
    """
    classes = _prepare(model, batches, validation)
    curve = Curve(len(batches))
    checkpoint = Checkpoint(folder, model, batches, validation) if folder else None
    finished = checkpoint.begin(curve) if checkpoint else None
    if finished:
        print(f"This training of {len(batches)} steps was finished on {finished['date']}: {folder} has its weights.")
        return finished
    if curve.done:
        print(f"Going on after {curve.done} of {len(batches)} steps, from {folder}.")
    else:
        _refuse_rate_zero(model)
    loop.fit(model, batches, curve, validation, checkpoint)
    record = _record(model, batches, validation, curve)
    if checkpoint:
        checkpoint.write(curve, record)
        records.write_json(Path(folder) / "record.json", record)
    print(_line(curve, classes))
    return record


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
        steps, self.batch_size = shapes.whole(steps, "steps"), shapes.whole(batch_size, "batch_size")
        _check_lengths(inputs, labels)
        random = np.random.RandomState(seed)
        rounds = math.ceil(steps * batch_size / len(labels))
        order = np.concatenate([random.permutation(len(labels)) for _ in range(rounds)])
        self.rows = order[: steps * batch_size].reshape(steps, batch_size)
        self.inputs, self.labels, self.seed = inputs, labels, seed

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, step: int):
        rows = self.rows[step]
        return {name: values[rows] for name, values in self.inputs.items()}, self.labels[rows]

    def part(self, start: int, stop: int) -> "Batches":
        """The batches `start` to `stop - 1` of these."""
        part = copy.copy(self)
        part.rows = self.rows[start:stop]
        return part


def _prepare(model: keras.Model, batches: Batches, validation: tuple | None = None) -> int | None:
    """Compile where needed and check data and weights; the number of classes, or None if there are none."""
    if not isinstance(batches, Batches):
        raise ValueError(f"batches is {type(batches).__name__}; give Batches(inputs, labels, steps, batch_size, seed).")
    if validation is not None and not (len(validation) == 2 and isinstance(validation[0], dict)):
        raise ValueError("validation has another form than ({modality: (v, …)}, labels): give inputs and their labels.")
    if not getattr(model, "output_shape", None) and not (model.built and model.compiled):
        raise ValueError("The model has no shapes yet: begin it with keras.Input(shape), or compile and build it.")
    if not model.compiled:
        (compile_captioner if len(model.output_shape) == 3 else compile_classifier)(model, len(batches))
    known = isinstance(model.loss, keras.losses.SparseCategoricalCrossentropy)
    classes = model.output_shape[-1] if known else None
    for inputs, labels in [(batches.inputs, batches.labels), *([validation] if validation else [])]:
        _check_lengths(inputs, labels)
        finite.check({"labels": labels, **inputs})
        if missing := sorted(set(batches.inputs) - set(inputs)):
            raise ValueError(f"The validation set lacks {', '.join(missing)}; the training has it.")
        if classes:
            _check_labels(labels, classes)
    finite.check_weights(model)
    return classes


def _refuse_rate_zero(model: keras.Model) -> None:
    if float(model.optimizer.learning_rate) == 0:
        raise ValueError("The learning rate has fallen to 0: build the model anew, or compile it for more steps.")


def _line(curve: Curve, classes: int | None) -> str:
    """What a training prints at its end: the last loss and metrics, beside those of guessing where they are known."""
    last = {name: values[-1] for name, values in curve.points.items() if name != "step"}
    chance = {"loss": math.log(classes), "accuracy": 1 / classes} if classes else {}
    texts = [f"{curve.steps} steps in {curve.elapsed:.0f} s"]
    for name, value in last.items():
        guess = f" (guessing: {chance[name]:.2f})" if name in chance else ""
        texts.append(f"{'' if name == 'loss' else 'training '}{name} {value:.2f}{guess}")
    if curve.best_step:
        lowest = curve.validation["loss"][curve.validation["step"].index(curve.best_step)]
        texts.append(f"lowest validation loss {lowest:.2f} after {curve.best_step} steps")
    return " · ".join(texts)


def _record(model: keras.Model, batches: Batches, validation: tuple | None, curve: Curve) -> dict:
    """All that JSON can say of a run; `seconds` with validation, samples a second without it and without compiling."""
    settings = {
        "steps": len(batches),
        "batch_size": batches.batch_size,
        "batch_seed": batches.seed,
        "seed": runtime.seed_in_use(),
        "profile": runtime.profile(),
        "precision": keras.config.dtype_policy().name,
        "parameters": model.count_params(),
        "optimizer": model.optimizer.get_config() | {"name": type(model.optimizer).__name__},
        "samples": len(batches.labels),
        "validation_samples": len(validation[1]) if validation else 0,
    }
    record = {
        "schema": SCHEMA,
        "date": datetime.date.today().isoformat(),
        "settings": settings,
        "curve": curve.points,
        "validation": curve.validation if validation else None,
        "best_step": curve.best_step,
        "seconds": round(curve.elapsed, 1),
        "samples_per_second": round(curve.timed * batches.batch_size / curve.pace) if curve.timed else None,
        "sessions": curve.sessions,
        "machine": records.measured_on(),
        "data": records.fingerprint(*(batches.inputs[name] for name in sorted(batches.inputs)), batches.labels),
        "world": WORLD,
    }
    return json.loads(json.dumps(record, default=str))


def _check_lengths(inputs: dict, labels: np.ndarray) -> None:
    lengths = {"labels": len(labels), **{name: len(values) for name, values in inputs.items()}}
    if len(set(lengths.values())) != 1 or not len(labels):
        raise ValueError(f"Inputs and labels need the same number of samples, at least one: {lengths}.")


def _check_labels(labels: np.ndarray, classes: int) -> None:
    if not (np.min(labels) >= 0 and np.max(labels) < classes):
        row = np.argwhere(~((labels >= 0) & (labels < classes)))[0]
        raise ValueError(
            f"Labels run from {np.min(labels)} to {np.max(labels)}, the model has classes 0 to {classes - 1}: look at "
            f"labels[{', '.join(map(str, row))}]."
        )


@keras.saving.register_keras_serializable("mmcourse")
class _TokenAccuracy(keras.metrics.Mean):
    """Mean over batches of the share of real tokens that have the largest logit."""

    def update_state(self, truth, logits, sample_weight=None):
        """Tokens (B, T), logits (B, T, V); PAD in `truth` counts nowhere, so a mask of the logits is not needed."""
        real = ops.cast(truth != PAD, "float32")  # (B, T)
        right = ops.cast(ops.cast(ops.argmax(logits, -1), truth.dtype) == truth, "float32")
        super().update_state(ops.sum(right * real) / ops.maximum(ops.sum(real), 1))
