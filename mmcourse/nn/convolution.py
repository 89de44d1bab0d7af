"""Convolution of sequences and pictures, pooling, sizes, receptive fields: NumPy above the Keras layer that equals it.

As in every deep-learning library the kernel is not flipped: in the words of signal processing this is correlation.
Weights have Keras's layout, the output channels F in the last axis.
"""

import numpy as np

from mmcourse import shapes
from mmcourse.equations import equation, with_weights

_SIZES = ({"size": 7, "kernel": 3}, {"size": 7, "kernel": 3, "stride": 2}, {"size": 8, "kernel": 3, "stride": 2})
_SAME = ({"size": 7, "kernel": 4, "padding": "same"}, {"size": 9, "kernel": 2, "stride": 3, "padding": "same"})


@equation(
    "eq-convolution-size", lesson="convolution", source="dumoulin2016guide",
    keras="layers.Conv1D.compute_output_shape",
    options=(*_SIZES, *_SAME, {"size": 7, "kernel": 3, "stride": 2, "padding": "causal"}),
)  # fmt: skip
def output_size(size: int, kernel: int, stride: int = 1, padding: str = "valid") -> int:
    """Number of places of a kernel of length `kernel` on an axis of length `size`, `stride` positions apart.

    "valid": the kernel never leaves the axis. "same": zeros on both sides, ceil(size / stride) places. "causal": all
    zeros in front, so that no place sees what comes after it.
    Raises ValueError for another padding, a length below 1, and a kernel that does not fit.
    Source: Dumoulin and Visin 2016.
    """
    return (size + sum(_border(size, kernel, stride, padding)) - kernel) // stride + 1


def output_size_keras(size, kernel, stride=1, padding="valid"):
    """As `output_size`, by the shape that `keras.layers.Conv1D` announces."""
    from keras import layers

    layer = layers.Conv1D(1, kernel, strides=stride, padding=padding)
    return layer.compute_output_shape((1, size, 1))[1]


@equation(
    "eq-convolution-sequence", lesson="convolution", source="waibel1989phoneme", keras="layers.Conv1D",
    options=({}, {"stride": 2}, {"padding": "same"}, {"stride": 2, "padding": "same"}, {"padding": "causal"}),
    x="B 7 C", kernel="3 C F", bias="F",
)  # fmt: skip
def conv1d_numpy(
    x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, stride: int = 1, padding: str = "valid"
) -> np.ndarray:
    """x (B, L, C), kernel (k, C, F), bias (F,) -> (B, L', F), L' = output_size(L, k, stride, padding).

    Raises ValueError for shapes that do not fit together, and as `output_size`. Source: Waibel et al. 1989.
    """
    _check(x, "B L C", kernel, "k C F", bias)
    length, size = len(kernel), output_size(x.shape[1], len(kernel), stride, padding)
    x = np.pad(x, ((0, 0), _border(x.shape[1], length, stride, padding), (0, 0)))
    y = np.empty((len(x), size, kernel.shape[-1]))
    for i in range(size):
        window = x[:, i * stride : i * stride + length]  # (B, k, C)
        y[:, i] = np.tensordot(window, kernel, axes=2) + bias  # (B, F)
    return y


def conv1d_keras(x, kernel, bias, stride=1, padding="valid"):
    """As `conv1d_numpy`, by `keras.layers.Conv1D`."""
    from keras import layers

    layer = layers.Conv1D(kernel.shape[-1], kernel.shape[0], strides=stride, padding=padding)
    return with_weights(layer, [kernel, bias], x)


@equation(
    "eq-convolution-map", lesson="convolution", source="lecun1998gradient", keras="layers.Conv2D",
    options=({}, {"stride": 2}, {"padding": "same"}, {"stride": 2, "padding": "same"}, {"kernel": "2 3 C F"}),
    x="B 6 7 C", kernel="3 2 C F", bias="F",
)  # fmt: skip
def conv2d_numpy(
    x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, stride: int = 1, padding: str = "valid"
) -> np.ndarray:
    """x (B, H, W, C), kernel (kh, kw, C, F), bias (F,) -> (B, H', W', F); H' and W' by `output_size`.

    Padding is "valid" or "same". Raises ValueError for shapes that do not fit together, and as `output_size`.
    Source: LeCun et al. 1998; Goodfellow et al. 2016, eq. 9.6 and 9.7.
    """
    _check(x, "B H W C", kernel, "kh kw C F", bias)
    if padding == "causal":
        raise ValueError("padding is 'causal', which only time has: choose valid or same for pictures.")
    (height, width), sides = kernel.shape[:2], list(zip(x.shape[1:3], kernel.shape[:2], strict=True))
    rows, columns = (output_size(side, k, stride, padding) for side, k in sides)
    x = np.pad(x, ((0, 0), *(_border(side, k, stride, padding) for side, k in sides), (0, 0)))
    y = np.empty((len(x), rows, columns, kernel.shape[-1]))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = x[:, top : top + height, left : left + width]  # (B, kh, kw, C)
            y[:, i, j] = np.tensordot(window, kernel, axes=3) + bias  # (B, F)
    return y


def conv2d_keras(x, kernel, bias, stride=1, padding="valid"):
    """As `conv2d_numpy`, by `keras.layers.Conv2D`."""
    from keras import layers

    layer = layers.Conv2D(kernel.shape[-1], kernel.shape[:2], strides=stride, padding=padding)
    return with_weights(layer, [kernel, bias], x)


