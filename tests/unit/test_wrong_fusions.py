"""The wrong fusion is wrong in the way that the lesson says."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.nn import fusion, models
from mmcourse.nn.wrong_fusions import LowRankInPlainList


@pytest.fixture
def features():
    random = np.random.RandomState(0)
    return {"audio": random.standard_normal((20, 3)).astype("f"), "text": random.standard_normal((20, 4)).astype("f")}


def test_the_factors_are_not_counted_not_trained_and_not_saved(features, tmp_path):
    mm.seed(0)
    layer = LowRankInPlainList(5, rank=2)
    model = fusion.vector_classifier({"audio": 3, "text": 4}, layer, models.classifier(2))
    assert layer.count_params() == 5
    before = [keras.ops.convert_to_numpy(factor).copy() for factor in layer.factors]
    mm.train.compile_classifier(model, steps=10)
    model.train_on_batch(features, np.arange(20) % 2)
    assert all(
        np.array_equal(old, keras.ops.convert_to_numpy(new)) for old, new in zip(before, layer.factors, strict=True)
    )
    assert np.any(keras.ops.convert_to_numpy(layer.b))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert np.abs(model.predict(features, verbose=0) - loaded.predict(features, verbose=0)).max() > 1e-4


def test_with_factors_that_are_weights_it_is_the_right_layer(features):
    right, wrong = fusion.LowRank(5, rank=2), LowRankInPlainList(5, rank=2)
    expected = right(features)
    wrong.build({name: values.shape for name, values in features.items()})
    wrong.factors = [factor.value for factor in right.factors]
    difference = keras.ops.convert_to_numpy(wrong(features)) - keras.ops.convert_to_numpy(expected)
    assert np.abs(difference).max() < 1e-6
