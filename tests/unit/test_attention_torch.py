"""The NumPy forms of attention equal PyTorch's too, where PyTorch is installed.

`torch.nn.MultiheadAttention` keeps query, key and value projections transposed, one above the other, and its heads side
by side; its mask is True where a query may *not* look, that of `scaled_dot_product_attention` where it may.
"""

import numpy as np
import pytest

from mmcourse.nn import attention

torch = pytest.importorskip("torch", reason="PyTorch is not installed; the comparison with its layers is optional")

BATCH, QUERIES, LENGTH, HEADS, SIZE = 2, 4, 5, 3, 2
WIDTH = HEADS * SIZE
MASKS = [None, np.tri(QUERIES, LENGTH, dtype=bool), np.array([True, True, False, True, True])]


def draw(*shapes):
    random = np.random.RandomState(0)
    return [random.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize("mask", MASKS)
def test_scaled_dot_product_attention_and_its_gradient_equal_torch(mask):
    given = draw((BATCH, QUERIES, 3), (BATCH, LENGTH, 3), (BATCH, LENGTH, 6))
    (gradient,) = draw((BATCH, QUERIES, 6))
    tensors = [torch.tensor(array, requires_grad=True) for array in given]
    allowed = None if mask is None else torch.tensor(np.broadcast_to(mask, (BATCH, QUERIES, LENGTH)).copy())
    output = torch.nn.functional.scaled_dot_product_attention(*tensors, attn_mask=allowed)
    assert np.abs(output.detach().numpy() - attention.attention_numpy(*given, mask)[0]).max() < 1e-12
    output.backward(torch.tensor(gradient))
    found = attention.attention_gradient_numpy(*given, gradient, mask)
    assert all(np.abs(tensor.grad.numpy() - ours).max() < 1e-12 for tensor, ours in zip(tensors, found, strict=True))


@pytest.mark.parametrize("mask", MASKS)
def test_multi_head_attention_equals_torch(mask):
    x, context, *weights = draw(
        (BATCH, QUERIES, WIDTH), (BATCH, LENGTH, WIDTH), *[(WIDTH, HEADS, SIZE)] * 3, (HEADS, SIZE, WIDTH)
    )
    layer = torch.nn.MultiheadAttention(WIDTH, HEADS, bias=False, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.tensor(np.concatenate([W.reshape(WIDTH, WIDTH).T for W in weights[:3]])))
        layer.out_proj.weight.copy_(torch.tensor(weights[3].reshape(WIDTH, WIDTH).T))
    hidden = None if mask is None else torch.tensor(~np.broadcast_to(mask, (QUERIES, LENGTH)))
    keys = torch.tensor(context)
    output, seen = layer(torch.tensor(x), keys, keys, attn_mask=hidden, average_attn_weights=False)
    assert np.abs(output.detach().numpy() - attention.multi_head_numpy(x, context, tuple(weights), mask)).max() < 1e-12
    one = attention.attention_numpy(x @ weights[0][:, 1], context @ weights[1][:, 1], context, mask)[1]
    assert np.abs(seen.detach().numpy()[:, 1] - one).max() < 1e-12
