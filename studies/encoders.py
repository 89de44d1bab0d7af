"""Study of the lesson *Encoders*: ten encoders at equal weights and equal steps, each on the task of its modality.

Text: which color is meant. Pictures: which digit is written, somewhere on a square. Sound: which digit is said, by two
voices that were never heard, every pair of voices once. Speed is the number of samples a second in training, the best
of some rounds; memory is counted. A seed changes samples, first weights and the order of the batches. Run with
`make studies STUDY=encoders` (about seven minutes on two cores).
"""

import contextlib
import io
import time
import timeit

import keras

import mmcourse as mm
from mmcourse.data import one_modality as tasks
from mmcourse.nn.encoders import ARMS, compared

SLUG = "encoders"
MODULES = ["data/one_modality.py", "nn/patches.py", "nn/transformer.py", "costs.py", "train.py"]
MODULES += [f"nn/encoders/{name}.py" for name in ("compared", "image", "pooling", "sound", "text")]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
BATCH = 64
STEPS = {"text": 200, "image": 300, "audio": 200}
RATE = {"vit": 2e-3}  # 5e-3 for all others; with that, the ViT learned nothing in 300 steps on seed 0
SENTENCES, PICTURES, TEST = 4000, 2000, 2000
VOICES = mm.data.speech.voices()
FOLDS = [VOICES[first : first + 2] for first in range(0, len(VOICES), 2)]


class Trained:
    """The models of the comparison: each is built and compiled once and begins anew for every training."""

    def __init__(self, steps: dict[str, int]):
        self.models, self.steps = {}, steps

    def train(self, modality: str, arm: str, data: tuple, seed: int) -> keras.Model:
        """The arm with new weights, trained on (inputs, labels)."""
        mm.seed(seed)
        model = compared(modality, arm)
        if (modality, arm) in self.models:
            model = renewed(self.models[modality, arm], model)
        else:
            mm.train.compile_classifier(model, self.steps[modality], RATE.get(arm, 5e-3))
        self.models[modality, arm] = model
        with contextlib.redirect_stdout(io.StringIO()):
            mm.train.fit(model, *data, self.steps[modality], BATCH, seed)
        return model


def renewed(model: keras.Model, new: keras.Model) -> keras.Model:
    """The compiled model with the weights of a new one and an optimizer that has not stepped."""
    model.set_weights(new.get_weights())
    for variable in model.optimizer.variables:
        variable.assign(keras.ops.zeros(variable.shape, variable.dtype))
    return model


def score(model: keras.Model, data: tuple) -> float:
    """Accuracy on (inputs, labels)."""
    return mm.metrics.accuracy(data[1], mm.train.answers(model, data[0]))


def speed(model: keras.Model, data: tuple) -> float:
    """Samples a second of training; the weights are worth nothing afterwards."""
    inputs, labels = {name: values[:BATCH] for name, values in data[0].items()}, data[1][:BATCH]
    times = timeit.repeat(lambda: model.train_on_batch(inputs, labels), number=10, repeat=6)
    return 10 * BATCH / min(times[1:])


def voices_of(pair: list[str]) -> tuple:
    """Training data without a pair of voices, test data of these two."""
    return tasks.said_digit([voice for voice in VOICES if voice not in pair]), tasks.said_digit(pair)


def run_seed(seed: int, tests: dict, folds: list, trained: Trained) -> dict:
    """{"accuracy", "speed"} of every arm; the accuracy is a list, for sound with one entry a pair of voices."""
    runs = {
        "text": [(tasks.meant_color(SENTENCES, seed), tests["text"])],
        "image": [(tasks.placed_digit(PICTURES, seed), tests["image"])],
        "audio": folds,
    }
    found = {"accuracy": {}, "speed": {}}
    for modality, arms in ARMS.items():
        found["accuracy"][modality] = {arm: [] for arm in arms}
        found["speed"][modality] = {}
        for arm in arms:
            for data, test in runs[modality]:
                model = trained.train(modality, arm, data, seed)
                found["accuracy"][modality][arm].append(score(model, test))
            found["speed"][modality][arm] = speed(model, data)
    return found


def main() -> None:
    """Train every arm on every seed, measure its speed, and write the record."""
    start, trained, runs = time.perf_counter(), Trained(STEPS), []
    tests = {"text": tasks.meant_color(TEST, 1000, "test"), "image": tasks.placed_digit(TEST, 1000, "test")}
    folds = [voices_of(pair) for pair in FOLDS]
    for seed in SEEDS:
        runs.append(run_seed(seed, tests, folds, trained))
        print(seed, runs[-1], f"{time.perf_counter() - start:.0f} s", flush=True)
    costs = {m: {arm: mm.costs.cost(trained.models[m, arm], BATCH) for arm in arms} for m, arms in ARMS.items()}
    results = mm.records.gather(runs) | {"costs": costs, "pictures": PICTURES, "steps": STEPS, "rate": RATE}
    results |= {"folds": FOLDS, "sentences": SENTENCES, "test_count": TEST, "batch": BATCH}
    data = mm.records.fingerprint(tests["text"][0]["text"], tests["image"][0]["image"], folds[0][1][0]["audio"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
