"""The cross-validation part of the study *Measuring* once more, with recordings of people in place of synthetic voices.

Needs the Free Spoken Digit Dataset 1.0.9 (12 MB): from MMCOURSE_MIRROR, the cache or the internet. Three people are for
development, the others are new. Run with `make studies STUDY=measuring-real`.
"""

import importlib
import time

import mmcourse as mm
from mmcourse import voices as by_voice

SLUG = "measuring-real"


def run_seed(study, seed: int, people: list[str]) -> dict:
    """Sweep and search on one choice of people."""
    dev, new = study.sides(seed, people)
    train = by_voice.noisy_pairs(dev, study.TRAIN, "train", study.NOISE, seed, "fsdd")
    test = by_voice.noisy_pairs(new, study.TEST, "test", study.NOISE, 1000 + seed, "fsdd")
    return {"sweep": study.sweep(seed, train, test), "search": study.search(seed, train, test)}


def main() -> None:
    """Measure on every seed and write the record."""
    study, start = importlib.import_module("measuring"), time.perf_counter()
    people = sorted({str(name) for name in mm.load("fsdd", "test", columns=("speaker",))["speaker"]})
    runs = []
    for seed in study.SEEDS:
        runs.append(run_seed(study, seed, people))
        print(seed, runs[-1]["search"], flush=True)
    results = {"noise": study.NOISE, "sounds": study.SOUNDS, "people": len(people)} | study.gather(runs)
    results["test_count"] = (len(people) - study.FOLDS) * study.TEST
    sample = by_voice.noisy_pairs(people, 10, "test", {}, 0, "fsdd")
    data = mm.records.fingerprint(sample["image"], sample["audio"], sample["label"])
    modules = [*study.MODULES, "data/readers/fsdd.py"]
    path = mm.records.write(SLUG, results, study.SEEDS, time.perf_counter() - start, modules, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
