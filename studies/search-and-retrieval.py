"""A search engine over pictures, sentences and sounds: the study of the lesson *Search and retrieval*.

Level 1 of the picture world at 16 pixels. An image tower and one tower for English and Chinese, 16,000 pairs with a
language drawn for each, InfoNCE, batches of 256, 600 steps; then a sound tower that learns to land on the frozen
vectors of the sentences: 2,000 captions, each as said and moved three times in pitch and time, or as said only, 400
steps of 128. A seed changes pairs, first weights and batches, and the voice that the sound tower never hears: seed 0,
the lesson, holds out the last of six voices, seed 1 the first, and so on.

Asked: pictures for captions and spoken captions, captions for pictures, in galleries of 100 (ten of them), 1,000 and
10,000 (1,000 unseen pictures among 9,000 of the training split); words over captions (TF-IDF, of equals the luckier
first) beside it; all 5,040 captions, of which some fit no picture, and a threshold for them from another gallery; half
a query; an index of an older model, or of another seed; products of vectors that were not brought to length 1; an
inverted file.
Run with `make studies STUDY=search-and-retrieval`.
"""

import time

import keras
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score

import mmcourse as mm
from mmcourse.data import gallery, queries, speech, world
from mmcourse.inverted_file import InvertedFile
from mmcourse.nn.dual_encoder import DualEncoder, InfoNCE, image_tower, places_tower
from mmcourse.nn.searching import given_vectors, sound_tower
from mmcourse.search_index import SearchIndex, recall_against

SLUG = "search-and-retrieval"
MODULES = [
    "data/gallery.py",
    "data/queries.py",
    "inverted_file.py",
    "nn/contrastive.py",
    "nn/dual_encoder.py",
    "nn/encoders/image.py",
    "nn/encoders/sound.py",
    "nn/searching.py",
    "pair_training.py",
    "retrieval.py",
    "search_index.py",
    "train.py",
]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
TRAIN, STEPS, BATCH = 16000, 600, 256
SPOKEN, COPIES, SOUND_STEPS = 2000, 4, 400
LATER = 60  # further steps of a model whose index is not built again
SIZES, LOOKS, CELLS = (100, 1000, 10000), (1, 2, 4, 8, 16, 64), 64
RECALL = mm.retrieval.recall_at_k


class Asked:
    """What every model is asked: galleries, captions in both languages, and what is right."""

    def __init__(self):
        self.scenes = gallery.gallery().scenes
        seen = [one for one in dict.fromkeys(world.sample(30000, seed=gallery.SEED)) if one not in set(self.scenes)]
        self.many = self.scenes + seen[: SIZES[-1] - len(self.scenes)]
        self.images = world.render(self.many, gallery.SIZE)
        self.captions = {name: queries.bilingual_captions(self.scenes, gallery.SEED, (name,)) for name in ("en", "zh")}
        self.right = {name: queries.fitting(said, self.many) for name, said in self.captions.items()}
        self.every = queries.every_caption()
        self.there = {"test": queries.fitting(self.every, self.scenes).any(axis=1)}
        other = gallery.gallery(split="validation")
        self.other_images = other.inputs["image"]
        self.there["validation"] = queries.fitting(self.every, other.scenes).any(axis=1)


def in_galleries(scores: np.ndarray, right: np.ndarray) -> dict:
    """scores, right (1000, 10000) -> Recall@1 and @10 by size of the gallery, and Recall@1 of the own picture."""
    found = {}
    for size in SIZES:
        parts = [slice(start, start + size) for start in range(0, 1000, size)] if size < 1000 else [slice(0, size)]
        asked = [part if size < 1000 else slice(0, 1000) for part in parts]
        for k in (1, 10):
            each = [RECALL(scores[rows, part], k, right[rows, part]) for rows, part in zip(asked, parts, strict=True)]
            found.setdefault(f"true {k}", {})[str(size)] = float(np.mean(each))
        own = np.eye(*scores.shape, dtype=bool)
        each = [RECALL(scores[rows, part], 1, own[rows, part]) for rows, part in zip(asked, parts, strict=True)]
        found.setdefault("own 1", {})[str(size)] = float(np.mean(each))
    return found


