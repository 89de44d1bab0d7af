"""Gradients: a dense layer, softmax and cross-entropy with their derivatives, and what an optimizer does with them.

Each NumPy form stands above the Keras form that equals it. Targets are whole numbers, losses are means in nats.
"""

from collections.abc import Callable

import numpy as np

from mmcourse import shapes
from mmcourse.equations import equation, with_weights


@equation("eq-gradients-dense", lesson="gradients", source="goodfellow2016deep", keras="layers.Dense",
          x="B D", W="D U", b="U")  # fmt: skip
def dense_numpy(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """x (..., D), W (D, U), b (U,) -> (..., U): each output is a weighted sum of the inputs plus a bias.

    Raises ValueError for shapes that do not fit together. Source: Goodfellow et al. 2016, section 6.1.
    """
    width, units = shapes.check(W, "D U", "W")
    shapes.check(b, "U", "b", U=units)
    if np.shape(x)[-1:] != (width,):
        raise ValueError(f"x has shape {np.shape(x)}, expected (…, {width}): its last axis meets the first of W.")
    return x @ W + b


def dense_keras(x, W, b):
    """As `dense_numpy`, by `keras.layers.Dense`."""
    from keras import layers

    return with_weights(layers.Dense(W.shape[1]), [W, b], x)


@equation("eq-gradients-backward", lesson="gradients", source="rumelhart1986learning", keras="layers.Dense, ops.jvp",
          x="B D", W="D U", delta="B U")  # fmt: skip
def dense_gradient_numpy(x: np.ndarray, W: np.ndarray, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x (B, D), W (D, U), delta (B, U) -> gradients of the loss by x (B, D), W (D, U) and b (U,).

    `delta` is the gradient by the output of the layer; the gradient by x is the `delta` of the layer below.
    Raises ValueError for shapes that do not fit together. Source: Rumelhart, Hinton and Williams 1986.
    """
    batch, width = shapes.check(x, "B D", "x")
    _, units = shapes.check(W, "D U", "W", D=width)
    shapes.check(delta, "B U", "delta", B=batch, U=units)
    return delta @ W.T, x.T @ delta, delta.sum(0)


def dense_gradient_keras(x, W, delta):
    """As `dense_gradient_numpy`, by nudging every input, weight and bias of Keras's layer in turn."""
    from keras import layers, ops

    layer = layers.Dense(W.shape[1])
    return _by_nudges(lambda x, W, b: ops.sum(delta * with_weights(layer, [W, b], x)), (x, W, ops.zeros((W.shape[1],))))


def _by_nudges(loss: Callable, arrays: tuple) -> list:
    """The gradient of a Keras loss by each of its arrays: one derivative forward for each of their numbers."""
    from keras import ops

    gradients = []
    for place, array in enumerate(arrays):
        slopes = []
        for nudge in ops.unstack(ops.reshape(ops.eye(int(np.prod(array.shape))), (-1, *array.shape))):
            nudges = [ops.zeros(other.shape) for other in arrays]
            nudges[place] = nudge
            slopes.append(ops.jvp(loss, arrays, tuple(nudges))[1])
        gradients.append(ops.reshape(ops.stack(slopes), array.shape))
    return gradients


@equation("eq-gradients-softmax", lesson="gradients", source="bridle1990probabilistic", keras="ops.softmax",
          logits="B V")  # fmt: skip
def softmax_numpy(logits: np.ndarray) -> np.ndarray:
    """Logits (..., V) -> probabilities (..., V): positive, with sum 1 along the last axis.

    The largest logit is subtracted first: that changes no result and keeps exp from overflowing.
    Source: Bridle 1990; Goodfellow et al. 2016, section 4.1.
    """
    powers = np.exp(logits - np.max(logits, axis=-1, keepdims=True))  # at most 1
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax_keras(logits):
    """As `softmax_numpy`, by `keras.ops.softmax`."""
    from keras import ops

    return ops.softmax(logits, axis=-1)


@equation("eq-gradients-cross-entropy", lesson="gradients", source="goodfellow2016deep",
          keras="losses.SparseCategoricalCrossentropy", logits="B T V", target="B T of V")  # fmt: skip
def cross_entropy_numpy(logits: np.ndarray, target: np.ndarray) -> np.floating:
    """Logits (..., V), target (...) of whole numbers below V -> the mean of -log probability of the target, in nats.

    Never below 0; guessing V equally likely answers costs log V.
    Raises ValueError for a target of another shape, that is not whole or lies outside 0 … V - 1.
    Source: Goodfellow et al. 2016, section 6.2.
    """
    right = _one_hot(logits, target)
    largest = np.max(logits, axis=-1, keepdims=True)
    log_sum = np.log(np.exp(logits - largest).sum(-1)) + largest[..., 0]  # log of the denominator, without overflow
    return np.mean(log_sum - (right * logits).sum(-1))


def cross_entropy_keras(logits, target):
    """As `cross_entropy_numpy`, by `keras.losses.SparseCategoricalCrossentropy`."""
    from keras import losses

    return losses.SparseCategoricalCrossentropy(from_logits=True)(target, logits)


@equation("eq-gradients-cross-entropy-derivative", lesson="gradients", source="bridle1990probabilistic",
          keras="losses.SparseCategoricalCrossentropy, ops.jvp", logits="B V", target="B of V")  # fmt: skip
def cross_entropy_gradient_numpy(logits: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Logits (..., V), target (...) of whole numbers below V -> (..., V): derivative of `cross_entropy_numpy`.

    Probability minus target, divided by the number of targets; each row has sum 0.
    Raises ValueError as `cross_entropy_numpy`. Source: Bridle 1990.
    """
    return (softmax_numpy(logits) - _one_hot(logits, target)) / np.size(target)


def cross_entropy_gradient_keras(logits, target):
    """As `cross_entropy_gradient_numpy`, by nudging every logit of Keras's loss in turn."""
    return _by_nudges(lambda z: cross_entropy_keras(z, target), (logits,))[0]


def backpropagation_numpy(x: np.ndarray, target: np.ndarray, weights: tuple) -> tuple[np.floating, list[np.ndarray]]:
    """x (B, D), target (B,), weights W1 (D, H), b1 (H,), W2 (H, V), b2 (V,) -> loss, its gradients by the weights.

    A network with one hidden layer of tanh and cross-entropy; the gradients have the shapes and order of the weights.
    Raises ValueError for shapes that do not fit together. Source: Rumelhart, Hinton and Williams 1986.
    """
    W1, b1, W2, b2 = weights
    h = np.tanh(dense_numpy(x, W1, b1))  # (B, H)
    logits = dense_numpy(h, W2, b2)  # (B, V)
    delta2 = cross_entropy_gradient_numpy(logits, target)  # (B, V)
    by_h, by_W2, by_b2 = dense_gradient_numpy(h, W2, delta2)
    delta1 = by_h * (1 - h**2)  # (B, H): the derivative of tanh is 1 - tanh²
    _, by_W1, by_b1 = dense_gradient_numpy(x, W1, delta1)
    return cross_entropy_numpy(logits, target), [by_W1, by_b1, by_W2, by_b2]


def numerical_gradient(function: Callable, x: np.ndarray, step: float = 1e-4) -> np.ndarray:
    """A function of an array that gives a number, x of any shape -> its gradient at x, float64, by nudging each number.

    Central differences: the error falls with step² until rounding, which grows as 1 / step, is larger.
    Raises ValueError for a step that is not positive.
    """
    if not step > 0:
        raise ValueError(f"step is {step!r}; give a positive number such as 1e-4.")
    x = np.asarray(x, np.float64)
    slopes = np.empty_like(x)
    for place in np.ndindex(x.shape):
        nudge = np.zeros_like(x)
        nudge[place] = step
        slopes[place] = (function(x + nudge) - function(x - nudge)) / (2 * step)
    return slopes


def sgd_numpy(parameter: np.ndarray, gradient: np.ndarray, learning_rate: float) -> np.ndarray:
    """Parameter and its gradient, of one shape -> the parameter one step of plain gradient descent later."""
    return parameter - learning_rate * gradient


@equation("eq-gradients-adam", lesson="gradients", source="kingma2015adam", keras="optimizers.Adam",
          options=({"step": 1}, {"step": 10}), parameter="D U", gradient="D U",
          state=("D U", "D U above 0"))  # fmt: skip
def adam_numpy(parameter, gradient, state: tuple, step: int, learning_rate: float = 0.001) -> tuple:
    """Parameter, gradient, state (m, v), all of one shape, step from 1 up -> the new parameter, the new (m, v).

    m and v are running means of the gradient and of its square, zeros before step 1.
    Source: Kingma and Ba 2015, algorithm 1 in the form just before section 2.1, which Keras uses.
    """
    m, v = state
    m = 0.9 * m + 0.1 * gradient
    v = 0.999 * v + 0.001 * gradient**2
    rate = learning_rate * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)  # undoes the start at zero
    return parameter - rate * m / (np.sqrt(v) + 1e-7), (m, v)


def adam_keras(parameter, gradient, state, step: int, learning_rate: float = 0.001):
    """As `adam_numpy`, by `keras.optimizers.Adam`: its update of zeros, with its variables replaced by `state`."""
    import keras

    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.assign_add = lambda variable, value: variable.assign_add(value)  # Keras's variables, not TensorFlow's
    optimizer.assign_sub = lambda variable, value: variable.assign_sub(value)
    zeros = keras.Variable(keras.ops.zeros(parameter.shape))
    optimizer.build([zeros])
    iterations, _, m, v = optimizer.variables
    given = [(iterations, step - 1), (m, state[0]), (v, state[1])]
    with keras.StatelessScope(state_mapping=given) as scope:
        optimizer.update_step(gradient, zeros, learning_rate)
    change, *state = (scope.get_current_value(variable) for variable in (zeros, m, v))
    return parameter + change, tuple(state)


@equation("eq-rnn-clip", lesson="rnn", source="pascanu2013difficulty", keras="optimizers.Optimizer",
          options=({"max_norm": 0.5}, {"max_norm": 50.0}), gradients=("D H", "H H", "H"))  # fmt: skip
def clip_by_global_norm_numpy(gradients: tuple, max_norm: float) -> list[np.ndarray]:
    """Arrays of any shapes -> the same, shortened together to the norm `max_norm` where they are longer.

    The norm is that of all numbers of all arrays; the direction stays.
    Raises ValueError for a norm that is not positive. Source: Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm is {max_norm!r}; give a positive number.")
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients))
    scale = max_norm / max(norm, max_norm)  # 1 where they are short enough
    return [scale * gradient for gradient in gradients]


def clip_by_global_norm_keras(gradients, max_norm: float):
    """As `clip_by_global_norm_numpy`, by the `global_clipnorm` of Keras's optimizers: what its update receives."""
    import keras

    clipped = []

    class Receiver(keras.optimizers.Optimizer):
        def update_step(self, gradient, variable, learning_rate):
            clipped.append(gradient)

    variables = [keras.Variable(keras.ops.zeros(gradient.shape)) for gradient in gradients]
    Receiver(1.0, global_clipnorm=max_norm).apply(list(gradients), variables)
    return clipped


def _one_hot(logits: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(..., V) and (...) -> (..., V): 1 at the target, 0 elsewhere; checks both."""
    target, classes = np.asarray(target), np.shape(logits)[-1]
    if target.shape != np.shape(logits)[:-1]:
        raise ValueError(
            f"target has shape {target.shape}, expected {np.shape(logits)[:-1]}: one class number for each row of "
            f"logits {np.shape(logits)}."
        )
    if target.dtype.kind not in "iu":
        raise ValueError(f"target is {target.dtype}, expected whole numbers: the right class, not its probability.")
    if target.size and not 0 <= target.min() <= target.max() < classes:
        raise ValueError(f"target runs from {target.min()} to {target.max()}, there are classes 0 to {classes - 1}.")
    return np.eye(classes)[target]
