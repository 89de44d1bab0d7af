"""MedMNIST v2, the sets of 28 pixels: medical pictures and volumes, one NumPy file a set."""

import functools
import zipfile
import zlib
from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged

SIDE = 28  # pixels, voxels
_FINDINGS = """atelectasis, cardiomegaly, effusion, infiltration, mass, nodule, pneumonia, pneumothorax, consolidation,
edema, emphysema, fibrosis, pleural, hernia"""
_TISSUES = """adipose, background, debris, lymphocytes, mucus, smooth muscle, normal colon mucosa,
cancer-associated stroma, colorectal adenocarcinoma epithelium"""
_LESIONS = """actinic keratoses and intraepithelial carcinoma, basal cell carcinoma, benign keratosis-like lesions,
dermatofibroma, melanoma, melanocytic nevi, vascular lesions"""
_BLOOD = "basophil, eosinophil, erythroblast, immature granulocytes, lymphocyte, monocyte, neutrophil, platelet"
_KIDNEY = """collecting duct or connecting tubule, distal convoluted tubule, glomerular endothelial cells,
interstitial endothelial cells, leukocytes, podocytes, proximal tubule segments, thick ascending limb"""
_ORGANS = """bladder, femur-left, femur-right, heart, kidney-left, kidney-right, liver, lung-left, lung-right, pancreas,
spleen"""
_ORGANS_3D = """liver, kidney-right, kidney-left, femur-right, femur-left, bladder, heart, lung-right, lung-left,
spleen, pancreas"""
_FRACTURES = "buckle rib fracture, nondisplaced rib fracture, displaced rib fracture"
CLASSES = {  # the words of the labels by set, in the order of the labels
    name: tuple(" ".join(words.split()).split(", "))
    for name, words in {
        "pathmnist": _TISSUES,
        "chestmnist": _FINDINGS,
        "dermamnist": _LESIONS,
        "octmnist": "choroidal neovascularization, diabetic macular edema, drusen, normal",
        "pneumoniamnist": "normal, pneumonia",
        "retinamnist": "0, 1, 2, 3, 4",
        "breastmnist": "malignant, normal or benign",
        "bloodmnist": _BLOOD,
        "tissuemnist": _KIDNEY,
        "organamnist": _ORGANS,
        "organcmnist": _ORGANS,
        "organsmnist": _ORGANS,
        "organmnist3d": _ORGANS_3D,
        "nodulemnist3d": "benign, malignant",
        "adrenalmnist3d": "normal, hyperplasia",
        "fracturemnist3d": _FRACTURES,
        "vesselmnist3d": "vessel, aneurysm",
        "synapsemnist3d": "inhibitory synapse, excitatory synapse",
    }.items()
}
_COLOR = ("pathmnist", "dermamnist", "retinamnist", "bloodmnist")
_SEVERAL = ("chestmnist",)  # a picture has any number of the classes
_SPLITS = {"train": "train", "validation": "val", "test": "test"}


def table(folder: Path, split: str, name: str) -> dict[str, np.ndarray]:
    """`image` (n, 28, 28, 1), in color (n, 28, 28, 3), or `volume` (n, 28, 28, 28, 1), float32 in [0, 1]; `label`.

    `label` (n,) int32 is a place in CLASSES[name]; of chestmnist it is (n, 14) int32, 1 for every finding, and most
    rows have none. The grades 0 to 4 of retinamnist are ordered. organmnist3d numbers the organs in another order than
    organamnist, organcmnist and organsmnist, which show the same scans.
    The splits are the official ones; the files do not name patients, so there is no key to check.
    """
    images, labels = _arrays(folder, name, _SPLITS[split])
    pixels = images if name in _COLOR else images[..., None]  # (n, 28, 28, C), (n, 28, 28, 28, 1)
    return {
        "volume" if name.endswith("3d") else "image": pixels / np.float32(255),
        "label": (labels if name in _SEVERAL else labels[:, 0]).astype(np.int32),
    }


def _arrays(folder: Path, name: str, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (n, 28, 28), in color (n, 28, 28, 3), or volumes (n, 28, 28, 28), and labels (n, 1) or (n, 14)."""
    classes, several = len(CLASSES[name]), name in _SEVERAL
    shape = (SIDE, SIDE, *([SIDE] if name.endswith("3d") else [3] if name in _COLOR else []))
    width, highest = (classes, 1) if several else (1, classes - 1)
    expected = (
        f"{part}_images (n, {', '.join(map(str, shape))}) uint8 and {part}_labels (n, {width}) from 0 to {highest}"
    )
    try:
        with zipfile.ZipFile(folder / f"{name}.npz"), np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
            images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"]
    except (FileNotFoundError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError) as error:
        raise damaged(folder, f"{name}.npz", f"expected {expected}, but {type(error).__name__}: {error}") from error
    found = f"{images.dtype} {images.shape} and {labels.dtype} {labels.shape}"
    rows = images.shape[:1]
    if images.dtype != np.uint8 or (images.shape, labels.shape) != ((*rows, *shape), (*rows, width)):
        raise damaged(folder, f"{name}.npz", f"expected {expected}, got {found}")
    if not np.isin(labels, range(highest + 1)).all():
        raise damaged(folder, f"{name}.npz", f"expected {expected}, got labels to {labels.max()}")
    return images, labels


def _reader(name: str) -> Reader:
    splits = dict.fromkeys(_SPLITS, f"medmnist/{name}")
    columns = ("volume" if name.endswith("3d") else "image", "label")
    return Reader(splits, functools.partial(table, name=name), columns, classes=tuple(CLASSES[name]))


READERS = {f"medmnist/{name}": _reader(name) for name in CLASSES}
