"""Four decoders that write captions, at equal training and about equal numbers of weights: the study of the lesson.

The same encoder of pictures, and a GRU that gets the whole picture once, one that gets it again with every word, one
that looks at its places for every word, and a Transformer. Level 1 of the picture world. For each: the share of true
greedy captions, the kinds of errors, the share of them where both objects have one color, beams of 3 and 5, the bits of
a true caption, and the share of attention on what a word names. "long" is the Transformer trained for twice as many
steps; "seen" is one without its causal mask.
Run with `make studies STUDY=captioning-with-attention`.
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.data import gallery, text, world

SLUG = "captioning-with-attention"
MODULES = [
    "data/gallery.py",
    "decode.py",
    "judging.py",
    "looks.py",
    "nn/attention.py",
    "nn/captioners.py",
    "nn/encoders.py",
    "nn/transformer.py",
    "probe.py",
    "train.py",
]
SEEDS = [0, 1, 2, 3, 4]
ARMS = {  # decoder, width, steps, whether the causal mask is there
    "gru": ("gru", 96, 900, True),
    "gru with picture": ("gru with picture", 72, 900, True),
    "gru with attention": ("gru with attention", 128, 900, True),
    "transformer": ("transformer", 80, 900, True),
    "seen": ("transformer", 80, 200, False),
    "long": ("transformer", 80, 1800, True),
}
SIZE, PAIRS, LENGTH, BATCH, RATE, TEST = 24, 16000, gallery.LENGTH - 1, 64, 3e-3, 1000
WIDTHS = (3, 5)  # of the beams


def build(arm: str):
    """The captioner of an arm, compiled."""
    from mmcourse.nn import captioners, encoders

    decoder, dim, steps, masked = ARMS[arm]
    encoder = encoders.grid_encoder((SIZE, SIZE, 3), dim=48)
    model = captioners.captioner(encoder, len(gallery.vocabulary()), LENGTH, dim, decoder)
    if not masked:
        for name in captioners.BLOCKS:
            model.get_layer(name).attention.causal = False
    return mm.train.compile_captioner(model, steps, RATE)


def measure(model, test: gallery.Described, cached: bool) -> dict:
    """All that is recorded of a trained captioner; `said` are its greedy captions."""
    images = test.inputs["image"]
    tokens = mm.decode.greedy(model, {"image": images}, cached=cached)
    said = [gallery.vocabulary().decode(row) for row in tokens]
    wrong = [mm.looks.errors(scene, caption) for scene, caption in zip(test.scenes, said, strict=True)]
    same = np.array([one.color == two.color for one, two in (scene.objects for scene in test.scenes)])
    false = np.array([bool(kinds) for kinds in wrong])
    result = {
        "true": float(np.mean(~false)),
        "one color": float(same[false].mean()) if false.any() else 0.0,
        "errors": {kind: float(np.mean([kind in kinds for kinds in wrong])) for kind in mm.looks.KINDS},
    }
    if not cached:
        return result
    result["bits"] = float(-mm.judging.log_likelihood(model)(images, test.inputs["text"]).mean())
    result["beam"] = {str(width): beam(model, test, width, tokens) for width in WIDTHS}
    if any("look" in layer.name or "block" in layer.name for layer in model.layers):
        spoken = np.concatenate([np.full((len(tokens), 1), text.START), tokens[:, :-1]], axis=1)
        maps = mm.probe.attention_maps(model, {"image": images, "tokens": spoken})
        result["share"] = {
            name: mm.looks.on_named(weights.mean(1), test.scenes, said)
            for name, weights in sorted(maps.items())
            if weights.shape[-1] != LENGTH
        }
    return result


def beam(model, test: gallery.Described, width: int, greedy: np.ndarray) -> dict[str, float]:
    """Truth of a beam, and the share of pictures for which it says another sentence than the greedy one."""
    tokens, _ = mm.decode.beam(model, {"image": test.inputs["image"]}, width)
    said = [gallery.vocabulary().decode(row) for row in tokens]
    true = [world.is_true(scene, caption) for scene, caption in zip(test.scenes, said, strict=True)]
    return {"true": float(np.mean(true)), "other": float((tokens != greedy).any(1).mean())}


def main() -> None:
    """Train every arm on every seed, and write the record."""
    start = time.perf_counter()
    test = gallery.gallery(TEST, size=SIZE)
    runs, weights, seconds = {arm: [] for arm in ARMS}, {}, {arm: [] for arm in ARMS}
    for seed in SEEDS:
        pairs = gallery.training(PAIRS, seed, SIZE).inputs
        inputs, labels = {"image": pairs["image"], "tokens": pairs["text"][:, :-1]}, pairs["text"][:, 1:]
        for arm, (_, _, steps, masked) in ARMS.items():
            mm.seed(seed)
            model = build(arm)
            weights[arm], begun = model.count_params(), time.perf_counter()
            curve = mm.train.fit(model, inputs, labels, steps, BATCH, seed)
            seconds[arm].append(round(time.perf_counter() - begun, 1))
            runs[arm].append(measure(model, test, cached=masked) | {"loss": float(curve["loss"][-1])})
            print(seed, arm, seconds[arm][-1], runs[arm][-1], flush=True)
    results = {"arms": {arm: mm.records.gather(rows) for arm, rows in runs.items()}}
    results |= {"weights": weights, "seconds": seconds, "test_count": TEST, "pairs": PAIRS, "batch": BATCH}
    results["steps"] = {arm: ARMS[arm][2] for arm in ARMS}
    data = mm.records.fingerprint(test.inputs["image"])
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
