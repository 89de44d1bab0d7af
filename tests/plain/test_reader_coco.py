"""COCO captions and VQA v2, from made archives with the real names and keys."""

import json

import numpy as np
import pytest
from made_archives import zipped
from made_pictures import BLUE, GREEN, RED, WHITE, jpeg
from reader_checks import assert_disjoint

from mmcourse.data import load
from mmcourse.data.fetch import NotAvailable
from mmcourse.data.readers import find

IDS = {"train": (391895, 9, 522418), "val": (139, 285)}
COLORS = {391895: RED, 9: GREEN, 522418: BLUE, 139: WHITE, 285: RED}
PARTS = {"train": "train", "validation": "val"}


def file_name(part, year, number):
    return f"COCO_{part}{year}_{number:012d}.jpg" if year == 2014 else f"{number:012d}.jpg"


def url(part, year, number):
    return f"http://images.cocodataset.org/{part}{year}/{file_name(part, year, number)}"


def captions(number):
    return [f"A picture {number} ,\n{word} ." for word in ("one", "Zwölf", "three")]


def annotations(part, year, **changed):
    """captions_train2017.json and so on; the lists stand in the order of that year's files."""
    image = {
        "license": 3,
        "height": 360,
        "width": 640,
        "date_captured": "2013-11-14 11:18:45",
        "flickr_url": "http://x",
    }
    images = [
        image | {"file_name": file_name(part, year, number), "coco_url": url(part, year, number), "id": number}
        for number in IDS[part]
    ]
    texts = [
        {"image_id": number, "id": 100 * place + number, "caption": captions(number)[place]}
        for place in range(3)
        for number in IDS[part][::-1]  # not in the order of the images
    ]
    lists = {"info": {"description": "COCO", "year": year}, "images": images, "licenses": [{"id": 1, "name": "BY"}]}
    if year == 2017:
        lists = {key: lists[key] for key in ("info", "licenses", "images")}
    return json.dumps(lists | {"annotations": texts} | changed).encode()


def put_captions(shelf, year, **changed):
    files = {f"annotations/captions_{part}{year}.json": annotations(part, year) for part in IDS}
    files |= {f"annotations/instances_{part}{year}.json": b'{"annotations": [' for part in IDS}  # not to be read
    files["annotations/person_keypoints_val2014.json"] = b"{}"
    files |= {f"annotations/{name}": content for name, content in changed.items()}
    members = {name: content for name, content in files.items() if content is not None}
    shelf.put(f"coco/captions_{year}", {f"annotations_trainval{year}.zip": zipped(members)})


def put_pictures(shelf, part, year):
    files = {f"{part}{year}/{file_name(part, year, number)}": jpeg(COLORS[number]) for number in IDS[part]}
    shelf.put(f"coco/{part}{year}", {f"{part}{year}.zip": zipped({f"{part}{year}/": b""} | files)})


def assert_colors(images, numbers):
    assert images.shape == (len(numbers), 8, 8, 3)
    assert images.dtype == np.float32
    for image, number in zip(images, numbers, strict=True):
        np.testing.assert_allclose(image, np.broadcast_to(np.array(COLORS[number]) / 255, (8, 8, 3)), atol=0.02)


@pytest.mark.parametrize("year", [2014, 2017])
@pytest.mark.parametrize("split", PARTS)
def test_captions_are_what_the_files_hold(shelf, year, split):
    part = PARTS[split]
    put_captions(shelf, year)
    put_pictures(shelf, part, year)  # those of the other split are not needed
    data = load.load(f"coco/{year}", split, size=8)
    assert sorted(data) == ["captions", "file", "image", "image_id", "url"]
    assert data["image_id"].dtype == np.int64
    assert data["image_id"].tolist() == list(IDS[part])
    assert data["captions"] == [captions(number) for number in IDS[part]]
    assert data["file"].tolist() == [f"{part}{year}/{file_name(part, year, number)}" for number in IDS[part]]
    assert data["url"].tolist() == [url(part, year, number) for number in IDS[part]]
    assert_colors(data["image"], IDS[part])


def test_captions_need_no_photographs(shelf):
    put_captions(shelf, 2017)
    data = load.load("coco/2017", "train", limit=2, columns=("captions", "url"))
    assert data["captions"] == [captions(391895), captions(9)]
    assert data["url"].tolist() == [url("train", 2017, number) for number in IDS["train"][:2]]
    with pytest.raises(NotAvailable, match=r"train2017\.zip"):
        load.load("coco/2017", "train", allow_large=True)


def lists(part, year, **changed):
    return {f"captions_{part}{year}.json": annotations(part, year, **changed)}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"captions_val2017.json": None}, "FileNotFoundError"),
        ({"captions_val2017.json": b"<html>404</html>"}, "it has '<'"),
        ({"captions_val2017.json": annotations("val", 2017)[:-30]}, "it ends, or is damaged, after"),
        ({"captions_val2017.json": annotations("val", 2017)[:-30] + b"\xff"}, "UnicodeDecodeError"),
        (lists("val", 2017, images=[]), "captions of each of them and no other"),
        (lists("val", 2017, annotations=[]), "captions of each of them and no other"),
        (lists("val", 2017, annotations=[{"image_id": 139, "caption": "A"}]), "captions of each of them and no other"),
        ({"captions_val2017.json": annotations("val", 2017)[:-2] + b',{"image_id":9,"caption":"A"}]}'}, "no other"),
        (lists("val", 2017, images=[{"id": 139, "file_name": "000000000139.jpg"}]), "KeyError: 'coco_url'"),
        (lists("val", 2017, annotations=[7]), "TypeError"),
    ],
)
def test_a_missing_or_malformed_file_of_captions_is_named(shelf, changed, problem):
    put_captions(shelf, 2017, **changed)
    with pytest.raises(ValueError, match=rf"captions_val2017\.json: expected .*{problem}.*Delete .* and fetch"):
        load.load("coco/2017", "validation", columns=("captions",))


