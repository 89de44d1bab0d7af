"""Tiny Shakespeare and WikiText, from made files with the real layouts."""

import numpy as np
import pytest
from made_archives import zipped

from mmcourse.data import load
from mmcourse.data.readers import find

SPLITS = ("train", "validation", "test")
NAMES = {"train": "train", "validation": "valid", "test": "test"}
SPEECHES = [f"Citizen {number}:\n{'Speak, speak. ' * (number % 7 + 1)}\nNo more!" for number in range(200)]
ARTICLE = [
    " ",
    " = Robert <unk> = ",
    " ",
    " A film\u2028 and\x85 a\r play by 戦場 @-@ <unk> , 2002 . ",
    " = = Life = = ",
    "",
]
FORMS = {
    "2": ("wikitext-2-v1.zip", "tokens"),
    "103": ("wikitext-103-v1.zip", "tokens"),
    "2-raw": ("wikitext-2-raw-v1.zip", "raw"),
    "103-raw": ("wikitext-103-raw-v1.zip", "raw"),
}


def put_plays(shelf, text):
    shelf.put("tiny_shakespeare", {"tinyshakespeare.txt": text.encode()})


def put_wikitext(shelf, form, made):
    shelf.put(f"wikitext/{form}", {FORMS[form][0]: zipped(made)})


def article(form, split):
    return [f"{line}{split}" if "film" in line else line for line in ARTICLE]


def wikitext(form):
    root, suffix = f"wikitext-{form}", FORMS[form][1]
    made = {f"{root}/wiki.{NAMES[split]}.{suffix}": "\n".join([*article(form, split), ""]) for split in SPLITS}
    return {f"{root}/": b"", **{name: text.encode() for name, text in made.items()}}


def test_speeches_are_what_the_file_holds(shelf):
    text = "\n\n".join(SPEECHES) + "\n"
    put_plays(shelf, text)
    parts = [load.load("tiny_shakespeare", split) for split in SPLITS]
    assert all(list(part) == ["text"] for part in parts)
    speeches = [speech for part in parts for speech in part["text"]]
    assert speeches == SPEECHES
    assert "\n\n".join(speeches) + "\n" == text


def test_the_cuts_are_those_of_tensorflow_datasets_moved_to_the_next_speech(shelf):
    text = "\n\n".join(SPEECHES) + "\n"
    put_plays(shelf, text)
    ends = np.cumsum([sum(len(s) + 2 for s in load.load("tiny_shakespeare", split)["text"]) for split in SPLITS])
    first = int(len(text) * 0.9)
    second = first + int(len(text[first:]) * 0.5)
    longest = max(len(speech) + 2 for speech in SPEECHES)
    assert first <= ends[0] < first + longest
    assert second <= ends[1] < second + longest
    assert text[ends[0] - 2 : ends[0]] == text[ends[1] - 2 : ends[1]] == "\n\n"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("split", SPLITS)
def test_lines_are_those_of_the_file(shelf, form, split):
    put_wikitext(shelf, form, wikitext(form))
    data = load.load(f"wikitext/{form}", split)
    assert data == {"text": article(form, split)}
    path = f"wikitext-{form}/wiki.{NAMES[split]}.{FORMS[form][1]}"
    assert ("\n".join(data["text"]) + "\n").encode() == wikitext(form)[path]


def test_limit(shelf):
    put_wikitext(shelf, "2-raw", wikitext("2-raw"))
    assert load.load("wikitext/2-raw", "test", limit=2, columns=("text",)) == {"text": [" ", " = Robert <unk> = "]}


def test_a_form_has_to_be_chosen():
    with pytest.raises(ValueError, match=r"there are.*wikitext/2, wikitext/103"):
        find("wikitext")


@pytest.mark.parametrize("name", ["tiny_shakespeare", "wikitext/2", "wikitext/103-raw"])
def test_there_is_no_key_in_running_text(name):
    assert find(name).key == ()


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        ({"wikitext-2/wiki.valid.tokens": b"x\n"}, r"wiki\.train\.tokens: the file is missing"),
        ({"wikitext-2/wiki.train.tokens": b""}, r"wiki\.train\.tokens: the file is empty"),
        ({"wikitext-2/wiki.train.tokens": b"\xe2\x28\n"}, r"wiki\.train\.tokens: expected text in utf-8"),
        (wikitext("2-raw"), r"wikitext-2/wiki\.train\.tokens: the file is missing"),
    ],
)
def test_what_is_missing_or_malformed_is_named(shelf, made, problem):
    put_wikitext(shelf, "2", made)
    with pytest.raises(ValueError, match=rf"{problem}.*Delete .*unpacked-.* and fetch"):
        load.load("wikitext/2", "train")


def test_an_empty_file_of_plays_is_refused(shelf):
    put_plays(shelf, "")
    with pytest.raises(ValueError, match=r"tinyshakespeare\.txt: the file is empty\. Delete"):
        load.load("tiny_shakespeare", "train")
