"""MELD (text), from made tables with the real header."""

import numpy as np
import pytest

from mmcourse.data import load
from mmcourse.data.readers import find

HEADER = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime\n"
STEMS = {"train": "train", "validation": "dev", "test": "test"}
TEXTS = ["Oh my God, he’s lost it. He’s totally lost it.", 'He said "no",\u2028 twice', "What?"]
LINES = """\
1,"Oh my God, he’s lost it. He’s totally lost it.",Phoebe,sadness,negative,0,0,4,7,"00:20:57,256","00:21:00,049"
2,"He said ""no"",\u2028 twice",Monica,surprise,positive,0,1,4,7,"00:21:01,927","00:21:03,261"
4,What?,Mr. Green,neutral,neutral,1,0,5,20,"0:12:24,660","0:12:30,915"
"""


def files():
    return {
        f"meld_{stem}_sent_emo.csv": (HEADER + LINES.replace("Green", split)).encode() for split, stem in STEMS.items()
    }


@pytest.mark.parametrize("split", STEMS)
def test_columns_are_what_the_table_holds(shelf, split):
    shelf.put("meld/text", files())
    data = load.load("meld", split)
    assert data["text"] == TEXTS
    assert data["label"].dtype == np.int32
    assert data["label"].tolist() == [5, 6, 4]
    assert data["emotion"].tolist() == ["sadness", "surprise", "neutral"]
    assert data["sentiment"].tolist() == ["negative", "positive", "neutral"]
    assert data["speaker"].tolist() == ["Phoebe", "Monica", f"Mr. {split}"]
    numbers = {"dialogue": [0, 0, 1], "utterance": [0, 1, 0], "season": [4, 4, 5], "episode": [7, 7, 20]}
    for column, values in numbers.items():
        assert data[column].dtype == np.int64
        assert data[column].tolist() == values
    assert set(data) == {"text", "label", "emotion", "sentiment", "speaker", *numbers}


def test_limit_and_columns(shelf):
    shelf.put("meld/text", files())
    assert load.load("meld", "test", limit=1, columns=("text",)) == {"text": TEXTS[:1]}


def test_dialogues_start_again_in_every_split_so_they_are_no_key(shelf):
    shelf.put("meld/text", files())
    assert find("meld").key == ()
    assert {load.load("meld", split)["dialogue"][0] for split in STEMS} == {0}


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        ("", "expected the header Sr No"),
        ("<html>404</html>\n", "expected 11 fields in every row, got 1 in row 1"),
        (HEADER, "there are no utterances below the header"),
        (LINES, "expected the header Sr No"),
        (HEADER + LINES.replace("sadness", "grief"), "expected an emotion .*grief"),
        (HEADER + LINES.replace("positive", "good"), "expected an emotion .*, a sentiment .*good"),
        (HEADER + LINES.replace(",5,20,", ",V,20,"), "expected an emotion .* and four numbers, got .*'V'"),
        (HEADER + LINES + "5,cut", "expected 11 fields in every row, got 2 in row 5"),
    ],
)
def test_a_malformed_table_is_named(shelf, made, problem):
    shelf.put("meld/text", files() | {"meld_dev_sent_emo.csv": made.encode()})
    with pytest.raises(ValueError, match=rf"meld_dev_sent_emo\.csv: ({problem}).*Delete .*unpacked-.* and fetch"):
        load.load("meld", "validation")


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"meld_test_sent_emo\.csv: the file is missing\. Delete"):
        find("meld").table(tmp_path, "test")
