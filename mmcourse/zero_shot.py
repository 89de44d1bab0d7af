"""Classes by sentences: which of some sentences stands nearest to a picture in a joint space (zero-shot)."""

from collections.abc import Sequence

import numpy as np

from mmcourse import shapes


def class_vectors(sentences: Sequence[np.ndarray]) -> np.ndarray:
    """C arrays (P_c, D) of length-1 sentence vectors, those of each class -> (C, D): their means, at length 1.

    One sentence a class stays as it is. Raises ValueError for fewer than two classes, for a class without a sentence,
    and for widths that differ. Source: Radford et al. 2021, section 3.1.4, which averages the vectors of 80 prompts.
    """
    if len(sentences) < 2:
        raise ValueError(f"There are {len(sentences)} classes; give the sentences of at least 2.")
    width = np.shape(sentences[0])[-1]
    for number, vectors in enumerate(sentences):
        if not shapes.check(vectors, "P D", f"sentences[{number}]", D=width)[0]:
            raise ValueError(f"Class {number} has no sentence: give at least one.")
    means = np.stack([np.mean(vectors, axis=0) for vectors in sentences])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def classify(pictures: np.ndarray, classes: np.ndarray, center: bool = False) -> np.ndarray:
    """Picture vectors (n, D), class vectors (C, D) -> (n,): the number of the class with the largest cosine.

    `center` first takes the mean of all these pictures off each picture, and the mean of all classes off each class:
    what they have in common no longer counts. It needs many pictures at once, without labels, of all classes.
    Raises ValueError for widths that differ, and for fewer than two classes, or two pictures to center.
    """
    count, width = shapes.check(pictures, "n D", "pictures")
    known, _ = shapes.check(classes, "C D", "classes", D=width)
    if known < 2 or (center and count < 2):
        raise ValueError(f"There are {known} classes and {count} pictures; give at least 2, and 2 pictures to center.")
    if center:
        pictures, classes = pictures - np.mean(pictures, axis=0), classes - np.mean(classes, axis=0)
    lengths = np.linalg.norm(classes, axis=1)
    return (np.asarray(pictures) @ np.asarray(classes).T / lengths).argmax(axis=1)


def classes_of(model, tokens: np.ndarray) -> np.ndarray:
    """Tokens (C, P, T) of P sentences for each of C classes -> class vectors (C, D), by the tower "text" of a model.

    `model` is a `nn.dual_encoder.DualEncoder`. Raises ValueError for other axes, and as `class_vectors`.
    """
    from mmcourse import pair_training

    classes, count, length = shapes.check(tokens, "C P T", "tokens")
    vectors = pair_training.embed(model, {"text": np.reshape(tokens, (classes * count, length))})["text"]
    return class_vectors(vectors.reshape(classes, count, -1))
