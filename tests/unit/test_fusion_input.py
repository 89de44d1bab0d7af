"""Fusions with missing modalities and with bad input."""

import keras
import numpy as np
import pytest

from mmcourse.nn import fusion, models


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


def test_modality_dropout_leaves_one_and_acts_in_training_only():
    layer, present = fusion.ModalityDropout(0.5, seed=3), np.ones((4000, 3), bool)
    present[:1000] = [False, True, False]
    left = array(layer(present, training=True))
    assert left[:1000].tolist() == present[:1000].tolist()
    assert left.any(1).all()
    assert left[1000:].mean() == pytest.approx(0.5 + 0.125 / 3, abs=0.02)  # all three dropped: one comes back
    assert array(layer(present, training=False)).tolist() == present.tolist()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fusion.concatenate_numpy({"a": np.zeros((2, 3)), "b": np.zeros((1, 3))}), "equal B"),
        (lambda: fusion.concatenate_numpy({"a": np.zeros((2, 4, 3)), "b": np.zeros((2, 3))}), "one vector a row"),
        (lambda: fusion.concatenate_numpy({"a": np.zeros((2, 3))}, np.ones((2, 2))), "a True in every row"),
        (lambda: fusion.film_numpy({"a": np.zeros((1, 3))}, None, None, None, "b"), "main is 'b'; give one of a"),
        (lambda: fusion.film_numpy({"a": np.zeros((1, 3))}, None, None, None, "a"), "at least two modalities"),
        (lambda: fusion.FiLM(4, "b").build({"a": (None, 3)}), "main is 'b'; give one of a"),
        (lambda: fusion.FiLM(4, "a").build({"a": (None, 3)}), "at least two modalities"),
        (lambda: fusion.WeightedSum(4).build({"a": (None, 5, 3)}), "one vector for each modality"),
        (lambda: fusion.WeightedSum(4).build((None, 3)), "one vector for each modality"),
        (lambda: fusion.Concatenate().build({"a": (None, 5, 3)}), "one vector for each modality"),
        (lambda: fusion.WeightedSum(0), "units is 0"),
        (lambda: fusion.SimilarityWeighted(2.5), r"units is 2\.5"),
        (lambda: fusion.Attention(4, hidden=0), "hidden is 0"),
        (lambda: fusion.Gated(-1), "units is -1"),
        (lambda: fusion.Bilinear(0), "units is 0"),
        (lambda: fusion.LowRank(4, rank=0), "rank is 0"),
        (lambda: fusion.FiLM(0, "a"), "units is 0"),
        (lambda: fusion.SimilarityWeighted(4, temperature=0), "temperature is 0"),
        (
            lambda: fusion.Concatenate()({"a": np.ones((2, 3)), "b": np.ones((2, 3))}, present=np.ones((2, 3))),
            "present has 3 columns, there are 2",
        ),
        (lambda: fusion.ModalityDropout(1), "rate is 1"),
        (lambda: fusion.vector_classifier({}, fusion.Concatenate(), models.classifier(3)), "at least one modality"),
        (
            lambda: fusion.forgiving_classifier({"present": 3}, fusion.Concatenate(), models.classifier(3)),
            "the name of the input",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
