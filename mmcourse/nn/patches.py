"""An image as a sequence: patches, each a token of a Transformer (Vision Transformer, ViT)."""

import keras
import numpy as np
from keras import layers

from mmcourse import shapes
from mmcourse.equations import equation, with_weights
from mmcourse.nn.attention import LearnedPositions
from mmcourse.nn.transformer import EPSILON, Block


@equation("eq-transformer-patches", lesson="transformer", source="dosovitskiy2021image", keras="layers.Conv2D",
          images="B 4 6 C", W="2 2 C D", b="D")  # fmt: skip
def patch_embedding_numpy(images: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """images (B, H, W, C), W (S, S, C, D), b (D,) -> (B, P, D): each patch of S by S pixels as a vector.

    P = H/S · W/S patches, row by row from the top left; all go through the same matrix.
    Raises ValueError for sides that patches do not fill.
    Source: Dosovitskiy et al. 2021, the products of eq. 1: no class token, no positions, a bias added.
    """
    batch, height, width, channels = shapes.check(images, "B H W C", "images")
    size, _, _, dim = shapes.check(W, "S S C D", "W", C=channels, S=len(W))
    _check_patches(height, width, size)
    grid = images.reshape(batch, height // size, size, width // size, size, channels).swapaxes(2, 3)
    return grid.reshape(batch, -1, size * size * channels) @ W.reshape(-1, dim) + b  # (B, P, S S C) -> (B, P, D)


def patch_embedding_keras(images, W, b):
    """As `patch_embedding_numpy`, by `keras.layers.Conv2D`: a kernel that moves by its own width."""
    size, dim = W.shape[0], W.shape[-1]
    layer = layers.Conv2D(dim, size, strides=size)
    return layers.Reshape((-1, dim))(with_weights(layer, [W, b], images))


def vision_transformer(
    shape: tuple[int, int, int], size: int, classes: int, dim: int = 64, depth: int = 2, **options
) -> keras.Model:
    """{"image": (B, H, W, C)} in [0, 1] -> logits (B, classes): patches of `size` pixels, blocks, the mean.

    `options` are those of `Block`, with 4 heads.
    Raises ValueError for patches that do not fill the image, fewer than 2 classes, no block.
    """
    shapes.check_sizes(shape, "H W C", "shape")
    _check_patches(*shape[:2], size)
    if classes < 2 or depth < 1:
        raise ValueError(f"classes {classes!r}, depth {depth!r}: give at least 2 and 1.")
    options = {"heads": 4, "hidden": 4 * dim} | options
    image = keras.Input(shape, name="image")
    x = layers.Conv2D(dim, size, strides=size, name="patches")(image)  # (B, H/S, W/S, D)
    x = LearnedPositions(name="positions")(layers.Reshape((-1, dim))(x))  # (B, P, D)
    for number in range(depth):
        x = Block(name=f"block_{number}", **options)(x)
    x = layers.LayerNormalization(epsilon=EPSILON, name="norm")(x)
    x = layers.GlobalAveragePooling1D()(x)  # (B, D)
    small = keras.initializers.RandomNormal(stddev=0.01)  # the first loss is that of guessing
    logits = layers.Dense(classes, kernel_initializer=small, name="head")(x)
    return keras.Model({"image": image}, logits, name="vision_transformer")


def _check_patches(height: int, width: int, size: int) -> None:
    if size < 1 or height % size or width % size:
        raise ValueError(f"Patches of {size!r} pixels do not fill an image of {height} by {width}; give a divisor.")
