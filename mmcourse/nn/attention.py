"""Attention and what it needs. So far: positions."""

import keras
from keras import layers


@keras.saving.register_keras_serializable("mmcourse")
class LearnedPositions(layers.Layer):
    """(B, L, D) -> (B, L, D): adds one trained vector a place, since attention itself does not see the order.

    L is fixed by the first input. Weights: (L, D). (Learned positions: Gehring et al. 2017; Vaswani et al. 2017.)
    """

    def build(self, shape):
        self.positions = self.add_weight(
            shape=shape[1:], initializer=keras.initializers.RandomNormal(stddev=0.05), name="positions"
        )

    def call(self, x):
        return x + self.positions
