"""Hidden cases of the lesson *Recurrent networks*."""

import numpy as np

from mmcourse.exercises import Exercise

_RANDOM = np.random.RandomState(0)


def _fingerprint(result) -> list[float]:
    """Observe a table of any size: its shape and two weighted sums of its values."""
    values = np.atleast_2d(np.asarray(result, float))
    places = np.arange(values.size)
    return [*values.shape, *((values.ravel() * wave(places + 0.5)).sum() for wave in (np.sin, np.cos))]


def _stacked(x, h, weights, b):
    return np.tanh(np.concatenate([h, x], axis=-1) @ weights + b)


def _exchanged(x, h, weights, b):
    return np.tanh(np.concatenate([x, h], axis=-1) @ weights + b)


def _logistic(x, h, weights, b):
    return 1 / (1 + np.exp(-(np.concatenate([h, x], axis=-1) @ weights + b)))


def _case(batch, width, units):
    shapes = [(batch, width), (batch, units), (units + width, units), (units,)]
    return tuple(_RANDOM.standard_normal(shape) for shape in shapes)


STACKED = Exercise(
    reference=_stacked,
    cases=[_case(3, 4, 2), _case(1, 2, 2), _case(2, 1, 5)],
    observe=_fingerprint,
    mistakes={
        "You put the input before the state; the first rows of the weights belong to the state.": _exchanged,
        "The tanh is missing: what you return is not between -1 and 1.": lambda x, h, weights, b: (
            np.concatenate([h, x], axis=-1) @ weights + b
        ),
        "The bias is missing.": lambda x, h, weights, b: np.tanh(np.concatenate([h, x], axis=-1) @ weights),
        "Add the bias before the tanh.": lambda x, h, weights, b: (
            np.tanh(np.concatenate([h, x], axis=-1) @ weights) + b
        ),
        "That is the logistic function; the state of this layer goes through the tanh.": _logistic,
    },
    hint="Join h and x side by side, along the last axis, to (B, H + D); then one product, the bias, the tanh.",
)


def _bound(weights, steps):
    return np.linalg.norm(weights, 2) ** steps


BOUND = Exercise(
    reference=_bound,
    cases=[(0.6 * _RANDOM.standard_normal((units, units)), steps) for units in (2, 5) for steps in (1, 7)],
    mistakes={
        "That is the largest absolute eigenvalue. A matrix can stretch a vector more than that: take the largest "
        "singular value.": lambda weights, steps: np.abs(np.linalg.eigvals(weights)).max() ** steps,
        "np.linalg.norm of a matrix is by default the root of the sum of squares; ask for the spectral norm, with a "
        "2.": lambda weights, steps: np.linalg.norm(weights) ** steps,
        "That is the bound of one step: each further step multiplies by it again.": lambda weights, steps: (
            np.linalg.norm(weights, 2)
        ),
        "Each step multiplies; do not add.": lambda weights, steps: np.linalg.norm(weights, 2) * steps,
        "That is the norm of a product of equal matrices; here a diagonal matrix stands between them, so only the "
        "product of the norms is a bound.": lambda weights, steps: np.linalg.norm(
            np.linalg.matrix_power(weights, steps), 2
        ),
    },
    hint="The largest singular value is np.linalg.norm(U, 2); the derivative of the tanh is at most 1.",
)


def _masked_mean(states, mask):
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)


def _masks(*lengths, longest):
    return np.arange(longest) < np.array(lengths)[:, None]


MASKED_MEAN = Exercise(
    reference=_masked_mean,
    cases=[
        (_RANDOM.standard_normal((3, 5, 2)), _masks(5, 2, 1, longest=5)),
        (_RANDOM.standard_normal((2, 4, 4)), _masks(3, 4, longest=4)),
        (_RANDOM.standard_normal((2, 3, 1)), _masks(1, 2, longest=3)),
    ],
    observe=_fingerprint,
    mistakes={
        "You averaged over the padding too.": lambda states, mask: states.mean(1),
        "The padding is out of the sum, but you still divide by all steps; divide by the real ones.": (
            lambda states, mask: (states * mask[..., None]).mean(1)
        ),
        "That is the sum over the real steps; divide by their number.": lambda states, mask: (
            states * mask[..., None]
        ).sum(1),
        "That is the last step, padded or not.": lambda states, mask: states[:, -1],
        "That is the last real state; here the mean of all real states is asked for.": lambda states, mask: states[
            np.arange(len(states)), mask.sum(1) - 1
        ],
        "Divide each text by its own number of real steps.": lambda states, mask: (
            (states * mask[..., None]).sum(1) / mask.sum()
        ),
    },
    hint="A text with mask True, True, False has the mean of its first two states.",
)

EXERCISES = {"stacked": STACKED, "bound": BOUND, "masked-mean": MASKED_MEAN}
