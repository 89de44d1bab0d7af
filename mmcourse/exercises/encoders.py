"""Hidden cases of the lesson *Encoders*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _case(batch, length, dim, lengths):
    return _random.standard_normal((batch, length, dim)) + 1, np.arange(length) < np.array(lengths)[:, None]


def _masked_mean(x, mask):
    return (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)


MEAN = Exercise(
    reference=_masked_mean,
    cases=[_case(3, 5, 2, [5, 3, 1]), _case(2, 4, 3, [2, 4]), _case(1, 3, 1, [2])],
    mistakes={
        "You did not use the mask: padding is in your mean.": lambda x, mask: x.mean(1),
        "You summed the right places but divided by all L of them: divide by how many are real.": lambda x, mask: (
            x * mask[..., None]
        ).mean(1),
        "You divided by the number of real places of the whole batch; each row has its own.": lambda x, mask: (
            (x * mask[..., None]).sum(1) / mask.sum()
        ),
        "You took the mean of the padded places: True means real.": lambda x, mask: (
            (x * ~mask[..., None]).sum(1) / np.maximum((~mask).sum(1, keepdims=True), 1)
        ),
        "That is the sum; divide by the number of real places.": lambda x, mask: (x * mask[..., None]).sum(1),
        "You took the mean over the rows, or over the features; take it over the places, axis 1.": lambda x, mask: (
            x * mask[..., None]
        ).mean(2),
    },
    hint="A row with one real place has that place as its mean.",
)


def _block(dim):
    return 12 * dim**2 + 9 * dim


def _vit(side, size, channels, dim, depth):
    places = (side // size) ** 2
    return size**2 * channels * dim + dim + places * dim + depth * _block(dim) + 2 * dim


VIT = Exercise(
    reference=_vit,
    cases=[(16, 4, 3, 27, 2), (8, 2, 1, 32, 1), (32, 8, 3, 144, 4), (12, 3, 2, 5, 1)],
    mistakes={
        "The positions are missing: one vector of D a patch.": lambda side, size, channels, dim, depth: (
            _vit(side, size, channels, dim, depth) - (side // size) ** 2 * dim
        ),
        "The normalization at the end is missing, 2 D.": lambda side, size, channels, dim, depth: (
            _vit(side, size, channels, dim, depth) - 2 * dim
        ),
        "The matrix of the patches has a bias, D.": lambda side, size, channels, dim, depth: (
            _vit(side, size, channels, dim, depth) - dim
        ),
        "A picture has channels: a patch has size · size · C numbers.": lambda side, size, channels, dim, depth: _vit(
            side, size, 1, dim, depth
        ),
        "You counted one block; there are `depth` of them.": lambda side, size, channels, dim, depth: _vit(
            side, size, channels, dim, 1
        ),
        "A picture has side / size patches in a row, and as many rows.": lambda side, size, channels, dim, depth: (
            _vit(side, size, channels, dim, depth) - (side // size) ** 2 * dim + side // size * dim
        ),
        "All patches go through one matrix; you counted one a patch.": lambda side, size, channels, dim, depth: (
            _vit(side, size, channels, dim, depth) + ((side // size) ** 2 - 1) * (size**2 * channels * dim + dim)
        ),
    },
    hint="There are four parts: the patches' matrix and bias, the positions, the blocks, the last normalization.",
)


def _widest(count, budget):
    dim = 1
    while count(dim + 1) <= budget:
        dim += 1
    return dim


def _nearest(count, budget):
    dim = _widest(count, budget)
    return min((dim, dim + 1), key=lambda width: abs(count(width) - budget))


WIDEST = Exercise(
    reference=_widest,
    cases=[
        (lambda dim: 2 * dim**2 + 42 * dim, 20000),
        (_block, _block(36)),
        (lambda dim: 10 * dim, 99),
        (_block, _block(7) - 1),
    ],
    mistakes={
        "That is the first width beyond the budget; the one before it still fits.": lambda count, budget: (
            _widest(count, budget) + 1
        ),
        "That is the nearest width, which may exceed the budget.": _nearest,
        "A width that meets the budget exactly fits: use <=.": lambda count, budget: _widest(count, budget - 1),
        "Return the width, not its number of weights.": lambda count, budget: count(_widest(count, budget)),
        "Your width fits, but a wider one fits, too.": lambda count, budget: _widest(count, budget) - 1,
    },
    hint="With 10 D weights and a budget of 99 the width is 9.",
)

EXERCISES = {"masked-mean": MEAN, "vit-weights": VIT, "widest": WIDEST}
