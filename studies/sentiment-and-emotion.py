"""Study of the lesson *Sentiment and emotion*: generated speakers whose words, face and voice only together tell.

Posts: words and a still face; experts apart and their product, a sum, attention, and a hidden layer, which also meets
the pure case, in which each alone tells nothing. Clips: words, voice and moving face; experts, a sum, attention, and a
hidden layer trained with and without modality dropout; then with something missing, out of order, or noisy. Five seeds;
a seed changes the training speakers, the first weights and the batches; the test speakers stay.
Run with `make studies STUDY=sentiment-and-emotion` (about eight minutes on two cores).
"""

import itertools
import time

import keras
import numpy as np

import mmcourse as mm
from mmcourse.data import moods
from mmcourse.nn import fusion
from mmcourse.nn.moods import mood_chance, post_encoders, speaker_encoders
from mmcourse.nn.senses import experts, forgiving_fusion

SLUG = "sentiment-and-emotion"
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
TRAIN, TEST, TEST_SEED = 4000, 4000, 1000
POST_STEPS, CLIP_STEPS, RATE = 500, 500, 5e-3
NOISE = [0.0, 0.1, 0.2, 0.4]
PRIOR = np.array([0.5, 0.5])
MODULES = ["data/moods.py", "data/faces.py", "nn/moods.py", "nn/senses.py", "nn/encoders/image.py"]
MODULES += ["nn/encoders/text.py", "nn/encoders/sound.py", "nn/encoders/pooling.py", "nn/fusion/mixing.py"]
MODULES += ["nn/fusion/attending.py", "nn/fusion/missing.py", "experts.py", "train.py"]


def hidden_head() -> keras.Sequential:
    """A hidden layer that sees all modalities at once, and logits of both classes.

    The last layer begins with Keras's weights: with the small ones of `models.classifier` some seeds learn nothing.
    """
    return keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(2)])


def trained(model: keras.Model, speakers: dict, steps: int, rate: float, seed: int) -> keras.Model:
    """A fusion, trained on speakers of whom nothing is missing."""
    present = np.ones((len(speakers["label"]), len(model.inputs) - 1), bool)
    mm.train.compile_classifier(model, steps, rate)
    mm.train.fit(model, moods.mood_inputs(speakers) | {"present": present}, speakers["label"], steps, seed=seed)
    return model


def trained_experts(encoders: dict, speakers: dict, steps: int, rate: float, seed: int) -> keras.Model:
    """One classifier a modality; they share nothing, and learn in one `fit`."""
    mm.seed(seed)
    model, names = experts(encoders, 2), list(encoders)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(keras.optimizers.Adam(schedule), dict.fromkeys(names, loss))
    rows = np.random.RandomState(seed).randint(0, TRAIN, steps * 64, dtype=np.int64)
    inputs = {name: values[rows] for name, values in moods.mood_inputs(speakers).items()}
    model.fit(inputs, dict.fromkeys(names, speakers["label"][rows]), batch_size=64, epochs=1, verbose=0, shuffle=False)
    return model


def scores(truth: np.ndarray, chance: np.ndarray) -> dict[str, float]:
    """Accuracy, and loss in nats, of chances (B,) that the speaker is pleased."""
    kept = np.clip(chance, 1e-7, 1 - 1e-7)
    loss = -np.mean(np.where(truth == 1, np.log(kept), np.log(1 - kept)))
    return {"accuracy": float(np.mean((chance > 0.5) == truth)), "loss": float(loss)}


def apart(model: keras.Model, test: dict) -> dict:
    """Scores of each expert, and of the product and the mean of their chances."""
    told = mood_chance(model, moods.mood_inputs(test))
    pairs = {name: np.stack([1 - p, p], axis=1) for name, p in told.items()}
    found = {name: scores(test["label"], p) for name, p in told.items()}
    product = mm.experts.product_of_experts(pairs, PRIOR)[:, 1]
    mean = mm.experts.mean_of_experts(pairs)[:, 1]
    return found | {"product": scores(test["label"], product), "mean": scores(test["label"], mean)}


