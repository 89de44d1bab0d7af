"""Multi30k: sentences that describe pictures, each in English, German and French."""

from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged, lines

LANGUAGES = ("en", "de", "fr")
STEMS = {
    "train": "train",
    "validation": "val",
    "test": "test_2016_flickr",
    "test_2017_flickr": "test_2017_flickr",
    "test_2017_mscoco": "test_2017_mscoco",
}


def table(folder: Path, split: str) -> dict:
    """Columns of n sentences, in the order of the files.

    en, de, fr: lists of n str, one sentence in three languages; some German and French ones begin or end with a space.
    picture (n,) str: the name of the photograph. The pictures are not part of the set: most are those of Flickr30k,
    those of test_2017_mscoco of COCO. The files name the latter with their caption,
    "COCO_val2014_000000398076.jpg#657409"; the part from "#" on is left off.
    The official splits, which share no picture: 29,000 train, 1,014 validate, 1,000 test (Flickr, 2016); two tests of
    2017 besides, 1,000 of Flickr and 461 of COCO with ambiguous verbs. The test of 2018 comes without the names of its
    pictures, so nothing tells what it shares, and is left out. One English sentence is both in train and validation.
    Raises ValueError for files of unequal numbers of lines.
    """
    stem = f"multi30k_{STEMS[split]}"
    pictures = lines(folder, f"{stem}.txt")
    if not pictures:
        raise damaged(folder, f"{stem}.txt", "the file is empty")
    columns = {language: lines(folder, f"{stem}.{language}.gz") for language in LANGUAGES}
    for language, sentences in columns.items():
        if len(sentences) != len(pictures):
            problem = f"expected a line for each of the {len(pictures):,} in {stem}.txt, got {len(sentences):,}"
            raise damaged(folder, f"{stem}.{language}.gz", problem)
    return {**columns, "picture": np.array([name.partition("#")[0] for name in pictures])}


READERS = {"multi30k": Reader(dict.fromkeys(STEMS, "multi30k"), table, (*LANGUAGES, "picture"), key=("picture",))}
