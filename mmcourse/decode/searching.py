"""Sentences from a model: the likeliest token each time, a drawn one, or the best of several beginnings.

All three give tokens (B, T) int32 with END, then PAD, and raise what `speaking.check_inputs` raises; PAD and START are
never said. `model` is a captioner, or another model that takes its inputs {modality: (B, …)} and "tokens" (B, T) and
gives logits (B, T, V).
"""

from collections.abc import Callable

import keras
import numpy as np

from mmcourse import shapes
from mmcourse.data.text import END, PAD, START
from mmcourse.decode import choosing, looping
from mmcourse.decode.speaking import Cached, Recomputed, check_inputs, speaker
from mmcourse.nn import captioners


def greedy(model: keras.Model, inputs: dict[str, np.ndarray], cached: bool | None = None) -> np.ndarray:
    """{modality: (B, …)} -> tokens (B, T) int32: always the likeliest next token.

    `cached`: with what was computed before kept, or all anew for each token; by default kept where the model can.
    A captioner's loop over the tokens is compiled as a whole (`looping`); the same tokens come from `Cached`.
    """
    check_inputs(model, inputs)
    if captioners.has_steps(model) if cached is None else cached:
        return looping.greedy(model, inputs)
    return _speak(Recomputed(model, inputs), lambda logits: choosing.log_probabilities(logits).argmax(-1))


def sample(
    model: keras.Model,
    inputs: dict[str, np.ndarray],
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int = 0,
) -> np.ndarray:
    """{modality: (B, …)} -> tokens (B, T) int32, each drawn from `choosing.probabilities` of the logits."""
    random = np.random.RandomState(seed)

    def draw(logits):
        cumulative = choosing.probabilities(logits, temperature, top_k, top_p).cumsum(1)  # (B, V)
        drawn = random.random_sample((len(logits), 1)) * cumulative[:, -1:]
        return (cumulative > drawn).argmax(1)

    return _speak(speaker(model, inputs), draw)


def beam(
    model: keras.Model, inputs: dict[str, np.ndarray], width: int = 4, penalty: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """{modality: (B, …)} -> tokens (B, T) int32 and scores (B,): the best sentence of a search with `width` beginnings.

    The score is the sum of the logarithms (natural) of the probabilities of its n tokens, END included, divided by
    ((5 + n) / 6) ** penalty: 0 prefers short sentences, 0.6 to 0.7 are usual. (Wu et al. 2016, equation 14.)
    Raises ValueError for a width below 1, and a penalty that is negative or no number.
    """
    shapes.whole(width, "width")
    if not 0 <= penalty < np.inf:
        raise ValueError(f"penalty is {penalty!r}; give a number from 0 up.")
    speak = speaker(model, {name: np.repeat(values, width, axis=0) for name, values in inputs.items()})
    count, length = len(next(iter(inputs.values()))), model.output_shape[1]
    tokens = np.full((count * width, length + 1), PAD, np.int32)
    tokens[:, 0] = START
    total = np.where(np.arange(count * width) % width, -np.inf, 0)  # (B W,), at first one beginning each
    lengths, first = np.zeros(count * width, int), width * np.arange(count)[:, None]
    for place in range(length):
        ended = (tokens[:, place] == END) | (tokens[:, place] == PAD)
        if ended.all():
            break
        logs = choosing.log_probabilities(speak(tokens[:, place]))  # (B W, V)
        logs[ended] = np.where(np.arange(logs.shape[1]) == PAD, 0, -np.inf)  # a finished sentence stays as it is
        sums, longer = total[:, None] + logs, (lengths + ~ended)[:, None]
        scores = (sums / ((5 + longer) / 6) ** penalty).reshape(count, -1)  # (B, W V)
        best = np.argsort(-scores, axis=1, kind="stable")[:, :width]
        rows, said = ((first + best // logs.shape[1]).ravel(), (best % logs.shape[1]).ravel())
        total, lengths, tokens = sums[rows, said], (lengths + ~ended)[rows], tokens[rows]
        tokens[:, place + 1] = said
        speak.keep(rows)
    scores = total / ((5 + lengths) / 6) ** penalty
    return tokens[::width, 1:], scores[::width]


def _speak(speak: Cached | Recomputed, choose: Callable) -> np.ndarray:
    """Tokens (B, T), each what `choose` takes from the logits (B, V); a row is PAD after its END."""
    tokens = np.full((speak.count, speak.model.output_shape[1] + 1), PAD, np.int32)
    tokens[:, 0] = START
    running = np.ones(speak.count, bool)
    for place in range(tokens.shape[1] - 1):
        chosen = choose(speak(tokens[:, place]))
        tokens[running, place + 1] = chosen[running]
        running &= tokens[:, place + 1] != END
        if not running.any():
            break
    return tokens[:, 1:]
