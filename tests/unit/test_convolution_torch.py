"""Convolution, pooling and the kernel's gradient against PyTorch; runs where PyTorch is installed."""

import numpy as np
import pytest

from mmcourse.nn import convolution

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch to compare with it too")

RANDOM = np.random.RandomState(0)


def draw(*shape):
    return RANDOM.standard_normal(shape)


def channels_first(array):
    return torch.tensor(np.moveaxis(array, -1, 1))


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_sequences(stride):
    x, kernel, bias = draw(2, 9, 3), draw(4, 3, 5), draw(5)
    weight = torch.tensor(kernel.transpose(2, 1, 0))  # (F, C, k)
    expected = torch.nn.functional.conv1d(channels_first(x), weight, torch.tensor(bias), stride)
    given = convolution.conv1d_numpy(x, kernel, bias, stride)
    assert np.abs(np.moveaxis(expected.numpy(), 1, -1) - given).max() < 1e-10


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_pictures(stride):
    x, kernel, bias = draw(2, 8, 9, 3), draw(3, 2, 3, 5), draw(5)
    weight = torch.tensor(kernel.transpose(3, 2, 0, 1))  # (F, C, kh, kw)
    expected = torch.nn.functional.conv2d(channels_first(x), weight, torch.tensor(bias), stride)
    given = convolution.conv2d_numpy(x, kernel, bias, stride)
    assert np.abs(np.moveaxis(expected.numpy(), 1, -1) - given).max() < 1e-10


@pytest.mark.parametrize("shape", [(3, 3, 2, 4), (2, 5, 2, 4), (1, 4, 2, 4)])
def test_same_padding(shape):
    x, kernel, bias = draw(2, 8, 9, 2), draw(*shape), draw(4)
    weight = torch.tensor(kernel.transpose(3, 2, 0, 1))
    expected = torch.nn.functional.conv2d(channels_first(x), weight, torch.tensor(bias), padding="same")
    given = convolution.conv2d_numpy(x, kernel, bias, padding="same")
    assert np.abs(np.moveaxis(expected.numpy(), 1, -1) - given).max() < 1e-10


@pytest.mark.parametrize("size", [2, 3])
def test_pooling(size):
    x = draw(2, 7, 8, 3)
    expected = torch.nn.functional.max_pool2d(channels_first(x), size)
    assert np.array_equal(np.moveaxis(expected.numpy(), 1, -1), convolution.max_pool2d_numpy(x, size))


def test_kernel_gradient():
    x, kernel, error = draw(2, 6, 5, 2), draw(3, 2, 2, 3), draw(2, 4, 4, 3)
    weight = torch.tensor(kernel.transpose(3, 2, 0, 1), requires_grad=True)
    features = torch.nn.functional.conv2d(channels_first(x), weight)
    (features * channels_first(error)).sum().backward()
    given = convolution.kernel_gradient_numpy(x, error)
    assert np.abs(weight.grad.numpy().transpose(2, 3, 1, 0) - given).max() < 1e-10
