"""Which recurrent cell keeps a symbol for 40 steps, and with which bias: the study of the lesson *LSTM*.

Random symbols, a bell at one of the first 20; which symbol was it, 40 to 59 steps ago? All arms have 24 units and are
trained alike, the plain RNN with a smaller learning rate too. Five seeds; a seed changes the training sequences, the
first weights and the order of the batches, the test stays the same. Run with `make studies STUDY=lstm` (about twelve
minutes on two cores).
"""

import time

import keras
import numpy as np

import mmcourse as mm
from mmcourse.data.recall import recall
from mmcourse.nn.memory import memory_bias, recall_model
from mmcourse.nn.wrong_cells import LSTMCellWithoutCellState

SLUG = "lstm"
MODULES = ["data/recall.py", "nn/memory.py", "nn/wrong_cells.py", "probe.py", "train.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
UNITS, CLASSES, DELAY, STEPS, TRAIN, TEST = 24, 4, 40, 300, 8192, 2000
RATE = 0.02
LONGER, SECOND_BELL = [80, 160, 320], 30  # delays; the step of a second bell
TIMES = [10, 20, 40, 80, 160]  # T of the biases ln T and -ln T
FLOW_STEPS = range(10, 101, 10)  # what is left of a nudge is recorded after so many steps


def lstm(steps: float) -> keras.layers.Layer:
    """An LSTM that starts with the biases for so many steps."""
    layer = keras.layers.LSTM(UNITS)
    layer.build((None, None, CLASSES + 1))
    layer.cell.bias.assign(memory_bias(UNITS, steps))
    return layer


def forgetful(forget_bias: float) -> keras.layers.Layer:
    """An LSTM whose forget gate has this bias at first, all other biases 0."""
    layer = keras.layers.LSTM(UNITS)
    layer.build((None, None, CLASSES + 1))
    layer.cell.bias.assign(np.repeat([0, forget_bias, 0, 0], UNITS))
    return layer


def wrong() -> keras.layers.Layer:
    """The printed cell without cell state, its forget gate as in the right one."""
    return keras.layers.RNN(LSTMCellWithoutCellState(UNITS, np.log(DELAY)))


def rnn() -> keras.layers.Layer:
    """The plain RNN of Keras, its recurrent weights orthogonal at first."""
    return keras.layers.SimpleRNN(UNITS)


def train(make, seed: int, rate: float = RATE, delay: int = DELAY, early: int = 20) -> tuple[keras.Model, dict]:
    """The model after STEPS steps, its accuracy on the test and the curve of the training accuracy."""
    x, y = recall(TRAIN, delay, early, seed=seed)
    test, answers = recall(TEST, delay, early, seed=1000)
    mm.seed(seed)
    model = mm.train.compile_classifier(recall_model(make(), CLASSES + 1, CLASSES), STEPS, rate)
    curve = mm.train.fit(model, {"symbols": x}, y, STEPS, seed=seed)
    found = mm.metrics.accuracy(answers, mm.train.answers(model, {"symbols": test}))
    return model, {"accuracy": float(found), "curve": rounded(curve["accuracy"])}


def strained(model: keras.Model) -> dict[str, float]:
    """A trained model after delays longer than in training, and with a second bell: share that goes by the first."""
    found = {}
    for delay in LONGER:
        test, answers = recall(500, delay, seed=1000)
        found[str(delay)] = float(mm.metrics.accuracy(answers, mm.train.answers(model, {"symbols": test})))
    test, first = recall(TEST, DELAY, seed=1000)
    test[:, SECOND_BELL, CLASSES] = 1
    differ = first != test[:, SECOND_BELL, :CLASSES].argmax(-1)
    said = mm.train.answers(model, {"symbols": test})
    return found | {"first bell": float(np.mean(said[differ] == first[differ]))}


def rounded(values: np.ndarray) -> list[float]:
    """The values with four significant digits: more are not the same on another machine."""
    return [float(f"{value:.4g}") for value in values]


def at_steps(flow: np.ndarray) -> dict[str, float]:
    """(100,) -> what is left of a nudge after 10, 20, … 100 steps."""
    return dict(zip(map(str, FLOW_STEPS), rounded(flow[[step - 1 for step in FLOW_STEPS]]), strict=True))


def flows(seed: int) -> dict[str, dict[str, float]]:
    """How much of a nudge of the first state is left after 10, 20, … 100 steps, in new layers."""
    x, _ = recall(4, 80, seed=1000)
    mm.seed(seed)
    layers = {"rnn": rnn(), "wrong": wrong(), "forget 0": forgetful(0), "forget 1": forgetful(1)}
    layers |= {"memory": lstm(DELAY), "forget 3": forgetful(3)}
    return {name: at_steps(mm.probe.gradient_flow(layer, x)) for name, layer in layers.items()}


def arms() -> dict:
    """What is trained: name -> keywords of `train`."""
    main = {"memory": {"make": lambda: lstm(DELAY)}, "wrong": {"make": wrong}}
    main |= {f"rnn {rate}": {"make": rnn, "rate": rate} for rate in (0.002, 0.02)}
    main |= {f"forget {bias}": {"make": lambda bias=bias: forgetful(bias)} for bias in (0, 1)}
    main |= {f"T {steps}": {"make": lambda steps=steps: lstm(steps)} for steps in TIMES if steps != DELAY}
    main["rnn first"] = {"make": rnn, "rate": 0.002, "early": 1}
    main["memory first"] = {"make": lambda: lstm(DELAY), "early": 1}
    main["delay 20, forget 1"] = {"make": lambda: forgetful(1), "delay": 20}
    main["delay 80, T 80"] = {"make": lambda: lstm(80), "delay": 80}
    return main


def main() -> None:
    """Train every arm on every seed, probe new layers, write the record."""
    start = time.perf_counter()
    found = {name: [] for name in arms()}
    for seed in SEEDS:
        for name, settings in arms().items():
            keras.backend.clear_session()
            model, scores = train(seed=seed, **settings)
            if name == "memory":
                scores |= {"strained": strained(model)}
            found[name].append(scores)
            print(seed, name, found[name][-1]["accuracy"], f"{time.perf_counter() - start:.0f} s", flush=True)
    flow = [flows(seed) for seed in SEEDS]
    results = {
        "accuracy": {name: [run["accuracy"] for run in runs] for name, runs in found.items()},
        "curve": {name: [run["curve"] for run in found[name]] for name in ("memory", "wrong", "rnn 0.002", "forget 1")},
        "strained": [run["strained"] for run in found["memory"]],
        "flow": {name: [one[name] for one in flow] for name in flow[0]},
        "test_count": TEST,
    }
    data = mm.records.fingerprint(*recall(TEST, DELAY, seed=1000))
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
