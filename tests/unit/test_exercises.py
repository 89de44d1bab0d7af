"""Exercises answer back: the stub fails, the solution passes, each common mistake gets its own hint."""

import importlib
import pkgutil

import numpy as np
import pytest

import mmcourse as mm
from mmcourse import exercises

LESSONS = [module.name for module in pkgutil.iter_modules(exercises.__path__)]
NAMES = [
    f"{lesson.replace('_', '-')}/{key}"
    for lesson in LESSONS
    for key in importlib.import_module(f"mmcourse.exercises.{lesson}").EXERCISES
]


def said(capsys, name, answer):
    mm.check(name, answer)
    return capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes_and_the_stub_does_not(capsys, name):
    exercise = exercises._find(name)
    assert said(capsys, name, exercise.reference) == "passed\n"
    assert "returns nothing" in said(capsys, name, lambda *arguments: None)
    assert "returns nothing" in said(capsys, name, lambda *arguments: ...)


@pytest.mark.parametrize("name", NAMES)
def test_each_mistake_gets_its_own_hint(capsys, name):
    exercise = exercises._find(name)
    assert len(exercise.mistakes) >= 2
    right = [exercise.run(exercise.reference, case) for case in exercise.cases]
    numbers = [result for result in right if not isinstance(result, bool)]
    assert all(np.any(np.asarray(result) != 0) for result in numbers), "a case whose answer is 0 tells little"
    assert numbers or len(set(right)) == 2, "a question of yes or no needs cases of both"
    for hint, wrong in exercise.mistakes.items():
        assert hint in said(capsys, name, wrong)
    assert "Not yet" in said(capsys, name, lambda *arguments: 123.456)


@pytest.mark.parametrize("name", NAMES)
def test_no_solution_leaks(capsys, name):
    exercise = exercises._find(name)
    text = said(capsys, name, lambda *arguments: 123.456)
    right = [np.ravel(exercise.run(exercise.reference, case)) for case in exercise.cases]
    values = np.concatenate(right).astype(float)
    assert not any(f"{value:.3g}" in text for value in values if value != round(value))


def test_a_function_that_raises_is_reported(capsys):
    assert "raised ZeroDivisionError" in said(capsys, NAMES[0], lambda *arguments: 1 / 0)
    assert "raised TypeError" in said(capsys, NAMES[0], lambda: 0)


def test_a_function_that_changes_its_arguments_harms_nobody(capsys):
    def rude(answer, inputs, labels, modality, order):
        before = exercises._find("see-and-hear/reliance").reference(answer, inputs, labels, modality, order)
        inputs[modality] = inputs[modality][order]
        return before

    assert "changes its arguments" in said(capsys, "see-and-hear/reliance", rude)
    assert "passed" in said(capsys, "see-and-hear/reliance", exercises._find("see-and-hear/reliance").reference)


def test_an_unknown_mistake_gets_the_general_hint(capsys):
    name = "see-and-hear/signal-to-noise"
    assert exercises._find(name).hint in said(capsys, name, lambda *arguments: 123.456)


def test_text_and_wrong_shapes_are_wrong_answers(capsys):
    for value in ("a lot", [1, 2], {"x": 1}, object()):
        assert "Not yet" in said(capsys, NAMES[0], lambda *arguments, value=value: value)


@pytest.mark.parametrize("name", ["see-and-hear", "see-and-hear/nothing", "nothing/reliance", "", 3])
def test_check_with_a_wrong_name(name):
    with pytest.raises(ValueError, match="exercise"):
        mm.check(name, len)


def test_check_with_a_number_instead_of_a_function():
    with pytest.raises(ValueError, match="the function itself"):
        mm.check(NAMES[0], 3)


def test_predict_keeps_the_guess_and_reveals(capsys):
    mm.predict("a/b", (0, 1), guess=0.5).reveal(0.75)
    assert "Your guess: 0.5. Off by 0.25" in capsys.readouterr().out
    mm.predict("a/b", ["up", "down"], guess="up").reveal("up")
    assert "Right" in capsys.readouterr().out
    mm.predict("a/b", ["up", "down"], guess="up").reveal("down")
    assert "Not so" in capsys.readouterr().out


def test_predict_without_a_guess_does_not_block(capsys):
    guess = mm.predict("a/b", (0, 1))
    assert "a number from 0 to 1" in capsys.readouterr().out
    guess.reveal(0.75)
    assert "no guess" in capsys.readouterr().out


@pytest.mark.parametrize("options", [[], (1, 2, 3), "up", None])
def test_predict_refuses_options_that_are_none(options):
    with pytest.raises(ValueError, match="a list of choices or a pair"):
        mm.predict("a/b", options)


@pytest.mark.parametrize(
    ("options", "guess"), [((0, 1), 90), ((0, 1), "0.9"), (["up", "down"], "left"), ((0, 1), float("nan"))]
)
def test_predict_refuses_a_guess_that_is_no_option(options, guess):
    with pytest.raises(ValueError, match=r"none of|no number from 0 to 1"):
        mm.predict("a/b", options, guess=guess)
