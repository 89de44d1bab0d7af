"""Fusion: one vector from several, {modality: (B, D_m)} -> (B, D). Modalities are always taken in sorted order."""

import keras
import numpy as np
from keras import layers


def concatenate_numpy(features: dict[str, np.ndarray]) -> np.ndarray:
    """{modality: (B, D_m)} -> (B, sum of D_m): the vectors side by side, in the sorted order of their names."""
    return np.concatenate([features[name] for name in sorted(features)], axis=-1)


@keras.saving.register_keras_serializable("mmcourse")
class Concatenate(layers.Layer):
    """{modality: (B, D_m)} -> (B, sum of D_m), as `concatenate_numpy`. No weights: it keeps all and mixes nothing."""

    def call(self, features):
        return keras.ops.concatenate([features[name] for name in sorted(features)], axis=-1)
