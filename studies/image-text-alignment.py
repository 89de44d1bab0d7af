"""Search, classes by sentences, probes and a picture of the space: the study of the lesson *Image-text alignment*.

Level 1 of the picture world at 16 pixels: 16,000 training pairs, a gallery of 1,000 different scenes of the test split,
the one of *Joint embedding*. Image tower and the words side by side, InfoNCE with a learned temperature, batches of
256, 400 steps: search both ways, with every true picture counted as right or only the caption's own; classes by
sentences for pictures of one object, which no training picture shows; linear probes of the image tower before and
after, with 200 labeled scenes of the split "validation"; few labeled lone objects; search in the first components.
Also both captions of each of 8,000 scenes, batched together or apart.
Five seeds; a seed changes training pairs, first weights, order of batches and which lone objects are labeled.
Run with `make studies STUDY=image-text-alignment`.
"""

import time

import keras
import numpy as np
from sklearn.decomposition import PCA

import mmcourse as mm
from mmcourse import linear_probe, zero_shot
from mmcourse.data import gallery, world
from mmcourse.nn import contrastive
from mmcourse.nn.dual_encoder import DualEncoder, InfoNCE, image_tower, places_tower
from mmcourse.train import Batches

SLUG = "image-text-alignment"
MODULES = [
    "data/gallery.py",
    "linear_probe.py",
    "nn/contrastive.py",
    "nn/dual_encoder.py",
    "nn/encoders/image.py",
    "pair_training.py",
    "retrieval.py",
    "train.py",
    "zero_shot.py",
]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
TRAIN, STEPS, BATCH = 16000, 400, 256
LABELED = 200
SHOTS = (1, 2, 4)  # labeled pictures a class
COMPONENTS = (1, 2, 3, 5, 10, 20, 64)


class Asked:
    """What every model is asked: the gallery, labeled scenes, lone objects."""

    def __init__(self):
        self.test = gallery.gallery()
        self.right = mm.retrieval.truths(self.test.captions, self.test.scenes)  # (captions, pictures)
        self.labeled = gallery.gallery(LABELED, "validation")
        self.lone, self.kinds = gallery.lone_objects()


def new_model() -> DualEncoder:
    """A model that knows nothing."""
    text = places_tower(len(gallery.vocabulary()), gallery.LENGTH)
    return DualEncoder({"image": image_tower((gallery.SIZE, gallery.SIZE, 3)), "text": text}, InfoNCE())


def searched(model: DualEncoder, asked: Asked) -> tuple[dict, dict]:
    """Vectors of the gallery, and what is found."""
    vectors = mm.pair_training.embed(model, asked.test.inputs)
    scores, right = vectors["text"] @ vectors["image"].T, asked.right
    recall = mm.retrieval.recall_at_k
    found = {f"pictures {k}": recall(scores, k, right) for k in (1, 5, 10)}
    found |= {f"captions {k}": recall(scores.T, k, right.T) for k in (1, 5, 10)}
    found |= {"own picture 1": recall(scores, 1), "own caption 1": recall(scores.T, 1)}
    found["temperature"] = float(keras.ops.convert_to_numpy(keras.ops.exp(model.objective.log_temperature)))
    return vectors, found


def features(model: DualEncoder | None, images: np.ndarray) -> np.ndarray:
    """Vectors of pictures; without a model the pixels."""
    if model is None:
        return images.reshape(len(images), -1)
    return mm.pair_training.embed(model, {"image": images})["image"]


def probed(model: DualEncoder | None, asked: Asked) -> dict:
    """Linear probes of the facts of a scene."""
    known, new = (features(model, part.inputs["image"]) for part in (asked.labeled, asked.test))
    labels, truth = gallery.scene_facts(asked.labeled.scenes), gallery.scene_facts(asked.test.scenes)
    return {name: linear_probe.accuracy(known, labels[name], new, truth[name]) for name in labels}


def few_labels(model: DualEncoder | None, asked: Asked, seed: int) -> dict:
    """Linear probes of the kind of a lone object, from few labeled pictures of each kind."""
    vectors, found = features(model, asked.lone), {}
    order = np.random.RandomState(seed).rand(36, 9).argsort(axis=1)  # of the nine pictures of each kind
    for shots in SHOTS:
        chosen = (9 * np.arange(36)[:, None] + order[:, :shots]).ravel()
        rest = np.setdiff1d(np.arange(324), chosen)
        known, new = ((vectors[rows], asked.kinds[rows]) for rows in (chosen, rest))
        found[str(shots)] = linear_probe.accuracy(*known, *new)
    return found


