"""Graph convolutions and their gradients against the formulas in PyTorch; runs where PyTorch is installed."""

import numpy as np
import pytest

from mmcourse.nn import graphs

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch to compare with it too")

RANDOM = np.random.RandomState(0)
NODES = RANDOM.standard_normal((2, 6, 3))
EDGES = (RANDOM.uniform(size=(2, 4, 6, 6)) < 0.4).astype(float)


def in_torch(*arrays):
    return [torch.tensor(array, requires_grad=True) for array in arrays]


def test_graph_convolution():
    adjacency = np.maximum(EDGES[:, 0], EDGES[:, 0].swapaxes(1, 2))
    W, b = RANDOM.standard_normal((3, 5)), RANDOM.standard_normal(5)
    nodes, weight, bias = in_torch(NODES, W, b)
    looped = torch.tensor(adjacency) + torch.eye(6)
    scale = torch.diag_embed(looped.sum(-1) ** -0.5)
    expected = torch.bmm(torch.bmm(torch.bmm(scale, looped), scale), nodes) @ weight + bias
    given = graphs.graph_convolution_numpy(NODES, adjacency, W, b)
    assert np.abs(expected.detach().numpy() - given).max() < 1e-12
    expected.square().sum().backward()
    by_hand = (graphs.normalized_numpy(adjacency) @ NODES).reshape(-1, 3).T @ (2 * given).reshape(-1, 5)
    assert np.abs(weight.grad.numpy() - by_hand).max() < 1e-10


def test_kinds_of_edges():
    W, own, b = RANDOM.standard_normal((4, 3, 5)), RANDOM.standard_normal((3, 5)), RANDOM.standard_normal(5)
    nodes, weight, self_weight, bias = in_torch(NODES, W, own, b)
    expected = nodes @ self_weight + bias
    for kind in range(4):
        edges = torch.tensor(EDGES[:, kind])
        expected = expected + torch.bmm(edges / edges.sum(-1, keepdim=True).clamp(min=1), nodes) @ weight[kind]
    given = graphs.relational_convolution_numpy(NODES, EDGES, W, own, b)
    assert np.abs(expected.detach().numpy() - given).max() < 1e-12
