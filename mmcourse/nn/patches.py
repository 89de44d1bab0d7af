"""An image as a sequence: patches, each a token of a Transformer (Vision Transformer, ViT)."""

import keras
import numpy as np
from keras import layers

from mmcourse import shapes
from mmcourse.equations import equation, with_weights
from mmcourse.nn.attention import LearnedPositions
from mmcourse.nn.transformer import encoder_blocks


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


def image_vit(shape: tuple[int, int, int], size: int = 4, dim: int = 64, depth: int = 2, **options) -> keras.Model:
    """Images (B, H, W, C) in [0, 1] -> (B, P, D): patches of `size` pixels, learned positions, `depth` blocks, a norm.

    P = H/size · W/size. size² C D + D + P D + depth (12 D² + 9 D) + 2 D weights, where each network has 4 D hidden
    units. `options` are those of `transformer.Block`, with 4 heads.
    Raises ValueError for patches that do not fill the image, no block, and a width the heads do not divide.
    Source: Dosovitskiy et al. 2021, without the token for the class.
    """
    shapes.check_sizes(shape, "H W C", "shape")
    _check_patches(*shape[:2], size)
    image = keras.Input(shape, name="image")
    x = layers.Conv2D(dim, size, strides=size, name="patches")(image)  # (B, H/S, W/S, D)
    x = LearnedPositions(name="positions")(layers.Reshape((-1, dim))(x))  # (B, P, D)
    return keras.Model(image, encoder_blocks(x, depth, **options), name="image_vit")


def vision_transformer(
    shape: tuple[int, int, int], size: int, classes: int, dim: int = 64, depth: int = 2, **options
) -> keras.Model:
    """{"image": (B, H, W, C)} in [0, 1] -> logits (B, classes): `image_vit`, the mean of its places, a linear head.

    Raises ValueError as `image_vit`, and for fewer than 2 classes.
    """
    if classes < 2 or depth < 1:
        raise ValueError(f"classes {classes!r}, depth {depth!r}: give at least 2 and 1.")
    encoder = image_vit(shape, size, dim, depth, **options)
    x = layers.GlobalAveragePooling1D()(encoder.output)  # (B, D)
    small = keras.initializers.RandomNormal(stddev=0.01)  # the first loss is that of guessing
    logits = layers.Dense(classes, kernel_initializer=small, name="head")(x)
    return keras.Model({"image": encoder.input}, logits, name="vision_transformer")


def _check_patches(height: int, width: int, size: int) -> None:
    if size < 1 or height % size or width % size:
        raise ValueError(f"Patches of {size!r} pixels do not fill an image of {height} by {width}; give a divisor.")
