"""Three ways to join pictures and words, asked the same questions: the study of *Alignment, pretraining, fusion*.

Level 1 of the picture world at 16 pixels, 16,000 training scenes. Alignment: a dual encoder. Pretraining: a language
model whose words look at the picture. Fusion: the vectors of the aligned encoders, frozen, joined for one question,
true or false; half of its training sentences were made false. Steps are what the minute of a lesson allows. Questions,
on 500 different scenes of the test split: find the picture of a caption among 20; choose between a true sentence and
one made false in one of four ways; write a true caption; and, from 100 labels, read off the color of the first object
with a linear classifier on what the picture's encoder gives. Further arms: alignment with a share of the pairs torn,
fusion with a share of the labels wrong, one modality taken away, and the seconds of a training step with one, two and
three encoders. Five seeds; a seed changes the training scenes, the first weights and the order of the batches. Run with
`make studies STUDY=alignment-pretraining-fusion`.
"""

import time
import timeit

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression

import mmcourse as mm
from mmcourse.data import text, world
from mmcourse.nn import dual_encoder, encoders

SLUG = "alignment-pretraining-fusion"
MODULES = ["nn/models.py", "nn/dual_encoder.py", "nn/encoders.py", "nn/contrastive.py", "nn/caption_bits.py"]
MODULES += ["nn/fusion/mixing.py", "judging.py", "pair_training.py", "train.py", "decode.py", "probe.py", "costs.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
SIZE, LENGTH, TRAIN, TEST, GALLERY, LABELS = 16, 10, 16000, 500, 20, 100
STEPS, RATE = {"align": 400, "pretrain": 450, "fuse": 400}, 0.004  # the rate of pretraining
KINDS = ("color", "shape", "relation", "swap")
FRAMES = 240  # of a spoken caption, about four seconds
SPOILED = (0.2, 0.4)  # shares of the pairs, and of the labels


def described(count: int, seed: int, split: str = "train") -> dict:
    """{"scenes", "images" (n, 16, 16, 3), "captions"} of different scenes; the training may repeat some."""
    scenes = world.sample(3 * count if split != "train" else count, seed=seed, split=split)
    scenes = scenes if split == "train" else list(dict.fromkeys(scenes))[:count]
    random = np.random.RandomState(seed)
    captions = [world.describe(scene, "en", random) for scene in scenes]
    return {"scenes": scenes, "images": world.render(scenes, SIZE), "captions": captions}


def made_false(data: dict, kinds: list[str], seed: int) -> list[str]:
    """A false sentence a scene: its caption changed as `kinds` says, or, where that cannot be, in color."""
    random = np.random.RandomState(100 + seed)  # no stream twice: equal draws would tie labels to captions
    rows = zip(data["scenes"], data["captions"], kinds, strict=True)
    return [world.corrupt(*row, random) or world.corrupt(*row[:2], "color", random) for row in rows]


class Test:
    """The questions, the same for every model."""

    def __init__(self, vocabulary: text.WordVocabulary):
        self.vocabulary, self.data = vocabulary, described(TEST, 1000, "test")
        self.images = self.data["images"]
        self.tokens = vocabulary.batch(self.data["captions"], LENGTH)[0]
        self.rows = mm.judging.galleries(self.data["scenes"], self.data["captions"], GALLERY)
        false = {kind: made_false(self.data, [kind] * TEST, 1000) for kind in KINDS}
        self.false = {kind: vocabulary.batch(sentences, LENGTH)[0] for kind, sentences in false.items()}

    def ask(self, score) -> dict:
        """Find a picture among 20, and tell a true sentence from one made false."""
        apart = {kind: mm.judging.told_apart(score, self.images, self.tokens, self.false[kind]) for kind in KINDS}
        return {"find": mm.judging.found(score, self.images, self.tokens, self.rows), "apart": apart}

    def write(self, model: keras.Model, images: np.ndarray) -> float:
        """Share of written captions that are true."""
        said = map(self.vocabulary.decode, mm.decode.greedy(model, {"image": images}))
        return float(np.mean(list(map(world.is_true, self.data["scenes"], said))))

    def read_off(self, features, pictures: dict) -> float:
        """Accuracy for the color of the first object, from a linear classifier on 100 labeled pictures."""
        classifier = LogisticRegression(C=0.1, max_iter=2000)
        classifier.fit(standardized(features(pictures["images"][:LABELS])), first_colors(pictures["scenes"][:LABELS]))
        return float(classifier.score(standardized(features(self.images)), first_colors(self.data["scenes"])))


def standardized(features: np.ndarray) -> np.ndarray:
    """Each vector (n, D) of mean 0 and deviation 1 in itself, so that one strength of the classifier suits all."""
    return (features - features.mean(1, keepdims=True)) / features.std(1, keepdims=True)


def first_colors(scenes: list[world.Scene]) -> list[str]:
    """The color of the left or upper object."""
    return [scene.objects[0].color for scene in scenes]


def flat(encoder: keras.Model):
    """Pictures -> what an encoder to places (B, L, D) gives, one row a picture."""
    return lambda images: encoder.predict(images, batch_size=256, verbose=0).reshape(len(images), -1)


def align(pairs: dict, vocab_size: int, seed: int) -> dual_encoder.DualEncoder:
    """Two encoders, one space, trained on pairs {"image", "text"}."""
    mm.seed(seed)
    towers = {"image": dual_encoder.image_tower((SIZE, SIZE, 3)), "text": dual_encoder.sentence_tower(vocab_size)}
    model = dual_encoder.DualEncoder(towers, dual_encoder.InfoNCE())
    mm.pair_training.fit(model, pairs, STEPS["align"], seed=seed)
    return model


def image_places(model: dual_encoder.DualEncoder) -> keras.Model:
    """The places that the picture's tower computes before it makes one vector of them."""
    tower = model.towers["image"]
    flatten = next(layer for layer in tower.layers if isinstance(layer, keras.layers.Flatten))
    return keras.Model(tower.input, flatten.input)


def pretrain(inputs: dict, following: np.ndarray, vocab_size: int, seed: int) -> keras.Model:
    """A language model whose words look at a picture."""
    mm.seed(seed)
    model = mm.nn.models.captioner(encoders.grid_encoder((SIZE, SIZE, 3)), vocab_size, following.shape[1])
    mm.train.compile_captioner(model, STEPS["pretrain"], learning_rate=RATE)
    mm.train.fit(model, inputs, following, STEPS["pretrain"], seed=seed)
    return model


def fuse(aligned: dual_encoder.DualEncoder, stated: tuple[dict, np.ndarray], seed: int) -> keras.Model:
    """True or false, from the vectors of the aligned towers; only what joins them is trained."""
    mm.seed(seed)
    model = mm.nn.models.true_or_false(aligned.towers["image"], aligned.towers["text"])
    mm.train.fit(model, *stated, STEPS["fuse"], seed=seed)
    return model


def statements(data: dict, vocabulary: text.WordVocabulary, seed: int) -> tuple[dict, np.ndarray]:
    """Pictures with sentences of which half were made false, and whether each is true."""
    random = np.random.RandomState(200 + seed)
    true = random.randint(2, size=len(data["scenes"]))
    false = made_false(data, [KINDS[k] for k in random.randint(4, size=len(true))], seed)
    told = [caption if is_so else other for caption, other, is_so in zip(data["captions"], false, true, strict=True)]
    return {"image": data["images"], "tokens": vocabulary.batch(told, LENGTH)[0]}, true


def spoiled_rows(count: int, share: float, seed: int) -> np.ndarray:
    """The examples, about a share of all, that are torn or get a wrong label."""
    return np.flatnonzero(np.random.RandomState(300 + seed).uniform(size=count) < share)


def torn(pairs: dict, share: float, seed: int) -> dict:
    """A share of the pictures moves to other sentences of that share."""
    rows = spoiled_rows(len(pairs["text"]), share, seed)
    images = pairs["image"].copy()
    images[rows] = pairs["image"][np.roll(rows, 1)]
    return pairs | {"image": images}


def mislabeled(stated: tuple[dict, np.ndarray], share: float, seed: int) -> tuple[dict, np.ndarray]:
    """A share of the labels says the opposite."""
    inputs, labels = stated[0], stated[1].copy()
    rows = spoiled_rows(len(labels), share, seed)
    labels[rows] = 1 - labels[rows]
    return inputs, labels


def spoiled(test: Test, pairs: dict, aligned: dual_encoder.DualEncoder, stated: tuple, seed: int) -> dict:
    """What alignment finds after torn pairs, and how often fusion decides rightly after wrong labels, a share each."""
    results, right = {"torn": {}, "mislabeled": {}}, statements(test.data, test.vocabulary, 1000)
    for share in SPOILED:
        score = mm.judging.cosine(align(torn(pairs, share, seed), len(test.vocabulary), seed))
        results["torn"][str(share)] = mm.judging.found(score, test.images, test.tokens, test.rows)
        judge = fuse(aligned, mislabeled(stated, share, seed), seed)
        results["mislabeled"][str(share)] = float(np.mean(mm.train.answers(judge, right[0]) == right[1]))
    return results


def cost_of(modalities: list[str], vocab_size: int) -> dict[str, float]:
    """Weights, bytes and seconds of a training step of 64 examples, with an encoder for each of the modalities."""
    tokens = keras.Input((LENGTH,), dtype="int32")
    words = keras.layers.GRU(128)(keras.layers.Embedding(vocab_size, 64)(tokens))  # (B, 128)
    made = {"image": encoders.pooled(encoders.grid_encoder((SIZE, SIZE, 3))), "text": keras.Model(tokens, words)}
    made["audio"] = encoders.pooled(encoders.audio_encoder((FRAMES, 32)))
    chosen = {name: made[name] for name in modalities}
    model = mm.nn.models.late_fusion(chosen, mm.nn.fusion.Concatenate(), mm.nn.models.classifier(6))
    mm.train.compile_classifier(model, 1000)
    random = np.random.RandomState(0)
    sizes = {"image": (64, SIZE, SIZE, 3), "audio": (64, FRAMES, 32)}
    batch = {name: random.uniform(size=sizes[name]) for name in modalities if name in sizes}
    if "text" in modalities:
        batch["text"] = random.randint(4, vocab_size, size=(64, LENGTH))
    times = timeit.repeat(lambda: model.train_on_batch(batch, np.arange(64) % 6), number=20, repeat=6)
    return mm.costs.cost(model, 64) | {"seconds": min(times[1:]) / 20}


def asked(test: Test, models: dict) -> dict:
    """Every question to the three models; find also with the pictures moved on by one."""
    aligned, speaker, judge = (models[name] for name in ("align", "pretrain", "fuse"))
    scores = {"align": mm.judging.cosine(aligned), "pretrain": mm.judging.log_likelihood(speaker)}
    scores["fuse"] = mm.judging.verdict(judge)
    others = np.roll(test.images, 1, axis=0)
    return {
        "asked": {name: test.ask(score) for name, score in scores.items()},
        "write": {"own": test.write(speaker, test.images), "another": test.write(speaker, others)},
        "decide": decided(judge, statements(test.data, test.vocabulary, 1000)),
    }


def decided(judge: keras.Model, stated: tuple[dict, np.ndarray]) -> dict[str, float]:
    """Accuracy of true or false, with both modalities and with one of them taken from other examples."""
    return mm.probe.ablation(lambda inputs: mm.train.answers(judge, inputs), *stated)


def few_labels(test: Test, data: dict, models: dict, seed: int) -> dict[str, float]:
    """What 100 labels are worth on the picture encoder of each model, on a new one, and on the pixels."""
    mm.seed(seed)
    read = {"align": flat(image_places(models["align"]))}
    read["pretrain"] = flat(models["pretrain"].get_layer("grid_encoder"))
    read["new"] = flat(encoders.grid_encoder((SIZE, SIZE, 3)))
    read["raw"] = lambda images: images.reshape(len(images), -1)
    return {name: test.read_off(features, data) for name, features in read.items()}


def run_seed(seed: int, test: Test) -> dict:
    """Everything that is measured on one seed."""
    data, vocabulary, size = described(TRAIN, seed), test.vocabulary, len(test.vocabulary)
    tokens = vocabulary.batch(data["captions"], LENGTH)[0]
    pairs, prefix = {"image": data["images"], "text": tokens}, {"image": data["images"], "tokens": tokens[:, :-1]}
    models = {"align": align(pairs, size, seed), "pretrain": pretrain(prefix, tokens[:, 1:], size, seed)}
    stated = statements(data, vocabulary, seed)
    models["fuse"] = fuse(models["align"], stated, seed)
    results = asked(test, models) | {"few": few_labels(test, data, models, seed)}
    return results | spoiled(test, pairs, models["align"], stated, seed)


def main() -> None:
    """Train every arm on every seed and write the record."""
    start = time.perf_counter()
    test = Test(text.WordVocabulary().fit(described(TRAIN, 0)["captions"], size=100))
    names, runs = ["image", "text", "audio"], []
    costs = {str(count): cost_of(names[:count], len(test.vocabulary)) for count in (1, 2, 3)}
    for seed in SEEDS:
        runs.append(run_seed(seed, test))
        print(seed, runs[-1], flush=True)
    counts = {"test_count": TEST, "gallery": GALLERY, "labels": LABELS, "steps": STEPS}
    common = max(np.unique(first_colors(test.data["scenes"]), return_counts=True)[1]) / TEST
    results = counts | mm.records.gather(runs) | {"costs": costs, "most frequent color": float(common)}
    data = mm.records.fingerprint(test.images, test.tokens)
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
