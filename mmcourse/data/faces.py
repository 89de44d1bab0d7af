"""Drawn faces, still and moving, and gliding tones: what the speakers of `data.moods` show and let hear. NumPy only."""

import numpy as np

from mmcourse import shapes
from mmcourse.data.audio import RATE

FACE_SIDE, FACE_FRAMES = 16, 8  # pixels, pictures a clip
SECONDS = 0.3  # of a tone
SKIN, INK, ROOM = 0.85, 0.1, 0.45  # gray


def draw_faces(curves: np.ndarray, winks: np.ndarray, random, side: int = FACE_SIDE, noise: float = 0.05) -> np.ndarray:
    """Mouths (B,), -1 a frown to 1 a smile, winks (B,) 0 or 1 -> (B, side, side, 1) float32 in [0, 1].

    `random`, a `RandomState`, moves the head, chooses the eye that winks, and adds noise of that standard deviation.
    Raises ValueError for mouths outside -1 to 1, winks that are not 0 or 1, and another number of them.
    """
    curves = np.asarray(curves, float)
    if curves.ndim != 1 or not np.all(np.abs(curves) <= 1):
        raise ValueError(f"curves are {curves}; give one number a face, -1 a frown to 1 a smile.")
    shapes.check(_flags(winks, "winks"), "B", "winks", B=len(curves))
    places = random.uniform(-0.08, 0.08, (len(curves), 2))
    eye = random.randint(2, size=len(curves))
    heads = _heads(curves, np.asarray(winks), eye, places, side)
    return _grainy(heads, random, noise)


def draw_clips(
    comes: np.ndarray, random, frames: int = FACE_FRAMES, side: int = FACE_SIDE, noise: float = 0.05
) -> np.ndarray:
    """Directions (B,), 1 a smile that comes, 0 one that goes -> (B, frames, side, side, 1) float32 in [0, 1].

    Played backward each is one of the other direction, so no frame alone, and no set of frames, tells them apart.
    Raises ValueError for other directions.
    """
    comes = _flags(comes, "comes")
    count = len(comes)
    path = np.linspace(-1, 1, frames) * random.uniform(0.6, 1, (count, 1))  # of the mouth, (B, frames)
    path = np.where(comes[:, None] == 1, path, path[:, ::-1])
    places = np.repeat(random.uniform(-0.08, 0.08, (count, 2)), frames, axis=0)
    still = np.zeros(count * frames, int)
    heads = _heads(path.ravel(), still, still, places, side)
    return _grainy(heads, random, noise).reshape(count, frames, side, side, 1)


def tones(falls: np.ndarray, random, noise: float = 0.05) -> np.ndarray:
    """Directions (B,), 1 a tone that falls, 0 one that rises -> (B, samples) float32 in [-1, 1] at 8,000 Hz, 0.3 s.

    The pitch goes between p and 1.5 p, p from 180 to 360 Hz: the pitches that occur do not tell the direction. Five
    harmonics and noise of that standard deviation. Raises ValueError for other directions.
    """
    falls = _flags(falls, "falls")
    count, samples = len(falls), int(RATE * SECONDS)
    low = random.uniform(180, 360, (count, 1))
    path = low * np.linspace(1, 1.5, samples)  # Hz, (B, samples)
    path = np.where(falls[:, None] == 1, path[:, ::-1], path)
    phase = (2 * np.pi * (np.cumsum(path, axis=1) / RATE % 1)).astype(np.float32)
    twice, before, harmonic = 2 * np.cos(phase), np.zeros_like(phase), np.sin(phase)
    waves = 0.2 * harmonic
    for k in range(2, 6):  # sin(k a) = 2 cos(a) sin((k - 1) a) - sin((k - 2) a)
        before, harmonic = harmonic, twice * harmonic - before
        waves += 0.2 / k * harmonic
    waves *= np.hanning(samples) ** 0.25  # softly on, softly off
    return np.clip(waves + random.normal(0, noise, waves.shape), -1, 1).astype(np.float32)


def _flags(values: np.ndarray, name: str) -> np.ndarray:
    values = np.asarray(values)
    if values.ndim != 1 or not np.isin(values, (0, 1)).all():
        raise ValueError(f"{name} is {values}; give a 0 or a 1 for each.")
    return values


def _grainy(pictures: np.ndarray, random, noise: float) -> np.ndarray:
    pictures = pictures + random.normal(0, noise, pictures.shape)
    return np.clip(pictures, 0, 1).astype(np.float32)[..., None]


def _heads(curves, winks, eye, places, side: int) -> np.ndarray:
    """Faces (B, side, side) without noise; the grid goes from -1 to 1, down and to the right."""
    grid = (np.arange(side) + 0.5) / side * 2 - 1
    x = grid[None, None] - places[:, :1, None]  # (B, 1, side)
    y = grid[None, :, None] - places[:, 1:, None]  # (B, side, 1)
    head = 1 / (1 + np.exp((np.hypot(x, y) - 0.85) / 0.04))
    ink = np.zeros_like(head)
    for number, middle in enumerate((-0.35, 0.35)):
        shut = ((winks == 1) & (eye == number))[:, None, None]
        tall = np.where(shut, 0.05, 0.16)
        wide = np.where(shut, 0.22, 0.13)
        ink = np.maximum(ink, np.exp(-((((x - middle) / wide) ** 2 + ((y + 0.25) / tall) ** 2) ** 2)))
    line = 0.42 + curves[:, None, None] * (0.18 - 1.2 * x**2)  # of the mouth; a smile is low in the middle
    mouth = np.exp(-(((y - line) / 0.1) ** 2)) * (np.abs(x) < 0.5)
    ink = np.maximum(ink, mouth)
    return ROOM + head * (SKIN - ROOM) + head * ink * (INK - SKIN)
