"""Learning rates, scales and starts: the study of the lesson on gradients.

A network with one hidden layer learns handwritten digits by the package's own back-propagation, in NumPy: with plain
gradient descent and with Adam, over learning rates, with pixels from 0 to 1 and with pixels divided by 255 once more;
from several starts; and, in Keras, with tanh in place of softmax. Run with `make studies STUDY=gradients`.
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.nn import gradients

SLUG = "gradients"
MODULES = ["nn/gradients.py"]
SEEDS = [0, 1, 2, 3, 4]
RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
SCALES = {"pixels": 1.0, "divided by 255": 1 / 255}
STARTS = {"as usual": (1, 1), "W1 times 50": (50, 1), "zeros": (0, 0)}  # what W1 and W2 are multiplied by
HIDDEN, STEPS, BATCH, EPOCHS = 32, 300, 64, 15


def start_weights(seed: int) -> list[np.ndarray]:
    """Weights of a network 64 -> HIDDEN -> 10: normal with standard deviation 1 / root of the inputs, biases zero."""
    random = np.random.RandomState(seed)
    W1, W2 = random.standard_normal((64, HIDDEN)) / 8, random.standard_normal((HIDDEN, 10)) / np.sqrt(HIDDEN)
    return [W1, np.zeros(HIDDEN), W2, np.zeros(10)]


def train(x: np.ndarray, target: np.ndarray, weights: list, optimizer: str, rate: float, seed: int) -> list:
    """The weights after STEPS steps."""
    random = np.random.RandomState(seed)
    state = [(np.zeros_like(weight), np.zeros_like(weight)) for weight in weights]
    for step in range(1, STEPS + 1):
        rows = random.randint(len(x), size=BATCH)
        _, slopes = gradients.backpropagation_numpy(x[rows], target[rows], weights)
        if optimizer == "sgd":
            weights = [gradients.sgd_numpy(*pair, rate) for pair in zip(weights, slopes, strict=True)]
        else:
            moved = [gradients.adam_numpy(*each, step, rate) for each in zip(weights, slopes, state, strict=True)]
            weights, state = [weight for weight, _ in moved], [each for _, each in moved]
    return weights


def accuracy(x: np.ndarray, target: np.ndarray, weights: list) -> float:
    """Share of the digits that are read right."""
    W1, b1, W2, b2 = weights
    logits = gradients.dense_numpy(np.tanh(gradients.dense_numpy(x, W1, b1)), W2, b2)
    return float(mm.metrics.accuracy(target, logits.argmax(1)))


def with_last_layer(activation: str, digits: tuple, seed: int) -> dict[str, float]:
    """A Keras network whose last layer has this activation: test accuracy, and share of test losses below 1e-6."""
    import keras

    x, target, test_x, test_target = digits
    mm.seed(seed)
    hidden, last = keras.layers.Dense(HIDDEN, "tanh"), keras.layers.Dense(10, activation)
    model = keras.Sequential([keras.Input((64,)), hidden, last])
    model.compile(keras.optimizers.Adam(0.01), "categorical_crossentropy")
    model.fit(x, np.eye(10)[target], batch_size=BATCH, epochs=EPOCHS, verbose=0)
    outputs = model.predict(test_x, verbose=0)
    losses = np.asarray(keras.losses.categorical_crossentropy(np.eye(10, dtype="f")[test_target], outputs))
    right = float(mm.metrics.accuracy(test_target, outputs.argmax(1)))
    return {"accuracy": right, "tiny": float((losses < 1e-6).mean()), "loss": float(losses.mean())}


def measure_rates(digits: tuple) -> dict[str, dict]:
    """Test accuracy by scale of the pixels, optimizer, learning rate and seed."""
    x, target, test_x, test_target = digits
    found = {}
    for scale, factor in SCALES.items():
        for optimizer in ("sgd", "adam"):
            rows = found.setdefault(scale, {}).setdefault(optimizer, [])
            for rate in RATES:
                ends = [train(factor * x, target, start_weights(seed), optimizer, rate, seed) for seed in SEEDS]
                rows.append([accuracy(factor * test_x, test_target, weights) for weights in ends])
            print(scale, optimizer, np.mean(rows, 1).round(3), flush=True)
    return found


def measure_starts(digits: tuple) -> dict[str, list[float]]:
    """Test accuracy by start and seed, with plain gradient descent."""
    x, target, test_x, test_target = digits
    found = {}
    for name, (first, second) in STARTS.items():
        found[name] = []
        for seed in SEEDS:
            W1, b1, W2, b2 = start_weights(seed)
            weights = train(x, target, [first * W1, b1, second * W2, b2], "sgd", 0.3, seed)
            found[name].append(accuracy(test_x, test_target, weights))
        print(name, found[name], flush=True)
    return found


def measure_last_layers(digits: tuple) -> dict[str, dict]:
    """Accuracy and losses by activation of the last layer and seed."""
    found = {}
    for activation in ("tanh", "softmax"):
        rows = [with_last_layer(activation, digits, seed) for seed in SEEDS]
        found[activation] = {name: [row[name] for row in rows] for name in rows[0]}
        print(activation, found[activation], flush=True)
    return found


def main() -> None:
    """Measure rates, starts and last layers over the seeds, and write the record."""
    begin = time.perf_counter()
    parts = [mm.load("digits", split) for split in ("train", "test")]
    digits = tuple(array for part in parts for array in (part["image"].reshape(-1, 64), part["label"]))
    results = {"rate": RATES, "test_count": len(digits[-1]), "accuracy": measure_rates(digits)}
    results |= {"starts": measure_starts(digits), "last": measure_last_layers(digits)}
    data = mm.records.fingerprint(digits[2])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - begin, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
