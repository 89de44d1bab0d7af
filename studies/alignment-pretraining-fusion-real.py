"""Sound in place of text: the study of the section *On real data* of *Alignment, pretraining, fusion*.

Pictures of digits and spoken digits in one space, with the course's made voices and with 2,500 recordings of five
people. Five seeds; a seed changes the training pairs, the first weights and the order of the batches. Run with
`MMCOURSE_MIRROR=… make studies STUDY=alignment-pretraining-fusion-real`, or with the network.
"""

import time

import numpy as np

import mmcourse as mm
from mmcourse.nn import dual_encoder, encoders

SLUG = "alignment-pretraining-fusion-real"
MODULES = ["nn/dual_encoder.py", "nn/encoders.py", "nn/contrastive.py", "pair_training.py", "train.py"]
MODULES += ["data/audio.py", "data/pairs.py", "data/readers/embedded.py", "data/readers/fsdd.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
STEPS, TRAIN, TEST = 150, 6400, 1000


def heard(split: str, count: int, seed: int, spoken: str) -> tuple[dict, np.ndarray]:
    """{"image", "audio": log-mel frames} of digits that belong together, and the digits."""
    pairs = mm.data.pairs.digit_pairs(split, count, seed, spoken)
    return {"image": pairs["image"], "audio": mm.data.audio.log_mel(pairs["audio"])}, pairs["label"]


def aligned(inputs: dict, seed: int) -> dual_encoder.DualEncoder:
    """Two encoders, one space: pictures and sounds of digits."""
    mm.seed(seed)
    towers = {"image": encoders.image_encoder((8, 8, 1)), "audio": encoders.audio_encoder((61, 32))}
    towers = {name: encoders.pooled(encoder) for name, encoder in towers.items()}
    model = dual_encoder.DualEncoder(towers, dual_encoder.InfoNCE())
    mm.pair_training.fit(model, inputs, STEPS, seed=seed)
    return model


def found(model: dual_encoder.DualEncoder, inputs: dict, labels: np.ndarray) -> float:
    """Share of sounds whose nearest picture, of all, shows their digit."""
    vectors = mm.pair_training.embed(model, inputs)
    nearest = (vectors["audio"] @ vectors["image"].T).argmax(1)
    return float(np.mean(labels[nearest] == labels))


def main() -> None:
    """Train on every seed, with either kind of voices, and write the record."""
    start, scores = time.perf_counter(), {"spoken_digits": [], "fsdd": []}
    for spoken, values in scores.items():
        test = heard("test", TEST, 1000, spoken)
        for seed in SEEDS:
            values.append(found(aligned(heard("train", TRAIN, seed, spoken)[0], seed), *test))
        print(spoken, values, flush=True)
    data = mm.records.fingerprint(test[0]["audio"])
    path = mm.records.write(
        SLUG, {"find": scores, "test_count": TEST}, SEEDS, time.perf_counter() - start, MODULES, data
    )
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
