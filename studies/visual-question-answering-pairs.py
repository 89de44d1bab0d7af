"""Can relations be learned? A further arm of the lesson *Answer questions about a picture*: pairs of places.

As `visual-question-answering.py`: level 1 at 16 pixels, the same encoders, the same 3,000 test questions. The fusion
looks at all pairs of places. Relations come first: 1,200 steps on 40,000 questions of that kind alone, then 3,000 steps
on 60,000 of all kinds, relation twice as often as another. Five seeds; a seed changes the training questions, the first
weights and the order of the batches. Steps and step sizes were chosen on the validation split.
Run with `make studies STUDY=visual-question-answering-pairs`.
"""

import time

import mmcourse as mm
from mmcourse.data import asked, world

SLUG = "visual-question-answering-pairs"
MODULES = ["data/asked.py", "nn/answerers.py", "nn/modulation.py", "train.py"]
SEEDS = [1, 2, 3, 4, 5]
TEST, TEST_SEED, BATCH, DIM = 3000, 2000, 128, 64
STAGES = {  # kinds, steps, questions, step size
    "relation alone": (("relation",), 1200, 40000, 3e-3),
    "then all": ((*world.KINDS, "relation"), 3000, 60000, 1.5e-3),
}


def main() -> None:
    """Train on every seed, test after each stage, and write the record."""
    import keras

    from mmcourse.nn import answerers

    start, test, runs = time.perf_counter(), asked.asked(TEST, TEST_SEED, "test"), []
    for seed in SEEDS:
        keras.backend.clear_session()
        mm.seed(seed)
        eyes = answerers.cell_encoder((16, 16, 3), DIM)
        reader = answerers.question_reader(len(asked.question_words()), DIM, asked.LENGTH)
        model, run = answerers.question_answerer(eyes, reader, len(asked.ANSWERS), "pairs"), {}
        for number, (stage, (kinds, steps, count, rate)) in enumerate(STAGES.items()):
            train = asked.asked(count, 10 * seed + number, kinds=kinds)
            mm.train.compile_classifier(model, steps, rate)
            mm.train.fit(model, train.inputs, train.labels, steps, BATCH, seed)
            run[stage] = asked.by_kind(test.kinds, mm.train.answers(model, test.inputs) == test.labels)
            print(seed, stage, run[stage], f"{time.perf_counter() - start:.0f} s", flush=True)
        runs.append(run)
    results = mm.records.gather(runs)
    results |= {"weights": model.count_params(), "test_count": TEST, "steps": [stage[1] for stage in STAGES.values()]}
    data = mm.records.fingerprint(test.inputs["image"], test.inputs["question"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
