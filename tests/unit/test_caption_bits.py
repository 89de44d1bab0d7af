"""Bits of each token: against Keras's cross-entropy, with PAD left out, and for a captioner as for its logits."""

import keras
import numpy as np
import pytest

from mmcourse.data.text import END, PAD, START
from mmcourse.nn import caption_bits, encoders, language, models

TARGETS = np.array([[5, 4, END, PAD], [4, 4, 6, END]], np.int32)
LOGITS = 3 * np.random.RandomState(0).standard_normal((2, 4, 8)).astype(np.float32)


def test_bits_equal_keras_and_their_mean_that_of_the_language_models():
    bits = caption_bits.token_bits_numpy(LOGITS, TARGETS)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None)
    nats = keras.ops.convert_to_numpy(loss(TARGETS, LOGITS))
    assert bits.shape == (2, 4)
    assert bits[0, 3] == 0
    assert bits[TARGETS != PAD] == pytest.approx(nats[TARGETS != PAD] / np.log(2), abs=1e-5)
    assert bits[TARGETS != PAD].mean() == pytest.approx(language.bits_numpy(LOGITS, TARGETS), abs=1e-6)


def test_bits_of_a_captioner_are_those_of_its_logits():
    model = models.captioner(encoders.grid_encoder((4, 4, 3), dim=8), vocab_size=8, length=4, dim=16)
    tokens = np.concatenate([np.full((2, 1), START, np.int32), TARGETS], axis=1)  # (2, 5)
    images = np.random.RandomState(1).rand(2, 4, 4, 3).astype("f")
    logits = model.predict({"image": images, "tokens": tokens[:, :-1]}, verbose=0)
    bits = caption_bits.token_bits(model, images, tokens)
    assert bits == pytest.approx(caption_bits.token_bits_numpy(logits, TARGETS), abs=1e-5)
    assert bits[TARGETS != PAD].min() > 0


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="targets"):
        caption_bits.token_bits_numpy(LOGITS, TARGETS[:, :3])
