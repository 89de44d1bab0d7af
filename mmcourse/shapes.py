"""The axis legend of the whole course, and one check for every public border.

B batch · T text positions · P image patches · S audio frames · L any length · H W C image · D width · N heads ·
K = D / N · M modalities · V vocabulary. A lower-case name (`samples`, `classes`) is an axis that only one function has.
"""

import numpy as np


def check(array, axes: str, name: str, **sizes: int) -> tuple[int, ...]:
    """Return the shape of `array` if it has the axes of `axes`, e.g. `check(x, "B T D", "x", D=64)`.

    A number in `axes` fixes that axis, as does `name=size`. Raises ValueError that names what was given and expected.
    """
    shape = tuple(np.shape(array))
    letters = axes.split()
    fixed = {axis: int(axis) if axis.isdigit() else sizes.get(axis) for axis in letters}
    fits = len(shape) == len(letters) and all(
        fixed[axis] in (None, given) for axis, given in zip(letters, shape, strict=False)
    )
    if not fits:
        wanted = ", ".join(f"{axis}={sizes[axis]}" if axis in sizes else axis for axis in letters)
        raise ValueError(f"{name} has shape {shape}, expected ({wanted}): {len(letters)} axes.")
    return shape


def whole(number: int, name: str, least: int = 1) -> int:
    """The number as an int. Raises ValueError unless it is a whole one from `least` up; True and 2.0 are none."""
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
        raise ValueError(f"{name} is {number!r}; give a whole number from {least} up.")
    return int(number)


def check_sizes(shape: tuple, axes: str, name: str) -> None:
    """Raise ValueError unless `shape` is a tuple of positive whole numbers, one for each axis of `axes`."""
    letters = axes.split()
    numbers = isinstance(shape, tuple | list) and all(isinstance(n, int | np.integer) and n > 0 for n in shape)
    if not numbers or len(shape) != len(letters):
        raise ValueError(f"{name} is {shape!r}, expected positive whole numbers ({', '.join(letters)}).")
