"""Models that classify by a fusion: vectors in, logits out, with all modalities there or with some missing."""

import keras
from keras import layers

from mmcourse.nn.fusion.missing import ModalityDropout


def vector_classifier(widths: dict[str, int], fusion: layers.Layer, head: layers.Layer) -> keras.Model:
    """{modality: D_m}, a fusion, a head -> model {modality: (B, D_m)} -> logits (B, classes).

    A linear head is `models.classifier(classes)`, one with a hidden layer a `keras.Sequential` that ends in it.
    Raises ValueError where there is no modality.
    """
    inputs = _inputs(widths)
    return keras.Model(inputs, head(fusion(inputs)), name="vector_classifier")


def forgiving_classifier(
    widths: dict[str, int], fusion: layers.Layer, head: layers.Layer, rate: float = 0.0
) -> keras.Model:
    """As `vector_classifier`, with one input more, "present" (B, M): which modalities are there, in sorted order.

    In training each modality is dropped at `rate`; one always stays. Raises ValueError where there is no modality, one
    is called "present", or for a rate outside 0 up to, not including, 1.
    """
    inputs = _inputs(widths)
    if "present" in inputs:
        raise ValueError('A modality is called "present"; that is the name of the input that says what is there.')
    present = keras.Input((len(inputs),), name="present", dtype="bool")
    fused = fusion(inputs, present=ModalityDropout(rate)(present))
    return keras.Model(inputs | {"present": present}, head(fused), name="forgiving_classifier")


def _inputs(widths: dict[str, int]) -> dict:
    if not widths:
        raise ValueError("A fusion needs at least one modality, e.g. {'audio': 6, 'text': 8}.")
    return {name: keras.Input((widths[name],), name=name) for name in sorted(widths)}