def keywords(asked: Asked) -> dict:
    """Words over captions of the pictures, written in English: what a search without any model finds. No seed."""
    written = queries.bilingual_captions(asked.many, 7, ("en",))
    rare = TfidfVectorizer(token_pattern=r"\S+").fit(written)
    stored = rare.transform(written)
    found = {}
    for name, said in asked.captions.items():
        scores = (rare.transform(said) @ stored.T).toarray()
        scores += 1e-9 * np.random.RandomState(0).uniform(size=scores.shape)  # luck decides between equals
        found[name] = in_galleries(scores, asked.right[name])
    return found


def vectors_of(model: DualEncoder, said: list[str]) -> np.ndarray:
    """Captions (n,) -> vectors (n, D)."""
    return mm.pair_training.embed(model, {"text": queries.query_tokens(said)})["text"]


def refused(model: DualEncoder, asked: Asked, images: np.ndarray) -> dict:
    """Does the best score tell whether anything fits? Threshold from the validation gallery, 19 of 20 pass there."""
    said = vectors_of(model, asked.every)
    others = mm.pair_training.embed(model, {"image": asked.other_images})["image"]
    tops = {"validation": (said @ others.T).max(axis=1), "test": (said @ images[:1000].T).max(axis=1)}
    threshold = np.quantile(tops["validation"][asked.there["validation"]], 0.05)
    there, top = asked.there["test"], tops["test"]
    found = {"auc": roc_auc_score(there, top), "there": float(there.mean())}
    return found | {
        "absent refused": float(np.mean(top[~there] < threshold)),
        "present refused": float(np.mean(top[there] < threshold)),
    }


def half_queries(model: DualEncoder, asked: Asked, images: np.ndarray) -> dict:
    """Precision@10 of "a red ring": the share of the ten with such an object, and the share in the gallery."""
    nouns = [gallery.prompts("noun prompt")[number][0] for number in range(len(gallery.KINDS))]
    kinds = [{one[1:3] for one in scene.objects} for scene in asked.scenes]
    has = np.array([[kind in held for held in kinds] for kind in gallery.KINDS])  # (36, 1000)
    order = np.argsort(-(vectors_of(model, nouns) @ images[:1000].T), axis=1)[:, :10]
    return {"precision 10": float(np.take_along_axis(has, order, 1).mean()), "luck": float(has.mean())}


def approximate(images: np.ndarray, said: np.ndarray, seed: int) -> dict:
    """Recall@10 against exact and the share of the vectors compared, by the cells a query looks into."""
    index = SearchIndex(images, [str(number) for number in range(len(images))])
    exact, built, found = index.search(said, 10)[0], InvertedFile.build(index, CELLS, seed), {}
    for looks in LOOKS:
        places, compared = built.search(said, 10, looks)
        share = compared / (len(said) * len(images))
        found[str(looks)] = {"recall": recall_against(exact, places), "compared": share}
    return found


def not_unit(model: DualEncoder, asked: Asked, said: np.ndarray) -> dict:
    """Inner products with vectors as the tower gives them: Recall@1, and how often the commonest first hit comes."""
    raw = model.towers["image"].predict(asked.images[:1000], batch_size=250, verbose=0)
    scores, lengths = said @ raw.T, np.linalg.norm(raw, axis=1)
    unit = scores / lengths
    commonest = {name: float(np.bincount(part.argmax(1)).max()) for name, part in (("raw", scores), ("unit", unit))}
    right = asked.right["en"][:, :1000]
    return {
        "recall": RECALL(scores, 1, right),
        "longest over shortest": float(lengths.max() / lengths.min()),
    } | commonest


def hears(model: DualEncoder, seed: int, copies: int) -> DualEncoder:
    """A sound tower that lands on the frozen vectors of the captions, without the voice of the seed."""
    keras.backend.clear_session()
    mm.seed(seed)
    known = [name for name in speech.voices() if name != new_voice(seed)]
    said = queries.bilingual_captions(world.sample(SPOKEN, seed=seed + 100), seed, ("en",))
    sounds, targets = queries.spoken_queries(said, known, seed), vectors_of(model, said)
    moved = [sounds] + [queries.moved(sounds, 10 * seed + number) for number in range(1, copies)]
    shape = (queries.FRAMES, sounds.shape[2])
    hearing = DualEncoder({"audio": sound_tower(shape), "text": given_vectors()}, InfoNCE())
    pairs = {"audio": np.concatenate(moved), "text": np.concatenate([targets] * copies)}
    mm.pair_training.fit(hearing, pairs, SOUND_STEPS, seed=seed)
    return hearing


