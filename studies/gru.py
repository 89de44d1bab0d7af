"""The GRU beside the LSTM and the plain RNN: the study of the lesson on the GRU.

Delayed recall over 40 steps, each gated layer with and without biases for a memory of that length, and characters of
Python's manual at nearly equal numbers of weights, at two learning rates. Run with `make studies STUDY=gru` (about ten
minutes).
"""

import itertools
import time

import keras
import numpy as np

import mmcourse as mm
from mmcourse.data import text
from mmcourse.data.recall import recall
from mmcourse.nn import language
from mmcourse.nn.memory import memory_bias, recall_model

SLUG = "gru"
MODULES = ["data/manual.txt", "data/recall.py", "data/text/vocabulary.py", "nn/language.py", "nn/memory.py"]
MODULES += ["train.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
UNITS, CLASSES, DELAY, RECALL_STEPS, TEST = 24, 4, 40, 300, 2000
RECALL = {  # layer, steps for which its biases are set, learning rate
    "gru long": ("gru", DELAY, 0.02),
    "gru": ("gru", None, 0.02),
    "lstm long": ("lstm", DELAY, 0.02),
    "lstm": ("lstm", None, 0.02),
    "rnn": ("rnn", None, 0.002),  # with 0.02 it learns nothing either, see the lesson on the LSTM
}
CHARACTERS = {"lstm": 64, "gru": 74}  # units, for nearly the same number of weights
WINDOW, CHARACTER_STEPS, RATES = 64, 600, (0.002, 0.01)


def new_layer(cell: str, units: int, width: int, steps: float | None = None) -> keras.layers.Layer:
    """A layer for inputs of `width` numbers; with `steps`, its biases are those of a memory of so many steps."""
    layer = language.CELLS[cell](units)
    layer.build((None, None, width))
    if steps:
        bias = memory_bias(units, steps)  # (4H,): -ln T, ln T, 0, 0
        if cell == "gru":
            bias = np.stack([np.repeat([np.log(steps), 0, 0], units), np.zeros(3 * units)])
        layer.cell.bias.assign(bias)
    return layer


def recalled(cell: str, steps: float | None, rate: float, seed: int) -> float:
    """Accuracy on new sequences after RECALL_STEPS steps."""
    symbols, answers = recall(8192, DELAY, seed=seed)
    mm.seed(seed)
    model = recall_model(new_layer(cell, UNITS, CLASSES + 1, steps), CLASSES + 1, CLASSES)
    mm.train.compile_classifier(model, RECALL_STEPS, rate)
    mm.train.fit(model, {"symbols": symbols}, answers, RECALL_STEPS, seed=seed)
    symbols, answers = recall(TEST, DELAY, seed=1000)
    return float(mm.metrics.accuracy(answers, mm.train.answers(model, {"symbols": symbols})))


def character_bits(cell: str, rate: float, seed: int) -> dict[str, float]:
    """Bits of a character of the test part of the manual, and the number of weights."""
    train, test = (mm.load("python_manual", split)["text"] for split in ("train", "test"))
    vocabulary = text.CharacterVocabulary().fit(train, 1000)
    tokens, targets = language.windows(train, vocabulary, WINDOW)
    mm.seed(seed)
    model = language.character_model(cell, len(vocabulary), CHARACTERS[cell])
    mm.train.compile_captioner(model, CHARACTER_STEPS, rate)
    mm.train.fit(model, {"tokens": tokens}, targets, CHARACTER_STEPS, 32, seed)
    return {"bits": language.bits_per_character(model, test, vocabulary), "weights": model.count_params()}


def main() -> None:
    """Train every arm on every seed and write the record."""
    start = time.perf_counter()
    recalls, characters = {}, {}
    for seed in SEEDS:
        for arm, settings in RECALL.items():
            keras.backend.clear_session()
            recalls.setdefault(arm, []).append(recalled(*settings, seed))
        for cell, rate in itertools.product(CHARACTERS, RATES):
            keras.backend.clear_session()
            characters.setdefault(f"{cell} {rate}", []).append(character_bits(cell, rate, seed))
        for found in (recalls, characters):
            print(seed, {arm: scores[-1] for arm, scores in found.items()}, flush=True)
    results = {
        "recall": recalls,
        "characters": {arm: {key: [run[key] for run in runs] for key in runs[0]} for arm, runs in characters.items()},
        "test_count": TEST,
    }
    data = mm.records.fingerprint(*recall(TEST, DELAY, seed=1000))
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
