"""Probes: change one input of a trained model and see what happens to its answers, or nudge it and see how far it goes.

Inputs to change are dictionaries {modality: (B, …)}; every function returns a new one and leaves the given one as it
was. Nudges are derivatives by `keras.ops.jvp`, on TensorFlow and JAX.
"""

from collections import Counter

import numpy as np

from mmcourse import shapes

RANGES = {"image": (0.0, 1.0), "audio": (-1.0, 1.0)}


def drop(inputs: dict[str, np.ndarray], modality: str) -> dict[str, np.ndarray]:
    """Replace one modality by zeros: the model gets no information from it."""
    return {**inputs, modality: np.zeros_like(_of(inputs, modality))}


def shuffle(inputs: dict[str, np.ndarray], modality: str, seed: int = 0) -> dict[str, np.ndarray]:
    """Give every sample the modality of another one: real-looking input, wrong sample. Needs at least two samples."""
    values = _of(inputs, modality)
    if len(values) < 2:
        raise ValueError(f"Shuffling needs at least 2 samples, {modality!r} has {len(values)}.")
    order = np.random.RandomState(seed).permutation(len(values))
    partner = np.empty(len(values), np.int64)
    partner[order] = np.roll(order, 1)  # one cycle through all samples, so that nobody keeps its own
    return {**inputs, modality: values[partner]}


def corrupt(inputs: dict[str, np.ndarray], noise: dict, seed: int = 0) -> dict[str, np.ndarray]:
    """Add Gaussian noise to pictures or waveforms and cut at their range ([0, 1] or [-1, 1]).

    `noise` is {modality: standard deviation}, one number or one a sample (B,): `corrupt(pairs, {"image": 0.4})`.
    """
    random = np.random.RandomState(seed)
    changed = dict(inputs)
    for modality in sorted(noise):
        values, level = _of(inputs, modality), np.asarray(noise[modality], np.float32)
        if modality not in RANGES:
            raise ValueError(f"corrupt knows the ranges of {', '.join(RANGES)}, not of {modality!r}.")
        if level.shape not in ((), (len(values),)) or not np.all(np.isfinite(level)) or np.any(level < 0):
            raise ValueError(
                f"The noise on {modality!r} is a standard deviation: one number from 0 up, or one a sample."
            )
        low, high = RANGES[modality]
        if np.min(values) < low or np.max(values) > high:
            raise ValueError(
                f"{modality!r} has values from {np.min(values):.2g} to {np.max(values):.2g}, expected {low:.0f} to "
                f"{high:.0f}: noise is added to pictures and waveforms, before log_mel."
            )
        noisy = np.empty(values.shape, np.float32)
        for row, deviation in enumerate(np.broadcast_to(level, len(values))):  # row by row, to save memory
            noisy[row] = values[row] + deviation * random.standard_normal(values.shape[1:])
        changed[modality] = np.clip(noisy, low, high, out=noisy)
    return changed


