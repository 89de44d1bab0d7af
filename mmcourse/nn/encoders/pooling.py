"""Pooling: from a sequence of vectors to one, (B, L, D) -> (B, D). Places that a mask leaves out change nothing."""

import keras
from keras import layers, ops

FAR_BELOW = -1e9  # the score of a place that is left out


@keras.saving.register_keras_serializable("mmcourse")
class LargestPlace(layers.Layer):
    """(B, L, D), mask (B, L) -> (B, D): the largest value of each feature over the real places; no weights.

    As `keras.layers.GlobalMaxPooling1D`, which takes no mask. A row needs a real place.
    """

    def call(self, x, mask=None):
        """The mask is bool, True where a place is real; Keras hands on that of the encoder."""
        return ops.max(x if mask is None else ops.where(mask[..., None], x, FAR_BELOW), axis=1)

    def compute_mask(self, inputs, previous_mask):
        """One vector has no places."""
        return None


@keras.saving.register_keras_serializable("mmcourse")
class LastPlace(layers.Layer):
    """(B, L, D), mask (B, L) -> (B, D): the vector at the last real place of each row; no weights."""

    def call(self, x, mask=None):
        """Without a mask all places are real."""
        if mask is None:
            return x[:, -1]
        places = ops.arange(ops.shape(x)[1]) * ops.cast(mask, "int32")  # (B, L)
        return ops.take_along_axis(x, ops.max(places, axis=1)[:, None, None], axis=1)[:, 0]

    def compute_mask(self, inputs, previous_mask):
        """One vector has no places."""
        return None


@keras.saving.register_keras_serializable("mmcourse")
class AttentionPooling(layers.Layer):
    """(B, L, D), mask (B, L) -> (B, D): a mean whose shares are learned, softmax(x q / sqrt(D)) over the real places.

    Attention (`attention.attention_numpy`) with one trained query q (D,), keys and values the places themselves. The
    query is zero at first, so the first result is the mean. Source: Lee et al. 2019, section 3.2, with one seed, one
    head and no projections.
    """

    def build(self, shape):
        self.query = self.add_weight(shape=shape[-1:], initializer="zeros", name="query")

    def call(self, x, mask=None):
        """The sum of the places, each times its share."""
        return ops.einsum("bl,bld->bd", self.shares(x, mask), x)

    def shares(self, x, mask=None):
        """The shares (B, L), which sum to 1 in each row."""
        scores = ops.matmul(x, self.query) / x.shape[-1] ** 0.5  # (B, L)
        return ops.softmax(scores if mask is None else ops.where(mask, scores, FAR_BELOW), axis=-1)

    def compute_mask(self, inputs, previous_mask):
        """One vector has no places."""
        return None


_POOLING = {
    "mean": layers.GlobalAveragePooling1D,
    "max": LargestPlace,
    "last": LastPlace,
    "attention": AttentionPooling,
}


def pooled(encoder: keras.Model, pooling: str = "max") -> keras.Model:
    """Encoder to (B, L, D) -> encoder to (B, D), by one of four ways; what is padded changes nothing.

    "mean" and "max": the mean, or the largest value, of each feature over the places. "last": the last place.
    "attention": a mean with learned shares, D weights, see `AttentionPooling`.
    Raises ValueError for another way.
    """
    if pooling not in _POOLING:
        raise ValueError(f"pooling is {pooling!r}; choose one of {', '.join(_POOLING)}.")
    return keras.Model(encoder.input, _POOLING[pooling]()(encoder.output), name=encoder.name)
