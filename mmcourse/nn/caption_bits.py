"""Bits that a captioner needs for each token of a caption: what its words leave open, as the model sees it."""

import keras
import numpy as np

from mmcourse import shapes
from mmcourse.data.text import PAD


def token_bits_numpy(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """logits (B, T, V), targets (B, T) whole numbers below V -> bits (B, T) of each target, from 0 up; 0 for PAD.

    Minus the base-2 logarithm of the probability that the softmax of the logits gives to the target. The sum of a row
    is that of the whole sentence, by the chain rule. Raises ValueError for shapes that do not fit.
    """
    batch, length, _ = shapes.check(logits, "B T V", "logits")
    shapes.check(targets, "B T", "targets", B=batch, T=length)
    largest = logits.max(-1, keepdims=True)
    scores = np.log(np.exp(logits - largest).sum(-1)) + largest[..., 0]  # (B, T)
    nats = scores - np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    return np.where(targets == PAD, 0, nats / np.log(2))


def token_bits(model: keras.Model, images: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """Captioner, images (B, H, W, C), tokens (B, T + 1) from START to END -> bits (B, T) of tokens 1 to T."""
    logits = model.predict({"image": images, "tokens": tokens[:, :-1]}, batch_size=256, verbose=0)  # (B, T, V)
    return token_bits_numpy(logits, tokens[:, 1:])
