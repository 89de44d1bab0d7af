"""The character model on real captions: English captions of Multi30k, with the same rules as in the study `rnn`.

Training captions once few, as many characters as the manual has, and once all of them; test captions are those of the
official test split of 2016. Counts of all orders beside the plain RNN. Run with `make studies STUDY=rnn-real`.
"""

import time
from importlib import import_module

import numpy as np

import mmcourse as mm

rnn = import_module("rnn")

SLUG = "rnn-real"
SEEDS = [0, 1, 2, 3, 4]
SIZES = {"few": 2200, "all": None}  # training captions
STEPS = 1200
MODULES = [*rnn.MODULES, "data/readers/multi30k.py"]


def counts(texts) -> list[float]:
    """Bits a character by order, counted once: the largest order has counted for all lower ones."""
    from mmcourse.nn.counting import NGrams

    model = NGrams(max(rnn.ORDERS), len(texts.vocabulary)).fit(texts.rows(texts.train))
    test, bits = texts.rows(texts.test), []
    for model.order in rnn.ORDERS:
        bits.append(model.bits(test))
    return bits


def main() -> None:
    """Count, train every seed on both sizes, and write the record."""
    start = time.perf_counter()
    captions = {split: list(mm.load("multi30k", split, columns=("en",))["en"]) for split in ("train", "test")}
    results = {"steps": STEPS, "characters": {}, "counts": {}, "bits": {name: [] for name in SIZES}}
    for name, size in SIZES.items():
        train = captions["train"] if size is None else captions["train"][:size]
        texts = rnn.Texts(train, captions["test"])
        results["characters"][name] = sum(map(len, train)) + len(train)
        results["counts"][name] = counts(texts)
        print(name, results["characters"][name], np.round(results["counts"][name], 3), flush=True)
        for seed in SEEDS:
            results["bits"][name].append(rnn.characters(texts, STEPS, seed)["bits"])
            print(name, seed, results["bits"][name][-1], flush=True)
    results["test count"] = sum(map(len, captions["test"])) + len(captions["test"])
    data = mm.records.fingerprint(np.array([len(text) for text in captions["train"] + captions["test"]]))
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
