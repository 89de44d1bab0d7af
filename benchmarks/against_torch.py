"""Speed of the captioner and the dual encoder beside the same models in PyTorch, eager, on the CPU.

python benchmarks/against_torch.py

Needs PyTorch (`pip install torch`) beside the course. Both sides have the same layers and sizes (`peers.py`), the same
batches, two threads, and Adam; they take turns, and of 21 repeats the median counts (7 for decoding). A training step
takes arrays and gives the loss; decoding says 64 tokens with kept states. A ratio above 1 is a course that is faster.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import peers
import torch

import mmcourse as mm
from mmcourse.data.text import START

REPEATS, DECODINGS, WARM_UP = 21, 7, 3
SIZE, PLACES, WORDS, SHORT, LONG = 16, 16, 200, 10, 64
BATCHES = {"captioner": 64, "dual encoder": 256, "decoding": (32, 1)}


def race(ours: Callable, theirs: Callable, repeats: int) -> tuple[list, list]:
    """Milliseconds of each, in turn."""
    times = ([], [])
    for repeat in range(WARM_UP + repeats):
        for side, function in enumerate((ours, theirs)):
            start = time.perf_counter()
            function()
            if repeat >= WARM_UP:
                times[side].append(1e3 * (time.perf_counter() - start))
    return times


def show(name: str, weights: int, times: tuple[list, list]) -> None:
    """One row: medians, and the median over the rounds of their ratio."""
    ratio = statistics.median(there / here for here, there in zip(*times, strict=True))
    ours, theirs = map(statistics.median, times)
    print(f"| {name} | {weights:,} | {ours:.1f} | {theirs:.1f} | {ratio:.2f} |", flush=True)


def same_weights(name: str, model, peer: torch.nn.Module) -> int:
    """The number of trained weights; ValueError where the sides do not agree.

    Each of PyTorch's GRUs has a second bias that Keras has too, so they count alike.
    """
    ours = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    theirs = sum(weight.numel() for weight in peer.parameters())
    if ours != theirs:
        raise ValueError(f"The {name} has {ours} weights here and {theirs} in PyTorch: the two are not the same model.")
    return ours


def torch_step(model: torch.nn.Module, loss: Callable) -> Callable:
    """A training step; `loss()` gives the loss."""
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)

    def step():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        optimizer.step()
        return value.item()

    return step


def pictures(count: int) -> tuple[np.ndarray, torch.Tensor]:
    """The same random pictures, channels last and first."""
    images = np.random.RandomState(0).random_sample((count, SIZE, SIZE, 3)).astype(np.float32)
    return images, torch.from_numpy(images.transpose(0, 3, 1, 2).copy())


def train_captioner(decoder: str, peer: type) -> None:
    """A training step of a captioner."""
    from mmcourse.nn import captioners, encoders

    count = BATCHES["captioner"]
    model = captioners.captioner(encoders.grid_encoder((SIZE, SIZE, 3)), WORDS, SHORT, 128, decoder)
    mm.train.compile_captioner(model, 1000)
    other = peer(WORDS, SHORT, PLACES)
    images, turned = pictures(count)
    tokens = np.random.RandomState(1).randint(4, WORDS, (count, SHORT + 1), dtype=np.int64)
    before, after = tokens[:, :-1].astype(np.int32), tokens[:, 1:].astype(np.int32)
    given, wanted = torch.from_numpy(tokens[:, :-1].copy()), torch.from_numpy(tokens[:, 1:].copy())

    def loss():
        return torch.nn.functional.cross_entropy(other(turned, given).flatten(0, 1), wanted.flatten(), ignore_index=0)

    weights = same_weights(decoder, model, other)
    ours = lambda: model.train_on_batch({"image": images, "tokens": before}, after)  # noqa: E731
    show(f"training step, {decoder}, batch {count}", weights, race(ours, torch_step(other, loss), REPEATS))


def train_towers() -> None:
    """A training step of the dual encoder."""
    import keras

    from mmcourse.nn import dual_encoder

    count = BATCHES["dual encoder"]
    towers = {"image": dual_encoder.image_tower((SIZE, SIZE, 3)), "text": dual_encoder.places_tower(WORDS, SHORT)}
    model = dual_encoder.DualEncoder(towers, dual_encoder.InfoNCE())
    model.compile(keras.optimizers.Adam(1e-3))
    other = peers.Towers(WORDS, SHORT, PLACES)
    images, turned = pictures(count)
    tokens = np.random.RandomState(1).randint(4, WORDS, (count, SHORT), dtype=np.int64)
    batch = {"image": images, "text": tokens.astype(np.int32)}
    weights = same_weights("dual encoder", model, other)
    step = torch_step(other, lambda: other(turned, torch.from_numpy(tokens)))
    show(
        f"training step, dual encoder, batch {count}", weights, race(lambda: model.train_on_batch(batch), step, REPEATS)
    )


def decode(decoder: str, peer: type) -> None:
    """Greedy decoding of 64 tokens; END has a bias that keeps it away, on PyTorch's side it is not looked at."""
    from mmcourse.data.text import END
    from mmcourse.nn import captioners, encoders

    model = captioners.captioner(encoders.grid_encoder((SIZE, SIZE, 3)), WORDS, LONG, 128, decoder)
    head = model.get_layer("head")
    head.set_weights([head.get_weights()[0], np.where(np.arange(WORDS) == END, -1e6, 0.0)])
    other = peer(WORDS, LONG, PLACES).eval()
    weights = same_weights(decoder, model, other)
    for count in BATCHES["decoding"]:
        images, turned = pictures(count)
        ours = lambda images=images: mm.decode.greedy(model, {"image": images}, cached=True)  # noqa: E731
        theirs = lambda turned=turned: peers.greedy(other, turned, START)  # noqa: E731
        show(f"{LONG} tokens, {decoder}, batch {count}", weights, race(ours, theirs, DECODINGS))


def main() -> None:
    """Print the table."""
    torch.set_num_threads(2)
    torch.manual_seed(0)
    mm.seed(0)
    print("| task | weights | course (ms) | PyTorch (ms) | speed of the course / PyTorch |")
    print("| --- | --- | --- | --- | --- |")
    both = {"gru with attention": peers.LookingGRU, "transformer": peers.Speaker}
    for decoder, peer in both.items():
        train_captioner(decoder, peer)
    train_towers()
    for decoder, peer in both.items():
        decode(decoder, peer)


if __name__ == "__main__":
    mm.setup()
    main()
