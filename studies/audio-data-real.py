"""What four representations of a sound are worth for real voices: the lesson *Sound as data* on recordings.

A linear classifier reads 2,500 digits of the Free Spoken Digit Dataset 1.0.9 (12 MB, from MMCOURSE_MIRROR, the cache or
the internet) as samples, as the spectrum of the whole sound, as mel bands averaged over time, and as log-mel frames.
Every speaker is held out in turn; nothing is random. Run with `make studies STUDY=audio-data-real` (a minute).
"""

import time

import numpy as np
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import LeaveOneGroupOut, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mmcourse as mm

SLUG = "audio-data-real"
SEEDS = [0, 1, 2, 3, 4]  # number of the speaker held out, in place of a seed
MODULES = ["data/audio.py", "data/waveform.py", "data/readers/embedded.py", "data/readers/fsdd.py"]


def representations(sounds: np.ndarray) -> dict[str, np.ndarray]:
    """(B, samples) -> four arrays (B, features), by the names that the figure of the lesson has."""
    log_mel = mm.data.audio.log_mel(sounds)
    return {
        "samples": sounds,
        "whole spectrum": np.log1p(np.abs(np.fft.rfft(sounds))),
        "bands without time": log_mel.mean(1),
        "log-mel frames": log_mel.reshape(len(sounds), -1),
    }


def held_out(features: np.ndarray, data: dict) -> list[float]:
    """Accuracy on each speaker, in sorted order, of a classifier that has never heard that speaker."""
    model = make_pipeline(StandardScaler(), RidgeClassifier(alpha=1000.0))
    return cross_val_score(model, features, data["label"], groups=data["speaker"], cv=LeaveOneGroupOut()).tolist()


def main() -> None:
    """Score the four representations, write the record."""
    start = time.perf_counter()
    parts = [mm.load("fsdd", split) for split in ("train", "test")]
    data = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    scores = {arm: held_out(features, data) for arm, features in representations(data["audio"]).items()}
    for arm, values in scores.items():
        print(arm, values)
    voices = np.unique(data["speaker"]).tolist()
    results = {"accuracy": scores, "voices": voices, "test_count": len(data["label"])}
    fingerprint = mm.records.fingerprint(data["audio"], data["label"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, fingerprint)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
