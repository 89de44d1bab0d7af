"""Speed of decoding with kept states beside decoding that computes everything anew for each token.

python benchmarks/decoding.py

Every decoder of the captioner says 64 tokens for a batch of pictures, greedily, with weights that never end a sentence;
both ways have to say the same. They take turns; of 3 repeats the median counts. A ratio above 1 is a cache that is
faster. Threads are left to the backend.
"""

import statistics
import time

import numpy as np

import mmcourse as mm

REPEATS, WARM_UP = 3, 1
LENGTH, WORDS, DIM, SIZE = 64, 200, 128, 16
BATCHES = (32, 1)


def captioner(decoder: str):
    """A captioner that never says END: the bias of that token is far below the others."""
    from mmcourse.data.text import END
    from mmcourse.nn import captioners, encoders

    mm.seed(0)
    model = captioners.captioner(encoders.grid_encoder((SIZE, SIZE, 3)), WORDS, LENGTH, DIM, decoder)
    random, head = np.random.RandomState(0), model.get_layer("head")
    bias = np.where(np.arange(WORDS) == END, -1e6, 0.1 * random.standard_normal(WORDS))
    head.set_weights([0.5 * random.standard_normal(head.kernel.shape), bias])
    return model


def seconds(model, images: np.ndarray, cached: bool) -> tuple[float, np.ndarray]:
    """How long one decoding takes, and what it says."""
    start = time.perf_counter()
    said = mm.decode.greedy(model, {"image": images}, cached=cached)
    return time.perf_counter() - start, said


def main() -> None:
    """Print a row for each decoder and batch."""
    from mmcourse.nn import captioners

    print("| decoder | weights | batch | kept (tokens/s) | anew (tokens/s) | ratio | same tokens |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for decoder in captioners.DECODERS:
        model = captioner(decoder)
        for batch in BATCHES:
            images = np.random.RandomState(1).random_sample((batch, SIZE, SIZE, 3)).astype("float32")
            rounds = [[seconds(model, images, cached) for cached in (True, False)] for _ in range(WARM_UP + REPEATS)]
            kept, anew = ([pair[way][0] for pair in rounds[WARM_UP:]] for way in (0, 1))
            same = np.mean([np.array_equal(pair[0][1], pair[1][1]) for pair in rounds])
            ratio = statistics.median(slow / fast for slow, fast in zip(anew, kept, strict=True))
            rates = [f"{batch * LENGTH / statistics.median(taken):,.0f}" for taken in (kept, anew)]
            row = [
                decoder,
                f"{model.count_params():,}",
                str(batch),
                *rates,
                f"{ratio:.1f}",
                "yes" if same == 1 else "NO",
            ]
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    mm.setup()
    main()
