"""Attention against recurrence on looking up a value by its key: the study of the lesson *Attention*.

Pairs of a letter and a digit, then a letter: which digit stood with it? One round of self-attention against a GRU and
an LSTM with about as many weights, the learning rate of both chosen among the same three by the mean over the seeds.
Every training sequence is seen once. Five seeds; a seed changes the training sequences, the first weights and the order
of the batches, the test stays the same. Run with `make studies STUDY=attention` (about thirteen minutes on two cores).
"""

import time

import keras
import numpy as np
from keras import layers

import mmcourse as mm
from mmcourse.data.lookup import lookup, overwritten
from mmcourse.nn.lookup import lookup_model
from mmcourse.nn.memory import recall_model

SLUG = "attention"
MODULES = ["data/lookup.py", "nn/attention.py", "nn/lookup.py", "nn/memory.py", "probe.py", "train.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
KEYS, VALUES = 26, 8
WIDTH = KEYS + VALUES + 1
STEPS, LONG, TEST = 300, 3000, 2000
RATES = [0.003, 0.01, 0.03]
PAIRS = [2, 4, 8, 16, 26]
TUNED = [2, 8]  # pairs at which every rate is tried; the others take the best rate at 8


def attention(length: int | None = None) -> keras.Model:
    """Two heads of 16 look from the question at the pairs: 4,768 weights, a few more with positions."""
    return lookup_model(WIDTH, VALUES, heads=2, size=16, length=length)


def gru(units: int = 25) -> keras.Model:
    """The last state of a GRU and a dense layer: 4,858 weights with 25 units."""
    return recall_model(layers.GRU(units), WIDTH, VALUES)


def lstm() -> keras.Model:
    """The last state of an LSTM and a dense layer: 4,964 weights."""
    return recall_model(layers.LSTM(21), WIDTH, VALUES)


def train(make, seed: int, pairs: int, rate: float, steps: int = STEPS, task=lookup) -> tuple[keras.Model, float]:
    """The model after so many steps of 64 new sequences each, and its accuracy on the test."""
    keras.backend.clear_session()
    x, y = task(64 * steps, pairs, seed=seed)
    test, answers = task(TEST, pairs, seed=1000)
    mm.seed(seed)
    model = mm.train.compile_classifier(make(), steps, rate)
    mm.train.fit(model, {"symbols": x}, y, steps, seed=seed)
    return model, float(mm.metrics.accuracy(answers, mm.train.answers(model, {"symbols": test})))


def arm(make, **settings) -> list[float]:
    """The accuracy of each seed, printed too."""
    found = [train(make, seed, **settings)[1] for seed in SEEDS]
    print(settings, found, flush=True)
    return found


def best(scores: dict[str, list[float]], name: str, pairs: int) -> float:
    """The rate with the highest mean accuracy."""
    return max(RATES, key=lambda rate: np.mean(scores[f"{name} {pairs} {rate}"]))


def strained(model: keras.Model) -> dict[str, float]:
    """A model trained on 8 pairs: accuracy on 8 and on 26, and the mean weight on the right pair."""
    found = {}
    for pairs in (8, 26):
        test, answers = lookup(TEST, pairs, seed=1000)
        found[f"accuracy {pairs}"] = float(mm.metrics.accuracy(answers, mm.train.answers(model, {"symbols": test})))
        looks = mm.probe.attention_maps(model, {"symbols": test})["look"][:, :, -1]  # (B, N, T)
        right = (test[:, :-1, :KEYS] * test[:, -1:, :KEYS]).sum(-1).argmax(1)
        found[f"share {pairs}"] = round(float(looks[np.arange(TEST), :, right].mean()), 4)
    return found


def main() -> None:
    """Tune both arms, train them on more and fewer pairs, strain them, write the record."""
    start = time.perf_counter()
    makes, scores = {"attention": attention, "gru": gru}, {}
    for name, make in makes.items():
        for pairs in TUNED:
            for rate in RATES:
                scores[f"{name} {pairs} {rate}"] = arm(make, pairs=pairs, rate=rate)
    rates = {name: {str(pairs): best(scores, name, pairs) for pairs in TUNED} for name in makes}
    for name, make in makes.items():
        for pairs in PAIRS:
            rate = rates[name].get(str(pairs), rates[name]["8"])
            known = scores.get(f"{name} {pairs} {rate}")
            scores[f"{name} {pairs}"] = known or arm(make, pairs=pairs, rate=rate)
    for pairs in TUNED:
        scores[f"gru long {pairs}"] = arm(gru, pairs=pairs, rate=rates["gru"][str(pairs)], steps=LONG)
    scores["gru wide 8"] = arm(lambda: gru(128), pairs=8, rate=RATES[0])
    scores["lstm 8"] = arm(lstm, pairs=8, rate=RATES[1])
    order = {"pairs": 8, "rate": 0.02, "task": overwritten}
    scores["order without"] = arm(attention, **order)
    scores["order with"] = arm(lambda: attention(length=9), **order)
    scores["order gru"] = arm(gru, **order)
    strains = [strained(train(attention, seed, 8, rates["attention"]["8"])[0]) for seed in SEEDS]
    models = {"attention": attention(), "positions": attention(9), "gru": gru(), "gru wide": gru(128), "lstm": lstm()}
    results = {"accuracy": scores, "rates": rates, "strained": strains, "test_count": TEST}
    results["weights"] = {name: model.count_params() for name, model in models.items()}
    data = mm.records.fingerprint(*lookup(100, 8, seed=1000), *overwritten(100, 8, seed=1000))
    print(mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data))


if __name__ == "__main__":
    mm.setup()
    main()
