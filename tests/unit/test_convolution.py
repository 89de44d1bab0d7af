"""Convolution: the worked example, SciPy, Keras with many options, gradients, sizes, and clear errors."""

import keras
import numpy as np
import pytest
from scipy import signal

from mmcourse import equations
from mmcourse.nn import convolution

RANDOM = np.random.RandomState(0)
KERNEL = np.arange(1, 10).reshape(3, 3) / 10
PICTURE = np.tile(KERNEL, (11, 11))[:32, :32]
PLAIN = (np.zeros((1, 6, 7, 2)), np.zeros((3, 2, 2, 4)), np.zeros(4))


def draw(*shape):
    return RANDOM.standard_normal(shape)


def one_channel(picture, kernel, bias=0.0):
    return convolution.conv2d_numpy(picture[None, ..., None], kernel[..., None, None], np.array([bias]))[0, ..., 0]


def through(layer, x, *weights):
    layer.build(x.shape)
    layer.set_weights(weights)
    return keras.ops.convert_to_numpy(layer(x.astype(np.float32)))


def test_worked_example_by_hand():
    by_hand = sum(n * n for n in range(1, 10)) / 100
    assert np.isclose(by_hand, 2.85)
    features = one_channel(PICTURE, KERNEL)
    assert features.shape == (30, 30)
    assert np.isclose(features[0, 0], 2.85)
    assert np.isclose(one_channel(PICTURE, KERNEL, 0.5)[0, 0], 3.35)
    assert np.isclose(one_channel(PICTURE, KERNEL[::-1, ::-1])[0, 0], 1.65)


def test_it_is_correlation_and_a_turned_kernel_makes_it_convolution():
    picture, kernel = draw(9, 8), draw(3, 4)
    assert np.allclose(one_channel(picture, kernel), signal.correlate2d(picture, kernel, "valid"))
    assert np.allclose(one_channel(picture, kernel[::-1, ::-1]), signal.convolve2d(picture, kernel, "valid"))


def test_channels_are_summed():
    x, kernel = draw(1, 6, 5, 3), draw(3, 3, 3, 2)
    given = convolution.conv2d_numpy(x, kernel, np.zeros(2))
    for filters in range(2):
        parts = [signal.correlate2d(x[0, ..., c], kernel[..., c, filters], "valid") for c in range(3)]
        assert np.allclose(given[0, ..., filters], sum(parts))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [(3, 3, 2, 4), (2, 5, 2, 4), (1, 1, 2, 4)])
def test_pictures_agree_with_keras(kernel, stride, padding):
    for height, width in ((7, 8), (9, 6)):
        x, weights = draw(2, height, width, 2), [draw(*kernel), draw(4)]
        layer = keras.layers.Conv2D(4, kernel[:2], strides=stride, padding=padding)
        expected = through(layer, x, *weights)
        given = convolution.conv2d_numpy(x, *weights, stride, padding)
        assert given.shape == expected.shape
        assert np.abs(given - expected).max() < 1e-5


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("length", [1, 2, 5])
def test_sequences_agree_with_keras(length, stride, padding):
    for size in (7, 8, 9):
        x, weights = draw(2, size, 3), [draw(length, 3, 4), draw(4)]
        layer = keras.layers.Conv1D(4, length, strides=stride, padding=padding)
        expected = through(layer, x, *weights)
        given = convolution.conv1d_numpy(x, *weights, stride, padding)
        assert given.shape == expected.shape
        assert given.shape[1] == convolution.output_size(size, length, stride, padding)
        assert np.abs(given - expected).max() < 1e-5


def test_causal_padding_sees_no_future():
    x, kernel, bias = draw(1, 8, 2), draw(3, 2, 4), draw(4)
    later = x.copy()
    later[:, 5:] += 1
    before, after = (convolution.conv1d_numpy(given, kernel, bias, padding="causal") for given in (x, later))
    assert np.array_equal(before[:, :5], after[:, :5])
    assert not np.allclose(before[:, 5], after[:, 5])


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pooling_agrees_with_keras(size):
    x = draw(2, 7, 6, 3)
    expected = keras.ops.convert_to_numpy(keras.layers.MaxPooling2D(size)(x.astype(np.float32)))
    assert np.abs(convolution.max_pool2d_numpy(x, size) - expected).max() < 1e-6


