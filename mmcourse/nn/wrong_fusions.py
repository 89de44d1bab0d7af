"""Fusions as they are found in the wild: WRONG, kept so that lessons can run them and show what is lost.

Do not build models from this module. The right layers are in `nn.fusion`.
"""

import keras
from keras import ops

from mmcourse.nn.fusion.common import widths
from mmcourse.nn.fusion.multiplying import low_rank


@keras.saving.register_keras_serializable("mmcourse")
class LowRankInPlainList(keras.layers.Layer):
    """WRONG: {modality: (B, D_m)} -> (B, units) as `fusion.LowRank`, but the factors are tensors in a plain list.

    The layer does not know them: they are not counted, not trained and not saved. Only the bias is.
    """

    def __init__(self, units: int, rank: int = 4, **settings):
        super().__init__(**settings)
        self.units, self.rank = units, rank

    def build(self, input_shape):
        """The factors are drawn, not added as weights: nothing complains."""
        shapes = [(self.rank, width + 1, self.units) for width in widths(input_shape).values()]
        self.factors = [0.3 * keras.random.normal(shape) for shape in shapes]
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, features):
        """{modality: (B, D_m)} -> (B, units)."""
        return low_rank([features[name] for name in sorted(features)], self.factors) + ops.convert_to_tensor(self.b)

    def get_config(self):
        """The arguments of the constructor, for saving."""
        return super().get_config() | {"units": self.units, "rank": self.rank}
