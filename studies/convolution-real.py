"""What convolution over time buys when words come later: the study of the lesson on convolution, on real voices.

The Free Spoken Digit Dataset 1.0.9 (12 MB, from MMCOURSE_MIRROR, the cache or the internet), its official split. Every
training word starts after 160 ms of 1.6 seconds; the test words come up to 400 ms later. Three networks on log-mel
frames: dense, dense with more parameters, and two convolutions over time with the largest value of each map.
Run with `make studies STUDY=convolution-real`.
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.data import audio, shift

SLUG = "convolution-real"
MODULES = ["data/audio.py", "data/readers/embedded.py", "data/readers/fsdd.py", "data/shift.py", "train.py"]
SEEDS = [0, 1, 2, 3, 4]
STEPS, BATCH = 600, 64
DELAYS = (0, 20, 50, 100, 200, 400)  # ms
ARMS = ("dense", "dense large", "pooled")


def network(arm: str):
    """A classifier of log-mel frames (B, 99, 32)."""
    from keras import Input, Model, layers

    h = frames = Input((99, 32), name="audio")
    if arm == "pooled":
        for _ in range(2):
            h = layers.Conv1D(32, 5, activation="relu")(h)  # (B, 95, 32), (B, 91, 32)
        return Model(frames, layers.Dense(10)(layers.GlobalMaxPooling1D()(h)))
    h = layers.Dense(4 if arm == "dense" else 64, activation="relu")(layers.Flatten()(h))
    return Model(frames, layers.Dense(10)(h))


def log_mel(sounds: np.ndarray, wait: int) -> np.ndarray:
    """(B, 8000) at 8 kHz -> (B, 99, 32): log-mel frames of 1.6 s, in which the sound starts after 160 + `wait` ms."""
    longer = np.pad(sounds, ((0, 0), (1280, 3520)))
    return audio.log_mel(shift.delay(longer, np.full(len(longer), 8 * wait)))


def main() -> None:
    """Train every arm on every seed, and write the record."""
    start = time.perf_counter()
    train, test = mm.load("fsdd", "train"), mm.load("fsdd", "test")
    seen = log_mel(train["audio"], 0)
    later = [log_mel(test["audio"], wait) for wait in DELAYS]
    scores, parameters = {arm: [] for arm in ARMS}, {}
    for seed in SEEDS:
        for arm in ARMS:
            mm.seed(seed)
            model = network(arm)
            mm.train.fit(model, {"audio": seen}, train["label"], STEPS, BATCH, seed)
            parameters[arm] = model.count_params()
            answers = [mm.train.answers(model, {"audio": heard}) for heard in later]
            scores[arm].append([float(np.mean(given == test["label"])) for given in answers])
            print(seed, arm, scores[arm][-1], flush=True)
    results = {"accuracy": scores, "parameters": parameters, "delays": DELAYS, "steps": STEPS}
    results["test_count"] = len(test["label"])
    data = mm.records.fingerprint(train["audio"], test["audio"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
