"""Exercises that answer back: `check` tries a reader's function, `predict` keeps a guess until the result is there.

The cases of a lesson stand in a module of its own, `exercises/<slug with underscores>.py`, in a table `EXERCISES`.
"""

import copy
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


def _as_it_is(result):
    return result


@dataclass(frozen=True)
class Exercise:
    """A right function, cases to try, and wrong functions that readers write, each with the hint that helps.

    `cases` are tuples of arguments. A reader's function must agree with `reference` on all of them; where it agrees
    with a function of `mistakes` (hint -> wrong function) instead, the reader gets that hint. `observe` turns what the
    function returns, a model for example, into the numbers that are compared.
    """

    reference: Callable
    cases: list[tuple]
    mistakes: dict[str, Callable] = field(default_factory=dict)
    hint: str = "Try your function on a small case whose answer you know."
    observe: Callable = _as_it_is

    def run(self, function: Callable, case: tuple):
        """What `function` gives on a case, or the exception that it raises; its arguments are copies."""
        given = copy.deepcopy(case)
        try:
            result = function(*given)
            if result is None or result is ...:
                return None
            if not _unchanged(case, given):
                return ArgumentsChanged()
            return self.observe(result)
        except Exception as error:  # a reader's function may raise anything; it is reported, not hidden
            return error


class ArgumentsChanged(Exception):  # noqa: N818
    """A reader's function has changed what it was given."""


@dataclass(frozen=True)
class Prediction:
    """A guess, made before the result is known."""

    name: str
    guess: object

    def reveal(self, measured) -> None:
        """Print the measured result, and the guess beside it when there is one."""
        shown = f"{measured:.3f}" if isinstance(measured, float) else measured
        if self.guess is None:
            print(f"Measured: {shown}. (You made no guess: type one into the call to mm.predict above.)")
        elif isinstance(measured, str):
            print(f"Measured: {shown}. Your guess: {self.guess}. {'Right.' if self.guess == measured else 'Not so.'}")
        else:
            print(f"Measured: {shown}. Your guess: {self.guess}. Off by {abs(measured - self.guess):.2g}.")


def predict(name: str, options, guess=None) -> Prediction:
    """Ask for a guess before a result and keep it: `predict("slug/question", ["up", "down"], guess="up")`.

    `options` is a list of choices, or a pair (lowest, highest) of numbers. Without a guess nothing is asked again and
    nothing blocks. Raises ValueError for a guess that is none of the options.
    """
    numbers = isinstance(options, tuple) and len(options) == 2
    if not numbers and not (isinstance(options, list) and options):
        raise ValueError(f"{name}: options is {options!r}; give a list of choices or a pair (lowest, highest).")
    if guess is None:
        wanted = f"a number from {options[0]} to {options[1]}" if numbers else " or ".join(map(repr, options))
        print(f"Your guess? Type it into the call: guess={wanted}.")
    elif numbers and not (isinstance(guess, int | float) and options[0] <= guess <= options[1]):
        raise ValueError(f"{name}: the guess {guess!r} is no number from {options[0]} to {options[1]}.")
    elif not numbers and guess not in options:
        raise ValueError(f"{name}: the guess {guess!r} is none of {options}.")
    return Prediction(name, guess)


def check(name: str, answer: Callable) -> None:
    """Try a reader's function on hidden cases and print *passed*, or what is wrong and one hint. Shows no solution.

    Raises ValueError for an unknown exercise and for an answer that is no function.
    """
    exercise = _find(name)
    if not callable(answer):
        raise ValueError(f"check needs the function itself, e.g. check({name!r}, my_function), not {answer!r}.")
    given = [exercise.run(answer, case) for case in exercise.cases]
    error = next((result for result in given if isinstance(result, Exception)), None)
    if isinstance(error, ArgumentsChanged):
        print("Not yet: your function changes its arguments. Make new arrays and leave the given ones as they are.")
    elif error is not None:
        print(f"Not yet: your function raised {type(error).__name__}: {error}. {exercise.hint}")
    elif all(result is None for result in given):
        print("Not yet: your function returns nothing. Write its body and end it with return.")
    elif not any(wrong := _wrong(exercise, exercise.reference, given)):
        print("passed")
    else:
        known = (hint for hint, mistake in exercise.mistakes.items() if not any(_wrong(exercise, mistake, given)))
        print(f"Not yet: {sum(wrong)} of {len(given)} cases are wrong. {next(known, exercise.hint)}")


def _find(name: str) -> Exercise:
    slug, _, key = name.partition("/") if isinstance(name, str) else ("", "", "")
    known = sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))
    if slug not in known:
        raise ValueError(f"There are no exercises {name!r}. Lessons with exercises: {', '.join(known)}.")
    table = importlib.import_module(f"mmcourse.exercises.{slug.replace('-', '_')}").EXERCISES
    if key not in table:
        raise ValueError(f"There is no exercise {name!r}. This lesson has: {', '.join(f'{slug}/{k}' for k in table)}.")
    return table[key]


def _unchanged(before, after) -> bool:
    if isinstance(before, dict):
        return set(before) == set(after) and all(_unchanged(before[key], after[key]) for key in before)
    if isinstance(before, tuple | list):
        return len(before) == len(after) and all(map(_unchanged, before, after))
    return not isinstance(before, np.ndarray) or np.array_equal(before, after)


def _same(given, right) -> bool:
    try:
        return np.shape(given) == np.shape(right) and bool(
            np.allclose(given, right, rtol=1e-4, atol=1e-6, equal_nan=True)
        )
    except (TypeError, ValueError):  # not numbers at all
        return False


def _wrong(exercise: Exercise, function: Callable, given: list) -> list[bool]:
    """For each case, whether the given result differs from that of `function`."""
    return [not _same(result, exercise.run(function, case)) for result, case in zip(given, exercise.cases, strict=True)]
