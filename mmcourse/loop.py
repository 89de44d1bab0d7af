"""The loop of every training in this course: Keras's `fit` from mark to mark, and what has to happen between."""

from collections.abc import Callable

import keras

from mmcourse import checkpoints, finite
from mmcourse.progress import Curve


def fit(
    model: keras.Model,
    batches: keras.utils.PyDataset,
    curve: Curve,
    validation: tuple | None = None,
    checkpoint: checkpoints.Checkpoint | None = None,
    measure: Callable | None = None,
) -> None:
    """Train a compiled model by `batches` (`train.Batches`) from `curve.done` to the end.

    With a validation set (inputs, labels) or a checkpoint the training pauses at each mark of the curve to evaluate and
    to save, and ends with the weights of the lowest validation loss. `measure()` is called at each mark too, if given.
    The pauses change nothing in the steps.
    Raises FloatingPointError when the loss is no number. After any error the model is that of the checkpoint.
    """
    try:
        _steps(model, batches, curve, (validation, checkpoint, measure))
    except BaseException as error:
        curve.close()  # before the message, which would stand behind the bar
        if checkpoint:
            checkpoint.restore()
        if checkpoint and isinstance(error, KeyboardInterrupt):
            place = f"{checkpoint.path.parent} holds {checkpoint.step} of {curve.steps} steps"
            print(f"Interrupted: {place}, and the same call goes on from there.")
        raise
    finally:
        curve.close()


def _steps(model, batches, curve, pauses: tuple) -> None:
    validation, checkpoint, measure = pauses
    best = checkpoint.best if checkpoint else None
    stops = curve.marks if any(pauses) else [curve.steps]
    for stop in [stop for stop in stops if stop > curve.done]:
        model.fit(batches.part(curve.done, stop), epochs=1, shuffle=False, verbose=0, callbacks=[curve])
        if curve.broken:
            raise FloatingPointError(finite.where_it_broke(model, batches.inputs, curve.broken))
        if validation and curve.validate(_evaluate(model, validation, batches.batch_size)):
            best = checkpoints.snapshot(model.weights)
        if checkpoint and stop < curve.steps:
            checkpoint.best = best
            checkpoint.write(curve)
        if measure:
            measure()
    if best:
        checkpoints.put_back(model.weights, best)


def _evaluate(model: keras.Model, validation: tuple, batch_size: int) -> dict[str, float]:
    """Loss and metrics on {m: (n, …)} and labels, in batches as large as those of the training."""
    return model.evaluate(*validation, batch_size=batch_size, verbose=0, return_dict=True)
