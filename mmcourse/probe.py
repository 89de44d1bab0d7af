"""Probes: change one input of a trained model and see what happens to its answers.

Inputs are dictionaries {modality: (B, …)}; every function returns a new one and leaves the given one as it was.
"""

from collections import Counter

import numpy as np

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
