"""Sentences of two languages in one space: the study for *On real data* of the lesson *Joint embedding*.

Multi30k, task 1: English captions of photographs and their German translations. Two bags of words, one a language,
trained with InfoNCE on the 29,000 pairs of the training split, or on the same sentences with the pairs torn apart. A
German sentence of the test of 2016 looks for the English one of the same photograph, among 1,000. Five seeds. Needs
Multi30k: from MMCOURSE_MIRROR, the cache or the internet. Run with `make studies STUDY=joint-embedding-real`.
"""

import time

import keras
import numpy as np

import mmcourse as mm
from mmcourse.data import text
from mmcourse.nn.dual_encoder import DualEncoder, InfoNCE, bag_tower

SLUG = "joint-embedding-real"
MODULES = [
    "data/readers/multi30k.py",
    "nn/contrastive.py",
    "nn/dual_encoder.py",
    "pair_training.py",
    "retrieval.py",
    "train.py",
]
SEEDS = [1, 2, 3, 4, 5]
LANGUAGES, WORDS, LENGTH, STEPS = ("de", "en"), 5000, 20, 600


def sentences() -> tuple[dict, dict]:
    """Vocabulary by language, and tokens (n, 20) by split and language."""
    columns = {split: mm.load("multi30k", split) for split in ("train", "test")}
    words = {m: text.WordVocabulary().fit(list(columns["train"][m]), size=WORDS) for m in LANGUAGES}
    return words, {s: {m: words[m].batch(list(c[m]), LENGTH)[0] for m in LANGUAGES} for s, c in columns.items()}


def train(words: dict, tokens: dict, seed: int, torn: bool) -> dict[str, float]:
    """Recall among the test sentences after STEPS steps, and the mean loss of the last twentieth of them."""
    keras.backend.clear_session()
    mm.seed(seed)
    model = DualEncoder({m: bag_tower(len(words[m])) for m in LANGUAGES}, InfoNCE())
    pairs = dict(tokens["train"])
    if torn:
        pairs["en"] = np.roll(pairs["en"], 1, axis=0)
    curve = mm.pair_training.fit(model, pairs, STEPS, seed=seed)
    found = mm.pair_training.embed(model, tokens["test"])
    scores = found["de"] @ found["en"].T
    recall = {f"recall {k}": mm.retrieval.recall_at_k(scores, k) for k in (1, 10)}
    return recall | {"loss": float(curve["loss"][-1])}


def main() -> None:
    """Train both arms on every seed and write the record."""
    start = time.perf_counter()
    words, tokens = sentences()
    runs = {"pairs": [train(words, tokens, seed, torn=False) for seed in SEEDS]}
    runs["torn pairs"] = [train(words, tokens, seed, torn=True) for seed in SEEDS]
    results = {key: {name: [run[key] for run in found] for name, found in runs.items()} for key in runs["pairs"][0]}
    results["gallery"] = len(tokens["test"]["en"])
    data = mm.records.fingerprint(tokens["test"]["de"], tokens["test"]["en"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print({name: mm.records.summary(values) for name, values in results["recall 1"].items()}, path.name, "written")


if __name__ == "__main__":
    mm.setup()
    main()
