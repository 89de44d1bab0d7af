"""The study of *See and hear a digit* once more, with real recordings in place of the synthetic voices.

Needs the Free Spoken Digit Dataset 1.0.9 (12 MB): from MMCOURSE_MIRROR, the cache or the internet. Everything else,
the noise included, is as in `see-and-hear.py`. Run with `make studies STUDY=see-and-hear-real`.
"""

import importlib
import time

import mmcourse as mm

SLUG = "see-and-hear-real"


def main() -> None:
    """Train picture alone, sound alone and both on every seed and write the record."""
    study = importlib.import_module("see-and-hear")
    start = time.perf_counter()
    test, clean = study.test_set(study.NOISE, "fsdd"), study.test_set({}, "fsdd")
    arms = {"image": ["image"], "audio": ["audio"], "both": ["audio", "image"]}
    results = {"noise": study.NOISE, "test_count": study.TEST}
    results |= {"accuracy": {arm: [] for arm in arms}, "clean": {arm: [] for arm in arms}}
    for seed in study.SEEDS:
        inputs, labels = study.training_set(seed, "fsdd")
        for arm, names in arms.items():
            model = study.train(names, inputs, labels, seed)
            results["accuracy"][arm].append(study.score(model, test))
            results["clean"][arm].append(study.score(model, clean))
        print({arm: scores[-1] for arm, scores in results["accuracy"].items()}, flush=True)
    data = mm.records.fingerprint(clean[0]["image"], clean[1])
    modules = [*study.MODULES, "data/readers/fsdd.py"]
    path = mm.records.write(SLUG, results, study.SEEDS, time.perf_counter() - start, modules, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
