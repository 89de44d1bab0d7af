"""Second study of *Sentiment and emotion*: where each source alone tells nothing, do five times as many steps help?

Posts of which half of the words are turned around, model and data of `sentiment-and-emotion`, 2,500 steps for 500.
Run with `make studies STUDY=sentiment-and-emotion-pure` (about two minutes).
"""

import importlib
import time

import mmcourse as mm
from mmcourse.data import moods
from mmcourse.nn import fusion
from mmcourse.nn.moods import mood_chance, post_encoders
from mmcourse.nn.senses import forgiving_fusion

SLUG = "sentiment-and-emotion-pure"
SEEDS = [1, 2, 3, 4, 5]
STEPS = 2500


def main() -> None:
    """Train on every seed and write the record."""
    study, start = importlib.import_module("sentiment-and-emotion"), time.perf_counter()
    test, found = moods.mood_posts(study.TEST, study.TEST_SEED, 0.5), []
    for seed in SEEDS:
        mm.seed(seed)
        model = forgiving_fusion(post_encoders(), fusion.Concatenate(), study.hidden_head())
        study.trained(model, moods.mood_posts(study.TRAIN, seed, 0.5), STEPS, study.RATE, seed)
        found.append(study.scores(test["label"], mood_chance(model, moods.mood_inputs(test))))
        print(seed, found[-1], flush=True)
    results = {"test_count": study.TEST, "steps": STEPS, "pure": mm.records.gather(found)}
    data = mm.records.fingerprint(test["image"], test["label"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, study.MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
