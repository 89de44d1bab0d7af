"""Generated patients with a spot on the skin: a record, a picture and a note, and the exact chance of their disease.

Nobody was ever ill here. Nine causes are drawn independently, `WEIGHTS` and `SHIFT` make the logarithm of the odds of
the disease of them, and each modality shows some of the causes: so the best that anybody could know is a number.
"""

import numpy as np

from mmcourse import shapes
from mmcourse.data.text import WordVocabulary, whole_batch

WEIGHTS = {  # of the causes, each less its mean
    "age": 0.04,  # a year
    "family": 1.2,
    "pressure": 0.0,  # the blood pressure: a number that stands in every record and says nothing
    "diameter": 0.25,  # a millimeter
    "border": 5.0,
    "colors": 5.0,
    "growth": 2.5,
    "bleeding": 2.5,
    "itching": -1.0,
}
MEANS = {"age": 55, "family": 0.2, "pressure": 120, "diameter": 6.5, "border": 0.5, "colors": 0.5}
MEANS |= {"growth": 0.4, "bleeding": 0.4, "itching": 0.4}
SHIFT = -2.6
SHOWN = {
    "image": ("border", "colors", "diameter"),
    "note": ("bleeding", "growth", "itching"),
    "record": ("age", "family", "pressure", "diameter"),
}
CAMERAS = {  # contrast; color of the light
    "old": (1.0, (1.0, 1.0, 1.0)),
    "new": (0.3, (0.8, 0.95, 1.2)),
    "third": (0.6, (1.0, 0.75, 0.65)),
}
SPREADS = (20, 0.4, 12, 2)  # of the columns of the record, about
NOTE_LENGTH = 12  # tokens
SIDE, MILLIMETERS = 24, 14.0  # a picture is 24 pixels and 14 mm wide
SKIN, BROWN, DARK = np.array([[0.86, 0.68, 0.58], [0.50, 0.30, 0.20], [0.15, 0.12, 0.20]])


def clinic_patients(count: int, seed: int, minority: float = 0.1) -> dict[str, np.ndarray]:
    """Count -> columns (count, …): inputs `image` (24, 24, 3) in [0, 1], `record` (4,), `note` str, and `label` 0 or 1.

    `record` is float32: age (years), family (0 or 1), blood pressure (mm Hg), diameter of the spot (mm). Further
    columns: the nine causes, `chance`, that of the disease when all causes are known, and `camera`, "old", or "new"
    with probability `minority`; it has nothing to do with the disease.
    Raises ValueError for a count below 1 and a share outside 0 to 1.
    """
    shapes.whole(count, "count")
    if not 0 <= minority <= 1:
        raise ValueError(f"minority is {minority!r}; give the share of pictures from the new camera, 0 to 1.")
    random = np.random.RandomState(seed)
    patients = _causes(count, random)
    patients["chance"] = _sigmoid(_score(patients, tuple(WEIGHTS)) + SHIFT)
    patients["label"] = (random.uniform(size=count) < patients["chance"]).astype(np.int32)
    patients["camera"] = np.where(random.uniform(size=count) < minority, "new", "old")
    patients["record"] = np.stack([patients[name] for name in SHOWN["record"]], axis=1).astype(np.float32)
    patients["note"] = _notes(patients, random)
    patients["image"] = photographed(patients, patients["camera"], seed)
    return patients


def photographed(patients: dict[str, np.ndarray], camera, seed: int) -> np.ndarray:
    """Patients, a camera or one for each (B,) -> (B, 24, 24, 3) float32 in [0, 1]; one seed draws the same spots again.

    Cameras: "old", "new" (little contrast, bluish), "third" (reddish). All have the same noise.
    Raises ValueError for another camera.
    """
    count = len(patients["diameter"])
    cameras = np.broadcast_to(np.asarray(camera), (count,))
    if unknown := sorted(set(cameras.tolist()) - set(CAMERAS)):
        raise ValueError(f"There is no camera {unknown[0]!r}; choose among {', '.join(CAMERAS)}.")
    random = np.random.RandomState(seed + 1_000_000)
    scenes = _spots(patients, random)  # (B, 24, 24, 3)
    contrast = np.array([CAMERAS[name][0] for name in cameras])[:, None, None, None]
    light = np.array([CAMERAS[name][1] for name in cameras])[:, None, None, :]
    brightness = random.uniform(0.9, 1.1, (count, 1, 1, 1))
    images = (SKIN + contrast * (scenes - SKIN)) * light * brightness + random.normal(0, 0.02, scenes.shape)
    return np.clip(images, 0, 1).astype(np.float32)


def chance_given(patients: dict[str, np.ndarray], modalities, draws: int = 2000) -> np.ndarray:
    """Patients, names among "image", "note", "record" -> (B,): the chance of the disease for a perfect reader of these.

    Of the causes that none of them shows, `draws` others are drawn, the same for all patients, and the chances
    averaged. Raises ValueError for another modality.
    """
    if unknown := sorted(set(modalities) - set(SHOWN)):
        raise ValueError(f"There is no modality {unknown[0]!r}; choose among {', '.join(SHOWN)}.")
    known = {cause for name in modalities for cause in SHOWN[name]}
    rest = tuple(name for name in WEIGHTS if name not in known)
    others = _score(_causes(shapes.whole(draws, "draws"), np.random.RandomState(0)), rest) if rest else np.zeros(1)
    own = _score(patients, tuple(name for name in WEIGHTS if name in known)) + SHIFT  # (B,)
    return np.array([_sigmoid(score + others).mean() for score in own])