@equation(
    "eq-convolution-gradient", lesson="convolution", source="goodfellow2016deep", keras="layers.Conv2D, ops.jvp",
    x="2 5 4 C", error="2 3 3 F",
)  # fmt: skip
def kernel_gradient_numpy(x: np.ndarray, error: np.ndarray) -> np.ndarray:
    """x (B, H, W, C), error (B, H', W', F) -> (kh, kw, C, F), kh = H - H' + 1, kw = W - W' + 1.

    `error` is the derivative of a loss by the output of `conv2d_numpy` with stride 1 and "valid" padding; the result is
    its derivative by the kernel: the picture, convolved with the error. Raises ValueError for shapes that do not fit.
    Source: Goodfellow et al. 2016, eq. 9.11.
    """
    batch, height, width, channels = shapes.check(x, "B H W C", "x")
    _, rows, columns, filters = shapes.check(error, "B H W F", "error", B=batch)
    tall, wide = output_size(height, rows), output_size(width, columns)
    gradient = np.empty((tall, wide, channels, filters))
    for i in range(tall):
        for j in range(wide):
            met = x[:, i : i + rows, j : j + columns]  # (B, H', W', C): the pixels that weight (i, j) has met
            gradient[i, j] = np.tensordot(met, error, axes=((0, 1, 2), (0, 1, 2)))  # (C, F)
    return gradient


def kernel_gradient_keras(x, error):
    """As `kernel_gradient_numpy`, by nudging each weight of Keras's layer, that of all output channels at once."""
    from keras import ops

    (rows, columns), filters = (x.shape[1] - error.shape[1] + 1, x.shape[2] - error.shape[2] + 1), error.shape[3]

    def convolved(kernel):
        return conv2d_keras(x, kernel, ops.zeros((filters,)))

    kernel = ops.zeros((rows, columns, x.shape[3], filters))
    nudges = ops.reshape(ops.eye(rows * columns * x.shape[3]), (-1, *kernel.shape[:3], 1)) + kernel
    moved = [ops.jvp(convolved, (kernel,), (nudge,))[1] for nudge in ops.unstack(nudges)]
    return ops.reshape(ops.stack([ops.sum(change * error, (0, 1, 2)) for change in moved]), kernel.shape)


@equation(
    "eq-convolution-pool", lesson="convolution", source="goodfellow2016deep", keras="layers.MaxPooling2D",
    options=({"size": 2}, {"size": 3}), x="B 6 7 C",
)  # fmt: skip
def max_pool2d_numpy(x: np.ndarray, size: int) -> np.ndarray:
    """x (B, H, W, C) -> (B, H // size, W // size, C): the largest value of each channel in blocks of size x size.

    Rows and columns that fill no block are dropped. Raises ValueError for blocks that are larger than the picture.
    """
    batch, height, width, channels = shapes.check(x, "B H W C", "x")
    rows, columns = output_size(height, size, size), output_size(width, size, size)
    blocks = x[:, : rows * size, : columns * size].reshape(batch, rows, size, columns, size, channels)
    return blocks.max(axis=(2, 4))


def max_pool2d_keras(x, size):
    """As `max_pool2d_numpy`, by `keras.layers.MaxPooling2D`."""
    from keras import layers

    return layers.MaxPooling2D(size)(x)


@equation(
    "eq-convolution-reach", lesson="convolution", source="araujo2019computing",
    keras="layers.Conv1DTranspose.compute_output_shape",
    options=({"stack": ((3, 1),)}, {"stack": ((3, 1), (3, 1), (3, 1))}, {"stack": ((3, 1), (2, 2), (5, 3), (3, 1))}),
)  # fmt: skip
def receptive_field(stack: tuple[tuple[int, int], ...]) -> int:
    """Layers (kernel, stride), first layer first -> how many input positions along an axis one output place depends on.

    Pooling counts as a layer whose stride is its size. Raises ValueError for an empty stack and lengths below 1.
    Source: Araujo, Norris and Sim 2019, eq. 2.
    """
    if not stack or min(min(layer) for layer in stack) < 1:
        raise ValueError(f"stack is {stack!r}; give pairs (kernel, stride) of whole numbers from 1 up, one a layer.")
    size, step = 1, 1  # in positions of the input
    for kernel, stride in stack:
        size += (kernel - 1) * step
        step *= stride
    return size


def receptive_field_keras(stack):
    """As `receptive_field`, by going back from one place through transposed convolutions; kernels at least as strides.

    A transposed convolution gives an output place its window back, from the last layer to the first.
    """
    from keras import layers

    size = 1
    for kernel, stride in reversed(stack):
        size = layers.Conv1DTranspose(1, kernel, strides=stride).compute_output_shape((1, size, 1))[1]
    return size


def _border(size: int, kernel: int, stride: int, padding: str) -> tuple[int, int]:
    """How many zeros stand before and after an axis."""
    if padding not in ("valid", "same", "causal"):
        raise ValueError(f"padding is {padding!r}; choose valid, same or causal.")
    if min(size, kernel, stride) < 1 or (padding == "valid" and kernel > size):
        raise ValueError(
            f"A kernel of {kernel} with stride {stride} does not fit an axis of {size}: lengths are at least 1, and "
            "without padding the kernel is at most as long as the axis."
        )
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return kernel - 1, 0
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def _check(x: np.ndarray, axes: str, kernel: np.ndarray, kernel_axes: str, bias: np.ndarray) -> None:
    *_, channels = shapes.check(x, axes, "x")
    *_, filters = shapes.check(kernel, kernel_axes, "kernel", C=channels)
    shapes.check(bias, "F", "bias", F=filters)
