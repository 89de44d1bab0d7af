"""Python's manual as prose: the same sentences in every version, clean, whole topics held out."""

import sys
from collections import Counter

import numpy as np
import pytest
from reader_checks import assert_disjoint

import mmcourse as mm
from data_scripts import select_manual_sentences
from mmcourse.data import manual
from mmcourse.data.readers import python_manual

PAGE = """A heading with seven words in it.
*********************************

The *first* sentence has a "literal" here.  It isn't short, e.g. The second
one [2] is a well-
known one. (This one stands in brackets, as you see.) No verb.

   grammar ::= "rule" [of] ("some" | "kind")

* An item of a list of things.

   Indented prose counts as prose too.
"""


def test_sentences_are_clean():
    assert list(manual.sentences(PAGE)) == [
        "The first sentence has a literal here.",
        "It isn't short, e.g. The second one is a well-known one.",
        "An item of a list of things.",
        "Indented prose counts as prose too.",
    ]


def test_the_splits_hold_out_whole_topics():
    assert_disjoint("python_manual")
    data = {split: mm.load("python_manual", split) for split in ("train", "validation", "test")}
    counts = {split: len(columns["text"]) for split, columns in data.items()}
    listed = Counter(line.split()[0] for line in manual.SELECTION.read_text().splitlines())
    assert sum(listed.values()) == 1679
    for split, count in counts.items():
        assert 0.7 * listed[split] <= count <= listed[split]
    share = {split: count / sum(counts.values()) for split, count in counts.items()}
    assert 0.08 < share["test"] < 0.12
    assert 0.08 < share["validation"] < 0.12
    texts = [text for columns in data.values() for text in columns["text"]]
    assert len(set(texts)) == len(texts)
    assert len({manual.digest(text) for text in texts}) == len(texts)
    assert isinstance(data["test"]["topic"], np.ndarray)


def test_this_python_reads_the_listed_text():
    keys = {line.split()[2] for line in manual.SELECTION.read_text().splitlines()}
    texts = [text for split in ("train", "validation", "test") for text in mm.load("python_manual", split)["text"]]
    assert {manual.digest(text) for text in texts} <= keys


def test_a_python_without_its_manual(monkeypatch):
    monkeypatch.setattr(manual, "found", dict)
    with pytest.raises(ValueError, match=r"0 of the 1679 sentences .* whole standard library"):
        python_manual.python_manual(None, "train")


def test_selection_keeps_what_all_have(tmp_path, capsys):
    mine = select_manual_sentences.found_by(sys.executable)
    assert len(mine) > 1679
    less = dict(list(mine.items())[100:])
    content = select_manual_sentences.select([mine, less])
    assert [line.split()[2] for line in content.splitlines()] == list(mine)[100:]
    out = tmp_path / "list.txt"
    select_manual_sentences.main([sys.executable, "--out", str(out)])
    assert f"{len(mine):,} sentences" in capsys.readouterr().out
    assert len(out.read_text().splitlines()) == len(mine)


def test_splits_keep_topics_whole_and_near_a_tenth():
    topics = Counter({f"topic {n}": n for n in range(1, 41)})
    part = select_manual_sentences.splits(topics)
    share = Counter()
    for topic, split in part.items():
        share[split] += topics[topic] / topics.total()
    assert 0.1 <= share["test"] <= 0.15
    assert 0.1 <= share["validation"] <= 0.15


def test_selection_names_a_python_that_does_not_run(tmp_path):
    with pytest.raises(ValueError, match="no-python does not give its manual"):
        select_manual_sentences.found_by(str(tmp_path / "no-python"))
    with pytest.raises(ValueError, match="no sentence in common"):
        select_manual_sentences.select([{"a": ("t", "s")}, {"b": ("t", "s")}])
