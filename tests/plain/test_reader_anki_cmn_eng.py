"""English-Chinese pairs, from a made file with the real layout and, where it is here, from the real one."""

import pytest
from reader_checks import assert_disjoint, needs_real, use_real

from mmcourse.data import load
from mmcourse.data.readers import find

ABOUT = b"** Info **\n\nCheck for newest version here:\n"
SHARED = [  # one group: "Hi." and "Hello." by way of a Chinese sentence, "Good day." by way of another
    ("Hi.", "嗨。"),
    ("Hi.", "你好。"),
    ("Hello.", "你好。"),
    ("Hello.", "您好。"),
    ("Good day.", "您好。"),
]
ALONE = [(f"Sentence {number}.", f"句子{number}。") for number in range(300)]
EXPECTED = {"Sentence 0.": "train", "Sentence 2.": "validation", "Sentence 28.": "test", "Hi.": "validation"}
PAIRS = [*SHARED[:2], *ALONE, *SHARED[2:]]


def attribution(number):
    return f"CC-BY 2.0 (France) Attribution: tatoeba.org #{number} (CM) & #{number + 9} (Martha\u2028x)"


def content(pairs=PAIRS):
    return "".join(f"{en}\t{zh}\t{attribution(n)}\n" for n, (en, zh) in enumerate(pairs)).encode()


def put(shelf, made):
    shelf.put("anki_cmn_eng", {"cmn.txt": made, "cmn_about.txt": ABOUT})


def everything():
    return {split: load.load("anki_cmn_eng", split) for split in ("train", "validation", "test")}


def test_columns_are_what_the_file_holds_in_its_order(shelf):
    put(shelf, content())
    rows = []
    for data in everything().values():
        assert list(data) == ["en", "zh", "attribution"]
        assert all(isinstance(column, list) for column in data.values())
        numbers = [PAIRS.index(pair) for pair in zip(data["en"], data["zh"], strict=True)]
        assert numbers == sorted(numbers)
        assert data["attribution"] == [attribution(number) for number in numbers]
        rows += numbers
    assert sorted(rows) == list(range(len(PAIRS)))


def test_limit_and_columns(shelf):
    put(shelf, content())
    data = load.load("anki_cmn_eng", "train", limit=2, columns=("zh",))
    assert list(data) == ["zh"]
    assert len(data["zh"]) == 2


def test_the_split_is_the_documented_hash(shelf):
    """The SHA-256 of sentences 0, 2, 28 and "Good day.", smallest of its group, end in 7, 8, 9, 8."""
    put(shelf, content())
    split = {en: name for name, data in everything().items() for en in data["en"]}
    assert split == split | EXPECTED
    shares = [list(split.values()).count(name) / len(split) for name in ("train", "validation", "test")]
    assert all(abs(share - expected) < 0.05 for share, expected in zip(shares, (0.8, 0.1, 0.1), strict=True))


def test_pairs_with_a_common_sentence_stay_together(shelf):
    put(shelf, content())
    assert_disjoint("anki_cmn_eng", "en")
    assert_disjoint("anki_cmn_eng", "zh")
    of_group = [name for name, data in everything().items() if set(data["zh"]) & {zh for _, zh in SHARED}]
    assert len(of_group) == 1


def test_the_split_of_a_pair_does_not_depend_on_the_order(shelf):
    put(shelf, content())
    before = {name: set(data["en"]) for name, data in everything().items()}
    put(shelf, content(PAIRS[::-1]))
    assert {name: set(data["en"]) for name, data in everything().items()} == before


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (content() + b"Hi.\t\xe5\x97\xa8\n", "English.*line, fields.*'嗨'"),  # the older form, without attribution
        (content() + b"Hi.\t\tx\n", r"English.*\[\(306, \['Hi\.', '', 'x'\]\)\]"),
        (b"<html>\n", "English.*<html>"),
        (b"", r"English.*\[\]"),
        (b"\xff\xfe\n", "text in utf-8"),
    ],
)
def test_a_malformed_file_is_named(shelf, made, problem):
    put(shelf, made)
    with pytest.raises(ValueError, match=rf"cmn\.txt: expected {problem}.*Delete .*unpacked-.* and fetch"):
        load.load("anki_cmn_eng", "train")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"cmn\.txt: the file is missing\. Delete"):
        find("anki_cmn_eng").table(tmp_path, "test")


@needs_real("anki_cmn_eng", "cmn.txt")
def test_the_real_file(tmp_path, monkeypatch):
    use_real(tmp_path, monkeypatch)
    sizes = [len(data["en"]) for data in everything().values()]
    assert sizes == [21215, 2544, 2629]
    assert sum(sizes) == 26388
    assert_disjoint("anki_cmn_eng", "en")
    assert_disjoint("anki_cmn_eng", "zh")
    first = load.load("anki_cmn_eng", "train", limit=1)
    assert (first["en"], first["zh"]) == (["Hi."], ["嗨。"])
    assert first["attribution"] == ["CC-BY 2.0 (France) Attribution: tatoeba.org #538123 (CM) & #891077 (Martha)"]
