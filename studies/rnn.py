"""A character model on Python's manual, with what makes its training explode: the study of the lesson on plain RNNs.

Bits a character on topics that training has not seen: a plain RNN after a short and a long training, and counts of all
orders with the same vocabulary; bits by the number of characters that the model is given; training at a large learning
rate with and without clipping; a hidden character guessed from the left and from both sides, and a bidirectional model
of the next character, which reads its answer. Run with `make studies STUDY=rnn`.
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.data.text import END, PAD, START, CharacterVocabulary

SLUG = "rnn"
MODULES = ["nn/counting.py", "nn/language.py", "train.py", "data/text/word_vocabulary.py"]
SEEDS = [0, 1, 2, 3, 4]
STEPS = {"short": 800, "long": 2400}
UNITS, BATCH, LENGTH, RATE = 128, 32, 64, 4e-3
ORDERS = range(9)
CONTEXTS = [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32]
DESCENT = {"rate": 2.0, "clip": 0.5, "steps": 100, "units": 64}
SIDES = {"steps": 300, "units": 64}


class Texts:
    """Training and test texts, their vocabulary and windows."""

    def __init__(self, train: list[str], test: list[str]):
        from mmcourse.nn import language

        self.train, self.test = list(train), list(test)
        self.vocabulary = CharacterVocabulary().fit(self.train, 1000)
        self.windows = language.windows(self.train, self.vocabulary, LENGTH)
        self.test_windows = language.windows(self.test, self.vocabulary, LENGTH)

    def rows(self, texts: list[str]) -> list[list[int]]:
        """START … END of each text."""
        return [[START, *self.vocabulary.encode(text), END] for text in texts]


def fit(model, inputs: np.ndarray, targets: np.ndarray, steps: int, seed: int):
    """The model after `steps` steps of Adam."""
    mm.train.compile_captioner(model, steps, RATE)
    mm.train.fit(model, {"tokens": inputs}, targets, steps, BATCH, seed)
    return model


def counts(texts: Texts) -> list[float]:
    """Bits a character by order."""
    from mmcourse.nn.counting import NGrams

    rows, test = texts.rows(texts.train), texts.rows(texts.test)
    return [NGrams(order, len(texts.vocabulary)).fit(rows).bits(test) for order in ORDERS]


def counts_by_context(texts: Texts) -> list[float]:
    """Bits a character of the test places of `language.bits_by_context`, by order."""
    from mmcourse.nn import language
    from mmcourse.nn.counting import NGrams

    contexts, targets = language.contexts_of(texts.test, texts.vocabulary, max(CONTEXTS), 6)
    bits = []
    for order in ORDERS:
        model = NGrams(order, len(texts.vocabulary)).fit(texts.rows(texts.train))
        found = [model.probability(target, context) for context, target in zip(contexts, targets, strict=True)]
        bits.append(float(-np.log2(found).mean()))
    return bits


def characters(texts: Texts, steps: int, seed: int) -> dict:
    """Bits a character of a plain RNN, and by the number of characters given."""
    from mmcourse.nn import language

    mm.seed(seed)
    model = fit(language.character_model("rnn", len(texts.vocabulary), UNITS), *texts.windows, steps, seed)
    return {
        "bits": language.bits_per_character(model, texts.test, texts.vocabulary),
        "by context": language.bits_by_context(model, texts.test, texts.vocabulary, CONTEXTS),
    }


def descents(texts: Texts, seed: int) -> dict[str, dict]:
    """Gradient descent at a large rate: norms of the gradients and bits of the last 20 steps, free and clipped."""
    from mmcourse.nn import language

    found = {}
    for arm, clip in (("free", None), ("clipped", DESCENT["clip"])):
        mm.seed(seed)
        model = language.character_model("rnn", len(texts.vocabulary), DESCENT["units"])
        optimizer = language.WatchedSGD(DESCENT["rate"], global_clipnorm=clip)
        curve = language.descend(model, *texts.windows, optimizer, DESCENT["steps"], seed)
        last = float(np.mean(curve["bits"][-20:]))
        found[arm] = {"bits": last, "largest": float(np.nanmax(curve["norm"])), "steps": len(curve["bits"])}
    return found


def hidden(tokens: np.ndarray) -> np.ndarray:
    """The tokens themselves, without the first and the last, as targets; START counts nowhere."""
    return np.where(tokens == START, PAD, tokens)[:, 1:-1]


def sides(texts: Texts, seed: int) -> dict[str, float]:
    """Bits of a hidden character from one side and from both; bits of the next one by a model that reads it."""
    from mmcourse.nn import language

    (inputs, targets), (test, test_targets) = texts.windows, texts.test_windows
    found = {}
    for arm in ("left", "both"):
        mm.seed(seed)
        model = language.hidden_character_model(len(texts.vocabulary), SIDES["units"], sides=arm)
        fit(model, inputs, hidden(inputs), SIDES["steps"], seed)
        found[arm] = bits(model, test, hidden(test))
    mm.seed(seed)
    model = language.leaking_model(len(texts.vocabulary), SIDES["units"])
    fit(model, inputs, targets, SIDES["steps"], seed)
    found["leaking"] = bits(model, test, test_targets)
    half = LENGTH // 2
    logits = model.predict({"tokens": test[:, :half]}, batch_size=256, verbose=0)[:, -1:]
    found["leaking, cut"] = float(language.bits_numpy(logits.astype(float), test_targets[:, half - 1 : half]))
    return found


def bits(model, tokens: np.ndarray, targets: np.ndarray) -> float:
    """Mean bits of the targets of windows."""
    from mmcourse.nn import language

    logits = model.predict({"tokens": tokens}, batch_size=256, verbose=0)
    return float(language.bits_numpy(logits.astype(float), targets))


def gathered(rows: list[dict]) -> dict:
    """A list of dictionaries -> a dictionary of lists."""
    return {
        name: gathered([row[name] for row in rows]) if isinstance(rows[0][name], dict) else [row[name] for row in rows]
        for name in rows[0]
    }


def main() -> None:
    """Measure everything on every seed, and write the record."""
    start = time.perf_counter()
    train, test = (list(mm.load("python_manual", split)["text"]) for split in ("train", "test"))
    texts = Texts(train, test)
    results = {"counts": counts(texts), "counts by context": counts_by_context(texts)}
    print(results, flush=True)
    parts = {name: [] for name in ("descent", "sides", *STEPS)}
    for seed in SEEDS:
        parts["descent"].append(descents(texts, seed))
        parts["sides"].append(sides(texts, seed))
        for name, steps in STEPS.items():
            parts[name].append(characters(texts, steps, seed))
        print(seed, {name: rows[-1] for name, rows in parts.items()}, flush=True)
    results |= {name: gathered(rows) for name, rows in parts.items()}
    results |= {
        "steps": STEPS,
        "contexts": CONTEXTS,
        "vocabulary": len(texts.vocabulary),
        "descent at": DESCENT,
        "sides at": SIDES,
    }
    results["test count"] = sum(map(len, test)) + len(test)
    data = mm.records.fingerprint(np.array([len(text) for text in train + test]))
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
