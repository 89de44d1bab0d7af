"""Digits for three senses, written, spoken and spelled, in three parts that share no picture and no recording."""

import numpy as np

from mmcourse import shapes
from mmcourse.data.load import load
from mmcourse.data.pairs import of_speakers

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SPLITS = ("train", "validation", "test")
_VALIDATION = 0.2  # of the training pictures the last, of the training takes of every speaker the first


def digit_senses(
    split: str, count: int, seed: int, spoken: str = "spoken_digits", speakers: list[str] | None = None
) -> dict[str, np.ndarray]:
    """Triples of a written, a spoken and a spelled digit of the same class, drawn at random with replacement.

    Returns `image` (count, 8, 8, 1) and `audio` (count, 8000), float32, `text` (count,) str, `label` (count,) int32,
    every class equally often (to within one), and where they come from: `picture` (count,) int64, the number of the
    picture, and `recording` (count,) str. `split` is "train", "validation" or "test": first pictures and recordings are
    parted, then each part makes triples of its own. `spoken` and `speakers` are those of `pairs.digit_pairs`.
    Raises ValueError for another split, dataset or speaker, and for a count below 1.
    """
    shapes.whole(count, "count")
    random = np.random.RandomState(seed)
    label = random.permutation(np.arange(count) % 10).astype(np.int32)
    pictures, recordings = _pictures(split), _recordings(split, spoken, speakers)
    rows = {"image": np.empty(count, np.int64), "audio": np.empty(count, np.int64)}
    for digit in range(10):
        for name, pool in (("image", pictures), ("audio", recordings)):
            among = np.flatnonzero(pool["label"] == digit)
            rows[name][label == digit] = random.choice(among, np.sum(label == digit))
    return {
        "image": pictures["image"][rows["image"]],
        "audio": recordings["audio"][rows["audio"]],
        "text": np.array(WORDS)[label],
        "label": label,
        "picture": pictures["picture"][rows["image"]],
        "recording": recordings["recording"][rows["audio"]],
    }


def corrupt_words(words: list[str], rate, seed: int = 0) -> np.ndarray:
    """Words of small letters (B,) -> (B,) str: each letter replaced, with probability `rate`, by any of the 26.

    `rate` is one number from 0 to 1, or one a word (B,); a letter may be replaced by itself.
    """
    rates = np.asarray(rate, np.float64)
    if rates.shape not in ((), (len(words),)) or not np.all((rates >= 0) & (rates <= 1)):
        raise ValueError(f"rate is {rate!r}; give a probability from 0 to 1, or one for each of {len(words)} words.")
    random = np.random.RandomState(seed)
    letters = _spelled(words)  # (B, longest)
    luck = random.uniform(size=letters.shape)
    drawn = random.randint(len(LETTERS), size=letters.shape, dtype=np.int64)
    changed = np.where((luck < rates.reshape(-1, 1)) & (letters >= 0), drawn, letters)
    return np.array(["".join(LETTERS[place] for place in row if place >= 0) for row in changed])


def word_posterior(words: list[str], rate: float, prior: np.ndarray | None = None) -> np.ndarray:
    """Words (B,) that `corrupt_words` has damaged at `rate` -> (B, 10): the exact probability of each digit.

    By Bayes's rule: a letter stays with probability 1 - rate + rate / 26, and becomes any other one with rate / 26.
    `prior` (10,) is how frequent the digits are, equally where it is None. Raises ValueError for a word that no digit's
    word can have become.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate is {rate!r}; give a probability from 0 to 1.")
    prior = np.full(len(WORDS), 1 / len(WORDS)) if prior is None else np.asarray(prior, np.float64)
    shapes.check(prior, "10", "prior")
    true = _spelled(WORDS)
    seen = _spelled(words, width=true.shape[1])
    chance = (1 - rate) * (seen[:, None] == true) + rate / len(LETTERS)  # (B, 10, letters)
    chance = np.where((seen < 0)[:, None] & (true < 0), 1, chance)
    chance = np.where((seen < 0)[:, None] != (true < 0), 0, chance)  # the length never changes
    joint = prior * chance.prod(-1)
    total = joint.sum(1, keepdims=True)
    if not np.all(total > 0):
        raise ValueError(f"{str(words[int(np.argmin(total))])!r} cannot come from a digit's word at a rate of {rate}.")
    return joint / total


def _spelled(words, width: int | None = None) -> np.ndarray:
    """Words (B,) -> (B, longest) int64: the places of their letters in the alphabet, -1 after the end."""
    if not len(words) or not all(word and set(str(word)) <= set(LETTERS) for word in words):
        raise ValueError(f"words is {list(words)[:3]!r} …; give words of the 26 small letters, at least one.")
    longest = max(map(len, words))
    if width is not None and longest > width:
        raise ValueError(f"The longest word has {longest} letters; the digits' words have at most {width}.")
    spelled = np.full((len(words), width or longest), -1, np.int64)
    for row, word in enumerate(words):
        spelled[row, : len(word)] = [LETTERS.index(letter) for letter in word]
    return spelled


def _pictures(split: str) -> dict[str, np.ndarray]:
    """The part's handwritten digits and their numbers: the last fifth of the training pictures validates."""
    data = load("digits", _source(split))
    count = len(data["label"])
    if split == "test":
        first = len(load("digits", "train")["label"])  # the numbers go on after those of the training pictures
        return data | {"picture": first + np.arange(count)}
    cut = count - round(_VALIDATION * count)
    rows = slice(None, cut) if split == "train" else slice(cut, None)
    return {name: values[rows] for name, values in data.items()} | {"picture": np.arange(count)[rows]}


def _recordings(split: str, spoken: str, speakers: list[str] | None) -> dict[str, np.ndarray]:
    """The part's spoken digits and their names: the first takes of every speaker's training takes validate."""
    data = load(spoken, _source(split))
    if not {"audio", "speaker", "take"} <= set(data):
        raise ValueError(f"{spoken!r} has no spoken digits; choose spoken_digits or fsdd.")
    if speakers is not None:
        data = of_speakers(data, speakers)
    keep = np.ones(len(data["label"]), bool)
    if split != "test":
        takes = np.unique(data["take"])
        first = takes[: max(1, int(_VALIDATION * len(takes)))]
        keep &= np.isin(data["take"], first) == (split == "validation")
    chosen = {name: values[keep] for name, values in data.items()}
    names = zip(chosen["speaker"], chosen["label"], chosen["take"], strict=True)
    return chosen | {"recording": np.array([f"{speaker} says {digit}, take {take}" for speaker, digit, take in names])}


def _source(split: str) -> str:
    """Which split of the dataset a part is taken from."""
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; choose one of: {', '.join(SPLITS)}.")
    return "test" if split == "test" else "train"