def ablation(answer, inputs: dict[str, np.ndarray], truth: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Accuracy with everything, and with each modality dropped and shuffled.

    `answer(inputs)` gives class numbers (B,). Where dropping and shuffling a modality change nothing, the model does
    not use it.
    """
    from mmcourse.metrics import accuracy

    scores = {"as it is": accuracy(truth, answer(inputs))}
    for name in sorted(inputs):
        scores[f"{name} dropped"] = accuracy(truth, answer(drop(inputs, name)))
        scores[f"{name} shuffled"] = accuracy(truth, answer(shuffle(inputs, name, seed)))
    return scores


def _of(inputs: dict[str, np.ndarray], modality: str) -> np.ndarray:
    if modality not in inputs:
        raise ValueError(f"There is no modality {modality!r} among the inputs: {', '.join(sorted(inputs))}.")
    return np.asarray(inputs[modality])


def blind_answers(train: dict[str, list], questions: list[str]) -> list:
    """Answers without looking: to each question its most frequent answer in `train`, None to one never met there.

    `train` has the columns "question" and "answer"; among equally frequent answers the one met first wins. No model
    that sees the question alone does better on the training questions (a question-only baseline, Goyal et al. 2017).
    Raises ValueError where the columns differ in length.
    """
    if len(train["question"]) != len(train["answer"]):
        raise ValueError(f"{len(train['question'])} questions and {len(train['answer'])} answers: give one to each.")
    met: dict[str, Counter] = {}
    for question, answer in zip(train["question"], train["answer"], strict=True):
        met.setdefault(question, Counter())[answer] += 1
    best = {question: answers.most_common(1)[0][0] for question, answers in met.items()}
    return [best.get(question) for question in questions]


def gradient_flow(layer, x: np.ndarray) -> np.ndarray:
    """Recurrent Keras layer, x (B, T, D) -> (T,): how much of a nudge of the first state is left after 1, 2, … T steps.

    The spectral norm of d state_t / d state_0, the stretch of the nudge that travels best, as a mean over B; the state
    is zero at first. Of several states the last one is taken, in an LSTM the cell. `layer` is a SimpleRNN, LSTM, GRU,
    or RNN around a cell. (Pascanu, Mikolov and Bengio 2013.)
    Raises ValueError for a layer without a cell, and NotImplementedError on PyTorch.
    """
    from keras import ops

    if not hasattr(layer, "cell"):
        raise ValueError(f"gradient_flow needs a recurrent layer such as keras.layers.LSTM(24), not {layer!r}.")
    batch, length, _ = shapes.check(x, "B T D", "x")
    states = _first_states(layer, x)
    units = states[-1].shape[1]
    states = [np.repeat(state, units, axis=0) for state in states]  # a copy of the batch for each unit to nudge
    steps = ops.unstack(ops.convert_to_tensor(np.repeat(x, units, axis=0), "float32"), axis=1)

    def last_states(first):  # (B H, H) -> (T, B H, H)
        now, past = [*states[:-1], first], []
        for step in steps:
            _, now = layer.cell(step, now)
            past.append(now[-1])
        return ops.stack(past)

    nudges = np.tile(np.eye(units, dtype=np.float32), (batch, 1))  # row b H + k nudges unit k of sample b
    flow = _derivative(last_states, states[-1], nudges).reshape(length, batch, units, units)
    return np.linalg.norm(flow.astype(np.float64), ord=2, axis=(2, 3)).mean(1)


def receptive_field(model, x: np.ndarray, place: int | tuple[int, int]) -> np.ndarray:
    """Model to a map, x (H, W, C) or (L, D) -> (H, W) or (L,): how much each place of the input moves one output place.

    The sum, over the channels of input and output, of |d output at `place` / d input|; 0 outside the receptive field.
    `place` is (row, column) of the output map (H', W', F), or a number of (L', F).
    Raises ValueError for another number of axes and a place outside the map, NotImplementedError on PyTorch.
    """
    from keras import ops

    x = np.asarray(x, np.float32)
    place = tuple(np.atleast_1d(place))
    if x.ndim != len(place) + 1:
        raise ValueError(f"x has shape {x.shape} and place is {place}: give (H, W, C) and (row, column), or (L, D).")
    reached = tuple(model(x[None]).shape[1:-1])
    if len(reached) != len(place) or any(not 0 <= at < size for at, size in zip(place, reached, strict=True)):
        raise ValueError(f"place is {place}, but the model gives a map of {reached} places.")
    nudges = np.eye(x.size, dtype=np.float32).reshape(x.size, *x.shape)  # one of each input value
    copies = np.broadcast_to(x, nudges.shape)
    moved = _derivative(lambda values: ops.convert_to_tensor(model(values))[(slice(None), *place)], copies, nudges)
    return np.abs(moved).sum(-1).reshape(x.shape).sum(-1)


def _first_states(layer, x: np.ndarray) -> list[np.ndarray]:
    """The zero states of a recurrent layer for a batch, in its order; builds the layer where that has not happened."""
    if not layer.built:
        layer.build(x.shape)
    return [np.asarray(state, np.float32) for state in layer.cell.get_initial_state(batch_size=len(x))]


def _derivative(function, values: np.ndarray, nudges: np.ndarray) -> np.ndarray:
    """The derivative of `function` at `values` in the direction of `nudges`."""
    import keras

    if keras.backend.backend() == "torch":
        raise NotImplementedError("keras.ops.jvp has no PyTorch form: set KERAS_BACKEND to tensorflow or jax.")
    values, nudges = (keras.ops.convert_to_tensor(array, "float32") for array in (values, nudges))
    return np.asarray(keras.ops.jvp(function, (values,), (nudges,))[1])
