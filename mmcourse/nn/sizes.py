"""How many weights a Transformer has, term by term, from the numbers of its configuration; what its training costs.

Letters as on the notation page: V tokens, T positions, D width, H hidden units, L blocks. A counter gives the terms,
{name: weights}; their sum is the size. Weights that serve twice, as the table of tokens in GPT and T5, count once.
"""

from mmcourse import shapes


def block(dim: int, hidden: int) -> dict[str, int]:
    """D, H -> weights of one block of GPT, BERT and ViT: attention 4 D² + 4 D, network 2 D H + H + D, norms 4 D.

    All matrices have biases. With H = 4 D the sum is 12 D² + 13 D. Source: Vaswani et al. 2017, section 3.
    """
    return {
        "attention": 4 * (dim * dim + dim),  # queries, keys, values, and the matrix that joins the heads
        "network": (dim * hidden + hidden) + (hidden * dim + dim),
        "norms": 2 * (dim + dim),  # a scale and a shift each
    }


def decoder(vocab: int, places: int, dim: int, depth: int) -> dict[str, int]:
    """V, T, D, L -> weights of a GPT: tables of tokens and places, L blocks with H = 4 D, a last norm.

    The head is the table of tokens again. Raises ValueError for a number below 1. Source: Radford et al. 2019, 2.3.
    """
    _check(vocab=vocab, places=places, dim=dim, depth=depth)
    return {"tokens": vocab * dim, "places": places * dim} | _blocks(dim, depth, last_norm=2 * dim)


def encoder(vocab: int, places: int, dim: int, depth: int) -> dict[str, int]:
    """V, T, D, L -> weights of a BERT: tables of tokens, places and two segments, a norm, L blocks, a pooler.

    Without the heads of the training. Raises ValueError for a number below 1. Source: Devlin et al. 2019, section 3.
    """
    _check(vocab=vocab, places=places, dim=dim, depth=depth)
    tables = {"tokens": vocab * dim, "places": places * dim, "segments": 2 * dim}
    return tables | _blocks(dim, depth, last_norm=2 * dim) | {"pooler": dim * dim + dim}


def vision(classes: int, side: int, patch: int, dim: int, depth: int) -> dict[str, int]:
    """Classes, pixels a side, pixels a patch, D, L -> weights of a ViT for pictures of three colors.

    Patches through one matrix, a token for the class, places for both, L blocks, a last norm, a head.
    Raises ValueError for a number below 1 and patches that do not fill the picture. Source: Dosovitskiy et al. 2021.
    """
    _check(classes=classes, side=side, patch=patch, dim=dim, depth=depth)
    if side % patch:
        raise ValueError(f"Patches of {patch} pixels do not fill a side of {side}; give a divisor.")
    tables = {
        "patches": 3 * patch * patch * dim + dim,
        "class token": dim,
        "places": ((side // patch) ** 2 + 1) * dim,
    }
    return tables | _blocks(dim, depth, last_norm=2 * dim) | {"head": dim * classes + classes}


def encoder_decoder(vocab: int, dim: int, depth: int, hidden: int, heads: int, size: int) -> dict[str, int]:
    """V, D, L, H, heads and columns of a head -> weights of a T5: L blocks read, L blocks write, one table of tokens.

    No biases; a norm has a scale only; in place of a table of places, 32 numbers a head on either side say how far
    another token is; a block that writes has a second attention, to what was read.
    Raises ValueError for a number below 1. Source: Raffel et al. 2020, section 2.1.
    """
    _check(vocab=vocab, dim=dim, depth=depth, hidden=hidden, heads=heads, size=size)
    attention = 4 * dim * heads * size
    return {
        "tokens": vocab * dim,
        "distances": 2 * 32 * heads,
        "attention": depth * 2 * attention,
        "cross-attention": depth * attention,
        "network": depth * 2 * (2 * dim * hidden),
        "norms": depth * (2 + 3) * dim + 2 * dim,
    }


CONFIGURATIONS = {
    "BERT-base": (encoder, {"vocab": 30522, "places": 512, "dim": 768, "depth": 12}),
    "GPT-2 small": (decoder, {"vocab": 50257, "places": 1024, "dim": 768, "depth": 12}),
    "GPT-3": (decoder, {"vocab": 50257, "places": 2048, "dim": 12288, "depth": 96}),
    "ViT-B/16": (vision, {"classes": 1000, "side": 224, "patch": 16, "dim": 768, "depth": 12}),
    "T5-base": (encoder_decoder, {"vocab": 32128, "dim": 768, "depth": 12, "hidden": 3072, "heads": 12, "size": 64}),
    "T5-11B": (encoder_decoder, {"vocab": 32128, "dim": 1024, "depth": 24, "hidden": 65536, "heads": 128, "size": 128}),
}


def terms(name: str) -> dict[str, int]:
    """The weights of a model of CONFIGURATIONS, term by term. Raises ValueError for an unknown name."""
    counter, numbers = configuration(name)
    return counter(**numbers)


def configuration(name: str) -> tuple:
    """The counter and the numbers of a model of CONFIGURATIONS. Raises ValueError for an unknown name."""
    if name not in CONFIGURATIONS:
        raise ValueError(f"There is no configuration {name!r}. There are: {', '.join(CONFIGURATIONS)}.")
    return CONFIGURATIONS[name]


def rough(dim: int, depth: int) -> int:
    """D, L -> 12 L D²: the matrices of L blocks with H = 4 D, without tables, biases and norms.

    Raises ValueError for a number below 1.
    """
    _check(dim=dim, depth=depth)
    return 12 * depth * dim**2


def training_operations(working: float, tokens: float) -> float:
    """Weights that work on a token, tokens read -> additions and multiplications of the training, 6 N D of them.

    Two for each weight and token on the way forward, four on the way back; attention between tokens is left out.
    In a mixture of experts only those weights count that a token uses. Source: Kaplan et al. 2020, section 2.1.
    """
    return 6 * working * tokens


def _blocks(dim: int, depth: int, last_norm: int) -> dict[str, int]:
    """L blocks with H = 4 D, each term in one sum; `last_norm` is the one outside of them."""
    one = block(dim, 4 * dim)
    return {name: depth * weights for name, weights in one.items()} | {"norms": depth * one["norms"] + last_norm}


def _check(**numbers: int) -> None:
    for name, number in numbers.items():
        shapes.whole(number, name)
