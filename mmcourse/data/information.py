"""Utterances whose information is known: what voice and words tell about the answer, alone and together.

A voice is warm or cold, the words are kind or unkind, a face smiles or not: one bit each, as a noisy vector. Four
questions ask for the bits in four ways, and for each the best possible accuracy is known.
"""

import math

import numpy as np

WIDTHS = {"audio": 6, "image": 10, "text": 8}
CASES = ("redundant", "audio alone", "text alone", "synergy")
NOISE = 0.5  # standard deviation of each entry; the two means of a modality lie 2 apart


def utterances(count: int, case: str, seed: int = 0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """{"audio": (count, 6), "text": (count, 8)} float32 and labels (count,), 0 or 1: what a speaker says, and how.

    The voice carries a bit, warm (1) or cold, and the words one, kind (1) or unkind. Label of a `case`: "redundant" is
    either bit, always equal; "audio alone" and "text alone" are one of two bits that have nothing to do with each
    other; "synergy" is 1 where the two differ (XOR), so that neither alone tells anything.
    Raises ValueError for an unknown case and for fewer than one utterance.
    """
    if case not in CASES:
        raise ValueError(f"case is {case!r}; give one of {', '.join(CASES)}.")
    random = np.random.RandomState(seed)
    voice, words = random.randint(2, size=(2, _positive(count)), dtype=np.int64)
    words = voice if case == "redundant" else words
    labels = {"redundant": voice, "audio alone": voice, "text alone": words, "synergy": voice ^ words}[case]
    return {"audio": _view(voice, "audio", random), "text": _view(words, "text", random)}, labels


def agreeing(count: int, seed: int = 0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """{"audio": (count, 6), "image": (count, 10), "text": (count, 8)} float32 and labels (count,): a bit, told thrice.

    A speaker who never jokes: voice, face and words are all friendly (1), or none is.
    Raises ValueError for fewer than one utterance.
    """
    random = np.random.RandomState(seed)
    bits = random.randint(2, size=_positive(count), dtype=np.int64)
    return {modality: _view(bits, modality, random) for modality in sorted(WIDTHS)}, bits


def best(case: str) -> float:
    """The accuracy that nobody can beat on a case; "agreeing" is the one of three equal bits.

    One bit is read rightly with q = Phi(1 / NOISE), k equal bits with Phi(sqrt(k) / NOISE), the XOR of two bits with
    q q + (1 - q)(1 - q): both right, or both wrong.
    """
    if case not in (*CASES, "agreeing"):
        raise ValueError(f"case is {case!r}; give one of {', '.join((*CASES, 'agreeing'))}.")
    copies = {"redundant": 2, "agreeing": 3}.get(case, 1)
    q = (1 + math.erf(math.sqrt(copies / 2) / NOISE)) / 2
    return q * q + (1 - q) * (1 - q) if case == "synergy" else q


def direction(modality: str) -> np.ndarray:
    """(D_m,): the unit vector along which a modality carries its bit, at +1 or -1; signs alternate."""
    width = WIDTHS[modality]
    return (-1.0) ** np.arange(width) / math.sqrt(width)


def _view(bits: np.ndarray, modality: str, random: np.random.RandomState) -> np.ndarray:
    noise = NOISE * random.standard_normal((len(bits), WIDTHS[modality]))
    return ((2 * bits[:, None] - 1) * direction(modality) + noise).astype(np.float32)


def _positive(count: int) -> int:
    if not isinstance(count, int | np.integer) or count < 1:
        raise ValueError(f"count is {count!r}; give a whole number from 1 up.")
    return int(count)
