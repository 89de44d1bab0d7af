"""What a captioner says, and what it owes to its picture: the study of the lesson *Caption a picture*.

Level 1 of the picture world at 16 pixels, 16,000 training pairs, greedy captions of 1,000 scenes of the test split. The
arms: a GRU that gets the picture as its first state and again with every word; one that gets it as its first state
alone; the first one on black pictures; a decoder without a state, as a tutorial prints it; and the first one
trained without six combinations of color and shape ("compositional-train"). For the first one also: words drawn in
place of the likeliest, pictures shuffled, and what it says after a beginning that is false. Five seeds; a seed changes
the training pairs, the first weights and the order of the batches. Run with `make studies STUDY=captioning`.
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.data import gallery, text, world

SLUG = "captioning"
MODULES = ["data/gallery.py", "decode.py", "nn/captioners.py", "nn/encoders.py", "nn/caption_bits.py", "saying.py"]
MODULES += ["train.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
PAIRS, TEST, BATCH, DIM, RATE = 16000, 1000, 64, 128, 3e-3
STEPS = {"picture": 1000, "first state": 1000, "black": 200, "no state": 400, "held out": 1000}
DRAWN, DRAWS = 250, 8  # scenes, and captions drawn for each
COMPOSED = 600  # different scenes with a combination that was held out
CHOICES = {"temperature 0.5": (0.5, None), "temperature 1": (1.0, None), "temperature 1.5": (1.5, None)}
CHOICES |= {"top-p 0.9": (1.0, 0.9)}


def build(arm: str, shape: tuple[int, int, int]):
    """The captioner of an arm, compiled."""
    from mmcourse.nn import captioners, encoders

    encoder, size = encoders.grid_encoder(shape), len(gallery.vocabulary())
    decoder = "gru" if arm == "first state" else "gru with picture"
    if arm == "no state":
        model = memoryless(encoder, size)
    else:
        model = captioners.captioner(encoder, size, gallery.LENGTH - 1, DIM, decoder)
    return mm.train.compile_captioner(model, STEPS[arm], RATE)


def memoryless(encoder, size: int):
    """Captioner whose next word depends on the picture and on the word before, and on nothing else."""
    from keras import Input, Model, layers

    images, tokens = Input(encoder.input_shape[1:], name="image"), Input((9,), dtype="int32", name="tokens")
    picture = layers.Dense(DIM, name="picture")(layers.Flatten()(encoder(images)))  # (B, D)
    words = layers.Embedding(size, DIM, name="words")(tokens)  # (B, T, D)
    both = layers.Concatenate()([words, layers.RepeatVector(9)(picture)])  # (B, T, 2 D)
    x = layers.Dense(2 * DIM, activation="relu")(both)  # (B, T, 2 D)
    return Model({"image": images, "tokens": tokens}, layers.Dense(size, name="head")(x), name="no_state")


def pictures(arm: str, described: gallery.Described) -> np.ndarray:
    """What an arm sees: the pictures, or black ones of 4 by 4 pixels."""
    images = described.inputs["image"]
    return np.zeros((len(images), 4, 4, 3), np.float32) if arm == "black" else images


def train(arm: str, pairs: gallery.Described, seed: int):
    """The model of an arm after its steps."""
    images, tokens = pictures(arm, pairs), pairs.inputs["text"]
    mm.seed(seed)
    model = build(arm, images.shape[1:])
    inputs = {"image": images, "tokens": tokens[:, :-1]}
    mm.train.fit(model, inputs, tokens[:, 1:], STEPS[arm], BATCH, seed)
    return model


def truth(scenes: list, tokens: np.ndarray) -> float:
    """Share of the sentences that are true."""
    said = [gallery.vocabulary().decode(row) for row in tokens]
    return float(np.mean([world.is_true(scene, caption) for scene, caption in zip(scenes, said, strict=True)]))


def basics(model, images: np.ndarray, test: gallery.Described) -> dict[str, float]:
    """Truth of the greedy captions, bits of a true caption, and share of its tokens that are the likeliest."""
    from mmcourse.nn.caption_bits import token_bits_numpy

    tokens = test.inputs["text"]
    logits = model.predict({"image": images, "tokens": tokens[:, :-1]}, batch_size=256, verbose=0)
    real = tokens[:, 1:] != text.PAD
    return {
        "true": truth(test.scenes, mm.decode.greedy(model, {"image": images})),
        "bits": float(token_bits_numpy(logits, tokens[:, 1:]).sum(1).mean()),
        "token accuracy": float((logits.argmax(-1) == tokens[:, 1:])[real].mean()),
    }


def details(model, test: gallery.Described) -> dict:
    """Shuffled pictures, the way of a sentence word by word, false beginnings, drawn words."""
    images, vocabulary = test.inputs["image"], gallery.vocabulary()
    other = mm.probe.shuffle({"image": images}, "image", seed=7)
    said = [vocabulary.decode(row) for row in mm.decode.greedy(model, {"image": images})]
    return {
        "shuffled": truth(test.scenes, mm.decode.greedy(model, other)),
        "true so far": mm.saying.true_so_far(test.scenes, said).mean(0).tolist(),
        "second object": mm.saying.second_object(model, test.scenes, test.captions, vocabulary),
        "drawn": {name: drawn(model, test, *choice) for name, choice in CHOICES.items()},
    }


def drawn(model, test: gallery.Described, temperature: float, top_p: float | None) -> dict[str, float]:
    """Truth of DRAWS captions drawn for each of the first scenes, and how many different true ones they are."""
    scenes, images = test.scenes[:DRAWN], {"image": test.inputs["image"][:DRAWN]}
    rows = [mm.decode.sample(model, images, temperature, top_p=top_p, seed=seed) for seed in range(DRAWS)]
    said = [[gallery.vocabulary().decode(row) for row in tokens] for tokens in rows]
    true = [{draw[i] for draw in said if world.is_true(scene, draw[i])} for i, scene in enumerate(scenes)]
    return {
        "true": float(np.mean([truth(scenes, tokens) for tokens in rows])),
        "different": float(np.mean([len(found) for found in true])),
    }


def main() -> None:
    """Train every arm on every seed and write the record."""
    import keras

    start, test = time.perf_counter(), gallery.gallery(TEST)
    composed, runs = gallery.gallery(COMPOSED, split="compositional-test"), []
    for seed in SEEDS:
        pairs, run = gallery.training(PAIRS, seed), {}
        fewer = gallery.captioned_scenes(world.sample(PAIRS, seed=seed, split="compositional-train"), seed)
        for arm in STEPS:
            keras.backend.clear_session()
            model = train(arm, fewer if arm == "held out" else pairs, seed)
            run[arm] = basics(model, pictures(arm, test), test)
            if arm == "picture":
                run[arm] |= details(model, test)
            if arm in ("picture", "held out"):
                run[arm]["composed"] = basics(model, composed.inputs["image"], composed)["true"]
            print(seed, arm, run[arm], f"{time.perf_counter() - start:.0f} s", flush=True)
        runs.append(run)
    results = mm.records.gather(runs) | {
        "test_count": TEST,
        "steps": STEPS,
        "pairs": PAIRS,
        "drawn_count": DRAWN,
        "composed_count": COMPOSED,
    }
    data = mm.records.fingerprint(test.inputs["image"], composed.inputs["image"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
