"""What a second modality is worth, in bits and in accuracy: the study of *Why several modalities*.

Five parts: a captioner with its picture and with a black one, trained as in the lesson; readers of
a voice, of words and of both, on questions whose information is known; classifiers of digits with few training pairs;
a loud, easy modality that drowns another one in training; and answers to a picture of one digit with the sound of
another. Five seeds. Run with `make studies STUDY=why-several-modalities` (about ten minutes on two cores).
"""

import importlib
import time

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mmcourse as mm
from mmcourse.data import information, text, world

SLUG = "why-several-modalities"
MODULES = ["data/audio.py", "data/information.py", "data/pairs.py", "data/speech.py", "data/text/word_vocabulary.py"]
MODULES += ["metrics.py", "nn/attention.py", "nn/caption_bits.py", "nn/encoders.py", "nn/fusion/mixing.py"]
MODULES += ["nn/models.py", "probe.py", "train.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
PICTURES, SIZE, TEST = 16000, 16, 1000
STEPS = {"black": 100, "seen": 500}
RATE = 3e-3
FEW = [20, 40, 80, 160, 320, 640, 1280]  # training pairs
FEW_NOISE = {"image": 0.3, "audio": 0.5}
LOUD = {"image": 0.4, "audio": 0.0}  # noise where the sound is the easy one
NEW_VOICE = "david"
LEVELS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
EYE, EAR, QUIET = 3, 8, 0.2  # the digit seen, the digit heard, and a low noise

see_and_hear = importlib.import_module("see-and-hear")


def described(count: int, seed: int, split: str) -> tuple[np.ndarray, list[str]]:
    """Pictures (n, 16, 16, 3) of level 1 and a caption each."""
    scenes = world.sample(count, seed=seed, split=split)
    random = np.random.RandomState(seed)
    return world.render(scenes, SIZE), [world.describe(scene, "en", random) for scene in scenes]


def caption_bits(seed: int) -> dict[str, list[float]]:
    """Mean bits of each place of a test caption, after training with pictures and with a black one."""
    from mmcourse.nn import encoders, models
    from mmcourse.nn.caption_bits import token_bits

    images, captions = described(PICTURES, seed, "train")
    test_images, test_captions = described(TEST, 1000, "test")
    vocabulary = text.WordVocabulary().fit(captions, size=64)
    tokens, test_tokens = (vocabulary.batch(told, length=10)[0] for told in (captions, test_captions))
    black = [np.zeros((len(lines), 4, 4, 3), np.float32) for lines in (captions, test_captions)]
    bits = {}
    for arm, steps in STEPS.items():
        shown, test_shown = black if arm == "black" else (images, test_images)
        mm.seed(seed)
        model = models.captioner(encoders.grid_encoder(shown.shape[1:]), len(vocabulary), length=9)
        inputs = {"image": shown, "tokens": tokens[:, :-1]}
        mm.train.compile_captioner(model, steps, RATE)
        mm.train.fit(model, inputs, tokens[:, 1:], steps, seed=seed)
        bits[arm] = token_bits(model, test_shown, test_tokens).mean(0).tolist()
    return bits


def told(case: str) -> dict[str, float]:
    """Bits about the answer in the noisy vectors of `data.information`, by a long sample: the most one can read."""
    features, labels = information.utterances(400_000, case, seed=7)
    views = {name: values @ information.direction(name) for name, values in features.items()}
    odds = {name: 2 * view / information.NOISE**2 for name, view in views.items()}  # ln p(1) / p(0) of the bit
    warm, kind = (1 / (1 + np.exp(-odds[name])) for name in ("audio", "text"))
    half = np.full(len(labels), 0.5)
    chances = {
        "redundant": (warm, kind, 1 / (1 + np.exp(-odds["audio"] - odds["text"]))),
        "audio alone": (warm, half, warm),
        "text alone": (half, kind, kind),
        "synergy": (half, half, warm * (1 - kind) + kind * (1 - warm)),
    }[case]
    return {arm: told_by(chance, labels) for arm, chance in zip(("audio", "text", "both"), chances, strict=True)}


def told_by(chance: np.ndarray, labels: np.ndarray) -> float:
    """Bits about fair labels (n,) that a reader has who gives the answer 1 these probabilities (n,)."""
    right = np.clip(np.where(labels == 1, chance, 1 - chance), 1e-12, 1)
    return float(1 + np.log2(right).mean())


def readers(seed: int) -> dict[str, dict[str, float]]:
    """Bits about the answer that small networks have learned to read, from voice, words and both, case by case."""
    bits = {}
    for case in information.CASES:
        x, y = information.utterances(4096, case, seed)
        test, truth = information.utterances(4000, case, seed=1000)
        bits[case] = {}
        for arm, names in {"audio": ["audio"], "text": ["text"], "both": ["audio", "text"]}.items():
            network = MLPClassifier((32,), learning_rate_init=0.01, early_stopping=True, random_state=seed)
            network.fit(np.hstack([x[name] for name in names]), y)
            chance = network.predict_proba(np.hstack([test[name] for name in names]))[:, 1]
            bits[case][arm] = told_by(chance, truth)
    return bits


def vectors(split: str, count: int, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Noisy pairs of digits as plain vectors: 64 pixels, 1,952 entries of a spectrogram, and both side by side."""
    pairs = mm.data.pairs.digit_pairs(split, count, seed)
    noisy = mm.probe.corrupt(pairs, FEW_NOISE, seed + 1)
    image, audio = noisy["image"].reshape(count, -1), mm.data.audio.log_mel(noisy["audio"]).reshape(count, -1)
    return {"image": image, "audio": audio, "both": np.hstack([image, audio])}, pairs["label"]


def few(seed: int, test: tuple[dict, np.ndarray]) -> dict[str, dict[str, list[float]]]:
    """Accuracy of a linear classifier by the number of training pairs, on new pairs and on those of the training."""
    x, y = vectors("train", max(FEW), seed)
    scores = {"test": {}, "training": {}}
    for arm in x:
        rows = {"test": [], "training": []}
        for count in FEW:
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=100)).fit(x[arm][:count], y[:count])
            rows["test"].append(model.score(test[0][arm], test[1]))
            rows["training"].append(model.score(x[arm][:count], y[:count]))
        for name in rows:
            scores[name][arm] = rows[name]
    return scores


def voiced(split: str, count: int, seed: int, speakers: list[str]) -> tuple[dict, np.ndarray]:
    """Pairs of a noisy picture and a clean sound by some voices, as inputs of the models, and their labels."""
    pairs = mm.data.pairs.digit_pairs(split, count, seed, speakers=speakers)
    return see_and_hear.hear(pairs, LOUD, seed + 1), pairs["label"]


def competition(seed: int) -> dict[str, dict[str, float]]:
    """Accuracy with known voices and with a new one: picture, sound, both, their scores added, without the picture."""
    known = [voice for voice in mm.data.speech.voices() if voice != NEW_VOICE]
    x, y = voiced("train", 3200, seed, known)
    models = {arm: see_and_hear.train(names, x, y, seed) for arm, names in see_and_hear.ARMS.items()}
    scores = {}
    for name, voices in {"known": known, "new": [NEW_VOICE]}.items():
        test = voiced("test", TEST, 1000, voices)
        scores[name] = {arm: see_and_hear.score(model, test) for arm, model in models.items()}
        scores[name]["sum"] = see_and_hear.score_of_sum(models, test)
        shuffled = mm.probe.shuffle(test[0], "image", seed=7)
        scores[name]["picture shuffled"] = see_and_hear.score(models["both"], (shuffled, test[1]))
    return scores


def quarrel(count: int) -> dict[str, np.ndarray]:
    """Test pictures of one digit (EYE) with test sounds of another (EAR), drawn with replacement."""
    random, pairs = np.random.RandomState(5), {}
    for name, column, digit in (("digits", "image", EYE), ("spoken_digits", "audio", EAR)):
        data = mm.load(name, "test")
        pairs[column] = data[column][random.choice(np.flatnonzero(data["label"] == digit), count)]
    return pairs


def followed(model, pairs: dict, noise: dict) -> tuple[dict[str, float], np.ndarray]:
    """Shares of the answers that follow the eye, the ear and neither; what "neither" says, as counts of ten digits."""
    answers = mm.train.answers(model, see_and_hear.hear(pairs, noise, 9))
    others = (answers != EYE) & (answers != EAR)
    shares = {"eye": answers == EYE, "ear": answers == EAR, "neither": others}
    return {who: float(np.mean(rows)) for who, rows in shares.items()}, np.bincount(answers[others], minlength=10)


def conflict(seed: int) -> dict:
    """Whom the model of *See and hear a digit* follows when both are calm, and as one side gets noisier.

    The other side keeps the test noise of that lesson. `wrong` counts what "neither" says at all levels of noise.
    """
    inputs, labels = see_and_hear.training_set(seed, "spoken_digits")
    model = see_and_hear.train(see_and_hear.ARMS["both"], inputs, labels, seed)
    pairs, shares, wrong = quarrel(500), {}, np.zeros(10, int)
    for noisy in ("image", "audio"):
        rows = {"eye": [], "ear": [], "neither": []}
        for level in LEVELS:
            share, others = followed(model, pairs, see_and_hear.NOISE | {noisy: level})
            wrong += others
            for who, value in share.items():
                rows[who].append(value)
        shares[noisy] = rows
    calm, _ = followed(model, pairs, {"image": QUIET, "audio": QUIET})
    return {"calm": calm, "shares": shares, "wrong": wrong.tolist()}


def main() -> None:
    """Measure every part on every seed and write the record."""
    start = time.perf_counter()
    pairs_test, runs = vectors("test", TEST, 1000), []
    for seed in SEEDS:
        run = {"caption bits": caption_bits(seed), "readers": readers(seed), "few": few(seed, pairs_test)}
        runs.append(run | {"competition": competition(seed), "conflict": conflict(seed)})
        print(seed, runs[-1], round(time.perf_counter() - start), flush=True)
    results = {"steps": STEPS, "test_count": TEST, "pairs": FEW, "levels": LEVELS}
    results |= see_and_hear.gather(runs) | {"told": {case: told(case) for case in information.CASES}}
    data = mm.records.fingerprint(described(100, 1000, "test")[0], pairs_test[0]["image"], pairs_test[1])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
