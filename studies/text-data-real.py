"""What vocabularies cost on real sentences: Multi30k (English, German, French) and Tatoeba pairs (English, Chinese).

Five random choices of 5,000 training sentences; everything is measured on the test split. Chinese words are those of
jieba (`pip install jieba`). Needs multi30k and anki_cmn_eng (4 MB): from MMCOURSE_MIRROR, the cache or the internet.
Run with `make studies STUDY=text-data-real`.
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.data import text

SLUG = "text-data-real"
SEEDS = [0, 1, 2, 3, 4]
TRAIN = 5000  # sentences
GROWTH = [500, 1000, 2000, 5000]  # sentences
SIZES = [500, 1000, 2000, 4000]  # tokens
LANGUAGES = {"multi30k": ("en", "de", "fr"), "anki_cmn_eng": ("en", "zh")}


def sentences(name: str, split: str) -> dict[str, list[str]]:
    """The sentences of a split in each language, normalized."""
    columns = mm.load(name, split, columns=LANGUAGES[name])
    return {language: [text.normalize(one) for one in columns[language]] for language in LANGUAGES[name]}


def fitted(kind: str, train: list[str], size: int) -> text.Vocabulary:
    """A vocabulary of words ("words", "jieba"), of characters or of byte pairs."""
    if kind == "characters":
        return text.CharacterVocabulary().fit(train, size)
    if kind == "byte pairs":
        return text.BytePairVocabulary().fit(train, size)
    return text.WordVocabulary(kind).fit(train, size)


def measure(language: str, train: list[str], test: list[str]) -> dict:
    """One language: growth of the words, unknown words, bytes a token of words, characters and byte pairs."""
    kind = "jieba" if language == "zh" else "words"
    everything = fitted(kind, train, 10**6)
    letters = fitted("characters", train, 10**6)
    words = [fitted(kind, train, size) for size in SIZES]
    pairs = [fitted("byte pairs", train, size) for size in SIZES]
    return {
        "words": [len(fitted(kind, train[:count], 10**6)) for count in GROWTH],
        "unknown": [text.unknown_share(vocabulary, test) for vocabulary in [*words, everything]],
        "characters": len(letters),
        "unknown characters": text.unknown_share(letters, test),
        "bytes a word": text.bytes_per_token(everything, test),
        "bytes a character": text.bytes_per_token(letters, test),
        "bytes a pair": [text.bytes_per_token(vocabulary, test) for vocabulary in pairs],
    }


def run(name: str, seed: int) -> dict:
    """All languages of a dataset for one choice of training sentences; each also with the byte pairs of English."""
    train, test = sentences(name, "train"), sentences(name, "test")
    chosen = np.random.RandomState(seed).permutation(len(train["en"]))[:TRAIN]
    train = {language: [texts[row] for row in chosen] for language, texts in train.items()}
    english = fitted("byte pairs", train["en"], 2000)
    results = {}
    for language in LANGUAGES[name]:
        results[language] = measure(language, train[language], test[language])
        results[language]["English byte pairs"] = text.bytes_per_token(english, test[language])
        print(name, seed, language, results[language], flush=True)
    return results


def main() -> None:
    """Measure both datasets on every seed and write the record."""
    start = time.perf_counter()
    runs = {name: [run(name, seed) for seed in SEEDS] for name in LANGUAGES}
    results = {"train": TRAIN, "growth": GROWTH, "sizes": SIZES, "runs": runs}
    lengths = [[len(one) for one in sentences(name, "train")["en"]] for name in LANGUAGES]
    data = mm.records.fingerprint(*(np.array(values) for values in lengths))
    modules = [f"data/text/{name}.py" for name in ("byte_pair", "measures", "normalization", "segmentation")]
    modules += ["data/text/vocabulary.py", "data/text/word_vocabulary.py"]
    modules += ["data/readers/multi30k.py", "data/readers/anki_cmn_eng.py"]
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, modules, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
