"""Costs are counted as by hand."""

import keras
import pytest
from keras import layers

from mmcourse import costs


def _model() -> keras.Model:
    inner = keras.Sequential([keras.Input((5,)), layers.Dense(3)], name="inner")
    x = keras.Input((5,))
    return keras.Model(x, layers.Dense(2)(inner(x)))


def test_weights_and_bytes_by_hand():
    weights, values = (5 * 3 + 3) + (3 * 2 + 2), 5 + 3 + 2  # input, Dense(3), Dense(2)
    found = costs.cost(_model(), batch_size=7)
    assert found == {"parameters": weights, "bytes": 4 * (4 * weights + 7 * values)}


def test_the_batch_costs_memory_and_no_weights():
    one, two = (costs.cost(_model(), batch) for batch in (1, 2))
    assert two["parameters"] == one["parameters"]
    assert two["bytes"] - one["bytes"] == 4 * 10


def test_bad_input_is_named():
    tokens = keras.Input((None,), dtype="int32")
    with pytest.raises(ValueError, match="build the model for one length"):
        costs.cost(keras.Model(tokens, layers.Embedding(5, 2)(tokens)), 1)
    with pytest.raises(ValueError, match="batch_size is 0"):
        costs.cost(_model(), 0)
