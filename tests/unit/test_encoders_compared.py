"""The encoders of the comparison: equal weights in both profiles, and the GPU profile's sizes take a few steps."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.data import one_modality as tasks
from mmcourse.nn.encoders import ARMS, compared

PAIRS = [(modality, arm) for modality, arms in ARMS.items() for arm in arms]


@pytest.fixture(scope="module")
def samples():
    """Two samples of each task: {modality: (inputs, labels)}."""
    made = {"text": tasks.meant_color(2, 0), "image": tasks.placed_digit(2, 0)}
    heard, said = tasks.said_digit(mm.data.speech.voices()[:1])
    return made | {"audio": ({"audio": heard["audio"][:2]}, said[:2])}


def built(profile):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMCOURSE_PROFILE", profile)
        return {(modality, arm): compared(modality, arm) for modality, arm in PAIRS}


@pytest.fixture(scope="module")
def large():
    """All arms in the sizes of the GPU profile."""
    return built("gpu")


def check_equal_weights(models, least, most):
    for modality in ARMS:
        counts = [model.count_params() for (name, _), model in models.items() if name == modality]
        assert max(counts) <= 1.05 * min(counts), (modality, counts)
        assert least < min(counts) < most


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="slow to build, and the same on every backend")
def test_a_modality_has_equal_weights_within_5_percent():
    check_equal_weights(built("cpu"), 19_000, 21_000)


def test_so_it_has_in_the_gpu_profile(large):
    check_equal_weights(large, 900_000, 1_100_000)


@pytest.mark.parametrize(("modality", "arm"), PAIRS)
def test_the_sizes_of_the_gpu_profile_take_a_few_steps(samples, large, modality, arm):
    inputs, labels = samples[modality]
    model = large[modality, arm]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-3), loss, run_eagerly=True)  # two steps do not pay for a compiled one
    before = [np.copy(weight) for weight in model.get_weights()]
    losses = [float(model.train_on_batch(inputs, labels)) for _ in range(2)]
    assert np.isfinite(losses).all()
    assert abs(losses[0] - np.log(model.output_shape[1])) < 0.5  # two samples, and a batch normalization over them
    moved = [not np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True)]
    assert all(moved)


def test_an_unknown_arm_is_named():
    with pytest.raises(ValueError, match="no arm 'vit' of 'text'"):
        compared("text", "vit")
