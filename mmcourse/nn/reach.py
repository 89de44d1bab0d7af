"""What reaches what in a layer: which outputs a token moves, which results wait for others, and the multiplications."""

from collections.abc import Callable, Sequence

import keras
import numpy as np

from mmcourse import shapes

LAYERS = ("recurrent", "attention")
ROUNDING = 1e-5  # far above that of float32 in small models, far below what a replaced token moves


def moves(model: Callable, tokens: np.ndarray, other: int) -> np.ndarray:
    """tokens (T,) of a model {"tokens": (B, T)} -> (B, T, V) -> (T, T) bool: output t moves when token s is replaced.

    Row t, column s. Token s is replaced by `other`, all the rest stays; a number that moves by no more than ROUNDING
    stands still. Raises ValueError for tokens of other axes, and tokens among which `other` is.
    """
    (length,) = shapes.check(tokens, "T", "tokens")
    if other in tokens:
        raise ValueError(f"other is {other!r}, and stands among the tokens; give one that does not.")
    rows = np.tile(np.asarray(tokens, np.int32), (length + 1, 1))  # row s: token s replaced; the last row: none
    rows[np.arange(length), np.arange(length)] = other
    outputs = keras.ops.convert_to_numpy(model({"tokens": rows}))  # (T + 1, T, V)
    return (np.abs(outputs[:-1] - outputs[-1]).max(-1) > ROUNDING).T


def needs(layer: str, length: int) -> list[list[int]]:
    """For each of T positions, the positions of the same layer whose results must be there first.

    A recurrent layer needs the state before; attention needs only what the layer below gave, which is there.
    Raises ValueError for an unknown layer, and a length below 1.
    """
    _check(layer, length)
    if layer == "attention":
        return [[] for _ in range(length)]
    return [[t - 1] if t else [] for t in range(length)]


def chain(needs: Sequence[Sequence[int]]) -> int:
    """The most results that must be computed one after another, where result t waits for those of `needs[t]`.

    Raises ValueError for a result that waits for itself or for a later one.
    """
    lengths: list[int] = []
    for place, earlier in enumerate(needs):
        if any(not 0 <= each < place for each in earlier):
            raise ValueError(f"Result {place} waits for {list(earlier)}; it can wait for earlier ones only.")
        lengths.append(1 + max((lengths[each] for each in earlier), default=0))
    return max(lengths, default=0)


def multiplications(layer: str, length: int, dim: int) -> int:
    """T positions of width D -> multiplications of numbers in one pass; those of a softmax or a tanh do not count.

    Recurrent: two matrices at each step, 2 T D². Attention: four matrices, and T² products of two rows twice, for the
    scores and for the mean: 4 T D² + 2 T² D. Raises ValueError for an unknown layer, and a length or width below 1.
    Source: Vaswani et al. 2017, table 1.
    """
    _check(layer, length)
    shapes.whole(dim, "dim")
    if layer == "recurrent":
        return 2 * length * dim**2
    return 4 * length * dim**2 + 2 * length**2 * dim


def _check(layer: str, length: int) -> None:
    if layer not in LAYERS:
        raise ValueError(f"layer is {layer!r}; give one of {', '.join(LAYERS)}.")
    shapes.whole(length, "length")
