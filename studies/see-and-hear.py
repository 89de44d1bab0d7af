"""Study of the lesson *See and hear a digit*: picture alone, sound alone, both, and three controls.

The controls: the scores of the two single models added; two pictures of the same digit instead of a picture and a
sound; both, trained with every sound moved to another pair. Five seeds; a seed changes the training pairs, their
noise, the first weights and the order of the batches. The test pairs and their noise stay the same. Another arm holds
out each voice. Run with `make studies STUDY=see-and-hear` (about six minutes on two cores).
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.nn.encoders import audio_encoder, image_encoder, pooled

SLUG = "see-and-hear"
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
STEPS, TRAIN, TEST = 400, 6400, 1000
MOST = 0.6  # training noise is uniform between 0 and this standard deviation
NOISE = {"image": 0.4, "audio": 0.5}  # of the test
LEVELS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
ARMS = {"image": ["image"], "audio": ["audio"], "both": ["audio", "image"]}
MODULES = ["data/audio.py", "data/waveform.py", "data/pairs.py", "data/readers/embedded.py", "data/speech.py"]
MODULES += ["nn/encoders.py", "nn/fusion/mixing.py", "nn/models.py", "probe.py", "train.py", "metrics.py"]


def hear(pairs: dict, noise: dict, seed: int) -> dict:
    """Pairs with waveforms -> noisy inputs of the encoders: pictures, and sounds as log-mel frames."""
    noisy = mm.probe.corrupt(pairs, noise, seed)
    return {"image": noisy["image"], "audio": mm.data.audio.log_mel(noisy["audio"])}


def levels(seed: int) -> dict:
    """A noise level for every training sample and side."""
    random = np.random.RandomState(seed)
    return {name: random.uniform(0, MOST, TRAIN) for name in ("image", "audio")}


def training_set(seed: int, speech: str, speakers: list[str] | None = None) -> tuple[dict, np.ndarray]:
    """Noisy inputs and labels; every sample has its own noise level on either side."""
    pairs = mm.data.pairs.digit_pairs("train", TRAIN, seed, speech, speakers)
    return hear(pairs, levels(seed), seed), pairs["label"]


def noisy_test(noise: dict, speech: str, speakers: list[str] | None = None) -> tuple[dict, np.ndarray]:
    """The same thousand pairs every time, with the given noise."""
    pairs = mm.data.pairs.digit_pairs("test", TEST, 1000, speech, speakers)
    return hear(pairs, noise, 1001), pairs["label"]


def second_picture(data: tuple[dict, np.ndarray], split: str, noise, seed: int) -> dict:
    """Two pictures of each sample's digit: its own, and another one with noise of its own."""
    inputs, label = data
    other = mm.data.pairs.digit_pairs(split, 10 * len(label), seed + 1)
    rows = [np.flatnonzero(other["label"] == digit) for digit in range(10)]
    used = np.array([rows[digit][k % len(rows[digit])] for k, digit in enumerate(label)])
    pictures = mm.probe.corrupt({"image": other["image"][used]}, {"image": noise}, seed + 2)
    return {"image": inputs["image"], "second": pictures["image"]}


def train(names: list[str], inputs: dict, labels: np.ndarray, seed: int):
    """A late-fusion model of the named modalities, trained for STEPS steps."""
    mm.seed(seed)
    encoders = {
        name: pooled(audio_encoder((61, 32)) if name == "audio" else image_encoder((8, 8, 1))) for name in names
    }
    model = mm.nn.models.late_fusion(encoders, mm.nn.fusion.Concatenate(), mm.nn.models.classifier(10))
    mm.train.fit(model, {name: inputs[name] for name in names}, labels, STEPS, seed=seed)
    return model


def score(model, data: tuple[dict, np.ndarray]) -> float:
    """Accuracy on (inputs, labels)."""
    return mm.metrics.accuracy(data[1], mm.train.answers(model, data[0]))


def score_of_sum(models: dict, data: tuple[dict, np.ndarray]) -> float:
    """Accuracy when the logits of the picture model and of the sound model are added."""
    inputs, label = data
    logits = [models[name].predict({name: inputs[name]}, batch_size=256, verbose=0) for name in ("image", "audio")]
    return mm.metrics.accuracy(label, sum(logits).argmax(-1))


