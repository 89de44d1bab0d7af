"""Real sentences and real photographs: the study for *On real data* of the lesson *Search and retrieval*.

Sentences: Tatoeba, English and Chinese (`anki_cmn_eng`). Two bags of words, one a language, Chinese by its characters,
learn with InfoNCE from the training pairs; a Chinese sentence then looks for its English one. Beside it, without
learning: the letters that both share, weighted by how rare they are.

Photographs: Flickr8k, the copy of Kaggle or a part of it, put into the folder `by-hand` (see `mm.data`), hash split. A
caption looks for its photograph, with an image tower and a bag of words as in *Image-text alignment*, among the
photographs of "validation" and "test", and among these and those of the training; and, without any model, by words of
the photograph's other captions, which people wrote. One setting each, set beforehand; five seeds.

Run with `make studies STUDY=search-and-retrieval-real`.
"""

import time

import keras
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

import mmcourse as mm
from mmcourse.data import text
from mmcourse.nn.dual_encoder import DualEncoder, InfoNCE, bag_tower, image_tower

SLUG = "search-and-retrieval-real"
MODULES = [
    "data/readers/anki_cmn_eng.py",
    "data/readers/flickr8k.py",
    "nn/contrastive.py",
    "nn/dual_encoder.py",
    "nn/encoders/image.py",
    "pair_training.py",
    "retrieval.py",
    "train.py",
]
SEEDS = [1, 2, 3, 4, 5]
SIZES = (100, 1000, 2000)  # of sentences
SIZE, WORDS, LENGTH, STEPS, BATCH = 32, 2000, 20, 300, 128
SENTENCE_STEPS, SENTENCE_BATCH, SENTENCE_WORDS = 600, 256, 4000


def recalls(scores: np.ndarray, right: np.ndarray, size: int) -> dict[str, float]:
    """Recall@1 and @10 of the queries that have a right item among the first `size`."""
    queries = right[:, :size].any(axis=1)
    return {str(k): mm.retrieval.recall_at_k(scores[queries, :size], k, right[queries, :size]) for k in (1, 10)}


def sentences() -> tuple[dict, dict, dict]:
    """Training pairs as tokens, as many test pairs as the largest gallery, and the sizes of the vocabularies."""
    parts = {split: mm.load("anki_cmn_eng", split, columns=("en", "zh")) for split in ("train", "test")}
    kinds = {"en": text.WordVocabulary(), "zh": text.CharacterVocabulary()}
    first = list(dict(zip(parts["test"]["en"], range(10**6), strict=False)).values())  # each English sentence once
    parts["test"] = {name: [parts["test"][name][row] for row in first] for name in kinds}
    random = np.random.RandomState(0).permutation(len(first))[: SIZES[-1]]
    parts["test"] = {name: [said[row].lower() for row in random] for name, said in parts["test"].items()}
    parts["train"] = {name: [one.lower() for one in parts["train"][name]] for name in kinds}
    words = {name: kinds[name].fit(parts["train"][name], SENTENCE_WORDS) for name in kinds}
    tokens = {
        split: {name: words[name].batch(said[name], LENGTH)[0] for name in kinds} for split, said in parts.items()
    }
    return tokens, parts["test"], {name: len(known) for name, known in words.items()}


def across(tokens: dict, sizes: dict, seed: int) -> dict:
    """Learned towers: Chinese looks for English, by size of the gallery."""
    keras.backend.clear_session()
    mm.seed(seed)
    model = DualEncoder({name: bag_tower(size) for name, size in sizes.items()}, InfoNCE())
    mm.pair_training.fit(model, tokens["train"], SENTENCE_STEPS, SENTENCE_BATCH, seed=seed)
    vectors = mm.pair_training.embed(model, tokens["test"])
    scores, right = vectors["zh"] @ vectors["en"].T, np.eye(SIZES[-1], dtype=bool)
    return {str(size): recalls(scores, right, size) for size in SIZES}


