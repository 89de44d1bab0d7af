"""The equations of the book that run: a label, its NumPy form and its Keras form, tied by `@equation` and compared.

Directly below `name_numpy` stands `name_keras` with the same arguments: Keras's own layer, loss or operation, given the
same numbers. `verify` draws random arguments, compares the two forms, and compares the derivative that Keras finds with
finite differences of the NumPy form.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

FORWARD, DERIVATIVE = 1e-5, 1e-4  # largest difference of the forms; largest relative error of a derivative
STEP = 1e-4  # of the central differences
SIZES = (3, 5, 4, 6, 2, 7, 8)  # of the axes of an equation, in the order in which its arguments name them


@dataclass(frozen=True)
class Equation:
    """Labels of the book, the lesson that derives them, a citation key, both forms, and how to draw arguments."""

    labels: tuple[str, ...]
    lesson: str
    source: str
    numpy: Callable
    library: str  # what the Keras form calls
    options: tuple[dict, ...]
    axes: dict[str, str | tuple]

    @property
    def keras(self) -> Callable:
        """The Keras form: the function of the same module whose name ends in `_keras`."""
        module = importlib.import_module(self.numpy.__module__)
        return getattr(module, self.numpy.__name__.removesuffix("_numpy") + "_keras")


@dataclass(frozen=True)
class Comparison:
    """Largest difference of the forms, and relative error of Keras's derivative; None where it cannot be measured.

    A derivative needs real arguments and `keras.ops.jvp`, which PyTorch does not have; a few Keras forms need it too.
    """

    forward: float | None
    derivative: float | None

    @property
    def holds(self) -> bool:
        """Whether all that was measured lies within what is promised."""
        limits = ((self.forward, FORWARD), (self.derivative, DERIVATIVE))
        return all(value is None or value <= limit for value, limit in limits)

    def __str__(self) -> str:
        numbers = ["not measured" if value is None else f"{value:.1e}" for value in (self.forward, self.derivative)]
        return f"largest difference {numbers[0]}, relative error of the derivative {numbers[1]}"


_registered: dict[str, Equation] = {}


def equation(
    *labels: str, lesson: str, source: str, keras: str, options: tuple[dict, ...] = ({},), **axes: str | tuple
) -> Callable:
    """Register a NumPy form under its labels in the book, e.g. `@equation("eq-rnn-state", lesson="rnn", …)`.

    `keras` names what the Keras form calls, `options` are keyword arguments to try. `axes` describes the other
    arguments: `x="B T D"` real numbers, `W="D 4H"`, `kernel="3 3 C F"`, `target="B of V"` whole numbers below V,
    `square="D above 0"` positive ones, a tuple of these for a tuple of arrays. An option that bears the name of an
    argument describes that argument anew.
    """

    def register(function: Callable) -> Callable:
        entry = Equation(labels, lesson, source, function, keras, options, axes)
        if twice := set(labels) & set(_registered):
            raise ValueError(f"{', '.join(sorted(twice))} is registered twice; a label has one NumPy form.")
        _registered.update(dict.fromkeys(labels, entry))
        return function

    return register


def registry() -> dict[str, Equation]:
    """All registered equations by label, sorted; loads the modules of `mmcourse.nn`."""
    from mmcourse import nn

    for module in pkgutil.iter_modules(nn.__path__):
        importlib.import_module(f"{nn.__name__}.{module.name}")
    return dict(sorted(_registered.items()))


def _arguments(axes: dict[str, str | tuple]) -> dict:
    """Random arguments by name, float64 or int64; every axis has a length of its own."""
    random, sizes = np.random.RandomState(0), {}
    return {name: _draw(spec, sizes, random) for name, spec in axes.items()}


@cache
def verify(label: str) -> Comparison:
    """Compare the forms of an equation on random arguments, for each of its options; the worst case is returned.

    Derivatives are taken by `keras.ops.jvp`. Raises ValueError for a label that is not registered.
    """
    if label not in registry():
        raise ValueError(f"There is no equation {label!r}. Registered are: {', '.join(registry())}.")
    entry = _registered[label]
    if "ops.jvp" in entry.library and not _has_jvp():
        return Comparison(None, None)
    found = [_compare(entry, options) for options in entry.options]
    derivatives = [comparison.derivative for comparison in found if comparison.derivative is not None]
    return Comparison(max(comparison.forward for comparison in found), max(derivatives, default=None))


def _has_jvp() -> bool:
    import keras

    return keras.backend.backend() != "torch"


def with_weights(layer, weights: list, *inputs, **keywords):
    """What a Keras layer gives for `inputs` when `weights`, in the layer's order, are put in its place of its own."""
    if not layer.built:
        layer.build(inputs[0].shape)
    fixed = [variable.value for variable in layer.non_trainable_variables]
    return layer.stateless_call(list(weights), fixed, *inputs, **keywords)[0]


