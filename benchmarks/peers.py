"""The captioner and the dual encoder of the course, written as one would in PyTorch: the peers of `against_torch.py`.

Same layers, same sizes, same order; `against_torch.py` checks that the numbers of weights agree.
"""

import torch
from torch import nn
from torch.nn import functional


def grid(channels: int = 3, dim: int = 64) -> nn.Sequential:
    """Images (B, C, H, W) -> (B, L, D), as `encoders.grid_encoder`."""
    parts, width = [], channels
    for stride in (2, 2, 1, 1):
        parts += [nn.Conv2d(width, dim, 3, stride, 1, bias=False), nn.BatchNorm2d(dim, eps=1e-3), nn.ReLU()]
        width = dim
    return nn.Sequential(*parts, nn.Flatten(2))


class LookingGRU(nn.Module):
    """The decoder "gru with attention"."""

    def __init__(self, words: int, length: int, places: int, dim: int = 128, heads: int = 4, width: int = 64):
        super().__init__()
        self.eyes, self.length = grid(dim=width), length
        self.places = nn.Parameter(0.05 * torch.randn(places, width))
        self.words = nn.Embedding(words, dim // 2)
        self.reader = nn.GRU(dim // 2, dim, batch_first=True)
        self.looks = nn.ModuleList([Look(dim, width, heads, dim // 8) for _ in range(2)])
        self.found = nn.ModuleList([nn.Linear(2 * dim, dim) for _ in range(2)])
        self.head = nn.Linear(dim, words)

    def see(self, images):
        """What is needed of the pictures, once."""
        return self.eyes(images).transpose(1, 2) + self.places

    def forward(self, images, tokens):
        return self.read(self.see(images), tokens, None)[0]

    def read(self, places, tokens, state, _=0):
        """Logits of the tokens (B, T), and the state after them."""
        x, state = self.reader(self.words(tokens), state)
        for look, found in zip(self.looks, self.found, strict=True):
            x = x + functional.relu(found(torch.cat([x, look(x, places)], -1)))
        return self.head(x), state


class Look(nn.Module):
    """Attention of queries (B, T, D) over (B, S, C) with `heads` of `size` columns, as `layers.MultiHeadAttention`."""

    def __init__(self, dim: int, context: int, heads: int, size: int, bias: bool = True):
        super().__init__()
        self.heads = heads
        self.query, self.out = nn.Linear(dim, heads * size, bias), nn.Linear(heads * size, dim, bias)
        self.key, self.value = (nn.Linear(context, heads * size, bias) for _ in range(2))

    def split(self, x):
        """(B, T, N K) -> (B, N, T, K)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x, context, cache=None, place=0):
        query, key, value = (self.split(part) for part in (self.query(x), self.key(context), self.value(context)))
        causal = cache is not None or place is None
        if cache is not None:
            cache[0][:, :, place : place + 1], cache[1][:, :, place : place + 1] = key, value
            key, value, causal = cache[0][:, :, : place + 1], cache[1][:, :, : place + 1], False
        heard = functional.scaled_dot_product_attention(query, key, value, is_causal=causal)
        return self.out(heard.transpose(1, 2).flatten(2))


class Block(nn.Module):
    """As `transformer.Block` with a second attention: norm first, GELU."""

    def __init__(self, dim: int, heads: int):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(dim, eps=1e-5) for _ in range(3)])
        self.own, self.cross = (Look(dim, dim, heads, dim // heads, bias=False) for _ in range(2))
        self.widen, self.narrow = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x, context, cache=None, place=None):
        normed = self.norms[0](x)
        x = x + self.own(normed, normed, cache, place)
        x = x + self.cross(self.norms[1](x), context)
        return x + self.narrow(functional.gelu(self.widen(self.norms[2](x))))


class Speaker(nn.Module):
    """The decoder "transformer"."""

    def __init__(self, words: int, length: int, places: int, dim: int = 128, heads: int = 4, width: int = 64):
        super().__init__()
        self.eyes, self.length, self.heads = grid(dim=width), length, heads
        self.places = nn.Parameter(0.05 * torch.randn(places, width))
        self.picture, self.words = nn.Linear(width, dim), nn.Embedding(words, dim)
        self.positions = nn.Parameter(0.05 * torch.randn(length, dim))
        self.blocks = nn.ModuleList([Block(dim, heads) for _ in range(2)])
        self.norm, self.head = nn.LayerNorm(dim, eps=1e-5), nn.Linear(dim, words)

    def see(self, images):
        """What is needed of the pictures, once."""
        return self.picture(self.eyes(images).transpose(1, 2) + self.places)

    def forward(self, images, tokens):
        picture, x = self.see(images), self.words(tokens) + self.positions
        for block in self.blocks:
            x = block(x, picture)
        return self.head(self.norm(x))

    def read(self, picture, tokens, caches, place):
        """Logits of one token (B, 1), and keys and values up to it."""
        x = self.words(tokens) + self.positions[place]
        if caches is None:
            shape = (len(tokens), self.heads, self.length, x.shape[-1] // self.heads)
            caches = [[torch.zeros(shape), torch.zeros(shape)] for _ in self.blocks]
        for block, cache in zip(self.blocks, caches, strict=True):
            x = block(x, picture, cache, place)
        return self.head(self.norm(x)), caches


class Towers(nn.Module):
    """The dual encoder of the lesson *Image-text alignment*, with InfoNCE and a learned temperature."""

    def __init__(self, words: int, length: int, places: int, dim: int = 64):
        super().__init__()
        self.image = nn.Sequential(grid(dim=64), nn.Flatten(), nn.Linear(64 * places, dim))
        reader = [nn.Embedding(words, dim), nn.Flatten(), nn.Linear(length * dim, 4 * dim), nn.ReLU()]
        self.text = nn.Sequential(*reader, nn.Linear(4 * dim, dim))
        self.log_temperature = nn.Parameter(torch.tensor(0.07).log())

    def forward(self, images, tokens):
        a, b = (functional.normalize(v, dim=-1) for v in (self.image(images), self.text(tokens)))
        scores = a @ b.T / self.log_temperature.exp()
        own = torch.arange(len(scores))
        return (functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own)) / 2


@torch.inference_mode()
def greedy(model: nn.Module, images, start: int) -> torch.Tensor:
    """Tokens (B, T), one at a time with what came before kept."""
    seen, kept = model.see(images), None
    token, said = torch.full((len(images), 1), start), []
    for place in range(model.length):
        logits, kept = model.read(seen, token, kept, place)
        token = logits[:, -1:].argmax(-1)
        said.append(token)
    return torch.cat(said, 1)
