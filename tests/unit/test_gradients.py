"""Gradients: by hand, against nudges and steps of Keras, at the edges; `test_equations` compares the forms."""

import numpy as np
import pytest

from mmcourse.nn import gradients


@pytest.fixture
def random():
    return np.random.RandomState(0)


@pytest.fixture
def network(random):
    """x (5, 3), target (5,) and the weights 3 -> 4 -> 6."""
    weights = [random.standard_normal(shape) / 2 for shape in ((3, 4), (4,), (4, 6), (6,))]
    return random.standard_normal((5, 3)), np.array([0, 5, 2, 2, 1]), weights


def test_forward_and_back_by_hand():
    """The example of the lesson: hidden units 3/5 and -4/5, two equally likely classes."""
    x, target = np.array([[1.0, 2.0]]), np.array([0])
    W1 = np.array([[np.log(2), np.log(3)], [0, -np.log(3)]])
    W2 = np.array([[2, -2], [1.5, -1.5]])
    loss, slopes = gradients.backpropagation_numpy(x, target, [W1, np.zeros(2), W2, np.zeros(2)])
    assert abs(loss - np.log(2)) < 1e-12
    expected = [[[-1.28, -0.54], [-2.56, -1.08]], [-1.28, -0.54], [[-0.3, 0.3], [0.4, -0.4]], [-0.5, 0.5]]
    assert all(np.allclose(given, right) for given, right in zip(slopes, expected, strict=True))


def test_back_propagation_equals_nudging_every_weight(network):
    x, target, weights = network
    _, slopes = gradients.backpropagation_numpy(x, target, weights)
    for place, slope in enumerate(slopes):

        def loss(values, place=place):
            return gradients.backpropagation_numpy(x, target, [*weights[:place], values, *weights[place + 1 :]])[0]

        assert np.abs(gradients.numerical_gradient(loss, weights[place]) - slope).max() < 1e-8


def test_back_propagation_equals_a_step_of_keras(network):
    """Plain gradient descent with rate 1 subtracts the gradient."""
    import keras

    x, target, weights = network
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(6)])
    model.compile(keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.set_weights(weights)
    given = model.train_on_batch(x, target)
    loss, slopes = gradients.backpropagation_numpy(x, target, weights)
    assert abs(loss - given) < 1e-5
    for before, after, slope in zip(weights, model.get_weights(), slopes, strict=True):
        assert np.abs(before - after - slope).max() < 1e-5


def test_softmax_ignores_a_shift_and_large_numbers(random):
    logits = random.standard_normal((2, 3, 4))
    p = gradients.softmax_numpy(logits)
    assert np.allclose(p.sum(-1), 1)
    assert p.min() > 0
    assert np.allclose(p, np.exp(logits) / np.exp(logits).sum(-1, keepdims=True))
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        assert np.allclose(gradients.softmax_numpy(logits + 1e5), p, atol=1e-9)
        assert np.allclose(gradients.softmax_numpy(np.array([[0.0, 0], [1e5, 1e5]])), 0.5)  # each row has its largest


def test_cross_entropy_of_guessing_of_certainty_and_of_large_numbers():
    target = np.array([[1, 0], [3, 3]])
    assert np.isclose(gradients.cross_entropy_numpy(np.zeros((2, 2, 4)), target), np.log(4))
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        assert np.isclose(gradients.cross_entropy_numpy(np.array([[2000.0, 0]]), np.array([1])), 2000)
        assert gradients.cross_entropy_numpy(np.array([[0.0, 800]]), np.array([1])) == 0
        apart = np.array([[0.0, 0], [1e5, 1e5]])  # each row has its largest
        assert np.isclose(gradients.cross_entropy_numpy(apart, np.array([0, 1])), np.log(2))


def test_cross_entropy_is_the_mean_over_all_positions(random):
    logits, target = random.standard_normal((2, 3, 4)), random.randint(4, size=(2, 3))
    rows = np.log(gradients.softmax_numpy(logits)).reshape(6, 4)
    assert np.isclose(gradients.cross_entropy_numpy(logits, target), -rows[range(6), target.ravel()].mean())
    slopes = gradients.numerical_gradient(lambda z: gradients.cross_entropy_numpy(z, target), logits)
    assert np.allclose(gradients.cross_entropy_gradient_numpy(logits, target), slopes, atol=1e-8)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ([0.0, 1.0], "whole numbers"),
        ([0, 4], "classes 0 to 3"),
        ([-1, 0], "classes 0 to 3"),
        ([[0, 1]], "one class number for each row"),
        (np.eye(4)[:2], "one class number for each row"),
    ],
)
def test_what_is_no_target_is_refused(target, message):
    for function in (gradients.cross_entropy_numpy, gradients.cross_entropy_gradient_numpy):
        with pytest.raises(ValueError, match=message):
            function(np.zeros((2, 4)), np.array(target))


