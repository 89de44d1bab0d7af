"""Datasets by name, as named columns, and pairs of a picture and a sound of the same digit.

Splits are fixed. Written digits: scikit-learn keeps the digits of one writer together, so the first 1,287 train and the
last 510, mostly of other writers, test. Spoken digits: takes 0 and 1 of the bank, takes 0 to 4 of the real recordings
(their official split), test.
"""

import numpy as np

from mmcourse.data import audio, speech

SPLITS = ("train", "test")
SECONDS = 1.0  # every spoken digit is cut or filled to this length
_TRAIN_IMAGES = 1287


def digits() -> dict[str, np.ndarray]:
    """UCI handwritten digits of scikit-learn: `image` (1797, 8, 8, 1) float32 in [0, 1], `label` int32, `split`."""
    from sklearn.datasets import load_digits

    data = load_digits()
    order = np.arange(len(data.target))
    return {
        "image": (data.images[..., None] / 16).astype(np.float32),
        "label": data.target.astype(np.int32),
        "split": np.where(order < _TRAIN_IMAGES, "train", "test"),
    }


def spoken_digits() -> dict[str, np.ndarray]:
    """The digits of the embedded bank: `audio` (600, 8000) float32 at 8 kHz, `label`, `speaker`, `take`, `split`."""
    return _speech_columns(speech.spoken_digits(), test_takes=2)


def fsdd() -> dict[str, np.ndarray]:
    """Free Spoken Digit Dataset 1.0.9, real recordings, fetched on first use (12 MB): columns as `spoken_digits`."""
    from mmcourse.data import fetch
    from mmcourse.data.readers import fsdd as reader

    return _speech_columns(reader.read(fetch.get("fsdd")), test_takes=5)


_LOADERS = {"digits": digits, "spoken_digits": spoken_digits, "fsdd": fsdd}


def load(name: str, split: str, limit: int | None = None) -> dict[str, np.ndarray]:
    """One split as columns, `{"image" or "audio": …, "label": (n,) int32, …}`; `limit` keeps the first rows.

    Raises ValueError for an unknown name, split or limit, `fetch.NotAvailable` where a download cannot be had.
    """
    if name not in _LOADERS:
        raise ValueError(f"There is no dataset {name!r}. Choose one of: {', '.join(_LOADERS)}.")
    if split not in SPLITS:
        raise ValueError(f"{name} has no split {split!r}. Choose one of: {', '.join(SPLITS)}.")
    if limit is not None and (not isinstance(limit, int | np.integer) or limit < 1):
        raise ValueError(f"limit is {limit!r}; give a positive number of rows, or None for all.")
    columns = _LOADERS[name]()
    rows = np.flatnonzero(columns.pop("split") == split)[:limit]
    return {column: values[rows] for column, values in columns.items()}


def can_load(name: str) -> bool:
    """Whether a dataset is here or can be fetched now; where it cannot, one printed line says so."""
    from mmcourse.data.fetch import NotAvailable

    try:
        load(name, "test", limit=1)
    except NotAvailable:
        print(f"{name} is not on this machine and could not be fetched: mm.load({name!r}, 'test') says what was tried.")
        return False
    return True


def digit_pairs(
    split: str, count: int, seed: int, speech: str = "spoken_digits", speakers: list[str] | None = None
) -> dict[str, np.ndarray]:
    """Pairs of a written and a spoken digit of the same class, both from `split`, drawn at random with replacement.

    Returns `image` (count, 8, 8, 1) and `audio` (count, 8000), float32, and `label` (count,) int32, every class equally
    often (to within one). `speech` is "spoken_digits" (embedded) or "fsdd" (real recordings); `speakers` keeps only
    some of its voices.
    """
    if not isinstance(count, int | np.integer) or count < 1:
        raise ValueError(f"count is {count!r}; give a positive number of pairs.")
    random = np.random.RandomState(seed)
    label = random.permutation(np.arange(count) % 10).astype(np.int32)
    pairs = {"label": label}
    for name, column in (("digits", "image"), (speech, "audio")):
        data = load(name, split)
        if column not in data:
            raise ValueError(f"{name!r} has no column {column!r}; choose a dataset of spoken digits.")
        if column == "audio" and speakers is not None:
            data = _only(data, speakers)
        rows = np.empty(count, np.int64)
        for digit in range(10):
            rows[label == digit] = random.choice(np.flatnonzero(data["label"] == digit), np.sum(label == digit))
        pairs[column] = data[column][rows]
    return pairs


def _only(data: dict[str, np.ndarray], speakers: list[str]) -> dict[str, np.ndarray]:
    known = sorted(set(data["speaker"]))
    if not set(speakers) <= set(known) or not len(speakers):
        raise ValueError(f"speakers is {speakers!r}; choose some of: {', '.join(known)}.")
    keep = np.isin(data["speaker"], list(speakers))
    return {column: values[keep] for column, values in data.items()}


def _speech_columns(data: dict, test_takes: int) -> dict[str, np.ndarray]:
    sounds = [audio.normalize(sound) for sound in data["audio"]]
    return {
        **data,
        "audio": audio.pad(sounds, int(SECONDS * speech.RATE)),
        "split": np.where(data["take"] < test_takes, "test", "train"),
    }