def new_voice(seed: int) -> str:
    """The voice that a seed holds out."""
    return speech.voices()[seed - 1]


def heard(hearing: DualEncoder, asked: Asked, images: np.ndarray, seed: int) -> dict:
    """Pictures found for the 1,000 captions, said by the new voice and by the known ones."""
    groups = {"new": [new_voice(seed)], "known": [name for name in speech.voices() if name != new_voice(seed)]}
    found = {}
    for name, said_by in groups.items():
        sounds = queries.spoken_queries(asked.captions["en"], said_by, gallery.SEED + seed)
        vectors = mm.pair_training.embed(hearing, {"audio": sounds})["audio"]
        found[name] = in_galleries(vectors @ images.T, asked.right["en"])
    return found


def train(asked: Asked, seed: int) -> tuple[dict, dict]:
    """All arms with one seed, and the vectors for the comparison of seeds."""
    keras.backend.clear_session()
    mm.seed(seed)
    pairs = queries.bilingual_pairs(TRAIN, seed).inputs
    text = places_tower(queries.FIRST + len(queries.query_words()), queries.LENGTH)
    model = DualEncoder({"image": image_tower((gallery.SIZE, gallery.SIZE, 3)), "text": text}, InfoNCE())
    mm.pair_training.fit(model, pairs, STEPS, BATCH, seed=seed)
    images = mm.pair_training.embed(model, {"image": asked.images})["image"]
    said = {name: vectors_of(model, captions) for name, captions in asked.captions.items()}
    results = {"pictures": {name: in_galleries(said[name] @ images.T, asked.right[name]) for name in said}}
    results["captions"] = {
        name: {f"true {k}": RECALL(images[:1000] @ said[name].T, k, asked.right[name][:, :1000].T) for k in (1, 10)}
        for name in said
    }
    results["refused"], results["half"] = refused(model, asked, images), half_queries(model, asked, images)
    results["cells"], results["raw"] = approximate(images, said["en"], seed), not_unit(model, asked, said["en"])
    results["sound"] = {}
    for name, copies in (("moved", COPIES), ("as said", 1)):
        results["sound"][name] = heard(hears(model, seed, copies), asked, images, seed)
    mm.pair_training.fit(model, pairs, LATER, BATCH, seed=seed + 10)
    later, right = vectors_of(model, asked.captions["en"]), asked.right["en"][:, :1000]
    anew = mm.pair_training.embed(model, {"image": asked.images[:1000]})["image"]
    moved = np.mean(np.sum(anew * images[:1000], axis=1))
    results["stale"] = {"old index": RECALL(later @ images[:1000].T, 1, right), "cosine": float(moved)}
    results["stale"]["new index"] = RECALL(later @ anew.T, 1, right)
    return results, {"image": images[:1000], "text": said["en"]}


def main() -> None:
    """Train every arm on every seed and write the record."""
    start, asked, runs, vectors = time.perf_counter(), Asked(), [], []
    for seed in SEEDS:
        found, kept = train(asked, seed)
        runs.append(found)
        vectors.append(kept)
        print(seed, f"{time.perf_counter() - start:.0f} s", runs[-1], flush=True)
    right = asked.right["en"]
    others = [RECALL(vectors[n]["text"] @ vectors[n - 1]["image"].T, 1, right[:, :1000]) for n in range(len(SEEDS))]
    chance = {
        str(k): {str(size): mm.retrieval.chance(k, right[: min(size, 1000), :size]) for size in SIZES} for k in (1, 10)
    }
    results = mm.records.gather(runs) | {"chance": chance, "keywords": keywords(asked), "other seed": others}
    results |= {"several": {str(size): float(right[:, :size].sum(1).mean()) for size in SIZES[1:]}}
    data = mm.records.fingerprint(asked.images, queries.query_tokens(asked.captions["zh"]))
    print(mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data).name, "written")


if __name__ == "__main__":
    mm.setup()
    main()
