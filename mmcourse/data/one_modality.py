"""One task for each modality, for its encoder alone: which color is meant, which digit is written, which one is said.

A task is {modality: inputs (n, …)} and labels (n,) int32.
"""

import hashlib

import numpy as np

from mmcourse import shapes
from mmcourse.data import audio, load, shift, speech, waveform
from mmcourse.data.text import WordVocabulary
from mmcourse.data.world import (
    BACKGROUNDS,
    COLORS,
    SHAPES,
    SIZES,
    Noun,
    Sentence,
    write,
)

LENGTH = 16  # tokens of the longest sentence, START and END counted
SIZE = 16  # pixels of a picture's side
FRAMES, BANDS = 61, 32  # of a spoken digit
DIGITS = tuple("0123456789")
CLASSES = {"text": COLORS, "image": DIGITS, "audio": DIGITS}
_RELATIONS = ("left of", "right of", "above", "below")
_FIRST = ("left of", "above")  # the object that is named first is the one that is asked for


def sentences(count: int, seed: int, split: str = "train") -> tuple[list[str], np.ndarray]:
    """Sentences on two objects of different colors, and the number in COLORS of the left or upper one, (count,) int32.

    "a small red ring right of a large blue star": blue. Which words occur does not tell the answer, their order does:
    from the words alone one of two colors can be guessed. 9 to 14 words, a form of level 3 of the picture world.
    `split` is "train" or "test"; a fifth of all sentences, by their hash, test.
    Raises ValueError for a count below 1 and another split.
    """
    shapes.whole(count, "count")
    if split not in ("train", "test"):
        raise ValueError(f"split is {split!r}; choose train or test.")
    found, labels, random = [], [], np.random.RandomState(seed)
    while len(found) < count:
        sentence = _sentence(random)
        text = write(sentence)
        if (int(hashlib.sha256(text.encode()).hexdigest(), 16) % 5 == 0) == (split == "test"):
            found.append(text)
            asked = sentence.nouns[sentence.relations[0] not in _FIRST]
            labels.append(COLORS.index(asked.color))
    return found, np.array(labels, np.int32)


def _sentence(random: np.random.RandomState) -> Sentence:
    """One object in a relation to another one of another color; half of the time on a background."""
    colors = random.permutation(len(COLORS))[:2]
    nouns = tuple(Noun(_one_of(SIZES, random), COLORS[color], _one_of(SHAPES, random)) for color in colors)
    background = _one_of(BACKGROUNDS, random) if random.randint(2, dtype=np.int64) else None
    return Sentence("relation", nouns, (_one_of(_RELATIONS, random),), background=background)


def _one_of(words: tuple[str, ...], random: np.random.RandomState) -> str:
    return words[random.randint(len(words), dtype=np.int64)]


def vocabulary() -> WordVocabulary:
    """The words of 1,000 training sentences, with their ids."""
    return WordVocabulary().fit(sentences(1000, seed=0)[0], 100)


def meant_color(count: int, seed: int, split: str = "train") -> tuple[dict[str, np.ndarray], np.ndarray]:
    """{"text": (count, 16) int32} and labels: `sentences` as tokens of `vocabulary`. Raises ValueError as that."""
    texts, labels = sentences(count, seed, split)
    return {"text": vocabulary().batch(texts, LENGTH)[0]}, labels


def placed_digit(count: int, seed: int, split: str = "train") -> tuple[dict[str, np.ndarray], np.ndarray]:
    """{"image": (count, 16, 16, 1) float32 in [0, 1]} and labels: a handwritten digit somewhere on an empty square.

    The digits of scikit-learn, 8 pixels wide, those of `split` ("train" or "test", other writers) in turn, each time
    at another of 81 places. Raises ValueError for a count below 1 and another split.
    """
    shapes.whole(count, "count")
    data, random = load.load("digits", split), np.random.RandomState(seed)
    rows = np.concatenate([random.permutation(len(data["label"])) for _ in range(-(-count // len(data["label"])))])
    corners = random.randint(SIZE - 8 + 1, size=(count, 2), dtype=np.int64)
    return {"image": shift.place(data["image"][rows[:count]], corners, SIZE)}, data["label"][rows[:count]]


def said_digit(voices: list[str]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """{"audio": (n, 61, 32) log-mel} and labels: the hundred digits of each of these voices of the speech bank.

    Raises ValueError for an unknown voice and for none.
    """
    unknown = sorted(set(voices) - set(speech.voices()))
    if unknown or not voices:
        raise ValueError(f"voices are {voices!r}; choose from {', '.join(speech.voices())}.")
    bank = speech.spoken_digits()
    rows = np.flatnonzero(np.isin(bank["speaker"], voices))
    sounds = waveform.pad([waveform.normalize(bank["audio"][row]) for row in rows], speech.RATE)
    return {"audio": audio.log_mel(sounds)}, bank["label"][rows]