def test_convolution_moves_with_the_picture():
    x, kernel = draw(1, 9, 9, 1), draw(3, 3, 1, 2)
    moved = np.roll(x, (2, 1), axis=(1, 2))
    features, after = (convolution.conv2d_numpy(given, kernel, np.zeros(2)) for given in (x, moved))
    assert np.allclose(after[:, 2:, 1:], features[:, :-2, :-1])


def test_kernel_gradient_is_that_of_finite_differences():
    x, kernel, bias = draw(2, 6, 5, 2), draw(3, 2, 2, 3), draw(3)
    error = draw(2, 4, 4, 3)

    def loss(kernel):
        return np.sum(error * convolution.conv2d_numpy(x, kernel, bias))

    nudges = 1e-6 * np.eye(kernel.size).reshape(-1, *kernel.shape)
    expected = [(loss(kernel + nudge) - loss(kernel - nudge)) / 2e-6 for nudge in nudges]
    given = convolution.kernel_gradient_numpy(x, error)
    assert given.shape == kernel.shape
    assert np.allclose(given.ravel(), expected, atol=1e-5)


def test_receptive_field_is_the_width_of_what_matters():
    stack = ((3, 1), (2, 2), (3, 1), (5, 3))
    x, nudged = np.ones((1, 60, 1)), []
    for place in range(60):
        changed = x.copy()
        changed[0, place] += 1
        nudged.append(stacked(changed, stack)[0, 0, 0] != stacked(x, stack)[0, 0, 0])
    assert sum(nudged) == convolution.receptive_field(stack) == 16


def stacked(x, stack):
    for length, stride in stack:
        x = convolution.conv1d_numpy(x, np.ones((length, 1, 1)), np.zeros(1), stride)
    return x


LABELS = [f"eq-convolution-{name}" for name in ("gradient", "map", "pool", "reach", "sequence", "size")]


def test_every_equation_of_the_lesson_is_here():
    found = [label for label, entry in equations.registry().items() if entry.lesson == "convolution"]
    assert found == LABELS


@pytest.mark.parametrize("label", LABELS)
def test_equation_holds(label):
    if keras.backend.backend() == "torch" and label == "eq-convolution-gradient":
        pytest.skip("keras.ops.jvp does not run on PyTorch")
    comparison = equations.verify(label)
    assert comparison.holds, comparison


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (convolution.output_size, (7, 3, 1, "full"), "choose valid, same or causal"),
        (convolution.output_size, (2, 3), "does not fit an axis of 2"),
        (convolution.output_size, (7, 3, 0), "lengths are at least 1"),
        (convolution.conv2d_numpy, (np.zeros((6, 7)), *PLAIN[1:]), r"x has shape \(6, 7\)"),
        (convolution.conv2d_numpy, (np.zeros((1, 6, 7, 3)), *PLAIN[1:]), "C=3"),
        (convolution.conv2d_numpy, (*PLAIN[:2], np.zeros(3)), "F=4"),
        (convolution.conv2d_numpy, (*PLAIN, 1, "causal"), "choose valid or same"),
        (convolution.conv1d_numpy, (np.zeros((1, 5, 2)), np.zeros((3, 3, 4)), np.zeros(4)), "C=2"),
        (convolution.max_pool2d_numpy, (np.zeros((1, 4, 4, 1)), 5), "does not fit an axis of 4"),
        (convolution.kernel_gradient_numpy, (np.zeros((2, 5, 5, 1)), np.zeros((1, 3, 3, 1))), "B=2"),
        (convolution.kernel_gradient_numpy, (np.zeros((1, 2, 5, 1)), np.zeros((1, 3, 3, 1))), "does not fit"),
        (convolution.receptive_field, ((),), "pairs"),
        (convolution.receptive_field, (((3, 0),),), "pairs"),
    ],
)
def test_bad_input_is_refused(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments)
