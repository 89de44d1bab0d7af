"""Pictures at another place, sounds at another time: what a network should not have to learn anew."""

import numpy as np

from mmcourse import shapes


def place(images: np.ndarray, corners: np.ndarray, size: int) -> np.ndarray:
    """images (B, h, w, C), corners (B, 2) -> (B, size, size, C) float32: each picture on an empty square, at its place.

    `corners` are whole numbers, row and column of the top left pixel. Raises ValueError where a picture would stand
    outside.
    """
    count, height, width, channels = shapes.check(images, "B H W C", "images")
    shapes.check(corners, "B 2", "corners", B=count)
    corners = np.asarray(corners)
    room = np.array([size - height, size - width])
    if (corners < 0).any() or (corners > room).any():
        raise ValueError(
            f"corners run from {corners.min()} to {corners.max()}: pictures of {height} x {width} fit a square of "
            f"{size} with corners from 0 to {room.min()}."
        )
    placed = np.zeros((count, size, size, channels), np.float32)
    for image, (row, column), square in zip(images, corners, placed, strict=True):
        square[row : row + height, column : column + width] = image
    return placed


def delay(audio: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """audio (B, samples), whole numbers (B,) from 0 up -> (B, samples) float32: each sound later, after silence.

    What moves beyond the end is lost. Raises ValueError for a negative delay.
    """
    count, length = shapes.check(audio, "B samples", "audio")
    shapes.check(samples, "B", "samples", B=count)
    if count and np.min(samples) < 0:
        raise ValueError(f"samples goes down to {np.min(samples)}; a delay is 0 or more samples.")
    later = np.zeros((count, length), np.float32)
    for sound, wait, row in zip(audio, samples, later, strict=True):
        row[wait:] = sound[: max(length - wait, 0)]
    return later
