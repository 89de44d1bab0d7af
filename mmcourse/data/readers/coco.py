"""MS COCO captions, 2014 and 2017, and the questions of VQA v2 about the same photographs."""

import functools
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mmcourse.data.json_lists import entries
from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged

_SPLITS = {"train": "train", "validation": "val"}


def captions(folder: Path, split: str, year: int) -> dict:
    """`captions`, a list of about five str a row; `image_id` (n,) int64; `file` and `url` (n,) str.

    `image` (n, size, size, 3) float32 in [0, 1] is decoded from `file`, such as "val2017/000000000139.jpg"; `url` gives
    one photograph without the archive. Rows and captions are in the order of the file. The official train and
    validation sets; captions of the test sets are not published. No `image_id`, the key, is in both of them.
    2017 is another split of the photographs of 2014: do not train on one year and validate on the other.
    """
    name = f"{_SPLITS[split]}{year}"
    pictures, texts = [], defaultdict(list)

    def take(kind: str, entry: dict) -> None:
        if kind == "images":
            pictures.append((int(entry["id"]), str(entry["file_name"]), str(entry["coco_url"])))
        elif kind == "annotations":
            texts[int(entry["image_id"])].append(str(entry["caption"]))

    file = f"annotations/captions_{name}.json"
    _read(folder, file, take)
    ids, files, urls = zip(*pictures, strict=True) if pictures else ((), (), ())
    if not pictures or set(ids) != set(texts) or len(set(ids)) != len(ids):
        raise damaged(folder, file, "expected images with an id each, and captions of each of them and no other")
    return {
        "captions": [texts[picture] for picture in ids],
        "file": np.array([f"{name}/{photograph}" for photograph in files]),
        "image_id": np.array(ids, np.int64),
        "url": np.array(urls),
    }


def questions(folder: Path, split: str) -> dict:
    """Rows of one question each, in the order of the file; `image` as in `captions`, from COCO 2014.

    question, answer: lists of str, `answer` the most given of the ten of `answers`, a list of lists of str; they need
    not agree, so say how an answer is scored. kind (n,) str: "yes/no", "number" or "other". question_id, image_id (n,)
    int64; file (n,) str. The official train and validation sets; answers of the test set are not published.
    No `image_id`, the key, is in both of them, as in COCO 2014; photographs of the validation set are in the training
    set of COCO 2017.
    """
    name = f"{_SPLITS[split]}2014"
    ids, images, texts = _questions(folder, name)
    row = {question: number for number, question in enumerate(ids)}
    answer, answers, kinds = ([None] * len(ids) for _ in range(3))

    def take(kind: str, entry: dict) -> None:
        if kind == "annotations":
            number = row.pop(entry["question_id"])
            if images[number] != entry["image_id"]:
                raise ValueError(f"question {entry['question_id']} is about another photograph, {images[number]}")
            answer[number] = sys.intern(entry["multiple_choice_answer"])
            answers[number] = [sys.intern(given["answer"]) for given in entry["answers"]]
            kinds[number] = sys.intern(entry["answer_type"])

    file = f"v2_mscoco_{name}_annotations.json"
    _read(folder, file, take)
    if row:
        raise damaged(folder, file, f"expected answers to every question, but {len(row):,} have none")
    return {
        "question": texts,
        "answer": answer,
        "answers": answers,
        "kind": np.array(kinds),
        "file": np.array([f"{name}/COCO_{name}_{image:012d}.jpg" for image in images]),
        "image_id": np.array(images, np.int64),
        "question_id": np.array(ids, np.int64),
    }


def _questions(folder: Path, name: str) -> tuple[list[int], list[int], list[str]]:
    """The numbers of the questions, those of their photographs, and their texts."""
    file = f"v2_OpenEnded_mscoco_{name}_questions.json"
    ids, images, texts = [], [], []

    def take(kind: str, entry: dict) -> None:
        if kind == "questions":
            ids.append(int(entry["question_id"]))
            images.append(int(entry["image_id"]))
            texts.append(str(entry["question"]))

    _read(folder, file, take)
    if not ids or len(set(ids)) != len(ids):
        raise damaged(folder, file, "expected questions, no two with one question_id")
    return ids, images, texts


def _read(folder: Path, file: str, take: Callable[[str, dict], None]) -> None:
    """Hand every entry of the lists of a file to `take`; what it cannot take ends in the error of readers."""
    try:
        for kind, entry in entries(folder / file):
            take(kind, entry)
    except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
        problem = f"expected the lists of COCO or VQA, but {type(error).__name__}: {error}"
        raise damaged(folder, file, problem) from error


def _captions_reader(year: int) -> Reader:
    splits = dict.fromkeys(_SPLITS, f"coco/captions_{year}")
    media = {split: f"coco/{part}{year}" for split, part in _SPLITS.items()}
    columns = ("image", "captions", "file", "image_id", "url")
    return Reader(splits, functools.partial(captions, year=year), columns, ("image_id",), "image", media)


READERS = {f"coco/{year}": _captions_reader(year) for year in (2014, 2017)} | {
    "vqa_v2": Reader(
        {"train": "vqa_v2/train", "validation": "vqa_v2/validation"},
        questions,
        ("image", "question", "answer", "answers", "kind", "file", "image_id", "question_id"),
        key=("image_id",),
        media="image",
        media_splits={"train": "coco/train2014", "validation": "coco/val2014"},
    )
}
