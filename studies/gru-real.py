"""GRU and LSTM on real voices, at equal units: the study of the lesson on the GRU, on recordings.

2,500 spoken digits of the Free Spoken Digit Dataset 1.0.9 (12 MB, from MMCOURSE_MIRROR, the cache or the internet) as
log-mel frames; the last state names the digit, with and without biases for a memory of all 61 frames. Every speaker is
held out in turn, with a seed of its own. Run with `make studies STUDY=gru-real`.
"""

import importlib
import time

import keras
import numpy as np

import mmcourse as mm

SLUG = "gru-real"
MODULES = ["data/audio.py", "data/waveform.py", "data/readers/embedded.py", "data/readers/fsdd.py"]
MODULES += ["nn/memory.py", "train.py"]
SEEDS = [0, 1, 2, 3, 4]  # of the training; the speaker held out is the one with this number
UNITS, FRAMES, STEPS, RATE = 48, 61, 300, 5e-3
ARMS = {"gru long": ("gru", FRAMES), "gru": ("gru", None), "lstm long": ("lstm", FRAMES), "lstm": ("lstm", None)}


def recordings() -> dict[str, np.ndarray]:
    """`frames` (n, 61, 32) log-mel, `label` (n,), `speaker` (n,) of both parts of the official split."""
    parts = [mm.load("fsdd", split) for split in ("train", "test")]
    data = {name: np.concatenate([part[name] for part in parts]) for name in ("audio", "label", "speaker")}
    return {"frames": mm.data.audio.log_mel(data["audio"]), "label": data["label"], "speaker": data["speaker"]}


def accuracy(arm: str, data: dict[str, np.ndarray], seed: int) -> float:
    """Accuracy on the speaker number `seed`, of a model trained on the others."""
    held_out = data["speaker"] == np.unique(data["speaker"])[seed]
    frames = data["frames"]
    middle, spread = frames[~held_out].mean((0, 1)), frames[~held_out].std((0, 1))
    frames = (frames - middle) / spread
    mm.seed(seed)
    layer = importlib.import_module("gru").new_layer(ARMS[arm][0], UNITS, frames.shape[2], ARMS[arm][1])
    sound = keras.Input(frames.shape[1:], name="frames")
    model = keras.Model({"frames": sound}, keras.layers.Dense(10)(layer(sound)))
    mm.train.compile_classifier(model, STEPS, RATE)
    mm.train.fit(model, {"frames": frames[~held_out]}, data["label"][~held_out], STEPS, 64, seed)
    answers = mm.train.answers(model, {"frames": frames[held_out]})
    return float(mm.metrics.accuracy(data["label"][held_out], answers))


def main() -> None:
    """Train both layers on every seed and write the record."""
    start, data = time.perf_counter(), recordings()
    scores = {arm: [] for arm in ARMS}
    for seed in SEEDS:
        for arm, found in scores.items():
            keras.backend.clear_session()
            found.append(accuracy(arm, data, seed))
        print(seed, {arm: found[-1] for arm, found in scores.items()}, flush=True)
    voices = np.unique(data["speaker"]).tolist()
    results = {"accuracy": scores, "voices": voices, "test_count": len(data["label"]) // len(voices), "units": UNITS}
    fingerprint = mm.records.fingerprint(data["frames"], data["label"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, fingerprint)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
