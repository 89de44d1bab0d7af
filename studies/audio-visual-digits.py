"""Study of the lesson *Audio-visual digits*: fusion in training against fusion at inference, of two and three senses.

A picture, a sound and a misspelled word of the same digit. In training: concatenation, weighted sum, attention, and
concatenation with modality dropout. At inference: mean and product of the probabilities of experts that were trained
apart. Then noise on each sense, senses missing, and what was met before. Five seeds; a seed changes the training
triples, their noise, the first weights and the order of the batches; validation and test stay the same.
Run with `make studies STUDY=audio-visual-digits` (about seven minutes on two cores).
"""

import itertools
import time

import keras
import numpy as np

import mmcourse as mm
from mmcourse.data import senses
from mmcourse.data.text import CharacterVocabulary
from mmcourse.nn import fusion
from mmcourse.nn.encoders import audio_encoder, image_encoder, pooled, text_lstm
from mmcourse.nn.models import classifier
from mmcourse.nn.senses import experts, forgiving_fusion, projected

SLUG = "audio-visual-digits"
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
STEPS, TRAIN, VALIDATION, TEST = 400, 6400, 1000, 2000
MOST = {"audio": 0.8, "image": 0.7, "text": 0.9}  # training noise is uniform between 0 and this
NOISE = {"audio": 0.6, "image": 0.45, "text": 0.65}  # of validation and test
LEVELS = {"audio": [0, 0.3, 0.6, 0.9, 1.2], "image": [0, 0.25, 0.45, 0.7, 1.0], "text": [0, 0.25, 0.5, 0.75, 1.0]}
SENSES, PAIR = ("audio", "image", "text"), ("audio", "image")
UNIFORM = np.full(10, 0.1)
MODULES = ["data/audio.py", "data/waveform.py", "data/senses.py", "data/readers/embedded.py", "data/speech.py"]
MODULES += ["experts.py", "nn/senses.py", "nn/encoders/image.py", "nn/encoders/sound.py", "nn/encoders/text.py"]
MODULES += ["nn/encoders/pooling.py", "nn/fusion/mixing.py", "nn/fusion/attending.py", "nn/fusion/missing.py"]
MODULES += ["probe.py", "train.py", "metrics.py"]
LETTERS = CharacterVocabulary().fit([senses.LETTERS], size=30)


def receive(triples: dict, noise: dict, seed: int) -> dict:
    """Triples through noise -> inputs of the encoders: log-mel frames, pictures, tokens."""
    noisy = mm.probe.corrupt(triples, {name: noise[name] for name in PAIR}, seed)
    words = senses.corrupt_words(triples["text"], noise["text"], seed)
    tokens, _ = LETTERS.batch(list(words), length=7)  # START, at most five letters, END
    return {"audio": mm.data.audio.log_mel(noisy["audio"]), "image": noisy["image"], "text": tokens}


def training_set(seed: int, **choice) -> tuple[dict, np.ndarray]:
    """Noisy inputs and labels; every sample has its own noise level on each sense."""
    triples = senses.digit_senses("train", TRAIN, seed, **choice)
    random = np.random.RandomState(seed)
    levels = {name: random.uniform(0, MOST[name], TRAIN) for name in SENSES}
    return receive(triples, levels, seed), triples["label"]


def fixed_set(split: str, count: int, noise: dict, seed: int = 1000, **choice) -> tuple[dict, np.ndarray]:
    """The same triples every time, with the given noise."""
    triples = senses.digit_senses(split, count, seed, **choice)
    return receive(triples, noise, seed + 1), triples["label"]


def encoders(names) -> dict:
    """A new encoder for each of the named senses: raw input -> vector (B, 64)."""
    made = {}
    for name in names:
        encoder = {
            "audio": lambda: pooled(audio_encoder((61, 32))),
            "image": lambda: pooled(image_encoder((8, 8, 1))),
            "text": lambda: pooled(text_lstm(len(LETTERS), 64, length=7), "last"),
        }[name]()
        made[name] = projected(encoder, 64)
    return made


