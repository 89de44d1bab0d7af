"""Which fusion can answer which question, and what each does with a noisy or a missing modality: the study of *Fusion*.

Utterances with a known bit in voice, words and face (`data.information`). Eight fusions to 8 units, each under a linear
head on the fused vector. Arms that see the same batches are trained in one model with one output an arm: they share no
weight, so each is trained as it would be alone. Five seeds; a seed changes the training utterances, the first weights
and the order of the batches, the test stays the same. Run with `make studies STUDY=fusion` (about five minutes).
"""

import time

import keras
import numpy as np
from keras import layers

import mmcourse as mm
from mmcourse.data import information
from mmcourse.nn import fusion
from mmcourse.nn.models import classifier
from mmcourse.nn.wrong_fusions import LowRankInPlainList

SLUG = "fusion"
MODULES = [f"nn/fusion/{name}.py" for name in ("attending", "common", "missing", "mixing", "multiplying")]
MODULES += ["data/information.py", "nn/models.py", "nn/wrong_fusions.py", "probe.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
UNITS, RANK, HIDDEN = 8, 2, 16
TRAIN, TEST, BATCH, EPOCHS, RATE = 4096, 4000, 64, 6, 0.02
DISTURBED = {
    "clean": ("concatenate", "weighted sum", "similarity", "attention"),
    "noisy": ("concatenate", "attention", "gated"),
}  # arms by their training
HOLED = ("concatenate", "weighted sum", "attention", "bilinear")
LEVELS = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0]  # of the noise on the voice, beside the one that all vectors have


def fusions(names: tuple[str, ...] = ()) -> dict[str, layers.Layer]:
    """The eight, or some of them, new: name -> layer."""
    made = {
        "concatenate": fusion.Concatenate(),
        "weighted sum": fusion.WeightedSum(UNITS),
        "similarity": fusion.SimilarityWeighted(UNITS),
        "attention": fusion.Attention(UNITS, hidden=16),
        "gated": fusion.Gated(UNITS),
        "bilinear": fusion.Bilinear(UNITS),
        "low rank": fusion.LowRank(UNITS, RANK),
        "film": fusion.FiLM(UNITS, main="text"),
    }
    return {name: made[name] for name in names or made}


def linear_head() -> keras.Sequential:
    """A linear head; wrapped, since a model with many of them wants a name of its own for each."""
    return keras.Sequential([classifier(2)])


def with_hidden_layer() -> keras.Sequential:
    """A head with one hidden layer."""
    return keras.Sequential([layers.Dense(HIDDEN, activation="relu"), classifier(2)])


def inputs_of(x: dict[str, np.ndarray]) -> dict:
    """{modality: (n, D_m)} -> its symbolic inputs."""
    return {name: keras.Input((values.shape[1],), name=name) for name, values in sorted(x.items())}


