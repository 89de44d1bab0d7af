"""Hidden cases of the lesson *Convolution*."""

import math

import numpy as np

from mmcourse.exercises import Exercise

_RANDOM = np.random.RandomState(0)
_SEQUENCE = _RANDOM.standard_normal(7)
_MAPS = _RANDOM.standard_normal((2, 4, 5, 3))


def _fingerprint(result) -> list[float]:
    """Observe an array of any shape: its shape, filled with ones in front, and two weighted sums of its values."""
    values = np.asarray(result, float)
    shape = (1,) * (4 - values.ndim) + values.shape
    places = np.arange(values.size)
    return [*shape, *((values.ravel() * wave(places + 0.5)).sum() for wave in (np.sin, np.cos))]


def _one_short(sequence, kernel):
    return np.correlate(sequence, kernel, "valid")[:-1]


SLIDE = Exercise(
    reference=lambda sequence, kernel: np.correlate(sequence, kernel, "valid"),
    cases=[(_SEQUENCE, _RANDOM.standard_normal(length)) for length in (2, 3, 7)],
    observe=_fingerprint,
    mistakes={
        "You turned the kernel: its first weight meets the first number of the window. np.convolve turns it too.": (
            lambda sequence, kernel: np.convolve(sequence, kernel, "valid")
        ),
        "The result is as long as the sequence: let the window stop where it would leave the sequence.": (
            lambda sequence, kernel: np.correlate(sequence, kernel, "same")
        ),
        "Zeros stand around your sequence: the window must never leave it.": (
            lambda sequence, kernel: np.correlate(sequence, kernel, "full")
        ),
        "The last stop is missing: a window of k fits L - k + 1 times.": _one_short,
        "Sum the products; do not take their mean.": lambda sequence, kernel: (
            np.correlate(sequence, kernel, "valid") / len(kernel)
        ),
    },
    hint="The sequence 1, 2, 4, 8 with the kernel -1, 1 gives 1, 2, 4.",
)


def _stops(size, kernel, stride, padding):
    return -(-size // stride) if padding == "same" else (size - kernel) // stride + 1


def _with_valid(function):
    return lambda n, k, s, padding: _stops(n, k, s, "same") if padding == "same" else function(n, k, s)


def _with_same(function):
    return lambda n, k, s, padding: function(n, k, s) if padding == "same" else _stops(n, k, s, "valid")


SIZE = Exercise(
    reference=_stops,
    cases=[(n, k, s, p) for n, k in ((7, 3), (8, 3), (28, 5), (10, 2)) for s in (1, 2, 3) for p in ("valid", "same")],
    mistakes={
        "For valid padding the first stop is missing: add 1.": _with_valid(lambda n, k, s: (n - k) // s),
        "For valid padding add the 1 after the division, not before it.": _with_valid(lambda n, k, s: (n - k + 1) // s),
        "For valid padding an incomplete last step is no stop: round down.": _with_valid(
            lambda n, k, s: math.ceil((n - k) / s) + 1
        ),
        "For valid padding that is no whole number of stops: divide with //.": _with_valid(
            lambda n, k, s: (n - k) / s + 1
        ),
        "With same padding and a stride the map is smaller than the picture.": _with_same(lambda n, k, s: n),
        "For same padding round up: zeros complete the last step.": _with_same(lambda n, k, s: n // s),
        "Both kinds of padding count here; the fourth argument says which.": lambda n, k, s, padding: _stops(
            n, k, s, "valid"
        ),
    },
    hint="Of 7 positions, a kernel of 3 at stride 2 has 3 stops with valid padding, and 4 with same.",
)

VECTORS = Exercise(
    reference=lambda maps: maps.max((1, 2)),
    cases=[(_MAPS,), (_MAPS[:1],), (_RANDOM.standard_normal((3, 2, 2, 2)),)],
    observe=_fingerprint,
    mistakes={
        "That is the mean of each map; take its largest value.": lambda maps: maps.mean((1, 2)),
        "That is the largest value over the channels at each place; keep the channels, lose the places.": (
            lambda maps: maps.max(-1)
        ),
        "That is flattening: every place is still there.": lambda maps: maps.reshape(len(maps), -1),
        "Both axes of places must go, rows and columns.": lambda maps: maps.max(1),
        "Both axes of places must go, columns and rows.": lambda maps: maps.max(2),
        "You took the maximum over the whole batch: the first axis stays.": lambda maps: maps.max((0, 1, 2)),
        "Maps of shape (B, H, W, F) give (B, F): leave out keepdims.": lambda maps: maps.max((1, 2), keepdims=True),
    },
    hint="Maps of shape (2, 4, 5, 3) give an array of shape (2, 3).",
)


def _reach(stack):
    size = step = 1
    for kernel, stride in stack:
        size += (kernel - 1) * step
        step *= stride
    return size


def _stride_first(stack):
    size = step = 1
    for kernel, stride in stack:
        step *= stride
        size += (kernel - 1) * step
    return size


def _last_stride(stack):
    steps = [1, *(stride for _, stride in stack)]
    return 1 + sum((kernel - 1) * step for (kernel, _), step in zip(stack, steps, strict=False))


REACH = Exercise(
    reference=_reach,
    cases=[
        ([(3, 1)],),
        ([(3, 1), (3, 1), (2, 2), (3, 1)],),
        ([(5, 2), (3, 2), (3, 2)],),
        ([(2, 2), (2, 2), (2, 2)],),
    ],
    mistakes={
        "You leave the strides out: behind a stride of 2 a step is two pixels long.": lambda stack: (
            1 + sum(kernel - 1 for kernel, _ in stack)
        ),
        "A layer's own stride comes after its kernel: it lengthens the steps of later layers only.": _stride_first,
        "Strides multiply: a step is as long as all strides before it, not only the last one.": _last_stride,
        "Start at 1: without any layer a place sees itself.": lambda stack: _reach(stack) - 1,
        "Kernels overlap: a second kernel of 3 adds 2 pixels, not 3.": lambda stack: sum(kernel for kernel, _ in stack),
    },
    hint="(3, 1), (3, 1), (2, 2), (3, 1) gives 1 + 2 + 2 + 1 + 2 * 2 = 10.",
)

EXERCISES = {"slide": SLIDE, "size": SIZE, "vectors": VECTORS, "reach": REACH}
