"""What horizontal flips cost a captioner: the study of the lesson on image data.

The same captioner on level 1 of the picture world, trained for the same number of steps in three ways: on the pictures
as they are, on every picture and its mirror image with the caption kept, and with the caption mended. With many
pictures and with few. Run with `make studies STUDY=image-data`.
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.data import augment, text, world

SLUG = "image-data"
MODULES = [
    "data/augment.py",
    "data/text/word_vocabulary.py",
    "decode.py",
    "nn/attention.py",
    "nn/encoders.py",
    "nn/models.py",
    "train.py",
]
SEEDS = [0, 1, 2, 3, 4]
SIZES = {"many": 16000, "few": 2000}  # training pictures
ARMS = ("as they are", "flipped, kept", "flipped, mended")
SIZE, STEPS, BATCH, TEST = 16, 900, 64, 1000


def described(count: int, seed: int, split: str) -> tuple[list, np.ndarray, list[str]]:
    """Scenes, their pictures (n, 16, 16, 3) and a caption each."""
    scenes = world.sample(count, seed=seed, split=split)
    random = np.random.RandomState(seed)
    return scenes, world.render(scenes, SIZE), [world.describe(scene, "en", random) for scene in scenes]


def training_pairs(arm: str, images: np.ndarray, captions: list[str]) -> tuple[np.ndarray, list[str]]:
    """The pairs of an arm: as they are, or with every mirror image behind them."""
    if arm == "as they are":
        return images, captions
    mended = [augment.mend(caption, "horizontal flip") for caption in captions]
    second = captions if arm == "flipped, kept" else mended
    return np.concatenate([images, images[:, :, ::-1]]), captions + second


def train(images: np.ndarray, captions: list[str], vocabulary: text.WordVocabulary, seed: int):
    """A captioner after STEPS steps."""
    from mmcourse.nn import encoders, models

    tokens, _ = vocabulary.batch(captions, length=10)
    mm.seed(seed)
    model = models.captioner(encoders.grid_encoder((SIZE, SIZE, 3)), len(vocabulary), length=9)
    mm.train.fit(model, {"image": images, "tokens": tokens[:, :-1]}, tokens[:, 1:], STEPS, BATCH, seed)
    return model


def measure(model, vocabulary: text.WordVocabulary, test: tuple) -> dict[str, float]:
    """Truth rate of greedy captions, by axis of the scene too, and bits of a true caption."""
    scenes, images, captions = test
    said = [vocabulary.decode(row) for row in mm.decode.greedy(model, {"image": images})]
    true = np.array(list(map(world.is_true, scenes, said)))
    level = np.array([scene.objects[0].cell[0] == scene.objects[1].cell[0] for scene in scenes])
    return {
        "true": float(true.mean()),
        "side": float(true[level].mean()),
        "height": float(true[~level].mean()),
        "bits": bits(model, vocabulary, images, captions),
    }


def bits(model, vocabulary: text.WordVocabulary, images: np.ndarray, captions: list[str]) -> float:
    """Mean bits that the model needs for a caption, END included."""
    tokens, mask = vocabulary.batch(captions, length=10)
    logits = model.predict({"image": images, "tokens": tokens[:, :-1]}, batch_size=256, verbose=0)  # (B, T, V)
    largest = logits.max(-1, keepdims=True)
    surprise = np.log(np.exp(logits - largest).sum(-1)) + largest[..., 0]
    surprise -= np.take_along_axis(logits, tokens[:, 1:, None], axis=-1)[..., 0]  # (B, T) nats
    return float((surprise * mask[:, 1:]).sum(1).mean() / np.log(2))


def main() -> None:
    """Train every arm on every seed and number of pictures, and write the record."""
    start = time.perf_counter()
    test = described(TEST, 1000, "test")
    results = {}
    for size, count in SIZES.items():
        rows = {arm: [] for arm in ARMS}
        for seed in SEEDS:
            _, images, captions = described(count, seed, "train")
            vocabulary = text.WordVocabulary().fit(captions, size=64)
            for arm in ARMS:
                model = train(*training_pairs(arm, images, captions), vocabulary, seed)
                rows[arm].append(measure(model, vocabulary, test))
                print(size, seed, arm, rows[arm][-1], flush=True)
        results[size] = {arm: {name: [row[name] for row in rows[arm]] for name in rows[arm][0]} for arm in ARMS}
    results |= {"test_count": TEST, "steps": STEPS, "pictures": SIZES}
    data = mm.records.fingerprint(test[1])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