@pytest.mark.parametrize("shapes", [((2, 3), (4, 5), (5,)), ((2, 3), (3, 5), (4,)), ((), (3, 5), (5,))])
def test_a_dense_layer_refuses_shapes_that_do_not_fit(shapes):
    with pytest.raises(ValueError, match="expected"):
        gradients.dense_numpy(*map(np.ones, shapes))


def test_a_dense_gradient_refuses_another_delta():
    with pytest.raises(ValueError, match="delta"):
        gradients.dense_gradient_numpy(np.ones((2, 3)), np.ones((3, 5)), np.ones((2, 4)))


def test_a_numerical_gradient_is_exact_on_a_square_and_takes_any_shape(random):
    x = random.standard_normal((2, 3))
    assert np.allclose(gradients.numerical_gradient(lambda z: (z**2).sum(), x, 0.1), 2 * x)
    assert np.isclose(gradients.numerical_gradient(np.sin, np.array(0.5)), np.cos(0.5))
    with pytest.raises(ValueError, match="positive"):
        gradients.numerical_gradient(np.sum, x, 0)


@pytest.mark.parametrize("size", [1.0, 1e-6])
def test_three_steps_equal_those_of_keras(random, size):
    """Small gradients show where epsilon stands: beside the root of the uncorrected mean of squares."""
    import keras

    steps = size * random.standard_normal((3, 4)).astype("f")
    for optimizer in (keras.optimizers.SGD(0.1), keras.optimizers.Adam(0.1)):
        variable = keras.Variable(np.zeros(4, "f"))
        adam, plain, state = np.zeros(4), np.zeros(4), (np.zeros(4), np.zeros(4))
        for step, gradient in enumerate(steps, 1):
            optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
            adam, state = gradients.adam_numpy(adam, gradient, state, step, 0.1)
            plain = gradients.sgd_numpy(plain, gradient, 0.1)
        mine = adam if isinstance(optimizer, keras.optimizers.Adam) else plain
        assert np.allclose(mine, keras.ops.convert_to_numpy(variable), rtol=1e-4, atol=1e-9 * size)


def test_the_first_step_of_adam_is_the_rate_whatever_the_gradient():
    gradient, zeros = np.array([1000.0, -0.1]), np.zeros(2)
    moved, _ = gradients.adam_numpy(zeros, gradient, (zeros, zeros), 1, 0.01)
    assert np.allclose(moved, [-0.01, 0.01], rtol=1e-4)


def test_clipping_shortens_all_together_and_leaves_short_ones_alone():
    long = (np.array([3.0, 0]), np.array([[4.0]]))
    short = gradients.clip_by_global_norm_numpy(long, 1.0)
    assert np.allclose(short[0], [0.6, 0])
    assert np.allclose(short[1], [[0.8]])
    kept = gradients.clip_by_global_norm_numpy(long, 5.0)
    assert all(np.array_equal(one, other) for one, other in zip(kept, long, strict=True))
    assert all(not zero.any() for zero in gradients.clip_by_global_norm_numpy((np.zeros(2),), 1.0))
    with pytest.raises(ValueError, match="positive"):
        gradients.clip_by_global_norm_numpy(long, 0)


def test_clipping_equals_a_step_of_keras_on_zeros(random):
    import keras

    given = [random.standard_normal(shape).astype("f") for shape in ((3, 4), (4,))]
    variables = [keras.Variable(np.zeros_like(gradient)) for gradient in given]
    keras.optimizers.SGD(1.0, global_clipnorm=0.5).apply(list(map(keras.ops.convert_to_tensor, given)), variables)
    for clipped, variable in zip(gradients.clip_by_global_norm_numpy(given, 0.5), variables, strict=True):
        assert np.abs(clipped + keras.ops.convert_to_numpy(variable)).max() < 1e-6
