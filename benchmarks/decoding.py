"""Speed of decoding with kept states beside decoding that computes everything anew for each token.

python benchmarks/decoding.py

Every decoder of the captioner says 64 tokens for a batch of pictures, greedily, with weights that never end a sentence,
in three ways: with kept states in one compiled loop, with kept states and a call for each token, and all anew. All have
to say the same. They take turns; of 3 repeats the median counts. The ratio of a way is its speed over that of all anew.
Threads are left to the backend.
"""

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


def ways(model, images: dict) -> list:
    """The functions that say 64 tokens: one compiled loop, a call for each token, all anew."""
    return [
        lambda: mm.decode.greedy(model, images),
        lambda: mm.decode.sample(model, images, top_k=1),  # the likeliest token
        lambda: mm.decode.greedy(model, images, cached=False),
    ]


def seconds(way) -> tuple[float, np.ndarray]:
    """How long one decoding takes, and what it says."""
    start = time.perf_counter()
    said = way()
    return time.perf_counter() - start, said


def main() -> None:
    """Print a row for each decoder and batch."""
    from mmcourse.nn import captioners

    names = ("loop (tokens/s)", "token by token", "anew", "loop / anew", "token by token / anew", "same tokens")
    print(f"| decoder | weights | batch | {' | '.join(names)} |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for decoder in captioners.DECODERS:
        model = captioner(decoder)
        for batch in BATCHES:
            images = np.random.RandomState(1).random_sample((batch, SIZE, SIZE, 3)).astype("float32")
            all_ways = ways(model, {"image": images})
            rounds = [[seconds(way) for way in all_ways] for _ in range(WARM_UP + REPEATS)]
            taken = np.array([[spent for spent, _ in results] for results in rounds[WARM_UP:]])  # (repeats, ways)
            same = all(np.array_equal(results[0][1], said) for results in rounds for _, said in results)
            rates = [f"{batch * LENGTH / spent:,.0f}" for spent in np.median(taken, axis=0)]
            ratios = [f"{ratio:.1f}" for ratio in np.median(taken[:, 2:] / taken[:, :2], axis=0)]
            row = [decoder, f"{model.count_params():,}", str(batch), *rates, *ratios, "yes" if same else "NO"]
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    mm.setup()
    main()
