"""Additive attention: NumPy against Keras."""

import numpy as np
import pytest
from keras import ops

from mmcourse.nn.additive import additive_keras, additive_numpy

SHAPES = {"query": (2, 3, 4), "key": (2, 5, 4), "value": (2, 5, 6), "scale": (4,)}


@pytest.fixture
def arrays():
    random = np.random.RandomState(0)
    return {name: random.standard_normal(shape) for name, shape in SHAPES.items()}


def test_numpy_equals_keras(arrays):
    both = additive_numpy(**arrays)
    assert [array.shape for array in both] == [(2, 3, 6), (2, 3, 5)]
    assert np.allclose(both[1].sum(-1), 1)
    for ours, keras_form in zip(both, additive_keras(**arrays), strict=True):
        assert np.abs(ours - ops.convert_to_numpy(keras_form)).max() < 1e-5


def test_by_hand():
    keys = np.array([[[20.0], [0.0], [-20.0]]])  # tanh 1, 0, -1
    values = np.eye(3)[None]
    output, weights = additive_numpy(np.zeros((1, 1, 1)), keys, values, np.array([np.log(3)]))
    assert np.allclose(weights, [[[9 / 13, 3 / 13, 1 / 13]]])
    assert np.allclose(output, weights)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_have_to_fit(arrays, name):
    wrong = arrays | {name: arrays[name][..., :3]}
    if name == "value":
        wrong = arrays | {name: arrays[name][:, :3]}
    with pytest.raises(ValueError, match="shape"):
        additive_numpy(**wrong)
