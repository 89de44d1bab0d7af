"""Progress of a training: the bar with the time left, and the curve, a point for each twentieth of the steps."""

import math
import sys
import time

import keras
import numpy as np
from tqdm import tqdm

POINTS = 20  # of a curve
_KEPT = ("points", "validation", "best_step", "timed", "pace", "sessions")


class Curve(keras.callbacks.Callback):
    """Progress bar on standard output, and the mean loss and metrics of each twentieth of `steps` training steps.

    One training may take several calls of `fit`, each from one of the `marks` to a later one. `points` and
    `validation` are {"step": [], "loss": [], …}; `broken` are the first and last of the steps in which the loss became
    no number, or None.
    Metrics have to be means over samples, as accuracy is: Keras gives them since the start of a call.
    """

    def __init__(self, steps: int):
        super().__init__()
        self.steps, self.broken, self.bar = steps, None, None
        self.marks = sorted({max(1, round(steps * (k + 1) / POINTS)) for k in range(POINTS)})
        self.points, self.validation, self.best_step = {"step": []}, {"step": []}, None
        self.timed, self.pace = 0, 0.0  # steps after the first of each call, which may compile, and their seconds
        self.sessions, self.opened = 1, time.perf_counter()

    @property
    def done(self) -> int:
        """Steps up to the last point."""
        return self.points["step"][-1] if self.points["step"] else 0

    @property
    def elapsed(self) -> float:
        """Seconds since the training began; those between an interruption and going on are left out."""
        return time.perf_counter() - self.opened

    def arrays(self) -> dict[str, np.ndarray]:
        """The points: name -> (points,)."""
        return {name: np.array(values) for name, values in self.points.items()}

    def state(self) -> dict:
        """All that a checkpoint keeps, as JSON has it."""
        return {name: getattr(self, name) for name in (*_KEPT, "elapsed")}

    def resume(self, state: dict) -> None:
        """Go on from `state` in a new session."""
        for name in _KEPT:
            setattr(self, name, state[name])
        self.sessions += 1
        self.opened = time.perf_counter() - state["elapsed"]

    def validate(self, values: dict[str, float]) -> bool:
        """Note what the validation set gave after the last point; whether its loss is the lowest so far."""
        before = [loss for loss in self.validation.get("loss", []) if math.isfinite(loss)]
        best = values["loss"] < min(before, default=math.inf)
        _append(self.validation, self.done, values)
        if best:
            self.best_step = self.done
        return best

    def close(self) -> None:
        """Remove the bar."""
        if self.bar is not None:
            self.bar.close()

    def on_train_begin(self, logs=None):
        """A call of `fit` begins: its means start at 0."""
        self.start, self.before = self.done, (0, 0.0)
        if self.bar is None:
            bar = {"file": sys.stdout, "leave": False, "ncols": 80, "mininterval": 0.5, "unit": "step"}
            self.bar = tqdm(total=self.steps, initial=self.start, **bar)

    def on_train_batch_end(self, batch, logs=None):
        """A step is done."""
        self.bar.update()
        if batch == 0:
            self.clock = time.perf_counter()
        if self.start + batch + 1 in self.marks:
            self._point(batch + 1, {name: float(value) for name, value in logs.items()})

    def on_train_end(self, logs=None):
        """A call of `fit` is over."""
        self.timed += self.done - self.start - 1
        self.pace += time.perf_counter() - self.clock

    def _point(self, count: int, means: dict[str, float]) -> None:
        """`means` over the `count` steps of this call, as Keras gives them -> the mean since the last point."""
        since, old = self.before
        sums = count * np.array(list(means.values()))
        values = dict(zip(means, (sums - old) / (count - since), strict=True))
        _append(self.points, self.start + count, values)
        self.before = (count, sums)
        if not math.isfinite(values["loss"]):
            self.broken = (self.start + since + 1, self.start + count)
            self.model.stop_training = True


def _append(points: dict[str, list], step: int, values: dict[str, float]) -> None:
    for name in ("step", "loss", *sorted(set(values) - {"loss"})):
        points.setdefault(name, []).append(step if name == "step" else float(values[name]))