def _draw(spec: str | tuple | dict, sizes: dict[str, int], random: np.random.RandomState):
    if isinstance(spec, tuple):
        return tuple(_draw(part, sizes, random) for part in spec)
    if isinstance(spec, dict):
        return {name: _draw(part, sizes, random) for name, part in spec.items()}
    axes, _, below = spec.partition(" of ")
    positive = axes.endswith(" above 0")
    shape = [_length(axis, sizes) for axis in axes.removesuffix(" above 0").split()]
    if below:
        return random.randint(_length(below, sizes), size=shape, dtype=np.int64)
    values = random.standard_normal(shape) / 2
    return np.abs(values) + 0.1 if positive else values


def _length(axis: str, sizes: dict[str, int]) -> int:
    """`"3"` -> 3, `"H"` -> the length of that axis, `"4H"` -> four times that."""
    number, letter = re.fullmatch(r"(\d*)([A-Za-z]*)", axis).groups()
    if letter and letter not in sizes:
        sizes[letter] = SIZES[len(sizes)]
    return int(number or 1) * sizes.get(letter, 1)


def _compare(entry: Equation, options: dict) -> Comparison:
    from keras import ops, tree

    given = _arguments({name: options.get(name, spec) for name, spec in entry.axes.items()})
    options = {name: value for name, value in options.items() if name not in given}
    real = {name: value for name, value in given.items() if tree.flatten(value)[0].dtype.kind == "f"}
    fixed = {name: value for name, value in given.items() if name not in real} | options

    def by_numpy(*values):
        return _in_line(np, entry.numpy(**dict(zip(real, values, strict=True)), **fixed))

    def by_keras(*values):
        return _in_line(ops, entry.keras(**dict(zip(real, values, strict=True)), **fixed))

    values = tuple(real.values())
    difference = by_numpy(*values) - ops.convert_to_numpy(by_keras(*_tensors(values)))
    return Comparison(float(np.max(np.abs(difference))), _derivative_error(by_numpy, by_keras, values))


def _derivative_error(by_numpy: Callable, by_keras: Callable, values: tuple) -> float | None:
    """Relative error of the derivative along a random direction, against central differences of the NumPy form."""
    from keras import ops, tree

    if not values or not _has_jvp():
        return None
    random = np.random.RandomState(1)
    direction = tree.map_structure(lambda array: random.standard_normal(array.shape), values)
    ahead = by_numpy(*tree.map_structure(lambda x, d: x + STEP * d, values, direction))
    behind = by_numpy(*tree.map_structure(lambda x, d: x - STEP * d, values, direction))
    expected = (ahead - behind) / (2 * STEP)
    _, derivative = ops.jvp(by_keras, _tensors(values), _tensors(direction))
    return float(np.linalg.norm(ops.convert_to_numpy(derivative) - expected) / np.linalg.norm(expected))


def _tensors(values: tuple) -> tuple:
    from keras import ops, tree

    return tree.map_structure(lambda array: ops.convert_to_tensor(array, "float32"), values)


def _in_line(module, result):
    """All numbers of a result, be it one array or several, as one vector; `module` is `np` or `keras.ops`."""
    from keras import tree

    return module.concatenate([module.reshape(part, (-1,)) for part in tree.flatten(result)])


def table() -> list[dict]:
    """One row an equation, measured now: its label, lesson, source, both forms, and what `verify` found."""
    return [
        {
            "label": label,
            "lesson": entry.lesson,
            "source": entry.source,
            "numpy": f"{entry.numpy.__module__.removeprefix('mmcourse.')}.{entry.numpy.__name__}",
            "keras": entry.library,
            "forward": verify(label).forward,
            "derivative": verify(label).derivative,
        }
        for label, entry in registry().items()
    ]
