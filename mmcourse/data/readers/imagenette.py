"""Imagenette v2: photographs of ten easily told classes of ImageNet, in three sizes."""

import functools
import hashlib
from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged

FOLDERS = {"160": "imagenette2-160", "320": "imagenette2-320", "full": "imagenette2"}  # inside the archives
WORDS = {  # the names of the folders in the order of the labels
    "n01440764": "tench",
    "n02102040": "English springer",
    "n02979186": "cassette player",
    "n03000684": "chain saw",
    "n03028079": "church",
    "n03394916": "French horn",
    "n03417042": "garbage truck",
    "n03425413": "gas pump",
    "n03445777": "golf ball",
    "n03888257": "parachute",
}
CLASSES = tuple(WORDS.values())
_SPLITS = {"train": "train", "validation": "val"}


def table(folder: Path, split: str, form: str) -> dict[str, np.ndarray]:
    """`label` (n,) int32, a place in CLASSES; `picture` (n,) str, the name of the photograph; `file` (n,) str.

    `image` (n, size, size, 3) float32 in [0, 1] is decoded from `file`. Train and validation are the official folders,
    about 70 and 30 percent; there is no test set. The key is `picture`: one that lay in both folders would only
    validate. Rows are in the order of the SHA-256 of `picture`, so the first ones hold every class. The noisy labels
    of noisy_imagenette.csv are not read. A network that was trained on ImageNet may have seen these photographs.
    """
    names = _pictures(folder, FOLDERS[form], _SPLITS[split])
    if split == "train":
        held_out = _pictures(folder, FOLDERS[form], _SPLITS["validation"])
        names = {name: word for name, word in names.items() if name not in held_out}
    order = sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())
    labels = {word: label for label, word in enumerate(WORDS)}
    return {
        "label": np.array([labels[names[name]] for name in order], np.int32),
        "picture": np.array(order),
        "file": np.array([f"{FOLDERS[form]}/{_SPLITS[split]}/{names[name]}/{name}" for name in order]),
    }


def _pictures(folder: Path, archive: str, part: str) -> dict[str, str]:
    """Name of every photograph of "train" or "val" -> name of its class folder."""
    found = {}
    for word in WORDS:
        home = f"{archive}/{part}/{word}"
        names = [path.name for path in (folder / home).glob("[!.]*.JPEG")]  # macOS adds files that begin with a dot
        if not names:
            raise damaged(folder, home, f"expected a folder of photographs .JPEG of the class {WORDS[word]!r}")
        found |= dict.fromkeys(names, word)
    return found


def _reader(form: str) -> Reader:
    splits = dict.fromkeys(_SPLITS, f"imagenette/{form}")
    columns = ("image", "label", "picture", "file")
    return Reader(splits, functools.partial(table, form=form), columns, ("picture",), "image", classes=CLASSES)


READERS = {f"imagenette/{form}": _reader(form) for form in FOLDERS}
