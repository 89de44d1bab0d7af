"""The NumPy forms of the blocks equal PyTorch's layers too, where PyTorch is installed."""

import numpy as np
import pytest

from mmcourse.nn import transformer

torch = pytest.importorskip("torch", reason="PyTorch is not installed; the comparison with its layers is optional")

B, T, S, D, N, K, H = 3, 6, 5, 8, 2, 4, 10


def draw(*shape, seed=0):
    return np.random.RandomState(seed).standard_normal(shape) / 2


def heads(seed):
    return (*(draw(D, N, K, seed=seed + n) for n in range(3)), draw(N, K, D, seed=seed + 3))


def put(parameter, value):
    with torch.no_grad():
        parameter.copy_(torch.tensor(np.ascontiguousarray(value)))


def put_attention(layer, weights):
    """Keras's (D, N, K) in PyTorch's layout: (N K, D), three in one."""
    put(layer.in_proj_weight, np.concatenate([W.reshape(D, N * K).T for W in weights[:3]]))
    put(layer.out_proj.weight, weights[3].reshape(N * K, D).T)
    put(layer.in_proj_bias, np.zeros(3 * D))
    put(layer.out_proj.bias, np.zeros(D))


def put_network(layer, network):
    for part, (W, b) in ((layer.linear1, network[:2]), (layer.linear2, network[2:])):
        put(part.weight, W.T)
        put(part.bias, b)


NETWORK = (draw(D, H, seed=7), draw(H, seed=8), draw(H, D, seed=9), draw(D, seed=10))
OPTIONS = {"dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True, "dtype": torch.float64}


def test_the_encoder_block_equals_torch():
    x, weights, norms = draw(B, T, D), heads(20), tuple(1 + draw(D, seed=30 + n) for n in range(4))
    layer = torch.nn.TransformerEncoderLayer(D, N, H, **OPTIONS)
    put_attention(layer.self_attn, weights)
    put_network(layer, NETWORK)
    for norm, (scale, shift) in ((layer.norm1, norms[:2]), (layer.norm2, norms[2:])):
        put(norm.weight, scale)
        put(norm.bias, shift)
    layer.train()  # the fast path of inference takes another road
    with torch.no_grad():
        found = layer(torch.tensor(x)).numpy()
        ahead = torch.nn.Transformer.generate_square_subsequent_mask(T, dtype=torch.float64)
        causal = layer(torch.tensor(x), src_mask=ahead).numpy()
    assert np.abs(found - transformer.block_numpy(x, norms, weights, NETWORK)).max() < 1e-12
    assert np.abs(causal - transformer.block_numpy(x, norms, weights, NETWORK, causal=True)).max() < 1e-12


def test_the_decoder_block_equals_torch():
    x, context = draw(B, T, D), draw(B, S, D, seed=1)
    own, cross, norms = heads(20), heads(40), tuple(1 + draw(D, seed=30 + n) for n in range(6))
    layer = torch.nn.TransformerDecoderLayer(D, N, H, **OPTIONS)
    put_attention(layer.self_attn, own)
    put_attention(layer.multihead_attn, cross)
    put_network(layer, NETWORK)
    for number, norm in enumerate((layer.norm1, layer.norm2, layer.norm3)):
        put(norm.weight, norms[2 * number])
        put(norm.bias, norms[2 * number + 1])
    ahead = torch.nn.Transformer.generate_square_subsequent_mask(T, dtype=torch.float64)
    with torch.no_grad():
        found = layer(torch.tensor(x), torch.tensor(context), tgt_mask=ahead).numpy()
    by_numpy = transformer.decoder_block_numpy(x, context, norms, own, cross, NETWORK)
    assert np.abs(found - by_numpy).max() < 1e-12
