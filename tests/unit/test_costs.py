"""Costs are counted as by hand."""

import keras
import pytest
from keras import layers

from mmcourse import costs
from mmcourse.nn.dual_encoder import DualEncoder, Pull
from mmcourse.nn.transformer import Block


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


def test_every_output_of_a_layer_counts():
    x = keras.Input((5, 3))
    states, last = layers.SimpleRNN(4, return_sequences=True, return_state=True)(x)
    one, two = (costs.cost(keras.Model(x, [states, last]), batch)["bytes"] for batch in (1, 2))
    assert two - one == 4 * (5 * 3 + 5 * 4 + 4)


def test_bad_input_is_named():
    tokens = keras.Input((None,), dtype="int32")
    with pytest.raises(ValueError, match="build the model for one length"):
        costs.cost(keras.Model(tokens, layers.Embedding(5, 2)(tokens)), 1)
    for batch_size in (0, 2.5):
        with pytest.raises(ValueError, match=f"batch_size is {batch_size}"):
            costs.cost(_model(), batch_size)
    towers = {name: keras.Sequential([keras.Input((3,)), layers.Dense(2)]) for name in ("image", "text")}
    with pytest.raises(ValueError, match="give a functional model"):
        costs.cost(DualEncoder(towers, Pull(), name="dual"), 1)


def test_the_gates_of_a_recurrent_layer_and_the_parts_of_a_block_count():
    x = keras.Input((5, 8))
    plain, gated, cell = (
        costs.cost(keras.Model(x, layer(3)(x)), 1)["bytes"] - 4 * 4 * keras.Model(x, layer(3)(x)).count_params()
        for layer in (layers.SimpleRNN, layers.GRU, layers.LSTM)
    )
    assert (gated - plain, cell - plain) == (4 * 5 * 3 * 3, 4 * 5 * 3 * 5)
    block = keras.Model(x, Block(2, 32)(x))
    parts = 5 * 8 * 8 + 5 * 32 + 2 * 5 * 5  # rows of the width, of the hidden layer, and the weights of two heads
    assert costs.cost(block, 1)["bytes"] == 4 * (4 * block.count_params() + 5 * 8 + 5 * 8 + parts)
