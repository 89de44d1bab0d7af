"""The study of *Embeddings* on real captions: how near words of one kind lie, by method, window and amount of text.

Needs Multi30k (task 1, English side, 0.6 MB): from MMCOURSE_MIRROR, the cache or the internet. Its text may not be
passed on, so the record holds numbers and single words only. Run with `make studies STUDY=embeddings-real`.
"""

import time
from collections import Counter

import numpy as np

import mmcourse as mm
from mmcourse.data import text
from mmcourse.nn import embeddings

SLUG = "embeddings-real"
SEEDS = [1, 2, 3, 4, 5]  # each draws its own sentences
AMOUNTS = [1000, 3000, 10000, 29000]  # sentences; all of them are the same for every seed
HALF = 14500  # sentences, for the comparison of methods
WINDOWS = [1, 2, 5, 10]
LEAST, DIM = 20, 50  # occurrences of a word in all the text, width of its vector
GROUPS = {
    "person": "man woman boy girl child lady guy person",
    "color": "red blue green white black yellow orange brown pink purple gray",
    "animal": "dog cat horse bird cow sheep",
    "number": "two three four five six",
    "clothes": "shirt jacket hat dress coat suit sweater vest helmet",
    "activity": "standing sitting walking running jumping playing holding wearing riding",
    "place": "street beach park field road sidewalk lake river",
}
ASKED = ["dog", "red", "guitar", "running", "snow", "two"]
MODULES = ["nn/embeddings.py", "data/text/segmentation.py", "data/readers/multi30k.py"]


def words_of(sentences: list[str]) -> list[list[str]]:
    """Lower-case words and signs of each sentence."""
    return [text.words(sentence.lower()) for sentence in sentences]


def vocabulary_of(words: list[list[str]]) -> list[str]:
    """Words with at least LEAST occurrences, sorted."""
    counts = Counter(word for sentence in words for word in sentence)
    return sorted(word for word, count in counts.items() if count >= LEAST and word.isalpha())


def forms(words: list[list[str]], vocabulary: list[str], window: int, seed: int) -> dict[str, np.ndarray]:
    """Vectors (V, D) by method."""
    counts = embeddings.cooccurrence(words, vocabulary, window)
    ppmi = embeddings.ppmi_numpy(counts)
    random = np.random.RandomState(seed).standard_normal((len(vocabulary), DIM))
    return {"counts": counts, "ppmi": ppmi, "ppmi svd": embeddings.svd_vectors(ppmi, DIM), "random": random}


def kinds(vocabulary: list[str]) -> tuple[np.ndarray, list[str]]:
    """Rows of the grouped words in the vocabulary, and the group of each."""
    pairs = [(word, group) for group, members in GROUPS.items() for word in members.split()]
    return np.array([vocabulary.index(word) for word, _ in pairs]), [group for _, group in pairs]


def run_seed(words: list[list[str]], vocabulary: list[str], seed: int) -> dict:
    """Shares of grouped words whose nearest neighbor is of the same group, on sentences that the seed draws."""
    rows, labels = kinds(vocabulary)

    def score(sentences: list[list[str]], window: int) -> dict[str, float]:
        found = forms(sentences, vocabulary, window, seed)
        return {name: embeddings.neighbor_accuracy(vectors[rows], labels) for name, vectors in found.items()}

    order = np.random.RandomState(seed).permutation(len(words))
    mixed = [words[place] for place in order]
    windows = {window: score(mixed[:HALF], window) for window in WINDOWS}
    return {
        "accuracy": windows[1],
        "windows": [scores["ppmi svd"] for scores in windows.values()],
        "amounts": [score(mixed[:amount], 1)["ppmi svd"] for amount in AMOUNTS],
    }


def neighbors(words: list[list[str]], vocabulary: list[str]) -> dict:
    """Five neighbors of each word of ASKED, and what a dog and shorts have beside them, from all the text."""
    found = forms(words, vocabulary, 1, 0)
    number = {word: row for row, word in enumerate(vocabulary)}
    near = {word: embeddings.nearest(found["ppmi svd"], number[word], 5) for word in ASKED}
    together = found["ppmi"][number["dog"]] * found["ppmi"][number["shorts"]]
    return {
        "neighbors": {word: [vocabulary[row] for row in rows] for word, rows in near.items()},
        "company of dog and shorts": [vocabulary[row] for row in np.argsort(-together)[:8]],
    }


def main() -> None:
    """Measure every method, window and amount on every seed, and write the record."""
    start = time.perf_counter()
    words = words_of(mm.load("multi30k", "train", columns=("en",))["en"])
    vocabulary = vocabulary_of(words)
    _, labels = kinds(vocabulary)
    runs = []
    for seed in SEEDS:
        runs.append(run_seed(words, vocabulary, seed))
        print(seed, runs[-1], flush=True)
    results = {
        "accuracy": {name: [run["accuracy"][name] for run in runs] for name in runs[0]["accuracy"]},
        "chance": embeddings.neighbor_chance(labels),
        "groups": {group: members.split() for group, members in GROUPS.items()},
        "least": LEAST,
        "words": len(labels),
        "vocabulary": len(vocabulary),
        "windows": {"places": WINDOWS, "accuracy": [run["windows"] for run in runs]},
        "amounts": {"sentences": AMOUNTS, "accuracy": [run["amounts"] for run in runs]},
    } | neighbors(words, vocabulary)
    data = mm.records.fingerprint(embeddings.cooccurrence(words, vocabulary, 1))
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
