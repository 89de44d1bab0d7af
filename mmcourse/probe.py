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


def disturb(inputs: dict[str, np.ndarray], modality: str, deviation, seed: int = 0) -> dict[str, np.ndarray]:
    """Add Gaussian noise to the vectors (B, D) of one modality: a standard deviation, one number or one a sample (B,).

    For features; pictures and waveforms, which have a range, are for `corrupt`. Raises ValueError for another shape of
    the vectors or the deviation, and for a negative one.
    """
    values, level = _of(inputs, modality), np.asarray(deviation, np.float32)
    count, _ = shapes.check(values, "B D", modality)
    if level.shape not in ((), (count,)) or not np.all(np.isfinite(level)) or np.any(level < 0):
        raise ValueError(f"The deviation has shape {level.shape}; give one from 0 up, or one a sample, ({count},).")
    noise = np.random.RandomState(seed).standard_normal(values.shape).astype(np.float32)
    return {**inputs, modality: values + level.reshape(-1, 1) * noise}


def without(inputs: dict[str, np.ndarray], modality: str) -> dict[str, np.ndarray]:
    """Mark one modality as absent in the input "present" (B, M), whose columns are the other inputs in sorted order.

    Without that input it is added, all others marked as present. The vectors stay as they are.
    """
    names = sorted(set(inputs) - {"present"})
    if modality not in names:
        raise ValueError(f"There is no modality {modality!r} among the inputs: {', '.join(names)}.")
    present = np.array(inputs.get("present", np.ones((len(inputs[modality]), len(names)), bool)))
    present[:, names.index(modality)] = False
    return {**inputs, "present": present}


def shares(fusion, features: dict[str, np.ndarray], modality: str, levels: list[float], seed: int = 0) -> np.ndarray:
    """The mean shares (len(levels), M) of a fusion while one modality is disturbed, M in sorted order of the names.

    `fusion` is a layer with a method `shares`, such as `nn.fusion.Attention`. Raises ValueError for one without.
    """
    from keras import ops

    if not hasattr(fusion, "shares"):
        raise ValueError(f"{fusion!r} gives no shares; those that take a mean do: WeightedSum, Gated, Attention.")
    disturbed = (disturb(features, modality, level, seed) for level in levels)
    return np.array([ops.convert_to_numpy(fusion.shares(given)).mean(0) for given in disturbed])


def ablation(answer, inputs: dict[str, np.ndarray], truth: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Accuracy with everything, and with each modality dropped and shuffled.

    `answer(inputs)` gives class numbers (B,). Where dropping and shuffling a modality change nothing, the model does
    not use it. Where there is an input "present", a dropped modality is marked as absent in it.
    """
    from mmcourse.metrics import accuracy

    scores = {"as it is": accuracy(truth, answer(inputs))}
    take_away = without if "present" in inputs else drop
    for name in sorted(set(inputs) - {"present"}):
        scores[f"{name} dropped"] = accuracy(truth, answer(take_away(inputs, name)))
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


def attention_maps(model, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Functional model, {modality: (B, …)} -> {name of the layer: weights (B, N, T, S)} of all its attention layers.

    Row t of a map says where position t looks, and sums to 1. Taken from `keras.layers.MultiHeadAttention` and from
    layers with a method `attention_weights`, called as the layer itself. Raises ValueError where there is none.
    """
    import keras

    maps = {}

    def call(layer, *args, **keywords):
        if isinstance(layer, keras.layers.MultiHeadAttention):
            output, maps[layer.name] = layer(*args, **{**keywords, "return_attention_scores": True})
            return (output, maps[layer.name]) if keywords.get("return_attention_scores") else output
        if hasattr(layer, "attention_weights"):
            maps[layer.name] = layer.attention_weights(*args, **keywords)
        return layer(*args, **keywords)

    copy = keras.models.clone_model(model, call_function=call)
    if not maps:
        raise ValueError(f"{model.name!r} has no attention layer: {', '.join(layer.name for layer in model.layers)}.")
    copy.set_weights(model.get_weights())
    looking, given = keras.Model(copy.input, maps), {name: np.asarray(inputs[name]) for name in copy.input}
    starts = range(0, len(next(iter(given.values()))), 256)
    parts = [looking({name: rows[start : start + 256] for name, rows in given.items()}) for start in starts]
    return {name: np.concatenate([keras.ops.convert_to_numpy(part[name]) for part in parts]) for name in maps}


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
