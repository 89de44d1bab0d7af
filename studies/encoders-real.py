"""The sound encoders of the study `encoders` on real people: the Free Spoken Digit Dataset, speakers never heard.

Needs the Free Spoken Digit Dataset 1.0.9 (12 MB): from MMCOURSE_MIRROR, the cache or the internet. Steps, sizes and
rates are those of `encoders.py`; two, two and one of the five speakers are left out in turn. Run with
`make studies STUDY=encoders-real` (about three minutes on two cores).
"""

import time
from importlib import import_module

import numpy as np

import mmcourse as mm
from mmcourse.nn.encoders import ARMS

study = import_module("encoders")

SLUG = "encoders-real"


def recordings() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log-mel frames (2500, 61, 32), labels and speakers of all recordings."""
    parts = [mm.load("fsdd", split) for split in ("train", "test")]
    audio, label, speaker = (np.concatenate([part[key] for part in parts]) for key in ("audio", "label", "speaker"))
    return mm.data.audio.log_mel(audio), label, speaker


def main() -> None:
    """Train the sound encoders on every seed without some of the speakers, and write the record."""
    start, trained = time.perf_counter(), study.Trained(study.STEPS)
    frames, labels, speakers = recordings()
    names = sorted(set(speakers))
    folds = [names[first : first + 2] for first in range(0, len(names), 2)]
    found = {arm: [] for arm in ARMS["audio"]}
    for seed in study.SEEDS:
        for arm, runs in found.items():
            scores = []
            for pair in folds:
                out = np.isin(speakers, pair)
                model = trained.train("audio", arm, ({"audio": frames[~out]}, labels[~out]), seed)
                scores.append(study.score(model, ({"audio": frames[out]}, labels[out])))
            runs.append(scores)
        print(seed, {arm: runs[-1] for arm, runs in found.items()}, f"{time.perf_counter() - start:.0f} s", flush=True)
    results = {"accuracy": found, "folds": folds, "test_count": len(labels)}
    modules = [*study.MODULES, "data/readers/fsdd.py"]
    data = mm.records.fingerprint(frames, labels)
    path = mm.records.write(SLUG, results, study.SEEDS, time.perf_counter() - start, modules, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
