"""What a dialogue remembers, and when it declines: the study of the lesson *A dialogue about a picture*.

Level 1 of the picture world at 16 pixels, with noise; 10,000 training dialogues of three turns, 1,000 test dialogues
about scenes of the test split, in which a fifth of the named things is not there. Arms, 500 steps each: four memories
(none, the past in words, the question rewritten, the place shown last), with a fifth of missing things in training;
and the place with shares of 0, 0.05 and 0.5. For each: right answers and places by turn and by kind of question, with
the model's own past and with the true one; declining, rightly and wrongly. For the arm that never met a missing thing:
how sure it is, and what a threshold on that is worth. Then, for the first seed, spoken questions: each voice in turn is
new to the listener. Five seeds; a seed changes the training dialogues, the first weights and the order of the batches.
Run with `make studies STUDY=dialogue` (about ten minutes on two cores).
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse import conversation, hearing, metrics
from mmcourse.data import dialogues, speech, turns

SLUG = "dialogue"
MODULES = ["conversation.py", "hearing.py", "data/dialogues.py", "data/turns.py", "data/world/speaking.py"]
MODULES += ["nn/pointing.py", "nn/answerers.py", "nn/modulation.py", "train.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
TRAIN, TEST, TEST_SEED, STEPS, BATCH, NOISE, DIM = 10000, 1000, 2000, 500, 128, 0.15, 64
ARMS = {"place 0": ("place", 0.0), "place 0.05": ("place", 0.05), "place 0.2": ("place", 0.2)}
ARMS |= {"place 0.5": ("place", 0.5), "none 0.2": ("none", 0.2), "rewritten 0.2": ("rewritten", 0.2)}
ARMS |= {"words 0.2": ("words", 0.2)}
PRICES = (0.01, 0.02, 0.05, 0.1)  # share of the answerable questions that a threshold declines
SPOKEN = 100  # dialogues' first questions that each voice says


def trained(seed: int, memory: str, missing: float):
    """A pointing answerer with a memory, trained on dialogues with a share of missing things."""
    import keras

    from mmcourse.nn import answerers, pointing

    talks = dialogues.dialogues(TRAIN, seed, missing=missing)
    inputs, labels = turns.turn_inputs(talks, turns.photographed(talks, NOISE, seed), memory)
    keras.backend.clear_session()
    mm.seed(seed)
    eyes = answerers.cell_encoder((turns.SIZE, turns.SIZE, 3), DIM)
    reader = answerers.question_reader(len(turns.turn_words()), DIM, turns.LENGTHS[memory])
    model = pointing.compile_pointing(pointing.pointing_answerer(eyes, reader, len(dialogues.ANSWERS)), STEPS)
    mm.train.run(model, mm.train.Batches(inputs, labels, STEPS, BATCH, seed))
    return model


def shares(done: conversation.Played, kinds: dict[str, np.ndarray]) -> dict:
    """Right answers and places: by turn, for things that are there by kind, and of what is missing."""
    declined = done.answers == dialogues.ANSWERS.index(dialogues.MISSING)
    there = kinds["there"]
    return {
        "turns": done.right.mean(0).tolist(),
        "places": done.shown.mean(0).tolist(),
        "kinds": {kind: float(done.right[kinds[kind]].mean()) for kind in dialogues.KINDS},
        "overall": float(done.right.mean()),
        "answered": float(done.right[~kinds["missing"]].mean()),
        "declined": float(declined[kinds["missing"]].mean()),
        "declined wrongly": float(declined[there].mean()),
        "shows nothing": float((done.pointed == dialogues.NOWHERE)[kinds["missing"]].mean()),
    }


def sureness(done: conversation.Played, kinds: dict[str, np.ndarray]) -> dict:
    """Of a model that cannot decline: how sure it is, and what declining by a threshold catches at a price."""
    sure, missing, there = done.chances.max(-1), kinds["missing"], kinds["there"]
    found = {"sure there": float(sure[there].mean()), "sure missing": float(sure[missing].mean())}
    found["missing above 0.9"] = float((sure[missing] > 0.9).mean())
    for price in PRICES:
        found[f"caught at {price}"] = float((sure[missing] < np.quantile(sure[there], price)).mean())
    return found


def heard(model, talks: list, images: np.ndarray, seed: int) -> dict:
    """First questions said by each voice, new to the listener: word errors, whole questions, right answers."""
    found = {}
    for voice in speech.voices():
        listener = hearing.train_listener([one for one in speech.voices() if one != voice], seed)
        said = [one.turns[0].question for one in talks[:SPOKEN]]
        understood = [hearing.heard_question(listener, sound) for sound in hearing.spoken_again(said, voice, seed)]
        again = [one._replace(turns=(one.turns[0]._replace(question=text), *one.turns[1:])) for one, text in
                 zip(talks, understood, strict=False)]  # fmt: skip
        done = conversation.played(model, again, images[:SPOKEN])
        whole = np.mean([a == b for a, b in zip(said, understood, strict=True)])
        errors = metrics.word_error_rate(said, understood)
        found[voice] = {"errors": errors, "whole": float(whole), "right": float(done.right[:, 0].mean())}
    return found


def main() -> None:
    """Train every arm on every seed and write the record."""
    start, test = time.perf_counter(), dialogues.dialogues(TEST, TEST_SEED, "test")
    images, kinds = turns.photographed(test, NOISE, TEST_SEED), conversation.asked_for(test)
    runs, spoken = [], None
    for seed in SEEDS:
        run = {}
        for arm, (memory, missing) in ARMS.items():
            model = trained(seed, memory, missing)
            own, true = (conversation.played(model, test, images, memory, by) for by in (True, False))
            run[arm] = {"own": shares(own, kinds), "true": shares(true, kinds), "sure": sureness(own, kinds)}
            if arm == "place 0.2":
                spoken = spoken or heard(model, test, images, seed)
            print(seed, arm, run[arm]["own"], f"{time.perf_counter() - start:.0f} s", flush=True)
        runs.append(run)
    results = mm.records.gather(runs) | {"test_count": TEST, "train_count": TRAIN, "steps": STEPS, "noise": NOISE}
    results["heard"] = spoken
    results["counts"] = {name: int(rows.sum()) for name, rows in kinds.items()}
    data = mm.records.fingerprint(images, np.array([turn.place for one in test for turn in one.turns]))
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
