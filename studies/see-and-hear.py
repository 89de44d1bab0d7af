"""Study of the lesson *See and hear a digit*: picture alone, sound alone, both, and both with pairs torn apart.

Five seeds; a seed changes the training pairs, their noise, the first weights and the order of the batches. The test
pairs and their noise stay the same. Run with `make studies STUDY=see-and-hear` (about four minutes on two cores).
"""

import time

import numpy as np

import mmcourse as mm

SLUG = "see-and-hear"
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
STEPS, TRAIN, TEST = 400, 6400, 1000
MOST = 0.6  # training noise is uniform between 0 and this standard deviation
NOISE = {"image": 0.4, "audio": 0.5}  # of the test
LEVELS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
MODULES = ["data/audio.py", "data/load.py", "data/speech.py", "nn/encoders.py", "nn/fusion.py", "nn/models.py"]
MODULES += ["probe.py", "train.py", "metrics.py"]


def hear(pairs: dict) -> dict:
    """Pairs with waveforms -> inputs of the encoders: pictures as they are, sounds as log-mel frames."""
    return {"image": pairs["image"], "audio": mm.data.audio.log_mel(pairs["audio"])}


def training_set(seed: int, speech: str) -> tuple[dict, np.ndarray]:
    """Noisy inputs and labels; every sample has its own noise level on either side."""
    pairs = mm.data.load.digit_pairs("train", TRAIN, seed, speech)
    random = np.random.RandomState(seed)
    noise = {name: random.uniform(0, MOST, TRAIN) for name in ("image", "audio")}
    return hear(mm.probe.corrupt(pairs, noise, seed)), pairs["label"]


def test_set(noise: dict, speech: str) -> tuple[dict, np.ndarray]:
    """The same thousand pairs every time, with the given noise."""
    pairs = mm.data.load.digit_pairs("test", TEST, 1000, speech)
    return hear(mm.probe.corrupt(pairs, noise, 1001)), pairs["label"]


def train(names: list[str], inputs: dict, labels: np.ndarray, seed: int):
    """A late-fusion model of the named modalities, trained for STEPS steps."""
    make = {
        "image": lambda: mm.nn.encoders.image_encoder((8, 8, 1)),
        "audio": lambda: mm.nn.encoders.audio_encoder(inputs["audio"].shape[1:]),
    }
    mm.seed(seed)
    encoders = {name: mm.nn.encoders.pooled(make[name]()) for name in names}
    model = mm.nn.models.late_fusion(encoders, mm.nn.fusion.Concatenate(), mm.nn.models.classifier(10))
    mm.train.compile_classifier(model, STEPS)
    mm.train.fit(model, {name: inputs[name] for name in names}, labels, STEPS, seed=seed)
    return model


def score(model, data: tuple[dict, np.ndarray]) -> float:
    """Accuracy on (inputs, labels)."""
    return mm.metrics.accuracy(data[1], mm.train.answers(model, data[0]))


def noise_sets(speech: str) -> dict[str, list]:
    """Test sets with growing noise on one side, the other side at its test noise."""
    return {name: [test_set({**NOISE, name: level}, speech) for level in LEVELS] for name in NOISE}


def conflict(model) -> list[float]:
    """Clean picture of one digit, clean sound of another: share of answers that follow the picture, and the sound."""
    inputs, seen = test_set({}, "spoken_digits")
    heard = mm.probe.shuffle({"label": seen}, "label", seed=7)["label"]
    answer, differ = mm.train.answers(model, mm.probe.shuffle(inputs, "audio", seed=7)), seen != heard
    return [float(np.mean((answer == digit)[differ])) for digit in (seen, heard)]


def confusion(model, data) -> np.ndarray:
    """Counts (10, 10), truth down, answer across."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (data[1], mm.train.answers(model, data[0])), 1)
    return counts


def main() -> None:
    """Train every arm on every seed and write the record."""
    start = time.perf_counter()
    test, clean, curves = test_set(NOISE, "spoken_digits"), test_set({}, "spoken_digits"), noise_sets("spoken_digits")
    arms = {"image": ["image"], "audio": ["audio"], "both": ["audio", "image"], "shuffled": ["audio", "image"]}
    results = {
        "noise": NOISE,
        "test_count": TEST,
        "levels": LEVELS,
        "accuracy": {arm: [] for arm in arms},
        "clean": {arm: [] for arm in arms},
        "curves": {name: {arm: [] for arm in arms if arm != "shuffled"} for name in NOISE},
        "confusions": {name: np.zeros((10, 10), int) for name in NOISE},
        "ablation": {},
        "conflict": {"picture": [], "sound": []},
    }
    for seed in SEEDS:
        inputs, labels = training_set(seed, "spoken_digits")
        for arm, names in arms.items():
            given = mm.probe.shuffle(inputs, "audio", seed) if arm == "shuffled" else inputs
            model = train(names, given, labels, seed)
            results["accuracy"][arm].append(score(model, test))
            results["clean"][arm].append(score(model, clean))
            if arm != "shuffled":
                for name in NOISE:
                    results["curves"][name][arm].append([score(model, data) for data in curves[name]])
            if arm in results["confusions"]:
                results["confusions"][arm] += confusion(model, test)
            if arm == "both":
                for change, value in mm.probe.ablation(lambda x, m=model: mm.train.answers(m, x), *test).items():
                    results["ablation"].setdefault(change, []).append(value)
                for side, share in zip(("picture", "sound"), conflict(model), strict=True):
                    results["conflict"][side].append(share)
        print({arm: scores[-1] for arm, scores in results["accuracy"].items()}, flush=True)
    results["confusions"] = {name: counts.tolist() for name, counts in results["confusions"].items()}
    data = mm.records.fingerprint(clean[0]["image"], clean[1])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
