"""Study of the lesson *Decision support*: record, picture and note of generated patients, alone and together.

Experts apart and their product; a fusion that may lack a modality, one that never met a lack, and one trained on as
many pictures of the new camera as of the old. All see the same 4,000 test patients, photographed by each camera. Then
cross-validation on the real records of scikit-learn. Five seeds; a seed changes the training patients, the first
weights and the order of the batches, for the real records the folds; the test patients stay.
Run with `make studies STUDY=decision-support` (about five minutes on two cores).
"""

import itertools
import time

import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mmcourse as mm
from mmcourse import metrics
from mmcourse.data import clinic
from mmcourse.nn import fusion
from mmcourse.nn.clinic import disease_chance, patient_encoders
from mmcourse.nn.models import classifier
from mmcourse.nn.senses import experts, forgiving_fusion

SLUG = "decision-support"
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
STEPS, RATE, TRAIN, TEST, TEST_SEED = 700, 4e-3, 6000, 4000, 1000
MISS, ALARM, ASK = 10.0, 1.0, 0.5
LOST = [0.0, 0.1, 0.2, 0.4]
MODALITIES = tuple(sorted(clinic.SHOWN))
MODULES = ["data/clinic.py", "nn/clinic.py", "nn/senses.py", "nn/encoders/image.py", "nn/encoders/text.py"]
MODULES += ["nn/encoders/pooling.py", "nn/fusion/mixing.py", "nn/fusion/missing.py", "experts.py", "train.py"]
MODULES += ["metrics/decisions.py", "metrics/calibration.py"]


def train_fusion(seed: int, dropped: float, minority: float = 0.1) -> keras.Model:
    """Concatenation of all three, trained end to end; each modality is taken away in a share `dropped`."""
    patients = clinic.clinic_patients(TRAIN, seed, minority)
    mm.seed(seed)
    model = forgiving_fusion(patient_encoders(), fusion.Concatenate(), classifier(2), dropped)
    mm.train.compile_classifier(model, STEPS, RATE)
    inputs = clinic.patient_inputs(patients) | {"present": np.ones((TRAIN, 3), bool)}
    mm.train.fit(model, inputs, patients["label"], STEPS, seed=seed)
    return model


def train_experts(seed: int) -> tuple[keras.Model, np.ndarray]:
    """Three classifiers that share nothing, trained in one `fit`, and how frequent the classes are."""
    patients = clinic.clinic_patients(TRAIN, seed)
    mm.seed(seed)
    model = experts(patient_encoders(), 2)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    schedule = keras.optimizers.schedules.CosineDecay(RATE, STEPS)
    model.compile(keras.optimizers.Adam(schedule), dict.fromkeys(MODALITIES, loss))
    rows = np.random.RandomState(seed).randint(0, TRAIN, STEPS * 64, dtype=np.int64)
    inputs = {name: values[rows] for name, values in clinic.patient_inputs(patients).items()}
    labels = patients["label"][rows]
    model.fit(inputs, dict.fromkeys(MODALITIES, labels), batch_size=64, epochs=1, verbose=0)
    return model, np.bincount(patients["label"]) / TRAIN


def scores(truth: np.ndarray, chance: np.ndarray) -> dict[str, float]:
    """What the lesson reports of chances: loss in nats, calibration, costs with and without asking."""
    kept = np.clip(chance, 1e-7, 1 - 1e-7)
    acts, asking = metrics.cheapest_act(chance, MISS, ALARM), metrics.cheapest_act(chance, MISS, ALARM, ASK)
    wrong = (chance >= 0.5) != truth
    return {
        "loss": float(-np.mean(np.where(truth == 1, np.log(kept), np.log(1 - kept)))),
        "accuracy": float(1 - wrong.mean()),
        "ece": metrics.expected_calibration_error(truth == 1, chance),
        "cost": metrics.mean_cost(truth, acts, MISS, ALARM),
        "missed": float(1 - metrics.recall(truth, acts)),
        "cost asking": metrics.mean_cost(truth, asking, MISS, ALARM, ASK),
        "asked": float(np.mean(asking == 2)),
        "area": metrics.area_under_risk(wrong, np.maximum(chance, 1 - chance)),
    }


def by_camera(model, patients: dict) -> dict:
    """Scores for the same patients, photographed by each camera."""
    found = {}
    for camera in clinic.CAMERAS:
        pictures = clinic.photographed(patients, camera, TEST_SEED)
        inputs = clinic.patient_inputs(patients | {"image": pictures})
        found[camera] = scores(patients["label"], disease_chance(model, inputs))
    return found


def lacking(model, patients: dict) -> dict:
    """Scores where one modality is missing, marked as absent, and where words of the note are lost."""
    inputs, found = clinic.patient_inputs(patients), {}
    for name in MODALITIES:
        found[name] = scores(patients["label"], disease_chance(model, mm.probe.without(inputs, name)))
    for rate in LOST:
        heard = clinic.patient_inputs(patients | {"note": clinic.lost_words(patients["note"], rate, TEST_SEED)})
        found[f"words lost {rate}"] = scores(patients["label"], disease_chance(model, heard))
    return found


def run_seed(seed: int, patients: dict) -> dict:
    """Every arm on one seed."""
    truth, inputs = patients["label"], clinic.patient_inputs(patients)
    apart, prior = train_experts(seed)
    told = disease_chance(apart, inputs)
    found = {name: scores(truth, told[name]) for name in MODALITIES}
    both = {name: np.stack([1 - p, p], axis=1) for name, p in told.items()}
    found["product"] = scores(truth, mm.experts.product_of_experts(both, prior)[:, 1])
    forgiving, plain, half = train_fusion(seed, 0.2), train_fusion(seed, 0.0), train_fusion(seed, 0.2, 0.5)
    for name, model in (("fusion", forgiving), ("plain", plain)):
        found[name] = scores(truth, disease_chance(model, inputs))
    cameras = {"fusion": by_camera(forgiving, patients), "half new": by_camera(half, patients)}
    return {
        "test": found,
        "cameras": cameras,
        "lacking": {"fusion": lacking(forgiving, patients), "plain": lacking(plain, patients)},
        "real": real_records(seed),
    }


def real_records(seed: int) -> dict:
    """Ten-fold cross-validation of a logistic regression on the 569 real records; 1 is malignant."""
    data = load_breast_cancer()
    truth = (data.target == 0).astype(np.int32)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    folds = StratifiedKFold(10, shuffle=True, random_state=seed)
    chance = cross_val_predict(model, data.data, truth, cv=folds, method="predict_proba")[:, 1]
    found = scores(truth, chance)
    found["cost at one half"] = metrics.mean_cost(truth, (chance >= 0.5).astype(int), MISS, ALARM)
    return found


def main() -> None:
    """Train every arm on every seed and write the record."""
    start = time.perf_counter()
    patients = clinic.clinic_patients(TEST, TEST_SEED)
    runs = []
    for seed in SEEDS:
        runs.append(run_seed(seed, patients))
        print(seed, {arm: round(row["loss"], 3) for arm, row in runs[-1]["test"].items()}, flush=True)
    subsets = [names for size in (1, 2, 3) for names in itertools.combinations(MODALITIES, size)]
    best = {" ".join(names): scores(patients["label"], clinic.chance_given(patients, names)) for names in subsets}
    results = {"test_count": TEST, "steps": STEPS, "best": best} | mm.records.gather(runs)
    data = mm.records.fingerprint(patients["image"], patients["record"], patients["label"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