def patient_inputs(patients: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Patients -> what a model reads: `image` (B, 24, 24, 3), `note` (B, 12) tokens, `record` (B, 4), about -2 to 2.

    Raises ValueError for a note with words of no note of this clinic, and for one that is too long.
    """
    tokens, _ = whole_batch(note_vocabulary(), list(patients["note"]), NOTE_LENGTH)
    record = (patients["record"] - [MEANS[name] for name in SHOWN["record"]]) / SPREADS
    return {"image": patients["image"], "note": tokens, "record": record.astype(np.float32)}


def note_vocabulary() -> WordVocabulary:
    """The vocabulary of all notes: 4 special tokens, ten words and the comma."""
    return WordVocabulary().fit([f"reports complains of no denies and or , {' '.join(SHOWN['note'])}"], size=20)


def lost_words(notes, rate: float, seed: int = 0) -> np.ndarray:
    """Notes (B,) -> (B,) str: each word is lost with probability `rate`, as a poor recognizer of dictation might do.

    One word at least is left. Raises ValueError for a rate outside 0 to 1.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate is {rate!r}; give the share of words that are lost, 0 to 1.")
    random = np.random.RandomState(seed)
    kept = []
    for note in notes:
        words = str(note).split()
        luck = random.uniform(size=len(words))
        left = [word for word, fate in zip(words, luck, strict=True) if fate >= min(rate, luck.max())]
        kept.append(" ".join(left))
    return np.array(kept)


def _causes(count: int, random: np.random.RandomState) -> dict[str, np.ndarray]:
    return {
        "age": random.randint(20, 91, count, dtype=np.int64),
        "family": random.uniform(size=count) < MEANS["family"],
        "pressure": np.round(random.normal(MEANS["pressure"], 12, count)),
        "diameter": np.round(random.uniform(3, 10, count), 1),
        "border": random.uniform(size=count),
        "colors": random.uniform(size=count),
        **{name: random.uniform(size=count) < MEANS[name] for name in ("growth", "bleeding", "itching")},
    }


def _score(causes: dict[str, np.ndarray], names: tuple[str, ...]) -> np.ndarray:
    """(B,): what these causes add to the logarithm of the odds."""
    count = len(causes["age"])
    return sum((WEIGHTS[name] * (causes[name] - MEANS[name]) for name in names), np.zeros(count))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _notes(patients: dict[str, np.ndarray], random: np.random.RandomState) -> np.ndarray:
    """All three words stand in every note: only their order, and what is denied, tells who complains of what."""
    notes = []
    for row in range(len(patients["age"])):
        words = [SHOWN["note"][place] for place in random.permutation(3)]
        there = [word for word in words if patients[word][row]]
        absent = [word for word in words if not patients[word][row]]
        parts = [("reports", "complains of")[random.randint(2)] + " " + " and ".join(there)] if there else []
        if absent:
            opening, joint = (("no", " or "), ("denies", " and "))[random.randint(2)]
            parts.append(f"{opening} {joint.join(absent)}")
        notes.append(", ".join(parts[:: 1 if random.randint(2) else -1]))
    return np.array(notes)


def _spots(patients: dict[str, np.ndarray], random: np.random.RandomState) -> np.ndarray:
    """(B, 24, 24, 3): brown spots on skin, somewhere near the middle and turned at random, with darker blotches."""
    count = len(patients["diameter"])

    def drawn(low, high):
        return random.uniform(low, high, (count, 1, 1))

    grid = (np.arange(SIDE) + 0.5) / SIDE * MILLIMETERS - MILLIMETERS / 2
    x, y = grid[None, None] - drawn(-1, 1), grid[None, :, None] - drawn(-1, 1)  # mm from the middle of the spot
    radius = (patients["diameter"] / 2)[:, None, None]
    angle = np.arctan2(y, x) - drawn(0, 2 * np.pi)
    edge = radius * (1 + 0.15 * np.cos(angle) + 0.1 * np.cos(2 * angle))
    blur = 0.1 + patients["border"][:, None, None]  # mm
    inside = _sigmoid((edge - np.hypot(x, y)) / blur)[..., None]
    blotches = np.zeros((count, SIDE, SIDE))
    for _ in range(3):
        turn, out = drawn(0, 2 * np.pi), drawn(0.2, 0.7) * radius
        far = ((x - out * np.cos(turn)) ** 2 + (y - out * np.sin(turn)) ** 2) / (0.35 * radius) ** 2
        blotches = np.maximum(blotches, np.exp(-far))
    dark = (patients["colors"][:, None, None] * blotches)[..., None]
    return SKIN + inside * (BROWN + dark * (DARK - BROWN) - SKIN)
