"""Where the NaN is: in the data, in the weights, or made by the training."""

import keras
import numpy as np
from keras import ops


def check(columns: dict[str, np.ndarray]) -> None:
    """Raise ValueError that names the column {name: (n, …)} and the first row with a NaN or an infinite number."""
    for name, values in sorted(columns.items()):
        if np.asarray(values).dtype.kind == "f" and not np.isfinite([np.min(values), np.max(values)]).all():
            bad = ~np.isfinite(np.asarray(values)).reshape(len(values), -1)  # (n, numbers of a row)
            rows = np.flatnonzero(bad.any(axis=1))
            raise ValueError(
                f"{name} has NaN or infinite numbers in {len(rows)} of {len(values)} rows, the first is row {rows[0]}: "
                "leave these samples out, or put numbers there."
            )


def check_weights(model: keras.Model) -> None:
    """Raise ValueError that names the weights with a NaN or an infinite number."""
    if broken := _broken(model):
        raise ValueError(f"Before the first step {broken} not finite: build the model anew, or load other weights.")


def where_it_broke(model: keras.Model, inputs: dict[str, np.ndarray], steps: tuple[int, int]) -> str:
    """What is known after the loss became no number between two steps, and what to try; inputs {m: (n, …)}."""
    ranges = ", ".join(f"{m} from {np.min(values):.3g} to {np.max(values):.3g}" for m, values in sorted(inputs.items()))
    broken = _broken(model)
    weights = f"{broken} not" if broken else "so are all weights, and it is the loss that divides by 0 or takes ln 0"
    return (
        f"The loss is not a number: it broke in steps {steps[0]} to {steps[1]}. The inputs are finite ({ranges}); "
        f"{weights}. Try a smaller learning rate, inputs between about -1 and 1, or clipped gradients (clipnorm=1 in "
        "the optimizer)."
    )


def _broken(model: keras.Model) -> str:
    """`dense/kernel and 3 more weights are`, or an empty text."""
    names = [weight.path for weight in model.weights if not np.isfinite(ops.convert_to_numpy(weight)).all()]
    if not names:
        return ""
    return f"{names[0]} is" if len(names) == 1 else f"{names[0]} and {len(names) - 1} more weights are"