def train(inputs: dict, outputs: dict, x: dict[str, np.ndarray], y: np.ndarray) -> keras.Model:
    """A model with one output of logits an arm, all trained on the same batches."""
    model = keras.Model(inputs, list(outputs.values()))  # a list: TensorFlow allows no spaces in names of outputs
    schedule = keras.optimizers.schedules.CosineDecay(RATE, EPOCHS * (len(y) // BATCH))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(schedule), [loss] * len(outputs))
    model.fit(x, [y] * len(outputs), batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return keras.Model(inputs, outputs)


def scores(model: keras.Model, x: dict[str, np.ndarray], y: np.ndarray) -> dict[str, float]:
    """Accuracy of each arm."""
    logits = model.predict(x, batch_size=1000, verbose=0)
    return {name: float(mm.metrics.accuracy(y, values.argmax(-1))) for name, values in logits.items()}


def places(inputs: dict) -> dict:
    """Where the two modalities meet: in the input, between two layers, in the answers; about as many weights each."""
    voice, words = inputs["audio"], inputs["text"]
    encoded = [layers.Dense(12, activation="relu")(x) for x in (voice, words)]
    alone = [layers.Dense(12, activation="relu")(x) for x in (voice, words)]
    return {
        "early": with_hidden_layer()(layers.Dense(20, activation="relu")(layers.Concatenate()([voice, words]))),
        "intermediate": with_hidden_layer()(layers.Concatenate()(encoded)),
        "late": layers.Average()([with_hidden_layer()(x) for x in alone]),
    }


def questions(seed: int) -> dict[str, dict[str, float]]:
    """case -> arm -> accuracy; the synergy has arms more: hidden layer, place, number of gated units, plain list."""
    found = {}
    for case in information.CASES:
        fresh(seed)
        x, y = information.utterances(TRAIN, case, seed=seed)
        inputs = inputs_of(x)
        outputs = {name: linear_head()(layer(inputs)) for name, layer in fusions().items()}
        if case == "synergy":
            upper = fusions(("concatenate", "weighted sum", "similarity", "attention"))
            outputs |= {f"{name}, hidden": with_hidden_layer()(layer(inputs)) for name, layer in upper.items()}
            outputs |= places(inputs) | {"gated, 1 unit": linear_head()(fusion.Gated(1)(inputs))}
            outputs["plain list"] = linear_head()(LowRankInPlainList(UNITS, RANK)(inputs))
        model = train(inputs, outputs, x, y)
        found[case] = scores(model, *information.utterances(TEST, case, seed=1000))
    return found


def noisy(x: dict[str, np.ndarray], seed: int) -> dict[str, np.ndarray]:
    """In half of the utterances one modality, any of the three, has extra noise of a level from 0 to 3."""
    random = np.random.RandomState(seed)
    count = len(x["audio"])
    level, which = random.uniform(0, 3, count), random.randint(2 * len(x), size=count)
    for number, name in enumerate(sorted(x)):
        x = mm.probe.disturb(x, name, np.where(which == number, level, 0), seed=100 * seed + number)
    return x


def disturbed(seed: int) -> dict[str, dict]:
    """arm -> accuracy at each level of noise on the voice, with the voice of another one, and the shares."""
    x, y = information.agreeing(2 * TRAIN, seed=seed)
    test, truth = information.agreeing(TEST, seed=1000)
    found = {}
    for way, given in (("clean", x), ("noisy", noisy(x, seed))):
        fresh(seed)
        inputs, made = inputs_of(x), fusions(DISTURBED[way])
        outputs = {name: linear_head()(layer(inputs)) for name, layer in made.items()}
        model = train(inputs, outputs, given, y)
        levels = [scores(model, mm.probe.disturb(test, "audio", level), truth) for level in LEVELS]
        torn = scores(model, mm.probe.shuffle(test, "audio"), truth)
        for name, layer in made.items():
            entry = {"accuracy": [score[name] for score in levels], "torn": torn[name]}
            if hasattr(layer, "shares"):
                entry["shares"] = np.round(mm.probe.shares(layer, test, "audio", LEVELS), 3).tolist()
                swapped = mm.probe.shuffle(test, "audio")
                entry["torn shares"] = np.round(mm.probe.shares(layer, swapped, "audio", [0])[0], 3).tolist()
            found[f"{name}, {way}"] = entry
    return found


def off_center(x: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The vectors moved so that an unfriendly one has mean 0, a friendly one 2 directions: as after a ReLU."""
    return {name: values + information.direction(name).astype(np.float32) for name, values in x.items()}


def missing(seed: int) -> dict[str, dict[str, float]]:
    """arm, rate of modality dropout -> accuracy with all three, without the voice, with the face alone."""
    x, y = information.agreeing(2 * TRAIN, seed=seed)
    test, truth = information.agreeing(TEST, seed=1000)
    x, test = off_center(x), off_center(test)
    found = {}
    for rate in (0.0, 0.4):
        fresh(seed)
        inputs = inputs_of(x)
        present = keras.Input((3,), dtype="bool", name="present")
        there = fusion.ModalityDropout(rate)(present)
        outputs = {name: linear_head()(layer(inputs, present=there)) for name, layer in fusions(HOLED).items()}
        model = train(inputs | {"present": present}, outputs, x | {"present": np.ones((len(y), 3), bool)}, y)
        cases = {"all": test | {"present": np.ones((TEST, 3), bool)}}
        cases["no voice"] = mm.probe.without(cases["all"], "audio")
        cases["face alone"] = mm.probe.without(cases["no voice"], "text")
        measured = {case: scores(model, given, truth) for case, given in cases.items()}
        for name in outputs:
            found[f"{name}, {rate}"] = {case: accuracy[name] for case, accuracy in measured.items()}
    return found


def fresh(seed: int) -> None:
    """Forget the models before, and seed."""
    keras.backend.clear_session()
    mm.seed(seed)


def by_arm(runs: list[dict]) -> dict:
    """One dictionary a seed -> one dictionary of lists over the seeds."""
    return {name: [run[name] for run in runs] for name in runs[0]}


def main() -> None:
    """Train all arms on every seed, write the record."""
    start = time.perf_counter()
    cases, noise, holes = [], [], []
    for seed in SEEDS:
        cases.append(questions(seed))
        noise.append(disturbed(seed))
        holes.append(missing(seed))
        print(seed, cases[-1]["synergy"], f"{time.perf_counter() - start:.0f} s", flush=True)
    results = {
        "accuracy": {case: by_arm([run[case] for run in cases]) for case in information.CASES},
        "noise": by_arm(noise),
        "missing": by_arm(holes),
        "levels": LEVELS,
        "test_count": TEST,
    }
    features, labels = information.utterances(TEST, "synergy", seed=1000)
    data = mm.records.fingerprint(*features.values(), labels)
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
