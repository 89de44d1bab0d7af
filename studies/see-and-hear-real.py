"""The study of *See and hear a digit* once more, with real recordings in place of the synthetic voices.

Needs the Free Spoken Digit Dataset 1.0.9 (12 MB): from MMCOURSE_MIRROR, the cache or the internet. Everything else,
the noise included, is as in `see-and-hear.py`. Run with `make studies STUDY=see-and-hear-real`.
"""

import importlib
import time

import mmcourse as mm

SLUG = "see-and-hear-real"


def main() -> None:
    """Train picture alone, sound alone and both on every seed, add the scores of the first two, write the record."""
    study = importlib.import_module("see-and-hear")
    start = time.perf_counter()
    test, clean = study.noisy_test(study.NOISE, "fsdd"), study.noisy_test({}, "fsdd")
    runs = []
    for seed in study.SEEDS:
        inputs, labels = study.training_set(seed, "fsdd")
        models = {arm: study.train(names, inputs, labels, seed) for arm, names in study.ARMS.items()}
        scores = {arm: study.score(model, test) for arm, model in models.items()}
        scores["sum"] = study.score_of_sum(models, test)
        runs.append({"accuracy": scores, "clean": {arm: study.score(model, clean) for arm, model in models.items()}})
        print(scores, flush=True)
    results = {"noise": study.NOISE, "test_count": study.TEST} | study.gather(runs)
    data = mm.records.fingerprint(clean[0]["image"], clean[0]["audio"], clean[1])
    modules = [*study.MODULES, "data/readers/fsdd.py"]
    path = mm.records.write(SLUG, results, study.SEEDS, time.perf_counter() - start, modules, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
