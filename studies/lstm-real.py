"""RNN against LSTM on real recordings: the study for *On real data* of the lesson *LSTM*.

Spoken digits as 61 log-mel frames, read frame by frame; the digit is asked for at the end, most often after some
silence. The plain RNN has 59 units, so as many weights as the LSTM of 24 (1 % less). Two learning rates each, five
seeds; a seed changes the first weights and the order of the batches. Needs the Free Spoken Digit Dataset 1.0.9
(12 MB): from MMCOURSE_MIRROR, the cache or the internet. Run with `make studies STUDY=lstm-real`.
"""

import time

import keras
import numpy as np

import mmcourse as mm
from mmcourse.data.audio import log_mel
from mmcourse.nn.memory import memory_bias, recall_model

SLUG = "lstm-real"
MODULES = ["data/audio.py", "data/readers/fsdd.py", "data/waveform.py", "nn/memory.py", "train.py"]
SEEDS = [1, 2, 3, 4, 5]
UNITS, RNN_UNITS, BANDS, CLASSES, STEPS = 24, 59, 32, 10, 400
RATES = (0.002, 0.01)


def sounds() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """split -> frames (n, 61, 32) with mean 0 and deviation 1 in the training set, labels (n,)."""
    loaded = {split: mm.load("fsdd", split) for split in ("train", "test")}
    frames = {split: log_mel(data["audio"]) for split, data in loaded.items()}
    mean, deviation = frames["train"].mean(), frames["train"].std()
    return {split: ((frames[split] - mean) / deviation, loaded[split]["label"]) for split in loaded}


def layers() -> dict[str, keras.layers.Layer]:
    """The recurrent layers that are compared, built; "memory" starts with the biases for 61 steps."""
    made = {
        "rnn": keras.layers.SimpleRNN(RNN_UNITS),
        "forget 1": keras.layers.LSTM(UNITS),
        "memory": keras.layers.LSTM(UNITS),
    }
    for layer in made.values():
        layer.build((None, None, BANDS))
    made["memory"].cell.bias.assign(memory_bias(UNITS, 61))
    return made


def train(name: str, rate: float, data: dict, seed: int) -> float:
    """Accuracy on the test recordings after STEPS steps."""
    keras.backend.clear_session()
    mm.seed(seed)
    model = recall_model(layers()[name], BANDS, CLASSES)
    mm.train.compile_classifier(model, STEPS, rate)
    frames, labels = data["train"]
    mm.train.fit(model, {"symbols": frames}, labels, STEPS, seed=seed)
    frames, labels = data["test"]
    return float(mm.metrics.accuracy(labels, mm.train.answers(model, {"symbols": frames})))


def main() -> None:
    """Train every layer with every rate on every seed and write the record."""
    start = time.perf_counter()
    data = sounds()
    found = {name: {str(rate): [] for rate in RATES} for name in layers()}
    for seed in SEEDS:
        for name, rates in found.items():
            for rate in RATES:
                rates[str(rate)].append(train(name, rate, data, seed))
                print(seed, name, rate, rates[str(rate)][-1], f"{time.perf_counter() - start:.0f} s", flush=True)
    results = {
        "accuracy": found,
        "weights": {name: layer.count_params() for name, layer in layers().items()},
        "train_count": len(data["train"][1]),
        "test_count": len(data["test"][1]),
    }
    path = mm.records.write(
        SLUG, results, SEEDS, time.perf_counter() - start, MODULES, mm.records.fingerprint(*data["test"])
    )
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
