"""Real captions: the study for *On real data* of the lesson *Image-text alignment*.

Photographs: Flickr8k, the copy of Kaggle or a part of it, put into the folder `by-hand` (see `mm.data`). Its hash
split, so the numbers do not compare with those of the official lists: a photograph, or a drawn one of its five
captions, looks for the other among the photographs of the splits "validation" and "test". Pictures of 32 pixels, an
image tower and a bag of words from first weights, InfoNCE. One setting, set beforehand; five seeds.

Sentences: Multi30k, test of 2016. What does one find without learning? A German sentence looks for the English one with
the most alike groups of 2 to 4 letters, weighted by how rare they are, among 1,000. No seed.

Run with `make studies STUDY=image-text-alignment-real`.
"""

import time

import keras
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

import mmcourse as mm
from mmcourse.data import text
from mmcourse.nn.dual_encoder import DualEncoder, InfoNCE, bag_tower, image_tower

SLUG = "image-text-alignment-real"
MODULES = [
    "data/readers/flickr8k.py",
    "data/readers/multi30k.py",
    "nn/contrastive.py",
    "nn/dual_encoder.py",
    "nn/encoders/image.py",
    "pair_training.py",
    "retrieval.py",
    "train.py",
]
SEEDS = [1, 2, 3, 4, 5]
SIZE, WORDS, LENGTH, STEPS, BATCH = 32, 2000, 20, 300, 128


def photographs() -> tuple[dict, dict]:
    """{"train": …, "gallery": …}, each with `image` (n, 32, 32, 3) and `captions`, n lists of five."""
    parts = {split: mm.load("flickr8k", split, size=SIZE) for split in ("train", "validation", "test")}
    rest = [parts["validation"], parts["test"]]
    gallery = {"image": np.concatenate([part["image"] for part in rest])}
    gallery["captions"] = [five for part in rest for five in part["captions"]]
    return parts["train"], gallery


def pairs(part: dict, words: text.WordVocabulary) -> tuple[dict, np.ndarray]:
    """Every caption beside its photograph, and the photograph's number, (5 n,)."""
    owner = np.repeat(np.arange(len(part["captions"])), [len(five) for five in part["captions"]])
    captions = [caption for five in part["captions"] for caption in five]
    return {"image": part["image"][owner], "text": words.batch(captions, LENGTH)[0]}, owner


def found(scores: np.ndarray, right: np.ndarray) -> dict[str, float]:
    """Recall both ways; rows of the scores are captions, columns photographs."""
    recall = {f"picture for caption {k}": mm.retrieval.recall_at_k(scores, k, right) for k in (1, 10)}
    return recall | {f"caption for picture {k}": mm.retrieval.recall_at_k(scores.T, k, right.T) for k in (1, 10)}


def train(inputs: dict, vocab_size: int, test: dict, right: np.ndarray, seed: int) -> dict:
    """One seed: recall on the gallery, and on as many photographs of the training."""
    keras.backend.clear_session()
    mm.seed(seed)
    towers = {"image": image_tower((SIZE, SIZE, 3)), "text": bag_tower(vocab_size)}
    model = DualEncoder(towers, InfoNCE())
    mm.pair_training.fit(model, inputs, STEPS, BATCH, seed=seed)
    results = {}
    rows = slice(0, len(right))  # the first photographs of the training, with all their captions
    seen = {name: values[rows] for name, values in inputs.items()}
    for name, columns in (("new", test), ("seen", seen)):
        vectors = mm.pair_training.embed(model, columns)
        images = vectors["image"][::5]  # five captions each
        results[name] = found(vectors["text"] @ images.T, right)
    return results


def without_learning() -> dict[str, float]:
    """Recall of German sentences for English ones by the letters that they share."""
    columns = mm.load("multi30k", "test", columns=("de", "en"))
    german, english = (list(columns[name]) for name in ("de", "en"))
    groups = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4)).fit(german + english)
    scores = (groups.transform(german) @ groups.transform(english).T).toarray()
    return {f"recall {k}": mm.retrieval.recall_at_k(scores, k) for k in (1, 10)} | {"gallery": len(english)}


def main() -> None:
    """Train, count, and write the record."""
    start = time.perf_counter()
    training, gallery = photographs()
    words = text.WordVocabulary().fit([caption for five in training["captions"] for caption in five], size=WORDS)
    inputs, _ = pairs(training, words)
    test, owner = pairs(gallery, words)
    right = owner[:, None] == np.arange(len(gallery["captions"]))  # (captions, photographs)
    runs = mm.records.gather([train(inputs, len(words), test, right, seed) for seed in SEEDS])
    chance = {f"picture for caption {k}": mm.retrieval.chance(k, right) for k in (1, 10)}
    chance |= {f"caption for picture {k}": mm.retrieval.chance(k, right.T) for k in (1, 10)}
    sizes = {"train": len(training["captions"]), "photographs": right.shape[1], "captions": right.shape[0]}
    results = {"flickr8k": runs, "chance": chance, "sizes": sizes, "letters": without_learning()}
    print(results)
    data = mm.records.fingerprint(test["image"], test["text"])
    print(mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data).name, "written")


if __name__ == "__main__":
    mm.setup()
    main()