def disturbed(test: dict) -> dict:
    """Inputs of the test clips: whole, each modality missing, out of order, backward, and noisy."""
    inputs, random = moods.mood_inputs(test), np.random.RandomState(0)
    order = np.argsort(random.uniform(size=inputs["image"].shape[:2]), axis=1)
    shuffled = np.take_along_axis(inputs["image"], order[:, :, None, None, None], axis=1)
    found = {"whole": inputs} | {f"without {name}": mm.probe.without(inputs, name) for name in inputs}
    found["face shuffled"] = inputs | {"image": shuffled}
    found["face backward"] = inputs | {"image": inputs["image"][:, ::-1]}
    found["voice backward"] = inputs | {"audio": inputs["audio"][:, ::-1]}
    for level in NOISE[1:]:
        found[f"noise {level}"] = mm.probe.corrupt(inputs, {"image": level}, TEST_SEED)
    return found


def posts_of(seed: int, test: dict) -> dict:
    """Every arm on posts; `pure` is the hidden layer where half of all words are turned around."""
    train = moods.mood_posts(TRAIN, seed)
    found = apart(trained_experts(post_encoders(), train, POST_STEPS, RATE, seed), test)
    arms = {
        "sum": (fusion.Concatenate(), keras.layers.Dense(2)),
        "attention": (fusion.Attention(32), keras.layers.Dense(2)),
    }
    arms["hidden"] = (fusion.Concatenate(), hidden_head())
    for name, (layer, head) in arms.items():
        mm.seed(seed)
        model = trained(forgiving_fusion(post_encoders(), layer, head), train, POST_STEPS, RATE, seed)
        found[name] = scores(test["label"], mood_chance(model, moods.mood_inputs(test)))
    mm.seed(seed)
    model = forgiving_fusion(post_encoders(), fusion.Concatenate(), hidden_head())
    trained(model, moods.mood_posts(TRAIN, seed, 0.5), POST_STEPS, RATE, seed)
    pure = moods.mood_posts(TEST, TEST_SEED, 0.5)
    return found | {"pure": scores(pure["label"], mood_chance(model, moods.mood_inputs(pure)))}


def clips_of(seed: int, test: dict) -> dict:
    """Every arm on clips, each with everything that `disturbed` does to the inputs."""
    train, given = moods.mood_clips(TRAIN, seed), disturbed(test)
    model = trained_experts(speaker_encoders(), train, CLIP_STEPS, RATE, seed)
    found = {name: {"whole": row} for name, row in apart(model, test).items()}
    for change in ("face shuffled", "face backward", *(f"noise {level}" for level in NOISE[1:])):
        found["image"][change] = scores(test["label"], mood_chance(model, given[change])["image"])
    arms = {
        "sum": (fusion.Concatenate(), keras.layers.Dense(2), 0.1),
        "attention": (fusion.Attention(32), keras.layers.Dense(2), 0.1),
    }
    arms |= {"joint": (fusion.Concatenate(), hidden_head(), 0.1), "plain": (fusion.Concatenate(), hidden_head(), 0.0)}
    for name, (layer, head, dropped) in arms.items():
        mm.seed(seed)
        model = forgiving_fusion(speaker_encoders(), layer, head, dropped)
        trained(model, train, CLIP_STEPS, RATE, seed)
        kept = given if name in ("joint", "plain") else {"whole": given["whole"]}
        found[name] = {change: scores(test["label"], mood_chance(model, x)) for change, x in kept.items()}
    return found


def perfect() -> dict:
    """The accuracy of a perfect reader of each selection of causes."""
    chosen = [names for size in (1, 2, 3) for names in itertools.combinations(moods.CAUSES, size)]
    tables = {"posts": moods.mood_table(**moods.POSTS), "clips": moods.mood_table(**moods.CLIPS)}
    return {kind: {" ".join(n): moods.best_accuracy(table, n) for n in chosen} for kind, table in tables.items()}


def main() -> None:
    """Train every arm on every seed and write the record."""
    start = time.perf_counter()
    posts, clips = moods.mood_posts(TEST, TEST_SEED), moods.mood_clips(TEST, TEST_SEED)
    runs = []
    for seed in SEEDS:
        runs.append({"posts": posts_of(seed, posts), "clips": clips_of(seed, clips)})
        print(seed, {arm: row["accuracy"] for arm, row in runs[-1]["posts"].items()}, flush=True)
        print(seed, {arm: row["whole"]["accuracy"] for arm, row in runs[-1]["clips"].items()}, flush=True)
    results = {"test_count": TEST, "noise": NOISE, "best": perfect()} | mm.records.gather(runs)
    data = mm.records.fingerprint(posts["image"], clips["image"], clips["audio"], clips["label"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
