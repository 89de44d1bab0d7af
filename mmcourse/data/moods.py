"""Generated speakers who praise or complain, and what they really feel, known with its exact chance.

Nobody ever felt anything here. A feeling y is 0 (displeased) or 1 (pleased), equally often. With probability `irony`
the words say the opposite. A sign, which errs with probability `misheard`, says whether they do: a wink in a post, a
falling tone in a clip. A face, which errs with probability `masked`, shows the feeling itself.
"""

import numpy as np

from mmcourse import shapes
from mmcourse.data import faces
from mmcourse.data.audio import log_mel
from mmcourse.data.text import WordVocabulary, whole_batch

THINGS = ("film", "soup", "concert", "hotel", "phone", "service")
GOOD, BAD = ("good", "lovely", "great", "splendid"), ("bad", "awful", "dull", "poor")
SAYING_LENGTH = 10  # tokens, START and END counted
CLIPS = {"irony": 0.3, "misheard": 0.15, "masked": 0.2}
POSTS = {"irony": 0.3, "misheard": 0.05, "masked": 0.5}  # the mouth of a post says nothing
CAUSES = ("words", "sign", "face")  # the axes of a table, before the feeling


def mood_table(irony: float = 0.3, misheard: float = 0.15, masked: float = 0.2) -> np.ndarray:
    """Three chances -> (2, 2, 2, 2): probability of each combination p[words, sign, face, feeling].

    words: 0 complaint, 1 praise; sign: 0 meant, 1 not meant; face and feeling: 0 displeased, 1 pleased.
    Raises ValueError for a chance outside 0 to 1.
    """
    for name, value in (("irony", irony), ("misheard", misheard), ("masked", masked)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} is {value!r}; give a probability from 0 to 1.")
    table = np.zeros((2, 2, 2, 2))
    for feeling, opposite, wrong, mask in np.ndindex(2, 2, 2, 2):
        chance = 0.5
        for event, share in ((opposite, irony), (wrong, misheard), (mask, masked)):
            chance *= share if event else 1 - share
        table[feeling ^ opposite, opposite ^ wrong, feeling ^ mask, feeling] += chance
    return table


def pleased_chance(table: np.ndarray, causes: dict[str, np.ndarray]) -> np.ndarray:
    """Table p[words, sign, face, feeling], some of `CAUSES` {name: (B,) 0 or 1} -> (B,): the exact chance of pleased.

    Causes that are not given are summed out: the chance for a perfect reader who sees only those that are.
    Raises ValueError for another cause, and for a table of another shape.
    """
    left = _seen(table, causes)  # (2, …, feeling)
    rows = left[tuple(np.asarray(causes[name], int) for name in CAUSES if name in causes)]  # (B, 2), or (2,) of none
    return rows[..., 1] / rows.sum(-1)


def best_accuracy(table: np.ndarray, seen: tuple[str, ...]) -> float:
    """Table p[words, sign, face, feeling] and names among `CAUSES` -> the accuracy of a perfect reader of these.

    Raises ValueError as `pleased_chance`.
    """
    return float(_seen(table, seen).max(-1).sum())


def mood_posts(count: int, seed: int, irony: float = 0.3) -> dict[str, np.ndarray]:
    """Count -> columns (count, …): `text` str, `image` (16, 16, 1) in [0, 1], `label` 0 or 1, `words`, `sign`.

    The sign is a wink; the mouth smiles or not, by chance. Raises ValueError for a count below 1 and as `mood_table`.
    """
    random = np.random.RandomState(seed)
    posts = _drawn(count, POSTS | {"irony": irony}, random)
    curves = random.uniform(-1, 1, count)
    posts["image"] = faces.draw_faces(curves, posts["sign"], random)
    return posts


def mood_clips(count: int, seed: int, irony: float = 0.3) -> dict[str, np.ndarray]:
    """Count -> columns (count, …): `text` str, `image` (8, 16, 16, 1), `audio` (S, 32) log-mel, `label`, the causes.

    The sign is a tone that falls; one that rises says: meant. The face is a smile that comes, or one that goes: the
    same pictures backward. Raises ValueError as `mood_posts`.
    """
    random = np.random.RandomState(seed)
    clips = _drawn(count, CLIPS | {"irony": irony}, random)
    clips["image"] = faces.draw_clips(clips["face"], random)
    clips["audio"] = log_mel(faces.tones(clips["sign"], random))
    return clips


def sayings(words: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    """0 complaint, 1 praise (B,) -> (B,) str: "the soup is not bad". Half hold a word of the other kind, denied."""
    said = []
    for praise in words:
        thing = THINGS[random.randint(len(THINGS))]
        kinds = (GOOD, BAD) if praise else (BAD, GOOD)
        own, other = (kind[random.randint(len(kind))] for kind in kinds)
        forms = (own, f"not {other}", f"{own} , not {other}", f"not {other} but {own}")
        said.append(f"the {thing} is {forms[random.randint(4)]}")
    return np.array(said)


def saying_vocabulary() -> WordVocabulary:
    """The vocabulary of all sayings: 4 special tokens, 18 words and the comma."""
    return WordVocabulary().fit([f"the is not but , {' '.join(THINGS + GOOD + BAD)}"], size=40)


def mood_inputs(speakers: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Posts or clips -> what a model reads: `image`, `text` (B, 10) tokens and, of clips, `audio`.

    Raises ValueError for a saying with other words, and for one that is too long.
    """
    tokens, _ = whole_batch(saying_vocabulary(), list(speakers["text"]), SAYING_LENGTH)
    return {name: speakers[name] for name in ("audio", "image") if name in speakers} | {"text": tokens}


def _seen(table: np.ndarray, names) -> np.ndarray:
    """The table with the causes that are not among `names` summed out."""
    if unknown := sorted(set(names) - set(CAUSES)):
        raise ValueError(f"There is no cause {unknown[0]!r}; choose among {', '.join(CAUSES)}.")
    if np.shape(table) != (2, 2, 2, 2):
        raise ValueError(f"The table has shape {np.shape(table)}; give p[words, sign, face, feeling] of `mood_table`.")
    return table.sum(tuple(axis for axis, name in enumerate(CAUSES) if name not in names))


def _drawn(count: int, chances: dict[str, float], random: np.random.RandomState) -> dict[str, np.ndarray]:
    """Feelings, causes and words of `count` speakers, drawn from `mood_table`."""
    table = mood_table(**chances)
    rows = random.choice(table.size, shapes.whole(count, "count"), p=table.ravel())
    words, sign, face, label = np.unravel_index(rows, table.shape)
    causes = {"words": words, "sign": sign, "face": face}
    return {"text": sayings(words, random), "label": label.astype(np.int32)} | causes