def train_experts(names, inputs: dict, labels: np.ndarray, seed: int) -> keras.Model:
    """The experts of the named senses, each trained for STEPS steps and without the others, in one `fit`."""
    mm.seed(seed)
    model = experts(encoders(names), 10)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, STEPS)
    model.compile(keras.optimizers.Adam(schedule), dict.fromkeys(names, loss))
    given, wanted = {name: inputs[name] for name in names}, dict.fromkeys(names, labels)
    model.fit(given, wanted, batch_size=64, epochs=STEPS * 64 // TRAIN, verbose=0)
    return model


def train_joint(layer, names, data: tuple[dict, np.ndarray], seed: int, rate: float = 0.0) -> keras.Model:
    """A fusion of the named senses, trained end to end for STEPS steps."""
    mm.seed(seed)
    model = forgiving_fusion(encoders(names), layer(), classifier(10), rate)
    mm.train.fit(model, with_present(data[0], names), data[1], STEPS, seed=seed)
    return model


def with_present(inputs: dict, names, there=None) -> dict:
    """The named inputs and "present": all of them, or those in `there`."""
    given = {name: inputs[name] for name in names}
    row = [there is None or name in there for name in sorted(names)]
    return given | {"present": np.tile(row, (len(next(iter(given.values()))), 1))}


def probabilities(model: keras.Model, inputs: dict):
    """The softmax of what a model gives, also of each expert."""
    logits = model.predict({t.name: inputs[t.name] for t in model.inputs}, batch_size=500, verbose=0)
    return keras.tree.map_structure(lambda z: keras.ops.convert_to_numpy(keras.ops.softmax(z)), logits)


def scores(chances: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Accuracy, and the mean loss in nats."""
    loss = -np.log(np.maximum(chances[np.arange(len(labels)), labels], 1e-12)).mean()
    return {"accuracy": mm.metrics.accuracy(labels, chances.argmax(1)), "loss": float(loss)}


def fused(told: dict, names) -> dict[str, np.ndarray]:
    """Experts' probabilities -> mean and product of the named ones."""
    chosen = {name: told[name] for name in names}
    return {"mean": mm.experts.mean_of_experts(chosen), "product": mm.experts.product_of_experts(chosen, UNIFORM)}


JOINT = {
    "concatenate": (fusion.Concatenate, 0.0),
    "weighted sum": (lambda: fusion.WeightedSum(64), 0.0),
    "attention": (lambda: fusion.Attention(64), 0.0),
    "dropout": (fusion.Concatenate, 0.3),
}


def run_seed(seed: int, sets: dict) -> dict:
    """Everything that is measured on one seed."""
    data = training_set(seed)
    apart = train_experts(SENSES, *data, seed)
    joint = {
        names: {arm: train_joint(layer, names, data, seed, rate) for arm, (layer, rate) in JOINT.items()}
        for names in (PAIR, SENSES)
    }
    result = {part: table(apart, joint, *sets[part]) for part in ("validation", "test", "met")}
    result["subsets"] = subsets(apart, joint[SENSES], *sets["test"])
    result["curves"] = {
        name: gather([noisy(apart, joint[SENSES], *data) for data in sets[name]]) for name in SENSES
    }  # {sense: {arm: (levels,)}}
    return result


def table(apart, joint: dict, inputs: dict, labels: np.ndarray) -> dict:
    """Accuracy and loss of every arm, alone, for the pair and for all three."""
    told = probabilities(apart, inputs)
    rows = {"alone": {name: scores(told[name], labels) for name in SENSES}}
    for key, names in (("two", PAIR), ("three", SENSES)):
        trained = {arm: probabilities(model, with_present(inputs, names)) for arm, model in joint[names].items()}
        rows[key] = {arm: scores(chances, labels) for arm, chances in (trained | fused(told, names)).items()}
    return rows


def subsets(apart, joint: dict, inputs: dict, labels: np.ndarray) -> dict:
    """Accuracy of the models of three senses where only some are there."""
    told, rows = probabilities(apart, inputs), {}
    for size in (1, 2, 3):
        for names in itertools.combinations(SENSES, size):
            left = {arm: probabilities(joint[arm], with_present(inputs, SENSES, names)) for arm in JOINT}
            left |= fused(told, names)
            rows[" ".join(names)] = {arm: scores(chances, labels)["accuracy"] for arm, chances in left.items()}
    return rows


def noisy(apart, joint: dict, inputs: dict, labels: np.ndarray) -> dict:
    """Accuracy of the models of three senses on one noisy set."""
    told = probabilities(apart, inputs)
    left = {arm: probabilities(joint[arm], with_present(inputs, SENSES)) for arm in ("concatenate", "dropout")}
    left |= fused(told, SENSES)
    return {arm: scores(chances, labels)["accuracy"] for arm, chances in left.items()}


def gather(runs: list):
    """Nested dictionaries, one a run, into one with a list over the runs at each leaf."""
    if isinstance(runs[0], dict):
        return {key: gather([run[key] for run in runs]) for key in runs[0]}
    return runs


def main() -> None:
    """Train every arm on every seed and write the record."""
    start = time.perf_counter()
    sets = {"validation": fixed_set("validation", VALIDATION, NOISE), "test": fixed_set("test", TEST, NOISE)}
    sets["met"] = fixed_set("train", TEST, NOISE)  # pictures and recordings of the training, noise is new
    for name, levels in LEVELS.items():
        sets[name] = [fixed_set("test", TEST, {**NOISE, name: level}) for level in levels]
    runs = []
    for seed in SEEDS:
        runs.append(run_seed(seed, sets))
        print(seed, {arm: row["accuracy"] for arm, row in runs[-1]["test"]["two"].items()}, flush=True)
    results = {"noise": NOISE, "most": MOST, "levels": LEVELS, "test_count": TEST} | gather(runs)
    data = mm.records.fingerprint(*sets["test"][0].values(), sets["test"][1])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
