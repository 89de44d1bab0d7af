"""Hidden cases of the lesson *Pictures as data*."""

import numpy as np

from mmcourse.exercises import Exercise

_RANDOM = np.random.RandomState(0)
_ONE = _RANDOM.uniform(size=(5, 4, 3))
_SQUARE = _RANDOM.uniform(size=(4, 4, 3))
_BATCH = _RANDOM.uniform(size=(3, 4, 4, 3))


def _fingerprint(result) -> list[float]:
    """Observe an array of any shape: its shape, filled with ones in front, and two weighted sums of its values."""
    values = np.asarray(result, float)
    shape = (1,) * (4 - values.ndim) + values.shape
    places = np.arange(values.size)
    return [*shape, *((values.ravel() * wave(places + 0.5)).sum() for wave in (np.sin, np.cos))]


MIRROR = Exercise(
    reference=lambda image: image[:, ::-1],
    cases=[(_ONE,), (_SQUARE,), (_RANDOM.uniform(size=(2, 7, 1)),)],
    observe=_fingerprint,
    mistakes={
        "That turns the picture upside down: columns are the second axis.": lambda image: image[::-1],
        "You reversed the channels, so red and blue change places.": lambda image: image[..., ::-1],
        "You reversed rows and columns: that is half a turn.": lambda image: image[::-1, ::-1],
        "You reversed all three axes; channels and rows stay.": lambda image: image[::-1, ::-1, ::-1],
        "You exchanged rows and columns: that is a transposition.": lambda image: np.swapaxes(image, 0, 1),
        "That is a quarter turn.": lambda image: np.rot90(image),
    },
    hint="Row 0 of the result is row 0 of the picture, read from right to left.",
)


def _normalized(images, training):
    return (images - training.mean((0, 1, 2))) / training.std((0, 1, 2))


_TRAINING = _RANDOM.uniform(size=(6, 4, 4, 3)) * [1, 0.5, 0.1]
NORMALIZED = Exercise(
    reference=_normalized,
    cases=[(_BATCH, _TRAINING), (_BATCH[:1], _TRAINING), (_TRAINING, _TRAINING)],
    observe=_fingerprint,
    mistakes={
        "Mean and deviation must come from the training pictures, not from those that are normalized.": lambda x, t: (
            _normalized(x, x)
        ),
        "One mean for all channels: take the mean over pictures, rows and columns, axes 0, 1 and 2.": lambda x, t: (
            (x - t.mean()) / t.std()
        ),
        "One mean for each pixel: take the mean over rows and columns too, axes 0, 1 and 2.": lambda x, t: (
            (x - t.mean(0)) / t.std(0)
        ),
        "Divide by the standard deviation, the square root of the variance.": lambda x, t: (
            (x - t.mean((0, 1, 2))) / t.var((0, 1, 2))
        ),
        "The mean is gone; divide by the standard deviation too.": lambda x, t: x - t.mean((0, 1, 2)),
        "Subtract the mean before you divide.": lambda x, t: x / t.std((0, 1, 2)),
    },
    hint="If both arguments are the same pictures, every channel of the result has mean 0 and standard deviation 1.",
)


def _ceiling(sides, flips):
    return 1.0 if flips < 0.5 else 1 - sides / 2 if flips == 0.5 else 1.0 - sides


def _for_half(sides, flips):
    return 1.0 if flips < 0.5 else 1 - sides / 2


CEILING = Exercise(
    reference=_ceiling,
    cases=[(s, p) for s in (0.4, 0.2, 0.9) for p in (0.0, 0.3, 0.5, 0.7, 1.0)],
    mistakes={
        "That is the share of true training captions. Greedy decoding takes the likelier word: below one half, the "
        "true side is still the likelier one.": lambda sides, flips: 1 - sides * flips,
        "That is right for flips of one half; what if the true side is the likelier one, or the less likely?": (
            lambda sides, flips: 1 - sides / 2
        ),
        "What if more than half of the pictures are flipped? Then the wrong side is the likelier one, always.": (
            _for_half
        ),
        "At exactly one half both sides are equally likely, and half of the guesses are right.": lambda sides, flips: (
            1.0 if flips <= 0.5 else 1.0 - sides
        ),
        "At one half neither side is likelier: half of the guesses are right, not none.": lambda sides, flips: (
            1.0 if flips < 0.5 else 1.0 - sides
        ),
        "Only captions that name a side suffer; the others stay true.": lambda sides, flips: (
            1.0 if flips < 0.5 else 0.5 if flips == 0.5 else 0.0
        ),
        "Drawing words at random gives that; greedy decoding takes the likelier one.": lambda sides, flips: (
            (1 - sides) + sides * (1 - flips) ** 2
        ),
    },
    hint="Half of the captions name a side: flips 0.3 must give 1, 0.5 must give 0.75, and 0.7 must give 0.5.",
)


def _center(image, size):
    top, left = (image.shape[0] - size) // 2, (image.shape[1] - size) // 2
    return image[top : top + size, left : left + size]


def _beyond_half(image, size):
    top, left = image.shape[0] // 2, image.shape[1] // 2
    return image[top : top + size, left : left + size]


def _rows_for_both(image, size):
    top = (image.shape[0] - size) // 2
    return image[top : top + size, top : top + size]


def _rounded_up(image, size):
    top, left = (image.shape[0] - size + 1) // 2, (image.shape[1] - size + 1) // 2
    return image[top : top + size, left : left + size]


def _exchanged(image, size):
    left, top = (image.shape[0] - size) // 2, (image.shape[1] - size) // 2
    return image[top : top + size, left : left + size]


CENTER = Exercise(
    reference=_center,
    cases=[(_RANDOM.uniform(size=(*sides, 3)), size) for sides, size in (((6, 9), 4), ((10, 7), 4), ((5, 5), 5))],
    observe=_fingerprint,
    mistakes={
        "That is the top left corner: leave out the same number of rows above and below.": lambda image, size: image[
            :size, :size
        ],
        "You start in the middle; start half of what is left over from the edge.": _beyond_half,
        "Rows and columns have different numbers left over: compute each of them.": _rows_for_both,
        "Of an odd rest you cut the larger half from the top and the left; round down, with // 2.": _rounded_up,
        "The first axis counts rows: you have height and width exchanged.": _exchanged,
        "Crop the columns too, not only the rows.": lambda image, size: image[(len(image) - size) // 2 :][:size],
    },
    hint="Of 10 columns, 4 in the middle are the columns 3 to 6: (10 - 4) // 2 are left out on either side.",
)

EXERCISES = {"mirror": MIRROR, "normalized": NORMALIZED, "ceiling": CEILING, "center": CENTER}
