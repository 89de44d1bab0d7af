"""What shared weights and pooling buy when things move: the study of the lesson on convolution.

Handwritten digits on an empty square, taught at nine neighboring places and tested there, at nine other places, and at
the border of the square. Four networks: dense, dense with ten times the parameters, convolutions with a dense layer on
their whole last map, and on the largest value of each map. Run with `make studies STUDY=convolution`.
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.data import shift

SLUG = "convolution"
MODULES = ["data/shift.py", "data/readers/embedded.py", "train.py"]
SEEDS = [0, 1, 2, 3, 4]
STEPS, BATCH, SIZE, COPIES = 600, 64, 34, 8
CORNERS = {"seen": 7, "unseen": 17, "border": 24}  # row and column of a digit's first pixel, the least of three


def network(arm: str):
    """A classifier of squares (B, 34, 34, 1); the convolutions reach over 8 pixels, the size of a digit."""
    from keras import Input, Model, layers

    images = Input((SIZE, SIZE, 1), name="image")
    if arm in ("dense", "dense large"):
        h = layers.Dense(8 if arm == "dense" else 80, activation="relu")(layers.Flatten()(images))
        return Model(images, layers.Dense(10)(h))
    h = layers.Conv2D(16, 3, activation="relu")(images)  # (B, 32, 32, 16)
    h = layers.MaxPooling2D(2)(h)  # (B, 16, 16, 16)
    if arm == "flattened":
        h = layers.MaxPooling2D(2)(layers.Conv2D(16, 3, activation="relu")(h))  # (B, 7, 7, 16)
        return Model(images, layers.Dense(10)(layers.Flatten()(h)))
    h = layers.Conv2D(64, 3, activation="relu")(h)  # (B, 14, 14, 64)
    return Model(images, layers.Dense(10)(layers.GlobalMaxPooling2D()(h)))


ARMS = ("dense", "dense large", "flattened", "pooled")


def placed(images: np.ndarray, corner: int, seed: int) -> np.ndarray:
    """Digits (B, 8, 8, 1) on squares, each at one of the nine places from `corner` on."""
    random = np.random.RandomState(seed)
    return shift.place(images, corner + random.randint(3, size=(len(images), 2), dtype=np.int64), SIZE)


def main() -> None:
    """Train every arm on every seed, and write the record."""
    start = time.perf_counter()
    train, test = mm.load("digits", "train"), mm.load("digits", "test")
    squares = {name: placed(test["image"], corner, 1) for name, corner in CORNERS.items()}
    scores = {arm: {name: [] for name in CORNERS} for arm in ARMS}
    labels, parameters = np.tile(train["label"], COPIES), {}
    for seed in SEEDS:
        images = placed(np.tile(train["image"], (COPIES, 1, 1, 1)), CORNERS["seen"], seed)
        for arm in ARMS:
            mm.seed(seed)
            model = network(arm)
            mm.train.fit(model, {"image": images}, labels, STEPS, BATCH, seed)
            parameters[arm] = model.count_params()
            for name, shown in squares.items():
                answers = mm.train.answers(model, {"image": shown})
                scores[arm][name].append(float(np.mean(answers == test["label"])))
            print(seed, arm, {name: values[-1] for name, values in scores[arm].items()}, flush=True)
    results = {"accuracy": scores, "parameters": parameters, "test_count": len(test["label"]), "steps": STEPS}
    data = mm.records.fingerprint(train["image"], test["image"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
