"""Batches of whole texts: the same as the vocabulary's, and an error in the place of a silent loss."""

import numpy as np
import pytest

from mmcourse.data.text import WordVocabulary, whole_batch

TEXTS = ["a red ring", "a blue cross above a red ring"]
VOCABULARY = WordVocabulary().fit(TEXTS, size=20)


def test_what_fits_is_batched_as_ever():
    for made, expected in zip(whole_batch(VOCABULARY, TEXTS, 9), VOCABULARY.batch(TEXTS, 9), strict=True):
        assert np.array_equal(made, expected)


@pytest.mark.parametrize(
    ("texts", "length", "message"),
    [
        ([], 9, "texts is empty; give at least one text"),
        (TEXTS, 8, "Text 1, 'a blue cross above a red ring', has 7 tokens; 8 places hold 6 .* Give a length of 9"),
        ([*TEXTS, "a red zebra"], 9, "Token 2 of text 2, 'a red zebra', is not in the vocabulary of 10"),
        ("a red ring", 9, r"give a list of texts, also for a single one"),
        (TEXTS, 1, "START and END need a place each"),
    ],
)
def test_nothing_is_lost_in_silence(texts, length, message):
    with pytest.raises(ValueError, match=message):
        whole_batch(VOCABULARY, texts, length)
