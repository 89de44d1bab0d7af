"""Flickr8k: photographs with five captions each, as its authors publish it or as Kaggle does."""

from collections import defaultdict
from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged, lines, records
from mmcourse.data.readers.splits import split_of

TOKENS = "Flickr8k.token.txt"  # of the authors; their photographs are in
TOKENS_IMAGES = "Flicker8k_Dataset"  # which is how the archive spells it
TABLE, TABLE_IMAGES = "captions.txt", "Images"  # of Kaggle
LISTS = {
    split: f"Flickr_8k.{part}Images.txt"
    for split, part in (("train", "train"), ("validation", "dev"), ("test", "test"))
}


def table(folder: Path, split: str) -> dict:
    """`captions`, a list of five str a row in the order of the file; `picture` (n,) str, its name, sorted; `file`.

    `image` (n, size, size, 3) float32 in [0, 1] is decoded from `file`: Flicker8k_Dataset/NAME as the authors publish
    it, Images/NAME in the copy of Kaggle, which has to be put into the folder by-hand with its captions.txt; all else
    is the same. No photograph, the key, is in two splits. The official lists decide: 6,000 train, 1,000 validation
    (dev), 1,000 test; what is in none of them is left out, as is 2258277193_586949ec62.jpg.1, a name without a
    photograph. Kaggle has no lists: where the authors' do not lie beside it, the SHA-256 of the name puts 80 percent
    into train and 10 percent each into validation and test, and numbers do not compare with the published ones.
    """
    original = (folder / TOKENS).is_file()
    if not original and not (folder / TABLE).is_file():
        raise damaged(folder, TOKENS, f"the captions are missing, here and as those of Kaggle in {TABLE}")
    texts = _tokens(folder) if original else _table(folder)
    official = original or any((folder / name).is_file() for name in LISTS.values())
    chosen = (
        _listed(folder, split)
        if official
        else {name for name in texts if name.endswith(".jpg") and split_of(name) == split}
    )
    names = sorted(chosen & texts.keys())
    if not names:
        raise damaged(folder, TOKENS if original else TABLE, f"expected captions of photographs of the {split} split")
    images = TABLE_IMAGES if (folder / TABLE_IMAGES).is_dir() or not original else TOKENS_IMAGES
    return {
        "captions": [texts[name] for name in names],
        "picture": np.array(names),
        "file": np.array([f"{images}/{name}" for name in names]),
    }


def _tokens(folder: Path) -> dict[str, list[str]]:
    """Name of the photograph -> captions, of lines such as "1000268201_693b08cb0e.jpg#0<TAB>A child …"."""
    texts = defaultdict(list)
    for number, line in enumerate(lines(folder, TOKENS), 1):
        place, _, text = line.partition("\t")
        name, mark, _ = place.rpartition("#")
        if not (mark and text.strip()):
            raise damaged(folder, TOKENS, f"expected a name, # and a number, a tab and a caption in line {number}")
        texts[name].append(text.strip())
    return texts


def _table(folder: Path) -> dict[str, list[str]]:
    """Name of the photograph -> captions, of a table with the header image,caption; captions with commas are quoted."""
    texts = defaultdict(list)
    for name, text in records(folder, TABLE, ["image", "caption"]):
        if not text.strip() or "\n" in text:  # a quotation mark that is not closed takes in the next lines
            raise damaged(folder, TABLE, f"expected captions of one line each, got {text[:60]!r} for {name!r}")
        texts[name].append(text.strip())
    return texts


def _listed(folder: Path, split: str) -> set[str]:
    """Names of the photographs of an official list; ValueError for one that is in two lists."""
    lists = {part: set("\n".join(lines(folder, file)).split()) for part, file in LISTS.items()}
    for part, names in lists.items():
        if part != split and (shared := names & lists[split]):
            raise damaged(folder, LISTS[split], f"{min(shared)} is in {LISTS[part]} too: no photograph may be in two")
    return lists[split]


READERS = {
    "flickr8k": Reader(
        dict.fromkeys(LISTS, "flickr8k/text"),
        table,
        ("image", "captions", "picture", "file"),
        key=("picture",),
        media="image",
        media_splits=dict.fromkeys(LISTS, "flickr8k/images"),
    )
}
