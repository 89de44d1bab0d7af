"""Speed of Keras's plain RNN, LSTM and GRU in one run: a training step and a forward pass.

python benchmarks/recurrent.py

Every layer reads (64, 64, 32) numbers, as a language model of characters does, and a dense layer reads its last state.
The layers take turns, so that other work on the machine meets them all; of 31 repeats the median counts, and the
quartiles tell the spread. Once all have 128 units, once as many weights as the LSTM with 128 units has. A ratio above 1
is a layer faster than the LSTM. Threads are left to the backend.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import mmcourse as mm

REPEATS, WARM_UP = 31, 3
BATCH, LENGTH, WIDTH, UNITS = 64, 64, 32, 128
CLASSES = 8


@dataclass(frozen=True)
class Arm:
    """A layer of Keras: `blocks` matrices of each kind and `biases` a block."""

    layer: str
    blocks: int
    biases: int = 1
    reset_after: bool | None = None

    def weights(self, units: int) -> int:
        """How many numbers the layer learns."""
        return self.blocks * (WIDTH * units + units**2 + self.biases * units)

    def units_for(self, weights: int) -> int:
        """The units with which the number of weights comes nearest to `weights`."""
        return min(range(1, 4 * UNITS), key=lambda units: abs(self.weights(units) - weights))

    def model(self, units: int):
        """A compiled model, (B, T, D) -> logits (B, classes)."""
        import keras

        options = {} if self.reset_after is None else {"reset_after": self.reset_after}
        layer = getattr(keras.layers, self.layer)(units, **options)
        inputs = keras.Input((LENGTH, WIDTH))
        model = keras.Model(inputs, keras.layers.Dense(CLASSES)(layer(inputs)))
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model


ARMS = {
    "LSTM": Arm("LSTM", 4),
    "GRU": Arm("GRU", 3, biases=2, reset_after=True),
    "GRU, reset before": Arm("GRU", 3, reset_after=False),
    "SimpleRNN": Arm("SimpleRNN", 1),
}


def race(functions: dict[str, Callable]) -> dict[str, list[float]]:
    """Milliseconds of each call; the functions take turns, in an order that moves on by one each time."""
    times = {name: [] for name in functions}
    names = list(functions)
    for repeat in range(WARM_UP + REPEATS):
        for name in names[repeat % len(names) :] + names[: repeat % len(names)]:
            start = time.perf_counter()
            functions[name]()
            times[name].append(1e3 * (time.perf_counter() - start))
    return {name: taken[WARM_UP:] for name, taken in times.items()}


def described(taken: list[float], lstm: list[float]) -> str:
    """Median and quartiles in milliseconds, and how many times as fast as the LSTM: median over the rounds."""
    low, middle, high = statistics.quantiles(taken, n=4)
    ratio = statistics.median(reference / one for one, reference in zip(taken, lstm, strict=True))
    return f"{middle:.1f} ({low:.1f} to {high:.1f}) | {ratio:.2f}"


def compare(units: dict[str, int]) -> None:
    """Print one row a layer."""
    random = np.random.RandomState(0)
    x = random.standard_normal((BATCH, LENGTH, WIDTH)).astype(np.float32)
    y = random.randint(CLASSES, size=BATCH, dtype=np.int64)
    models = {name: arm.model(units[name]) for name, arm in ARMS.items()}
    steps = race({name: lambda model=model: model.train_on_batch(x, y) for name, model in models.items()})
    forward = race({name: lambda model=model: model.predict_on_batch(x) for name, model in models.items()})
    for name, arm in ARMS.items():
        parts = [described(times[name], times["LSTM"]) for times in (steps, forward)]
        print(f"| {name} | {units[name]} | {arm.weights(units[name]):,} | {' | '.join(parts)} |", flush=True)


def main() -> None:
    """Print both tables as one."""
    print("| layer | units | weights | step (ms) | speed / LSTM | forward (ms) | speed / LSTM |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    compare(dict.fromkeys(ARMS, UNITS))
    wanted = ARMS["LSTM"].weights(UNITS)
    compare({name: arm.units_for(wanted) for name, arm in ARMS.items()})


if __name__ == "__main__":
    mm.setup()
    main()
