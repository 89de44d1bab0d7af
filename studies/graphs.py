"""How many layers a question about a scene needs, and on which graph: the study of the lesson *Graphs*.

The color of the thing above a named one ("near", two edges from the word) or left of that ("far", three), read off the
last word. Depth 1 to 4 with eight kinds of edges; other graphs on the same nodes; attention in place of a graph; and
plain graph convolutions, which grow alike. All have 32 units and are trained alike. Five seeds; a seed changes the
scenes, the first weights and the order of the batches, the test stays the same. Run with `make studies STUDY=graphs`
(about fifteen minutes on two cores).
"""

import time

import keras
import numpy as np
from keras import layers

import mmcourse as mm
from mmcourse.data.scene_graph import CHANGES, COLORS, WORDS, hop_columns
from mmcourse.nn import graphs

SLUG = "graphs"
MODULES = ["data/scene_graph.py", "nn/attention.py", "nn/graphs.py", "train.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
UNITS, STEPS, RATE, TRAIN, TEST = 32, 500, 0.005, 4096, 2000
DEPTHS = {"near": (1, 2, 3, 8), "far": (1, 2, 3, 4)}
PLAIN = (2, 8, 16)  # layers of plain graph convolutions, one kind of edge, on the near question


def answered(model: keras.Model, train: tuple, test: tuple, seed: int) -> float:
    """Accuracy on the test after STEPS steps."""
    mm.train.compile_classifier(model, STEPS, RATE)
    mm.train.fit(model, *train, STEPS, seed=seed)
    return float(mm.metrics.accuracy(test[1], mm.train.answers(model, test[0])))


def reader(columns: dict, depth: int) -> keras.Model:
    """A reader of so many layers with kinds of edges; leaky, since with plain ReLU all units of a word can die."""
    convolutions = [graphs.RelationalConvolution(UNITS, "leaky_relu") for _ in range(depth)]
    return graphs.graph_reader(convolutions, columns, len(WORDS), len(COLORS))


def plain_reader(columns: dict, depth: int) -> keras.Model:
    """A reader of plain graph convolutions, with the activation that serves them best of those we tried."""
    convolutions = [graphs.GraphConvolution(UNITS, "gelu") for _ in range(depth)]
    return graphs.graph_reader(convolutions, columns, len(WORDS), len(COLORS))


def changed(data: tuple, change) -> tuple:
    """The same questions with another graph."""
    return {**data[0], "adjacency": change(data[0]["adjacency"])}, data[1]


def merged(adjacency: np.ndarray) -> np.ndarray:
    """(B, kinds, L, L) -> (B, L, L): all kinds of edges in one table."""
    return CHANGES["one kind"](adjacency)[:, 0]


def attention_reader(columns: dict, depth: int) -> keras.Model:
    """Self-attention in place of a graph: all nodes with learned places, `depth` pre-norm blocks, read off the last."""
    (_, regions, pixels), (_, length) = columns["regions"].shape, columns["words"].shape
    inputs = {
        "regions": keras.Input((regions, pixels), name="regions"),
        "words": keras.Input((length,), dtype="int32", name="words"),
    }
    seen, read = layers.Dense(UNITS)(inputs["regions"]), layers.Embedding(len(WORDS), UNITS)(inputs["words"])
    nodes = mm.nn.attention.LearnedPositions()(layers.Concatenate(axis=1)([seen, read]))
    for _ in range(depth):
        normal = layers.LayerNormalization(epsilon=1e-5)(nodes)
        nodes = nodes + layers.MultiHeadAttention(4, UNITS // 4)(normal, normal)
        normal = layers.LayerNormalization(epsilon=1e-5)(nodes)
        nodes = nodes + layers.Dense(UNITS)(layers.Dense(2 * UNITS, "gelu")(normal))
    last = layers.LayerNormalization(epsilon=1e-5)(nodes)[:, -1]
    return keras.Model(inputs, layers.Dense(len(COLORS))(last))


def without_graph(data: tuple) -> tuple:
    """The columns that attention takes."""
    return {name: data[0][name] for name in ("regions", "words")}, data[1]


def arms(seed: int):
    """Name and accuracy of each arm, one after the other."""
    data = {k: (hop_columns(TRAIN, seed, "train", k), hop_columns(TEST, 1000, "test", k)) for k in DEPTHS}
    for kind, depths in DEPTHS.items():
        for depth in depths:
            mm.seed(seed)
            yield f"{kind} {depth}", answered(reader(data[kind][0][0], depth), *data[kind], seed)
    for name, change in CHANGES.items():
        mm.seed(seed)
        other = [changed(part, change) for part in data["far"]]
        yield name, answered(reader(other[0][0], 3), *other, seed)
    mm.seed(seed)
    bare = [without_graph(part) for part in data["far"]]
    yield "attention", answered(attention_reader(bare[0][0], 3), *bare, seed)
    for depth in PLAIN:
        mm.seed(seed)
        one = [changed(part, merged) for part in data["near"]]
        yield f"plain {depth}", answered(plain_reader(one[0][0], depth), *one, seed)


def main() -> None:
    """Train every arm on every seed, write the record."""
    start = time.perf_counter()
    found: dict[str, list[float]] = {}
    for seed in SEEDS:
        for name, score in arms(seed):
            keras.backend.clear_session()
            found.setdefault(name, []).append(score)
            print(seed, name, score, f"{time.perf_counter() - start:.0f} s", flush=True)
    columns, labels = hop_columns(TEST, 1000, "test", "far")
    results = {"accuracy": found, "test_count": TEST, "weights": weights(columns)}
    data = mm.records.fingerprint(columns["regions"], labels)
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


def weights(columns: dict) -> dict[str, int]:
    """How many weights the readers of three layers have."""
    one = changed((columns, None), CHANGES["one kind"])[0]
    models = {"kinds": reader(columns, 3), "one kind": reader(one, 3), "attention": attention_reader(columns, 3)}
    return {name: model.count_params() for name, model in models.items()}


if __name__ == "__main__":
    mm.setup()
    main()