def letters(test: dict) -> dict:
    """What both languages share without learning: letters, numbers, names."""
    groups = TfidfVectorizer(analyzer="char", ngram_range=(1, 3)).fit(test["en"] + test["zh"])
    scores = (groups.transform(test["zh"]) @ groups.transform(test["en"]).T).toarray()
    scores += 1e-9 * np.random.RandomState(0).uniform(size=scores.shape)  # luck decides between equals
    return {str(size): recalls(scores, np.eye(SIZES[-1], dtype=bool), size) for size in SIZES}


def photographs() -> tuple[dict, dict]:
    """{"image", "captions"} of the gallery, unseen photographs first, then the training; and the number unseen."""
    parts = {split: mm.load("flickr8k", split, size=SIZE) for split in ("validation", "test", "train")}
    unseen = sum(len(parts[split]["captions"]) for split in ("validation", "test"))
    images = np.concatenate([part["image"] for part in parts.values()])
    return {"image": images, "captions": [five for part in parts.values() for five in part["captions"]]}, unseen


def seen_by_model(all_of: dict, unseen: int, seed: int) -> dict:
    """Photographs for unseen captions, from first weights; galleries of 100, all unseen, all."""
    keras.backend.clear_session()
    mm.seed(seed)
    train, test = all_of["captions"][unseen:], all_of["captions"][:unseen]
    words = text.WordVocabulary().fit([one for five in train for one in five], size=WORDS)
    owner = unseen + np.repeat(np.arange(len(train)), [len(five) for five in train])
    pairs = {"image": all_of["image"][owner], "text": words.batch([one for five in train for one in five], LENGTH)[0]}
    model = DualEncoder({"image": image_tower((SIZE, SIZE, 3)), "text": bag_tower(len(words))}, InfoNCE())
    mm.pair_training.fit(model, pairs, STEPS, BATCH, seed=seed)
    asked = {"image": all_of["image"], "text": words.batch([one for five in test for one in five], LENGTH)[0]}
    vectors = mm.pair_training.embed(model, asked)
    right = np.repeat(np.arange(unseen), [len(five) for five in test])[:, None] == np.arange(len(all_of["image"]))
    return {
        str(size): recalls(vectors["text"] @ vectors["image"].T, right, size) for size in (100, unseen, len(right.T))
    }


def by_words(all_of: dict, unseen: int) -> dict:
    """The same question to the words of the photographs' other captions."""
    asked = [five[0].lower() for five in all_of["captions"][:unseen]]
    written = [" ".join(five[1:]).lower() for five in all_of["captions"]]
    rare = TfidfVectorizer().fit(written)
    scores = (rare.transform(asked) @ rare.transform(written).T).toarray()
    scores += 1e-9 * np.random.RandomState(0).uniform(size=scores.shape)
    right = np.arange(unseen)[:, None] == np.arange(len(written))
    return {str(size): recalls(scores, right, size) for size in (100, unseen, len(written))}


def main() -> None:
    """Train, count, and write the record."""
    start = time.perf_counter()
    tokens, test, sizes = sentences()
    all_of, unseen = photographs()
    runs = []
    for seed in SEEDS:
        runs.append({"sentences": across(tokens, sizes, seed), "photographs": seen_by_model(all_of, unseen, seed)})
        print(seed, f"{time.perf_counter() - start:.0f} s", runs[-1], flush=True)
    results = mm.records.gather(runs) | {"letters": letters(test), "words": by_words(all_of, unseen)}
    results["sizes"] = {"pairs": len(tokens["train"]["en"]), "unseen": unseen, "photographs": len(all_of["captions"])}
    print(results)
    data = mm.records.fingerprint(tokens["test"]["en"], tokens["test"]["zh"], all_of["image"])
    print(mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data).name, "written")


if __name__ == "__main__":
    mm.setup()
    main()
