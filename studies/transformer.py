"""Transformers on Python's manual: positions, a longer training, the masked objective, copying; the lesson's study.

Texts, vocabulary, the rule for unknown characters and the way to count bits are those of the study `rnn`. Five seeds; a
seed changes the first weights, the order of the batches and what is hidden. Run with `make studies STUDY=transformer`.
"""

import time
from importlib import import_module

import numpy as np

import mmcourse as mm
from mmcourse.data.text import PAD

rnn = import_module("rnn")

SLUG = "transformer"
MODULES = [
    "nn/attention.py",
    "nn/language.py",
    "nn/language_transformer.py",
    "nn/positions.py",
    "nn/transformer.py",
    "train.py",
    "data/text/word_vocabulary.py",
]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
LENGTH, LONGER = 64, 256
LIVE = {"dim": 64, "depth": 2, "batch": 32, "steps": 400, "rate": 3e-3}  # the setting of the lesson
LARGE = {"dim": 128, "depth": 4, "batch": 12, "steps": 2000, "rate": 1e-3}  # nanoGPT's for a CPU
POSITIONS = ("rotary", "sine", "learned", "none")
ECHO = 30  # characters that are repeated
COPY = {"length": 48, "longest": 12, "symbols": 20, "dim": 64, "batch": 32, "steps": 600, "rate": 3e-3}


def fit(model, inputs: np.ndarray, targets: np.ndarray, setting: dict, seed: int):
    """The model, trained as `setting` says."""
    mm.train.compile_captioner(model, setting["steps"], setting["rate"])
    mm.train.fit(model, {"tokens": inputs}, targets, setting["steps"], setting["batch"], seed)
    return model


def build(vocab_size: int, setting: dict, seed: int, length: int = LENGTH, **options):
    """A new language Transformer of this size."""
    from mmcourse.nn.language_transformer import language_transformer

    mm.seed(seed)
    return language_transformer(vocab_size, length, setting["dim"], setting["depth"], **options)


def measured(model, texts, positions: str, setting: dict) -> dict:
    """Bits a character, by place up to four times the length of the training, and after the same text again."""
    from mmcourse.nn import language, language_transformer

    found = {"bits": language_transformer.bits_per_character(model, texts.test, texts.vocabulary)}
    length = LENGTH if positions == "learned" else LONGER
    longer = build(len(texts.vocabulary), setting, 0, length, positions=positions)
    longer.set_weights(model.get_weights())
    windows = language.windows(texts.test, texts.vocabulary, length)
    found["by place"] = [float(bits) for bits in language_transformer.bits_by_place(longer, *windows)]
    return found | {"echo": language_transformer.echo(model, texts.test, texts.vocabulary, ECHO)}


def masked(texts, seed: int) -> dict[str, float]:
    """The masked objective: bits of hidden characters, and of the next character, hidden at the end of a window."""
    from mmcourse.nn import language, language_transformer

    vocab_size, hidden = len(texts.vocabulary) + 1, len(texts.vocabulary)
    inputs, test = texts.windows[0], texts.test_windows[0]
    rounds = -(-LIVE["steps"] * LIVE["batch"] // len(inputs))
    pairs = [language_transformer.hide(inputs, hidden, seed=100 * seed + each) for each in range(rounds)]
    model = build(vocab_size, LIVE, seed, positions="rotary", causal=False)
    fit(model, *(np.concatenate(column) for column in zip(*pairs, strict=True)), LIVE, seed)
    contexts, answers = language.contexts_of(texts.test, texts.vocabulary, LENGTH - 1, 6)
    asked = np.pad(contexts, ((0, 0), (0, 1)), constant_values=hidden)  # the hidden place comes last
    return {
        "hidden": bits(model, *language_transformer.hide(test, hidden, seed=0)),
        "next": bits(model, asked, np.pad(answers[:, None], ((0, 0), (LENGTH - 1, 0)), constant_values=PAD)),
    }


def bits(model, tokens: np.ndarray, targets: np.ndarray) -> float:
    """Mean bits of the targets of windows."""
    from mmcourse.nn import language, language_transformer

    return float(language.bits_numpy(language_transformer.logits_of(model, tokens), targets))


def copying(depth: int, seed: int) -> float:
    """Share of right tokens in random strings that repeat themselves; trained on such strings."""
    from mmcourse.nn import language_transformer

    strings = COPY["length"], COPY["longest"], COPY["symbols"]
    inputs, targets = language_transformer.repeated(COPY["steps"] * COPY["batch"], *strings, seed)
    model = build(COPY["symbols"] + 4, COPY | {"depth": depth}, seed, COPY["length"], positions="rotary")
    fit(model, inputs, targets, COPY, seed)
    test, answers = language_transformer.repeated(1000, *strings, 1000)
    right = language_transformer.logits_of(model, test).argmax(-1) == answers
    return float(right[answers != PAD].mean())


def write(texts, results: dict, seconds: float):
    """Write the record: what was measured, and how."""
    results |= {"live at": LIVE, "large at": LARGE, "copying at": COPY, "length": LENGTH, "longer": LONGER}
    results |= {"echoed": ECHO, "test count": sum(map(len, texts.test)) + len(texts.test)}
    data = mm.records.fingerprint(np.array([len(text) for text in texts.train + texts.test]))
    return mm.records.write(SLUG, results, SEEDS, seconds, MODULES, data)


def main() -> None:
    """Train every arm on every seed, and write the record."""
    start = time.perf_counter()
    texts = rnn.Texts(*(list(mm.load("python_manual", split)["text"]) for split in ("train", "test")))
    parts = {name: [] for name in (*POSITIONS, "large", "masked", "copying")}
    for seed in SEEDS:
        for positions in POSITIONS:
            model = fit(build(len(texts.vocabulary), LIVE, seed, positions=positions), *texts.windows, LIVE, seed)
            parts[positions].append(measured(model, texts, positions, LIVE))
        model = fit(build(len(texts.vocabulary), LARGE, seed, positions="rotary"), *texts.windows, LARGE, seed)
        parts["large"].append(measured(model, texts, "rotary", LARGE))
        parts["masked"].append(masked(texts, seed))
        parts["copying"].append({str(depth): copying(depth, seed) for depth in (1, 2)})
        shown = {name: {k: v for k, v in rows[-1].items() if k != "by place"} for name, rows in parts.items()}
        print(seed, shown, f"{time.perf_counter() - start:.0f} s", flush=True)
    results = {name: rnn.gathered(rows) for name, rows in parts.items()}
    print(f"{write(texts, results, time.perf_counter() - start).name} written")


if __name__ == "__main__":
    mm.setup()
    main()
