"""The encoders of the generated patients give vectors that a fusion trains, and a chance that follows the softmax."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.data import clinic
from mmcourse.nn import fusion
from mmcourse.nn.clinic import disease_chance, patient_encoders
from mmcourse.nn.models import classifier
from mmcourse.nn.senses import forgiving_fusion

PATIENTS = clinic.clinic_patients(16, seed=0)
INPUTS = clinic.patient_inputs(PATIENTS)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    mm.seed(0)
    return forgiving_fusion(patient_encoders(16), fusion.Concatenate(), classifier(2))


def test_every_modality_gives_a_vector_of_one_length():
    assert {name: encoder.output_shape for name, encoder in patient_encoders(6).items()} == dict.fromkeys(
        clinic.SHOWN, (None, 6)
    )


def test_the_chance_is_the_softmax_and_every_modality_matters(model):
    present = np.ones((16, 3), bool)
    logits = model.predict(INPUTS | {"present": present}, verbose=0)
    by_keras = keras.ops.convert_to_numpy(keras.ops.softmax(logits))[:, 1]
    chance = disease_chance(model, INPUTS)
    assert chance == pytest.approx(by_keras, abs=1e-6)
    assert chance == pytest.approx(0.5, abs=0.1)  # first weights: guessing
    for name in clinic.SHOWN:
        assert np.abs(disease_chance(model, mm.probe.without(INPUTS, name)) - chance).max() > 1e-6
        assert np.abs(disease_chance(model, mm.probe.shuffle(INPUTS, name)) - chance).max() > 1e-6


def test_one_step_moves_every_trainable_weight(model):
    before = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.train_on_batch(INPUTS | {"present": np.ones((16, 3), bool)}, PATIENTS["label"])
    after = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    assert all(np.abs(a - b).max() > 0 for a, b in zip(before, after, strict=True))
