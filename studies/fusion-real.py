"""Do sound and picture help the words? Fusions on opinions from videos: the study of *Fusion* on real data.

CMU-MOSI (from MMCOURSE_MIRROR, the cache or the internet): 1,447 utterances train, 752 of other videos test; each has
ready-made features of words, voice and face, scaled here by mean and deviation of the training part. Is the opinion
positive? Every arm has a linear head; settings are those of no search, the same for all. Run with
`make studies STUDY=fusion-real` (about a minute).
"""

import importlib
import time

import keras
import numpy as np

import mmcourse as mm
from mmcourse.nn import fusion
from mmcourse.nn.models import classifier

SLUG = "fusion-real"
MODULES = [f"nn/fusion/{name}.py" for name in ("attending", "common", "mixing", "multiplying")]
MODULES += ["data/readers/cmu_mosi.py", "nn/models.py", "train.py"]
SEEDS = [1, 2, 3, 4, 5]
STEPS, RATE = 200, 2e-3


def utterances() -> dict[str, tuple[dict[str, np.ndarray], np.ndarray]]:
    """Part -> features {modality: (n, D_m)}, scaled by the training part and cut at 5 deviations, and labels (n,)."""
    parts = {split: mm.load("cmu_mosi", split) for split in ("train", "test")}
    scaled = {split: {} for split in parts}
    for modality, column in (("audio", "audio_features"), ("image", "video_features"), ("text", "text_features")):
        known = parts["train"][column]
        middle, spread = known.mean(0), known.std(0) + 1e-6
        for split, part in parts.items():
            scaled[split][modality] = np.clip((part[column] - middle) / spread, -5, 5).astype(np.float32)
    return {split: (scaled[split], part["label"]) for split, part in parts.items()}


def arms() -> dict[str, tuple[tuple[str, ...], keras.layers.Layer]]:
    """Name -> the modalities that it sees, and its fusion, new."""
    made = importlib.import_module("fusion").fusions()
    everything = {name: (("audio", "image", "text"), layer) for name, layer in made.items()}
    everything.pop("bilinear")  # 101 * 74 * 101 products: 6 million weights for 1,447 utterances
    alone = {f"{name} alone": ((name,), fusion.Concatenate()) for name in ("audio", "image", "text")}
    return alone | {"words and voice": (("audio", "text"), fusion.Concatenate())} | everything


def accuracies(parts: dict, seed: int) -> dict[str, float]:
    """Arm -> accuracy on the test."""
    (x, y), (test, truth) = parts["train"], parts["test"]
    found = {}
    for name, (seen, layer) in arms().items():
        keras.backend.clear_session()
        mm.seed(seed)
        model = fusion.vector_classifier({key: x[key].shape[1] for key in seen}, layer, classifier(2))
        mm.train.compile_classifier(model, STEPS, RATE)
        mm.train.fit(model, {key: x[key] for key in seen}, y, STEPS, 64, seed)
        answers = mm.train.answers(model, {key: test[key] for key in seen})
        found[name] = float(mm.metrics.accuracy(truth, answers))
    return found


def main() -> None:
    """Train every arm on every seed and write the record."""
    start, parts = time.perf_counter(), utterances()
    runs = []
    for seed in SEEDS:
        runs.append(accuracies(parts, seed))
        print(seed, runs[-1], f"{time.perf_counter() - start:.0f} s", flush=True)
    test, truth = parts["test"]
    results = {
        "accuracy": {name: [run[name] for run in runs] for name in runs[0]},
        "test_count": len(truth),
        "majority": float(max(np.mean(truth), 1 - np.mean(truth))),
    }
    data = mm.records.fingerprint(test["text"], truth)
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