def asked(part):
    """Question number, photograph, question, kind and ten answers; two questions are about the first photograph."""
    first, second = IDS[part][:2]
    return [
        (first * 1000 + 2, first, "What color is it?", "other", ["white"] * 6 + ["light blue"] * 3 + ["grün"]),
        (second * 1000, second, "Is it?", "yes/no", ["yes"] * 10),
        (first * 1000, first, "How many?", "number", ["2"] * 9 + ["3"]),
    ]


def put_vqa(shelf, split, questions=None, answers=None):
    part, name = PARTS[split], f"{PARTS[split]}2014"
    head = {"info": {"year": 2017}, "license": {"name": "CC"}, "data_subtype": name, "data_type": "mscoco"}
    made_questions = [{"image_id": i, "question": text, "question_id": q} for q, i, text, _, _ in asked(part)]
    made_answers = [
        {
            "question_type": text.lower()[:5],
            "multiple_choice_answer": ten[0],
            "answers": [{"answer": a, "answer_confidence": "yes", "answer_id": n} for n, a in enumerate(ten, 1)],
            "image_id": i,
            "answer_type": kind,
            "question_id": q,
        }
        for q, i, text, kind, ten in reversed(asked(part))  # the order of the questions is not that of the answers
    ]
    questions = json.dumps(head | {"questions": made_questions}).encode() if questions is None else questions
    answers = json.dumps(head | {"annotations": made_answers}).encode() if answers is None else answers(made_answers)
    long = "Train" if split == "train" else "Val"
    shelf.put(
        f"vqa_v2/{split}",
        {
            f"v2_Questions_{long}_mscoco.zip": zipped({f"v2_OpenEnded_mscoco_{name}_questions.json": questions}),
            f"v2_Annotations_{long}_mscoco.zip": zipped({f"v2_mscoco_{name}_annotations.json": answers}),
        },
    )


@pytest.mark.parametrize("split", PARTS)
def test_questions_are_what_the_files_hold(shelf, split):
    part, rows = PARTS[split], asked(PARTS[split])
    put_vqa(shelf, split)
    put_pictures(shelf, part, 2014)
    data = load.load("vqa_v2", split, size=8)
    names = ["answer", "answers", "file", "image", "image_id", "kind", "question", "question_id"]
    assert sorted(data) == names
    assert data["question_id"].dtype == data["image_id"].dtype == np.int64
    assert data["question_id"].tolist() == [row[0] for row in rows]
    assert data["image_id"].tolist() == [row[1] for row in rows]
    assert data["question"] == [row[2] for row in rows]
    assert data["kind"].tolist() == [row[3] for row in rows]
    assert data["answers"] == [row[4] for row in rows]
    assert data["answer"] == [row[4][0] for row in rows]
    assert data["file"].tolist() == [f"{part}2014/COCO_{part}2014_{row[1]:012d}.jpg" for row in rows]
    assert_colors(data["image"], [row[1] for row in rows])


def test_questions_need_no_photographs(shelf):
    put_vqa(shelf, "validation")
    data = load.load("vqa_v2", "validation", limit=1, columns=("question", "answer"))
    assert data == {"question": ["What color is it?"], "answer": ["white"]}


@pytest.mark.parametrize("name", ["coco/2014", "coco/2017", "vqa_v2"])
def test_no_photograph_is_in_both_splits(shelf, name):
    for year in (2014, 2017):
        put_captions(shelf, year)
    for split in PARTS:
        put_vqa(shelf, split)
    assert find(name).key == ("image_id",)
    assert tuple(find(name).splits) == ("train", "validation")  # nobody publishes captions or answers of the test sets
    assert_disjoint(name)


def dumped(change):
    return lambda answers: json.dumps({"annotations": change(answers)}).encode()


@pytest.mark.parametrize(
    ("questions", "answers", "problem"),
    [
        (b'{"questions": []}', None, "questions.json: expected questions"),
        (b'{"questions": [{"question_id": 1, "question": "?"}]}', None, "questions.json: .*KeyError: 'image_id'"),
        (None, lambda answers: b'{"annotations": [', "annotations.json: .*it ends"),
        (None, dumped(lambda answers: answers[1:]), "annotations.json: .*1 have none"),
        (None, dumped(lambda answers: [*answers, answers[0]]), "annotations.json: .*KeyError: 391895000"),
        (None, dumped(lambda answers: [answers[0] | {"image_id": 9}]), "391895000 is about another photograph, 391895"),
        (None, dumped(lambda answers: [answers[0] | {"answers": ["yes"]}]), "annotations.json: .*TypeError"),
    ],
)
def test_a_malformed_file_of_questions_is_named(shelf, questions, answers, problem):
    put_vqa(shelf, "train", questions, answers)
    with pytest.raises(ValueError, match=rf"{problem}.*Delete .* and fetch"):
        load.load("vqa_v2", "train", columns=("question",))
