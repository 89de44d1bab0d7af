"""Dropout of whole modalities, so that a fusion learns to do without each of them."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable("mmcourse")
class ModalityDropout(layers.Layer):
    """present (B, M) -> the same, bool; in training each modality is taken away at `rate`, but one always stays.

    So of M modalities a share of rate - rate**M / M is taken away.
    Source: Neverova et al. 2016 (ModDrop). Raises ValueError for a rate outside 0 up to, not including, 1.
    """

    def __init__(self, rate: float = 0.3, seed: int | None = None, **keywords):
        super().__init__(**keywords)
        if not 0 <= rate < 1:
            raise ValueError(f"rate is {rate!r}; give the share of cases in which a modality is dropped, 0 up to 1.")
        self.rate, self.seed = rate, seed
        self.random = keras.random.SeedGenerator(seed)

    def call(self, present, training=False):
        there = ops.cast(present, "bool")
        if not training:
            return there
        luck = ops.where(there, keras.random.uniform(ops.shape(there), seed=self.random), -1.0)
        luckiest = luck >= ops.max(luck, axis=1, keepdims=True)
        return ops.logical_and(there, ops.logical_or(luck >= self.rate, luckiest))

    def get_config(self):
        return super().get_config() | {"rate": self.rate, "seed": self.seed}
