"""CIFAR-10: small color photographs in Python pickles, which are read without trusting them."""

import pickle
from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SIDE = 32  # pixels
FOLDER = "cifar-10-batches-py"  # inside the archive
_BATCHES = {"train": tuple(f"data_batch_{number}" for number in range(1, 6)), "test": ("test_batch",)}
_NEEDED = {  # all that a pickled batch may name: what NumPy makes an array of
    ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


def table(folder: Path, split: str) -> dict[str, np.ndarray]:
    """`image` (n, 32, 32, 3) float32 in [0, 1]; `label` (n,) int32, a place in CLASSES.

    The official split, 50,000 train in the order of the five batches and 10,000 test; there is no validation set, and
    nothing names what two pictures could share, so there is no key. The classes are mixed, not one after the other.
    """
    batches = (_batch(folder, f"{FOLDER}/{name}") for name in _BATCHES[split])
    data, labels = map(np.concatenate, zip(*batches, strict=True))
    pixels = data.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)  # (n, C, H, W) -> (n, H, W, C)
    return {"image": np.divide(pixels, np.float32(255), order="C"), "label": labels}


def _batch(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    """One pickled batch: data (n, 3072) uint8, all of red, then green, then blue, and labels (n,) int32."""
    expected = f"expected a pickled batch of {SIDE} x {SIDE} color pictures with a label 0 to 9 each"
    try:
        with (folder / name).open("rb") as file:
            batch = _Arrays(file, encoding="bytes").load()
        data, labels = batch[b"data"], np.array(batch[b"labels"], np.int32)
    except Exception as error:  # bytes that are no pickle of a batch can lead to any
        raise damaged(folder, name, f"{expected}, but {type(error).__name__}: {error}") from error
    is_data = isinstance(data, np.ndarray) and data.dtype == np.uint8 and data.shape[1:] == (3 * SIDE**2,)
    if not is_data or labels.shape != data.shape[:1] or not np.isin(labels, range(10)).all():
        raise damaged(folder, name, f"{expected}, got other arrays")
    return data, labels


class _Arrays(pickle.Unpickler):
    """Reads numbers, texts, lists, dicts and NumPy arrays; refuses a pickle that names anything else.

    A pickle is a program: it may name any function of any module and have it called.
    """

    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in _NEEDED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no batch of CIFAR-10 needs; refused")
        return _NEEDED[module, name]


READERS = {"cifar10": Reader({"train": "cifar10", "test": "cifar10"}, table, ("image", "label"), classes=CLASSES)}
