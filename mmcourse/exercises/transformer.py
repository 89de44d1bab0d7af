"""Hidden cases of the lesson *Transformer*."""

import numpy as np

from mmcourse.exercises import Exercise

_RANDOM = np.random.RandomState(0)


def _block_weights(dim):
    return 12 * dim * dim + 9 * dim


BLOCK_WEIGHTS = Exercise(
    reference=_block_weights,
    cases=[(64,), (128,), (2,), (12288,)],
    mistakes={
        "You left out the two norms, a scale and a shift each.": lambda D: 12 * D * D + 5 * D,
        "You left out the biases of the network, 4D and D.": lambda D: 12 * D * D + 4 * D,
        "Right but for all that is not a matrix: add the biases of the network and the norms.": lambda D: 12 * D * D,
        "There are two norms, each with a scale and a shift.": lambda D: 12 * D * D + 7 * D,
        "The attention has four matrices, also the one that joins the heads.": lambda D: 11 * D * D + 9 * D,
        "The network has two matrices, D by 4D and 4D by D.": lambda D: 8 * D * D + 9 * D,
        "The hidden layer of the network has 4D units, not D.": lambda D: 6 * D * D + 6 * D,
        "The projections of the attention have no biases here.": lambda D: 12 * D * D + 13 * D,
    },
    hint="Attention 4 D², network 8 D² and its biases, two norms of 2 D.",
)


def _patches(image, size):
    height, width = image.shape
    grid = image.reshape(height // size, size, width // size, size).swapaxes(1, 2)
    return grid.reshape(-1, size * size)


def _fingerprint(result) -> list[float]:
    """Observe a table of any size: its shape and two weighted sums of its values."""
    values = np.atleast_2d(np.asarray(result, float))
    places = np.arange(values.size)
    return [*values.shape, *((values.ravel() * wave(places + 0.5)).sum() for wave in (np.sin, np.cos))]


def _columns_first(image, size):
    height, width = image.shape
    grid = image.reshape(height // size, size, width // size, size).transpose(2, 0, 1, 3)
    return grid.reshape(-1, size * size)


def _turned(image, size):
    return _patches(image, size).reshape(-1, size, size).swapaxes(1, 2).reshape(-1, size * size)


PATCHES = Exercise(
    reference=_patches,
    cases=[
        (_RANDOM.random_sample((4, 6)), 2),
        (_RANDOM.random_sample((8, 8)), 4),
        (_RANDOM.random_sample((6, 3)), 3),
        (_RANDOM.random_sample((8, 8)), 2),
    ],
    observe=_fingerprint,
    mistakes={
        "That cuts the rows into strips: a patch has pixels of several rows. Bring the two axes inside a patch "
        "together before the last reshape.": lambda image, size: image.reshape(-1, size * size),
        "Each patch is right, but they stand column by column; go row by row.": _columns_first,
        "The patches stand right, but each is read column by column.": _turned,
        "Make each patch one row of size * size numbers.": lambda image, size: _patches(image, size).reshape(
            -1, size, size
        ),
        "One row a patch, not one column.": lambda image, size: _patches(image, size).T,
    },
    hint="reshape to (H/S, S, W/S, S), swap the two middle axes, reshape to (-1, S * S).",
)


def _frozen(before, after):
    return [place for place, (old, new) in enumerate(zip(before, after, strict=True)) if np.array_equal(old, new)]


def _weights(*moved):
    """Five arrays before and after a step; those that are named in `moved` change in one entry."""
    before = [_RANDOM.standard_normal(shape) for shape in ((4, 3), (3,), (2, 3, 2), (5,), (3, 3))]
    after = [array.copy() for array in before]
    for place in moved:
        after[place].flat[-1] -= 0.01
    return before, after


def _exchanged():
    """As `_weights`, but what changes keeps its sum."""
    before, after = _weights()
    after[0][0], after[0][1] = before[0][1], before[0][0]
    after[3][:] = after[3][::-1]
    return before, after


def _places(result):
    """Indices as a row of fixed length, so that lists of any length can be compared; its last entry is always 1."""
    return [*np.isin(np.arange(5), np.asarray(result, float)).astype(int), 1]


FROZEN = Exercise(
    reference=_frozen,
    cases=[_weights(0, 2, 3, 4), _weights(1, 4), _weights(0, 1, 2, 3, 4), _weights(), _exchanged()],
    observe=_places,
    mistakes={
        "Those are the weights that have moved.": lambda before, after: [
            n for n, (old, new) in enumerate(zip(before, after, strict=True)) if not np.array_equal(old, new)
        ],
        "You call an array frozen when one of its entries stands still; all must.": lambda before, after: [
            n for n, (old, new) in enumerate(zip(before, after, strict=True)) if (old == new).any()
        ],
        "Two arrays with one sum need not be equal: compare entry by entry.": lambda before, after: [
            n for n, (old, new) in enumerate(zip(before, after, strict=True)) if np.isclose(old.sum(), new.sum())
        ],
        "Give the index of each frozen array, not the number of them.": lambda before, after: len(
            _frozen(before, after)
        ),
        "Give the indices of the frozen arrays, not True or False for each array.": lambda before, after: [
            np.array_equal(old, new) for old, new in zip(before, after, strict=True)
        ],
    },
    hint="enumerate(zip(before, after)) gives index and arrays; np.array_equal compares two arrays.",
)

EXERCISES = {"block-weights": BLOCK_WEIGHTS, "patches": PATCHES, "frozen": FROZEN}
