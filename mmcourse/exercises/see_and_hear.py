"""Hidden cases of the lesson *See and hear a digit*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(7)
_SOUND = 0.12 * np.sin(np.arange(800) / 5)
_PICTURES = _random.rand(6, 2, 2, 1)
_LABELS = np.array([0, 1, 2, 0, 1, 2])


def _decibels(signal, noise):
    return 10 * np.log10(np.mean(np.square(signal)) / np.mean(np.square(noise)))


def _answer(inputs):
    return (inputs["image"].reshape(len(inputs["image"]), -1).sum(-1) * 10).astype(int) % 3


def _reliance(answer, inputs, labels, modality, order):
    changed = {**inputs, modality: inputs[modality][order]}
    return np.mean(answer(inputs) == labels) - np.mean(answer(changed) == labels)


def _moves_labels(answer, inputs, labels, modality, order):
    changed = {**inputs, modality: inputs[modality][order]}
    return np.mean(answer(inputs) == labels) - np.mean(answer(changed) == labels[order])


def _moves_everything(answer, inputs, labels, modality, order):
    changed = {name: values[order] for name, values in inputs.items()}
    return np.mean(answer(inputs) == labels) - np.mean(answer(changed) == labels)


_INPUTS = {"image": _PICTURES, "audio": _random.rand(6, 3)}
_CASES = [
    (_answer, _INPUTS, _LABELS, name, order)
    for name in ("image", "audio")
    for order in (np.array([1, 2, 3, 4, 5, 0]), np.array([3, 5, 4, 1, 0, 2]))
]

EXERCISES = {
    "signal-to-noise": Exercise(
        reference=_decibels,
        cases=[(_SOUND, level * _random.randn(800)) for level in (0.05, 0.12, 0.5)],
        mistakes={
            "You compared amplitudes: the ratio is of powers, so take the mean of the squares.": lambda s, n: (
                10 * np.log10(np.mean(np.abs(s)) / np.mean(np.abs(n)))
            ),
            "The factor 20 belongs to a ratio of amplitudes; a ratio of powers takes 10.": lambda s, n: (
                2 * _decibels(s, n)
            ),
            "Signal and noise have changed places: more noise must give a smaller number.": lambda s, n: _decibels(
                n, s
            ),
            "That is the natural logarithm; decibels use base 10.": lambda s, n: _decibels(s, n) * np.log(10),
            "That is the plain ratio; decibels are ten times its logarithm to base 10.": lambda s, n: (
                np.mean(np.square(s)) / np.mean(np.square(n))
            ),
        },
        hint="Silence plus noise of the same power must give 0 decibels: does yours?",
    ),
    "reliance": Exercise(
        reference=_reliance,
        cases=_CASES,
        mistakes={
            "You reordered the labels too: they belong to the samples that stay in place.": _moves_labels,
            "You reordered every modality: then the pairs still match each other. Reorder one.": _moves_everything,
            "The sign is turned: a model that relies on a modality should get a positive number.": lambda *a: (
                -_reliance(*a)
            ),
            "That is the accuracy after the change; subtract it from the accuracy before.": lambda a, i, t, m, o: (
                np.mean(a({**i, m: i[m][o]}) == t)
            ),
        },
        hint="For a modality that the model never uses the result must be exactly 0: is it?",
    ),
}
