"""Study of the lesson *Sound as data*: one recurrent layer that reads a digit sample by sample, or by frames.

The layer is random and stays so, its weights orthogonal and shrunk to 0.99; a linear classifier reads its last state.
The word ends where the sound ends, so that no silence at the end is forgotten. Every voice is held out in turn; a seed
changes the weights of the layer. Run with `make studies STUDY=audio-data` (about two minutes on two cores).
"""

import time

import numpy as np
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import LeaveOneGroupOut, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mmcourse as mm

SLUG = "audio-data"
SEEDS = [1, 2, 3, 4, 5]
UNITS, KEPT = 64, 0.99  # size of the state, and the share of it that a step keeps at most
SAMPLES = 8000
MODULES = ["data/audio.py", "data/waveform.py", "data/readers/embedded.py", "data/speech.py"]


def digits() -> dict:
    """All 600 digits of the bank: `audio` (600, 8000), silence first, then the word to the very end."""
    parts = [mm.load("spoken_digits", split) for split in ("train", "test")]
    data = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    words = [mm.data.audio.trim(sound) for sound in data["audio"]]
    data["audio"] = np.stack([np.pad(word, (SAMPLES - len(word), 0)) for word in words])
    return data


def last_state(steps: np.ndarray, seed: int) -> np.ndarray:
    """(B, S, D) -> (B, units): h = tanh(W h + U x), from the first step to the last; only the last h counts."""
    random = np.random.RandomState(seed)
    keep = KEPT * np.linalg.qr(random.standard_normal((UNITS, UNITS)))[0].astype(np.float32)
    take = (random.standard_normal((steps.shape[2], UNITS)) / np.sqrt(steps.shape[2])).astype(np.float32)
    state = np.zeros((len(steps), UNITS), np.float32)
    for step in range(steps.shape[1]):
        state = np.tanh(state @ keep + steps[:, step] @ take)
    return state


def accuracy(features: np.ndarray, data: dict) -> float:
    """Mean over the voices, each held out in turn."""
    model = make_pipeline(StandardScaler(), RidgeClassifier(alpha=10.0))
    scores = cross_val_score(model, features, data["label"], groups=data["speaker"], cv=LeaveOneGroupOut())
    return float(np.mean(scores))


def main() -> None:
    """Read all digits both ways with every seed, write the record."""
    start = time.perf_counter()
    data = digits()
    log_mel = mm.data.audio.log_mel(data["audio"])  # (600, 61, 32)
    steps = {
        "by samples": data["audio"][..., None] / data["audio"].std(),  # (600, 8000, 1)
        "by frames": (log_mel - log_mel.mean((0, 1))) / log_mel.std((0, 1)),
    }
    scores = {arm: [] for arm in steps}
    for seed in SEEDS:
        for arm, values in steps.items():
            scores[arm].append(accuracy(last_state(values.astype(np.float32), seed), data))
        print({arm: values[-1] for arm, values in scores.items()}, flush=True)
    results = {"accuracy": scores, "test_count": len(data["label"]), "units": UNITS, "kept": KEPT}
    fingerprint = mm.records.fingerprint(data["audio"], data["label"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, fingerprint)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
