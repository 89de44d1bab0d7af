"""A small neural language model on Python's manual: more text, more layers, pretraining; and typos; the lesson's study.

Bits a character, with the vocabulary, the rule for unknown characters and the counts of the study `rnn`. *All, 1* is
the lesson's own setting. On little text the number of steps is the best of three on validation sentences. The little
text is half of the sentences of the test split, one in four of them for validation; the other half is what is tested.
A seed changes weights, batches, the tenth that is kept, the halves, and the typos. `make studies STUDY=language-models`
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.data.text import END, START, CharacterVocabulary, WordVocabulary

SLUG = "language-models"
MODULES = ["nn/counting.py", "nn/spelling.py", "nn/window_model.py", "train.py", "data/text/word_vocabulary.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
LIVE = {"length": 8, "hidden": 1, "units": 512, "steps": 2000, "batch": 256, "rate": 3e-3}
FEW_STEPS = (300, 600, 1200)  # for little text: the number that is best on validation sentences
TUNING = {"rate": 1e-3, "steps": (10, 40, 160)}
TENTH, LAYERS = 10, (1, 3)
TYPOS, ERROR = 4, 0.05


def manual(split: str) -> list[str]:
    """The sentences of a split."""
    return list(mm.load("python_manual", split)["text"])


def fitted(train: list[str], vocabulary, hidden: int, steps: int, seed: int, pretrained=None):
    """A model of the lesson's kind after `steps` steps; from the weights of another one at the rate of fine-tuning."""
    from mmcourse.nn import window_model

    mm.seed(seed)
    model = window_model.window_model(len(vocabulary), LIVE["length"], hidden, LIVE["units"])
    if pretrained is not None:
        model.set_weights(pretrained.get_weights())
    tokens, targets = window_model.contexts(train, vocabulary, LIVE["length"])
    mm.train.compile_classifier(model, steps, LIVE["rate"] if pretrained is None else TUNING["rate"])
    mm.train.fit(model, {"tokens": tokens}, targets, steps, LIVE["batch"], seed)
    return model


def best(models: list, validation: list[str], vocabulary):
    """The one of the models that needs the fewest bits for the validation sentences."""
    from mmcourse.nn import window_model

    found = [window_model.bits(model, validation, vocabulary) for model in models]
    print("validation", np.round(found, 3), flush=True)
    return models[int(np.argmin(found))]


def factors(texts: dict, vocabulary, seed: int) -> dict[str, float]:
    """Bits with a tenth of the text and all of it, one hidden layer and three; with and without pretraining."""
    from mmcourse.nn import window_model

    random, models = np.random.RandomState(seed), {}
    few = list(random.permutation(texts["train"])[: len(texts["train"]) // TENTH])
    for hidden in LAYERS:
        models[f"all, {hidden}"] = fitted(texts["train"], vocabulary, hidden, LIVE["steps"], seed)
        tried = [fitted(few, vocabulary, hidden, steps, seed) for steps in FEW_STEPS]
        models[f"tenth, {hidden}"] = best(tried, texts["validation"], vocabulary)
    found = {name: window_model.bits(model, texts["test"], vocabulary) for name, model in models.items()}
    return found | little(texts["test"], models["all, 1"], vocabulary, random, seed)


def little(sentences: list[str], pretrained, vocabulary, random: np.random.RandomState, seed: int) -> dict[str, float]:
    """Bits on half of these sentences: trained on the other half alone, not at all, or first on the large text."""
    from mmcourse.nn import window_model

    mixed = list(random.permutation(sentences))
    own, test = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
    train, validation = own[len(own) // 4 :], own[: len(own) // 4]
    alone = [fitted(train, vocabulary, 1, steps, seed) for steps in FEW_STEPS]
    tuned = [fitted(train, vocabulary, 1, steps, seed, pretrained) for steps in TUNING["steps"]]
    arms = {"little text alone": alone, "pretrained only": [pretrained], "fine-tuned": tuned}
    return {
        name: window_model.bits(best(models, validation, vocabulary), test, vocabulary) for name, models in arms.items()
    }


def spelled(texts: dict, seed: int) -> dict[str, float]:
    """Share of typos restored by words alone, with the word before, by a random candidate; right words changed."""
    from mmcourse.nn import spelling
    from mmcourse.nn.counting import NGrams

    words = WordVocabulary().fit([text.lower() for text in texts["train"]], 100_000)
    known = spelling.known_words(words)
    rows = [[START, *words.encode(text.lower()), END] for text in texts["train"]]
    typos, random = spelling.typos(texts["test"], words, TYPOS, seed), np.random.RandomState(seed)
    two, found = np.array([len(typo.meant) == 2 for typo in typos]), {}
    for arm, order in (("alone", 1), ("pairs", 2)):
        model = NGrams(order, len(words)).fit(rows)
        meant = [list(spelling.posterior(typo.typed, typo.before, known, model, ERROR)) for typo in typos]
        right = np.array([words[:1] == [typo.meant] for words, typo in zip(meant, typos, strict=True)])
        kept = [next(iter(spelling.posterior(typo.meant, typo.before, known, model, ERROR)), "") for typo in typos]
        changed = [word not in ("", typo.meant) for word, typo in zip(kept, typos, strict=True)]
        found |= {arm: right.mean(), f"{arm}, two letters": right[two].mean(), f"{arm}, changed": np.mean(changed)}
    drawn = [random.choice(words) if words else "" for words in meant]
    near = [typo.meant in words for words, typo in zip(meant, typos, strict=True)]
    hit = [word == typo.meant for word, typo in zip(drawn, typos, strict=True)]
    return {name: float(share) for name, share in (found | {"random": np.mean(hit), "near": np.mean(near)}).items()}


def gathered(rows: list[dict]) -> dict[str, list]:
    """A list of dictionaries -> a dictionary of lists."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def main() -> None:
    """Measure everything on every seed, and write the record."""
    start = time.perf_counter()
    texts = {split: manual(split) for split in ("train", "validation", "test")}
    vocabulary = CharacterVocabulary().fit(texts["train"], 1000)
    parts, typos = [], []
    for seed in SEEDS:
        parts.append(factors(texts, vocabulary, seed))
        typos.append(spelled(texts, seed))
        print(seed, parts[-1], typos[-1], f"{time.perf_counter() - start:.0f} s", flush=True)
    results = {"factors": gathered(parts), "typos": gathered(typos)}
    results |= {"live at": LIVE, "few steps": FEW_STEPS, "tuning": TUNING}
    results["test count"] = sum(map(len, texts["test"])) + len(texts["test"])
    data = mm.records.fingerprint(np.array([len(text) for text in texts["train"] + texts["test"]]))
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
