"""More steps than in the study `encoders`, and more pictures and fewer: what does a Transformer need?

Convolutions and the vision Transformer with five times as many steps on 500, 2,000 and 8,000 pictures; the Transformer
for text with twice as many. Run with `make studies STUDY=encoders-data` (about seven minutes on two cores).
"""

import time
from importlib import import_module

import mmcourse as mm
from mmcourse.data import one_modality as tasks

study = import_module("encoders")

SLUG = "encoders-data"
ARMS = ("cnn", "vit")
PICTURES, STEPS = [500, 2000, 8000], {"image": 1500, "text": 400}


def main() -> None:
    """Train both arms on every seed and number of pictures, and write the record."""
    start, trained = time.perf_counter(), study.Trained(STEPS)
    test, asked = (task(study.TEST, 1000, "test") for task in (tasks.placed_digit, tasks.meant_color))
    found, text = {arm: [] for arm in ARMS}, []
    for seed in study.SEEDS:
        for arm in ARMS:
            scores = []
            for count in PICTURES:
                model = trained.train("image", arm, tasks.placed_digit(count, seed), seed)
                scores.append(study.score(model, test))
            found[arm].append(scores)
        model = trained.train("text", "transformer", tasks.meant_color(study.SENTENCES, seed), seed)
        text.append(study.score(model, asked))
        seconds = time.perf_counter() - start
        print(seed, {arm: scores[-1] for arm, scores in found.items()}, text[-1], f"{seconds:.0f} s", flush=True)
    results = {"accuracy": found, "text": text, "pictures": PICTURES, "steps": STEPS, "test_count": study.TEST}
    data = mm.records.fingerprint(test[0]["image"])
    path = mm.records.write(SLUG, results, study.SEEDS, time.perf_counter() - start, study.MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
