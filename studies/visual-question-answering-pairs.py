"""Can relations be learned? A further arm of the lesson *Answer questions about a picture*: pairs of places.

As `visual-question-answering.py`: level 1 at 16 pixels, the same encoders and 3,000 test questions. A relation network
looks at all pairs of places. "relation first": 1,500 steps on 40,000 questions of that kind alone, then 3,000 steps on
60,000 of all kinds, relation twice as often as another. "all at once": 4,500 steps on the second questions alone. Five
seeds; a seed changes the training questions, the first weights and the order of the batches.
Run with `make studies STUDY=visual-question-answering-pairs`.
"""

import time

import mmcourse as mm
from mmcourse.data import asked, world

SLUG = "visual-question-answering-pairs"
MODULES = ["data/asked.py", "nn/answerers.py", "nn/modulation.py", "train.py"]
SEEDS = [1, 2, 3, 4, 5]
TEST, TEST_SEED, BATCH, DIM = 3000, 1000, 128, 64
FIRST, THEN = (1500, 40000, 3e-3), (3000, 60000, 1e-3)  # steps, questions, step size
AT_ONCE = (4500, 60000, 3e-3)
KINDS = (*world.KINDS, "relation")


def train(model, kinds: tuple, plan: tuple, seed: int) -> None:
    """Train on questions of `kinds` as a plan says."""
    steps, count, rate = plan
    drawn = asked.asked(count, seed, kinds=kinds)
    mm.train.compile_classifier(model, steps, rate)
    mm.train.fit(model, drawn.inputs, drawn.labels, steps, BATCH, seed)


def main() -> None:
    """Train both arms on every seed and write the record."""
    import keras

    from mmcourse.nn import answerers

    start, test, runs = time.perf_counter(), asked.asked(TEST, TEST_SEED, "test"), []
    for seed in SEEDS:
        run = {}
        for arm, plans in {"relation first": [("relation",), KINDS], "all at once": [KINDS]}.items():
            keras.backend.clear_session()
            mm.seed(seed)
            eyes = answerers.cell_encoder((16, 16, 3), DIM)
            reader = answerers.question_reader(len(asked.question_words()), DIM, asked.LENGTH)
            model = answerers.question_answerer(eyes, reader, len(asked.ANSWERS), "pairs")
            for number, kinds in enumerate(plans):
                plan = AT_ONCE if len(plans) == 1 else (FIRST, THEN)[number]
                train(model, kinds, plan, 10 * seed + number)
            right = mm.train.answers(model, test.inputs) == test.labels
            run[arm] = asked.by_kind(test.kinds, right)
            print(seed, arm, run[arm], f"{time.perf_counter() - start:.0f} s", flush=True)
        runs.append(run)
    results = mm.records.gather(runs) | {"steps": [FIRST[0], THEN[0]], "test_count": TEST}
    data = mm.records.fingerprint(test.inputs["image"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
