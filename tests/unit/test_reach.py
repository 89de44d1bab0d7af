"""Which outputs a token moves, how long the longest chain is, and multiplications, against those really done."""

import numpy as np
import pytest

from mmcourse.nn import language, language_transformer, reach

TOKENS = np.arange(10, 16)


class Counted:
    """A number that counts its multiplications."""

    done = 0

    def __mul__(self, other):
        Counted.done += 1
        return self

    def __add__(self, other):
        return self

    __rmul__, __radd__ = __mul__, __add__


def numbers(*shape):
    found = np.empty(shape, object)
    found[...] = Counted()
    return found


def test_a_causal_model_moves_at_and_after_the_place():
    grid = reach.moves(language_transformer.language_transformer(20, 6, 8, 1), TOKENS, other=5)
    assert (grid == np.tri(6, dtype=bool)).all()


def test_a_model_of_both_sides_moves_everywhere():
    grid = reach.moves(language_transformer.language_transformer(20, 6, 8, 1, causal=False), TOKENS, other=5)
    assert grid.all()


def test_a_recurrent_model_moves_at_and_after_the_place():
    assert (reach.moves(language.character_model("rnn", 20, dim=8), TOKENS, other=5) == np.tri(6, dtype=bool)).all()


def test_rows_are_outputs_and_columns_are_inputs():
    def shifted(inputs):  # output t shows token t - 1
        return np.eye(20)[np.roll(inputs["tokens"], 1, axis=1)]

    grid = reach.moves(shifted, TOKENS, other=5)
    assert grid[3].tolist() == [False, False, True, False, False, False]


def test_moves_refuses_what_it_cannot_replace():
    model = language.character_model("rnn", 20, dim=8)
    with pytest.raises(ValueError, match="other is 12, and stands among the tokens"):
        reach.moves(model, TOKENS, other=12)
    with pytest.raises(ValueError, match="tokens"):
        reach.moves(model, TOKENS[None], other=5)


@pytest.mark.parametrize("length", [1, 2, 9])
def test_the_longest_chain(length):
    assert reach.chain(reach.needs("recurrent", length)) == length
    assert reach.chain(reach.needs("attention", length)) == 1


def test_chains_by_hand():
    assert reach.chain([]) == 0
    assert reach.chain([[], [], [0], [0, 1], [2, 3]]) == 3
    with pytest.raises(ValueError, match="Result 1 waits for"):
        reach.chain([[], [1]])
    with pytest.raises(ValueError, match="Result 0 waits for"):
        reach.chain([[-1]])


@pytest.mark.parametrize(("length", "dim"), [(1, 1), (3, 2), (2, 4)])
def test_multiplications_are_those_that_are_done(length, dim):
    x, matrix = numbers(length, dim), numbers(dim, dim)
    Counted.done = 0
    for row in x:
        row @ matrix + row @ matrix  # the input and the state before
    assert Counted.done == reach.multiplications("recurrent", length, dim)
    Counted.done = 0
    query, key, value = x @ matrix, x @ matrix, x @ matrix
    (query @ key.T) @ value @ matrix
    assert Counted.done == reach.multiplications("attention", length, dim)


def test_unknown_layers_and_numbers_below_one():
    with pytest.raises(ValueError, match="layer is 'convolution'; give one of recurrent, attention"):
        reach.needs("convolution", 3)
    with pytest.raises(ValueError, match="length is 0"):
        reach.multiplications("attention", 0, 3)
    with pytest.raises(ValueError, match=r"length is 2\.5"):
        reach.needs("recurrent", 2.5)
    with pytest.raises(ValueError, match="dim is 0"):
        reach.multiplications("attention", 3, 0)
