"""What joins a picture and a question: the study of the lesson *Answer questions about a picture*.

Level 1 of the picture world at 16 pixels, 30,000 training questions of six kinds, 3,000 test questions about scenes of
the test split. The arms: concatenation, attention and FiLM, 1,000 steps each, with the same two encoders; and FiLM for
300 steps on black pictures, and on blank questions. For each: right answers overall and by kind; for the first three
also with the pictures, or the questions, of others. For attention: the share of the looks on the cell that is asked
about. Five seeds; a seed changes the training questions, the first weights and the order of the batches. Widths, step
size and encoders were chosen with FiLM, by some 45 runs on questions about test scenes drawn with another seed; the
other arms took them over.
Run with `make studies STUDY=visual-question-answering`.
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.data import asked, world

SLUG = "visual-question-answering"
MODULES = ["data/asked.py", "nn/answerers.py", "nn/modulation.py", "probe.py", "train.py", "answering.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
TRAIN, TEST, TEST_SEED, BATCH, RATE, DIM = 30000, 3000, 2000, 128, 3e-3, 64
STEPS = {"concatenation": 1000, "attention": 1000, "film": 1000, "question alone": 300, "image alone": 300}


def build(arm: str):
    """The answerer of an arm, not compiled."""
    from mmcourse.nn import answerers

    eyes = answerers.cell_encoder((16, 16, 3), DIM)
    reader = answerers.question_reader(len(asked.question_words()), DIM, asked.LENGTH)
    fusion = arm if arm in answerers.FUSIONS else "film"
    return answerers.question_answerer(eyes, reader, len(asked.ANSWERS), fusion)


def inputs_of(arm: str, inputs: dict) -> dict:
    """What an arm sees: pictures and questions, or one of them blank."""
    if arm == "question alone":
        return mm.probe.drop(inputs, "image")
    if arm == "image alone":
        return {**inputs, "question": np.broadcast_to(asked.question_tokens(["what"]), inputs["question"].shape)}
    return inputs


def looks_right(model, drawn) -> float:
    """Mean share of the first look, over the heads, on the cell of the object that a question on one names."""
    maps = mm.probe.attention_maps(model, drawn.inputs)
    shares = []
    for row, (scene, question, kind) in enumerate(zip(drawn.scenes, drawn.questions, drawn.kinds, strict=True)):
        if kind in ("color", "shape"):
            noun = world.parse_question(question).nouns[0]
            row_of, column = next(one.cell for one in scene.objects if world.matches(one, noun))
            shares.append([maps[look][row, :, 0, 3 * row_of + column].mean() for look in ("first_look", "second_look")])
    return float(np.max(np.mean(shares, axis=0)))


def main() -> None:
    """Train every arm on every seed and write the record."""
    import keras

    start, test = time.perf_counter(), asked.asked(TEST, TEST_SEED, "test")
    runs = []
    for seed in SEEDS:
        train, run = asked.asked(TRAIN, seed), {}
        for arm, steps in STEPS.items():
            keras.backend.clear_session()
            mm.seed(seed)
            model = mm.train.compile_classifier(build(arm), steps, RATE)
            mm.train.fit(model, inputs_of(arm, train.inputs), train.labels, steps, BATCH, seed)
            right = mm.train.answers(model, inputs_of(arm, test.inputs)) == test.labels
            run[arm] = {"right": asked.by_kind(test.kinds, right)}
            if arm in ("concatenation", "attention", "film"):
                for name in ("image", "question"):
                    other = mm.probe.shuffle(test.inputs, name, seed=7)
                    right = mm.train.answers(model, other) == test.labels
                    run[arm][f"{name} shuffled"] = asked.by_kind(test.kinds, right)
            if arm == "attention":
                run[arm]["on the cell"] = looks_right(model, test)
            print(seed, arm, run[arm]["right"], f"{time.perf_counter() - start:.0f} s", flush=True)
        columns = {"question": train.questions, "answer": train.answers}
        blind = np.array(mm.probe.blind_answers(columns, test.questions)) == np.array(test.answers)
        run["counted"] = {"right": asked.by_kind(test.kinds, blind)}
        runs.append(run)
    results = mm.records.gather(runs) | {"test_count": TEST, "train_count": TRAIN, "steps": STEPS}
    data = mm.records.fingerprint(test.inputs["image"], test.inputs["question"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
