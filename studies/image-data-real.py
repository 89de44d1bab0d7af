"""How many captions of real photographs speak of what a change of the picture would make false.

The 29,000 English training captions of Multi30k, one for each photograph (1 MB, without the photographs): from
MMCOURSE_MIRROR, the cache or the internet. For each change of `augment.CHANGES` the share that it refuses, in five
random samples of 5,000 captions; over all captions the words for which they are refused.
Run with `make studies STUDY=image-data-real`.
"""

import time
from collections import Counter

import numpy as np

import mmcourse as mm
from mmcourse.data import augment

SLUG = "image-data-real"
SEEDS = [0, 1, 2, 3, 4]
SAMPLE = 5000  # captions
WORDS = 12  # the most frequent words for which captions are refused
MODULES = ["data/augment.py", "data/readers/multi30k.py"]


def kind_of(word: str) -> str:
    """The kind of augment.WORDS of a word for which a caption is refused: figures and quotation marks are writing."""
    return next((kind for kind, (english, _) in augment.WORDS.items() if word in english.split()), "writing")


def main() -> None:
    """Count, and write the record."""
    start = time.perf_counter()
    captions = list(mm.load("multi30k", "train", columns=("en",))["en"])
    samples = [np.random.RandomState(seed).permutation(len(captions))[:SAMPLE] for seed in SEEDS]
    results = {"captions": len(captions), "sample": SAMPLE, "refused": {}, "kinds": {}, "words": {}}
    for change in augment.CHANGES:
        words = [augment.reason(caption, change) for caption in captions]
        found = np.array([word is not None for word in words])
        results["refused"][change] = [float(found[sample].mean()) for sample in samples]
        counts = Counter(filter(None, words))
        results["words"][change] = dict(counts.most_common(WORDS))
        kinds = Counter(map(kind_of, counts.elements()))
        results["kinds"][change] = {kind: count / len(captions) for kind, count in kinds.items()}
        print(f"{change:20} {mm.records.summary(results['refused'][change])} {results['kinds'][change]}", flush=True)
    data = mm.records.fingerprint(np.array([len(caption) for caption in captions]))
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
