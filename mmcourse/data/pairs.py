"""Pairs of a picture and a sound of the same digit."""

import numpy as np

from mmcourse import shapes
from mmcourse.data.load import load


def digit_pairs(
    split: str, count: int, seed: int, spoken: str = "spoken_digits", speakers: list[str] | None = None
) -> dict[str, np.ndarray]:
    """Pairs of a written and a spoken digit of the same class, both from `split`, drawn at random with replacement.

    Returns `image` (count, 8, 8, 1) and `audio` (count, 8000), float32, and `label` (count,) int32, every class equally
    often (to within one). `spoken` is "spoken_digits" (embedded) or "fsdd" (real recordings); `speakers` keeps only
    some of its voices. Raises ValueError for another split, dataset or speaker, and for a count below 1.
    """
    shapes.whole(count, "count")
    random = np.random.RandomState(seed)
    label = random.permutation(np.arange(count) % 10).astype(np.int32)
    pairs = {"label": label}
    for name, column in (("digits", "image"), (spoken, "audio")):
        data = load(name, split)
        if column not in data:
            raise ValueError(f"{name!r} has no column {column!r}; choose a dataset of spoken digits.")
        if column == "audio" and speakers is not None:
            data = of_speakers(data, speakers)
        rows = np.empty(count, np.int64)
        for digit in range(10):
            rows[label == digit] = random.choice(np.flatnonzero(data["label"] == digit), np.sum(label == digit))
        pairs[column] = data[column][rows]
    return pairs


def of_speakers(data: dict[str, np.ndarray], speakers: list[str]) -> dict[str, np.ndarray]:
    """The rows of these speakers alone; ValueError for none, and for one that the column "speaker" does not have."""
    known = sorted(set(data["speaker"]))
    if not set(speakers) <= set(known) or not len(speakers):
        raise ValueError(f"speakers is {speakers!r}; choose some of: {', '.join(known)}.")
    keep = np.isin(data["speaker"], list(speakers))
    return {column: values[keep] for column, values in data.items()}
