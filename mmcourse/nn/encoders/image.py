"""Image encoders: pictures (B, H, W, C) in [0, 1] -> (B, L, D), one vector a place. The ViT is `patches.image_vit`."""

import keras
from keras import layers

from mmcourse import shapes


def image_encoder(shape: tuple[int, int, int], dim: int = 64) -> keras.Model:
    """Images (B, H, W, C) in [0, 1] -> (B, L, D): three convolutions; L = ceil(H/2) ceil(W/2) places of the picture.

    9 (C D/2 + D²/2 + D²) + 5 D/2 weights, for an even D. Raises ValueError for a shape of other axes.
    Source: LeCun et al. 1998, with ReLU and a stride in place of pooling.
    """
    shapes.check_sizes(shape, "H W C", "shape")
    images = keras.Input(shape, name="image")
    x = layers.Conv2D(dim // 2, 3, padding="same", activation="relu")(images)  # (B, H, W, D/2)
    x = layers.Conv2D(dim, 3, strides=2, padding="same", activation="relu")(x)  # (B, H/2, W/2, D)
    x = layers.Conv2D(dim, 3, padding="same", activation="relu")(x)  # (B, H/2, W/2, D)
    return keras.Model(images, layers.Reshape((-1, dim))(x), name="image_encoder")  # (B, L, D)


def grid_encoder(shape: tuple[int, int, int], dim: int = 64) -> keras.Model:
    """Images (B, H, W, C) in [0, 1] -> (B, L, D): four convolutions with batch normalization; L = ceil(H/4) ceil(W/4).

    A quarter of the side, so that each place sees about a cell of the picture world at 16 pixels, and with the last two
    convolutions also what lies around it. 9 (C D + 3 D²) + 16 D weights, 8 D of them means and variances, not trained.
    Raises ValueError for a shape of other axes. (Batch normalization: Ioffe and Szegedy 2015.)
    """
    shapes.check_sizes(shape, "H W C", "shape")
    images = x = keras.Input(shape, name="image")
    for strides in (2, 2, 1, 1):
        x = layers.Conv2D(dim, 3, strides=strides, padding="same", use_bias=False)(x)  # (B, H/2, W/2, D), (B, H/4, …
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    return keras.Model(images, layers.Reshape((-1, dim))(x), name="grid_encoder")  # (B, L, D)


def image_resnet(shape: tuple[int, int, int], dim: int = 64, depth: int = 1) -> keras.Model:
    """Images (B, H, W, C) in [0, 1] -> (B, L, D): a residual network of 6 `depth` + 1 layers; L = ceil(H/4) ceil(W/4).

    A first convolution, then three stages of `depth` blocks, D/4, D/2 and D wide; the second and the third halve the
    side. A block adds to its input what two convolutions make of it; where the shape changes, the input goes through
    a convolution of one pixel.
    9 C w + 4 w + sum over the blocks from w to v features of 9 (w v + v²) + 8 v, and + w v + 4 v where v is not w.
    Raises ValueError for a shape of other axes, a D that 4 does not divide, and no block.
    Source: He et al. 2016, section 4.2; shortcuts of kind B.
    """
    shapes.check_sizes(shape, "H W C", "shape")
    shapes.whole(depth, "depth")
    if dim < 4 or dim % 4:
        raise ValueError(f"dim is {dim!r}; the first stage is a quarter as wide: give a multiple of 4.")
    images = keras.Input(shape, name="image")
    x = layers.ReLU()(_normed(images, dim // 4, 3, 1))  # (B, H, W, D/4)
    for stage, width in enumerate((dim // 4, dim // 2, dim)):
        for number in range(depth):
            x = _residual(x, width, strides=2 if stage and not number else 1)
    return keras.Model(images, layers.Reshape((-1, dim))(x), name="image_resnet")  # (B, L, D)


def _residual(x, width: int, strides: int):
    """(B, H, W, w) -> (B, H/strides, W/strides, width): two convolutions, added to what came in."""
    y = layers.ReLU()(_normed(x, width, 3, strides))
    y = _normed(y, width, 3, 1)
    if x.shape[-1] != width:
        x = _normed(x, width, 1, strides)
    return layers.ReLU()(layers.Add()([x, y]))


def _normed(x, width: int, size: int, strides: int):
    """A convolution and a batch normalization, whose shift makes a bias superfluous."""
    x = layers.Conv2D(width, size, strides=strides, padding="same", use_bias=False)(x)
    return layers.BatchNormalization(momentum=0.9)(x)