def classified(model: DualEncoder, asked: Asked) -> dict:
    """Accuracy on lone objects by each form of prompt, as they are and centered."""
    pictures, found = features(model, asked.lone), {}
    for form in gallery.PROMPTS:
        classes = zero_shot.classes_of(model, gallery.prompt_tokens(form))
        for name, center in (("vectors as they are", False), ("centered", True)):
            answers = zero_shot.classify(pictures, classes, center)
            found.setdefault(name, {})[form] = float(np.mean(answers == asked.kinds))
    return found


def pictured(vectors: dict, right: np.ndarray) -> dict:
    """Share of the variance and Recall@1 with the first components of pictures and captions together."""
    pca = PCA().fit(np.concatenate([vectors["image"], vectors["text"]]))
    image, text = (pca.transform(vectors[name]) for name in ("image", "text"))
    found = {"variance": np.cumsum(pca.explained_variance_ratio_)[np.array(COMPONENTS) - 1].tolist(), "recall": []}
    for kept in COMPONENTS:
        apart = np.square(text[:, None, :kept] - image[None, :, :kept]).sum(-1)  # (captions, pictures)
        found["recall"].append(mm.retrieval.recall_at_k(-apart, 1, right))
    return found


def both_captions(seed: int) -> dict:
    """Half as many scenes, each with both captions of it, in rows that follow each other."""
    scenes = [scene for scene in world.sample(TRAIN // 2, seed=seed) for _ in range(2)]
    random, captions = np.random.RandomState(seed), []
    for scene in scenes:
        caption = world.describe(scene, "en", random)
        while captions and len(captions) % 2 and caption == captions[-1]:
            caption = world.describe(scene, "en", random)
        captions.append(caption)
    return {"image": world.render(scenes, gallery.SIZE), "text": gallery.tokens(captions)}


def twins(asked: Asked, pairs: dict, seed: int, together: bool) -> dict:
    """Train on both captions of each picture, in one batch or not."""
    keras.backend.clear_session()
    mm.seed(seed)
    model, batches = new_model(), Batches(pairs, np.arange(TRAIN), STEPS, BATCH, seed)
    if together:
        random, half = np.random.RandomState(seed), BATCH // 2
        rounds = np.concatenate([random.permutation(TRAIN // 2) for _ in range(-(-STEPS * BATCH // TRAIN))])
        firsts = 2 * rounds[: STEPS * half].reshape(STEPS, half)
        batches.rows = np.concatenate([firsts, firsts + 1], axis=1)
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, STEPS)))
    model.fit(batches, epochs=1, shuffle=False, verbose=0)
    found = searched(model, asked)[1]
    last = mm.pair_training.embed(model, {name: values[batches.rows[-1]] for name, values in pairs.items()})
    hits = (last["image"] @ last["text"].T).argmax(1) == np.arange(BATCH)
    loss = contrastive.info_nce_numpy(last["image"], last["text"], found["temperature"])
    return found | {"found in the batch": float(np.mean(hits)), "loss": loss}


def train(asked: Asked, seed: int) -> dict:
    """All arms with one seed."""
    keras.backend.clear_session()
    mm.seed(seed)
    pairs, model = gallery.training(TRAIN, seed).inputs, new_model()
    facts = {"raw pixels": probed(None, asked), "before training": probed(model, asked)}
    few = {"raw pixels": few_labels(None, asked, seed), "before training": few_labels(model, asked, seed)}
    mm.pair_training.fit(model, pairs, STEPS, BATCH, seed=seed)
    vectors, found = searched(model, asked)
    facts["after training"], few["after training"] = probed(model, asked), few_labels(model, asked, seed)
    results = {
        "search": found,
        "facts": {name: {arm: facts[arm][name] for arm in facts} for name in facts["raw pixels"]},
    }
    results |= {"few": few, "prompts": classified(model, asked), "components": pictured(vectors, asked.right)}
    described = both_captions(seed)
    results["twins"] = {name: twins(asked, described, seed, name == "together") for name in ("together", "apart")}
    return results


def main() -> None:
    """Train every arm on every seed and write the record."""
    start, asked, runs = time.perf_counter(), Asked(), []
    for seed in SEEDS:
        runs.append(train(asked, seed))
        print(seed, f"{time.perf_counter() - start:.0f} s", runs[-1], flush=True)
    chance = {f"pictures {k}": mm.retrieval.chance(k, asked.right) for k in (1, 5, 10)}
    chance |= {f"captions {k}": mm.retrieval.chance(k, asked.right.T) for k in (1, 5, 10)}
    several = {"captions": float(np.mean(asked.right.sum(1) > 1)), "right": float(asked.right.sum(1).mean())}
    results = mm.records.gather(runs) | {"chance": chance, "several": several, "kept": list(COMPONENTS)}
    data = mm.records.fingerprint(asked.test.inputs["image"], asked.test.inputs["text"])
    print(mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data).name, "written")


if __name__ == "__main__":
    mm.setup()
    main()