def conflict(model, noise: dict) -> dict[str, float]:
    """Picture of one digit, sound of another: share of answers that follow the picture, and the sound."""
    inputs, seen = noisy_test(noise, "spoken_digits")
    heard = mm.probe.shuffle({"label": seen}, "label", seed=7)["label"]
    answer, differ = mm.train.answers(model, mm.probe.shuffle(inputs, "audio", seed=7)), seen != heard
    return {side: float(np.mean((answer == digit)[differ])) for side, digit in (("picture", seen), ("sound", heard))}


def confusion(model, data) -> list[list[int]]:
    """Counts (10, 10), truth down, answer across."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (data[1], mm.train.answers(model, data[0])), 1)
    return counts.tolist()


def run_seed(seed: int, sets: dict) -> dict:
    """Everything that is measured on one seed."""
    inputs, labels = training_set(seed, "spoken_digits")
    models = {arm: train(names, inputs, labels, seed) for arm, names in ARMS.items()}
    torn = train(ARMS["both"], mm.probe.shuffle(inputs, "audio", seed), labels, seed)
    twice = second_picture((inputs, labels), "train", levels(seed + 100)["image"], seed)
    looks = train(["image", "second"], twice, labels, seed)
    test_twice = second_picture(sets["test"], "test", NOISE["image"], 1002)
    scores = {arm: score(model, sets["test"]) for arm, model in models.items()}
    curves = {
        name: {arm: [score(model, data) for data in sets[name]] for arm, model in models.items()} for name in NOISE
    }
    for name in NOISE:
        curves[name]["sum"] = [score_of_sum(models, data) for data in sets[name]]
    return {
        "accuracy": scores
        | {"sum": score_of_sum(models, sets["test"])}
        | {"pictures": score(looks, (test_twice, sets["test"][1])), "shuffled": score(torn, sets["test"])},
        "clean": {arm: score(model, sets["clean"]) for arm, model in models.items()},
        "curves": curves,
        "ablation": mm.probe.ablation(lambda x: mm.train.answers(models["both"], x), *sets["test"]),
        "torn_ablation": mm.probe.ablation(lambda x: mm.train.answers(torn, x), *sets["test"]),
        "conflict": conflict(models["both"], {}),
        "noisy_conflict": conflict(models["both"], NOISE),
        "confusions": {name: confusion(models[name], sets["test"]) for name in NOISE},
    }


def gather(runs: list):
    """Nested dictionaries, one a seed, into one with a list over the seeds at each leaf."""
    if isinstance(runs[0], dict):
        return {key: gather([run[key] for run in runs]) for key in runs[0]}
    return runs


def held_out_voices() -> dict[str, list[float]]:
    """Accuracy of sound alone on each voice when it was trained on the other five; a number a seed."""
    voices = mm.data.speech.voices()
    scores = {voice: [] for voice in voices}
    for voice in voices:
        others = [name for name in voices if name != voice]
        test = noisy_test(NOISE, "spoken_digits", [voice])
        for seed in SEEDS:
            inputs, labels = training_set(seed, "spoken_digits", others)
            scores[voice].append(score(train(["audio"], inputs, labels, seed), test))
        print(voice, scores[voice], flush=True)
    return scores


def main() -> None:
    """Train every arm on every seed and write the record."""
    start = time.perf_counter()
    sets = {"test": noisy_test(NOISE, "spoken_digits"), "clean": noisy_test({}, "spoken_digits")}
    sets |= {name: [noisy_test({**NOISE, name: level}, "spoken_digits") for level in LEVELS] for name in NOISE}
    runs = []
    for seed in SEEDS:
        runs.append(run_seed(seed, sets))
        print(runs[-1]["accuracy"], flush=True)
    results = {"noise": NOISE, "test_count": TEST, "levels": LEVELS} | gather(runs)
    results["confusions"] = {name: np.sum(counts, axis=0).tolist() for name, counts in results["confusions"].items()}
    results["voices"] = held_out_voices()
    data = mm.records.fingerprint(sets["clean"][0]["image"], sets["clean"][0]["audio"], sets["clean"][1])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
