"""The captioner of the lesson on photographs: Flickr8k, or a sample of it in the form of Kaggle's edition.

The photographs and captions that lie in the folder by-hand (`python -m mmcourse.data info flickr8k` prints it), split
by the hash of the file's name as `mm.load` does; here a sample of 1,000 photographs. 32 pixels a side, five captions
each, the 1,000 commonest words of the training captions. Five seeds, with the photographs and with black ones (a
language model); beside them a count of words that knows no order. Steps and rate were set beforehand, nothing was
chosen on the validation split, and the test is both other splits. Run with `make studies STUDY=captioning-real`.
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.data import text

SLUG = "captioning-real"
MODULES = ["data/readers/flickr8k.py", "data/text/word_vocabulary.py", "nn/caption_bits.py", "nn/captioners.py"]
MODULES += ["nn/encoders.py", "train.py", "decode.py"]
SEEDS = [0, 1, 2, 3, 4]
SIZE, WORDS, LENGTH, DIM, STEPS, BATCH, RATE = 32, 1000, 20, 128, 250, 64, 2e-3
ARMS = ("photograph", "black")


def described(split: str) -> tuple[np.ndarray, list[str], int]:
    """Pictures (n, 32, 32, 3) and captions, each photograph five times, and how many photographs there are."""
    rows = mm.load("flickr8k", split, size=SIZE)
    captions = [[caption.lower() for caption in five] for five in rows["captions"]]
    images = np.repeat(rows["image"], [len(five) for five in captions], axis=0)
    return images, [caption for five in captions for caption in five], len(captions)


def words_alone(train: np.ndarray, test: np.ndarray, size: int) -> float:
    """Nats a token of a count of the training tokens, one added to each: it knows how frequent a word is, no more."""
    counts = np.bincount(train[:, 1:][train[:, 1:] > 0], minlength=size) + 1
    counts[[text.PAD, text.START]] = 0
    return float(-np.log(counts[test[:, 1:][test[:, 1:] > 0]] / counts.sum()).mean())


def train(arm: str, sets: dict, size: int, seed: int):
    """The model of an arm after its steps."""
    from mmcourse.nn import captioners, encoders

    mm.seed(seed)
    encoder = encoders.grid_encoder((SIZE, SIZE, 3))
    model = captioners.captioner(encoder, size, LENGTH - 1, DIM, "gru with picture")
    mm.train.compile_captioner(model, STEPS, RATE)
    mm.train.fit(model, *given(arm, *sets["train"]), STEPS, BATCH, seed)
    return model


def given(arm: str, images: np.ndarray, tokens: np.ndarray) -> tuple[dict, np.ndarray]:
    """Inputs and next tokens; for the arm "black" without light."""
    shown = images if arm == "photograph" else np.zeros_like(images)
    return {"image": shown, "tokens": tokens[:, :-1]}, tokens[:, 1:]


def measure(model, inputs: dict, labels: np.ndarray) -> dict[str, float]:
    """Nats a token and the share of tokens that are the likeliest; unknown words count as one word."""
    from mmcourse.nn.caption_bits import token_bits_numpy

    logits = model.predict(inputs, batch_size=256, verbose=0)
    real = labels != text.PAD
    nats = token_bits_numpy(logits, labels) * np.log(2)
    return {"nats": float(nats[real].mean()), "accuracy": float((logits.argmax(-1) == labels)[real].mean())}


def main() -> None:
    """Train both arms on every seed and write the record."""
    import keras

    start, sets, counts, captions = time.perf_counter(), {}, {}, {}
    for name, splits in {"train": ["train"], "test": ["validation", "test"]}.items():
        images, captions[name], counts[name] = zip(*map(described, splits), strict=True)
        sets[name] = [np.concatenate(images)]
        captions[name] = [caption for lines in captions[name] for caption in lines]
        counts[name] = sum(counts[name])
    vocabulary = text.WordVocabulary().fit(captions["train"], size=WORDS)
    for split, lines in captions.items():
        sets[split].append(vocabulary.batch(lines, LENGTH)[0])
    runs = []
    for seed in SEEDS:
        run = {}
        for arm in ARMS:
            keras.backend.clear_session()
            model = train(arm, sets, len(vocabulary), seed)
            inputs, labels = given(arm, *sets["test"])
            run[arm] = measure(model, inputs, labels)
            said = {tuple(row) for row in mm.decode.greedy(model, {"image": inputs["image"][::5]})}
            run[arm]["different captions"] = len(said)
            if arm == "photograph":
                run["shuffled"] = measure(model, shuffled(inputs, seed), labels)
        runs.append(run)
        print(seed, run, f"{time.perf_counter() - start:.0f} s", flush=True)
    alone = words_alone(sets["train"][1], sets["test"][1], len(vocabulary))
    results = mm.records.gather(runs) | {"photographs": counts, "words alone": alone, "words": len(vocabulary)}
    results["tokens"] = int((sets["test"][1][:, 1:] != text.PAD).sum())
    results["unknown"] = float((sets["test"][1] == text.UNKNOWN).sum() / results["tokens"])
    data = mm.records.fingerprint(sets["test"][0], sets["test"][1])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


def shuffled(inputs: dict, seed: int) -> dict:
    """Every photograph with the captions of another one; the five of a photograph stay together."""
    five = inputs["image"].reshape(-1, 5, *inputs["image"].shape[1:])
    order = np.random.RandomState(seed).permutation(len(five))
    other = np.empty_like(five)
    other[order] = five[np.roll(order, 1)]
    return inputs | {"image": other.reshape(inputs["image"].shape)}


if __name__ == "__main__":
    mm.setup()
    main()
