"""Segmentation: nothing is lost but white space, and a text in another script is refused with a way out."""

import builtins

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmcourse.data import text, world

SLOWLY = settings(deadline=None, derandomize=True, max_examples=200, database=None)
LATIN = st.text(st.characters(max_codepoint=0x24F))
LEVEL_1 = "一个 在 的 左边 右边 上方 下方 红色 绿色 蓝色 黄色 紫色 橙色 圆形 正方形 三角形 圆环 十字形 菱形".split()


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It isn't 3.14, is it?", ["It", "isn't", "3.14", ",", "is", "it", "?"]),
        ("a well-known rock’n’roll (1,000 times)...", "a well-known rock’n’roll ( 1,000 times ) . . .".split()),
        ("__init__ is 3D.Next", ["__init__", "is", "3D", ".", "Next"]),
        ("Ωmega, naïve – Ünïcode", ["Ωmega", ",", "naïve", "–", "Ünïcode"]),
        ("안녕 세계", ["안녕", "세계"]),
        ("  ", []),
    ],
)
def test_words_and_signs(sentence, expected):
    assert text.words(sentence) == expected


def test_a_separate_accent_cuts_a_word():
    assert text.words("cafe\u0301s") == ["cafe", "\u0301", "s"]
    assert text.words(text.normalize("cafe\u0301s")) == ["cafés"]


@SLOWLY
@given(LATIN)
def test_words_keep_everything_but_white_space(sentence):
    assert "".join(text.words(sentence)) == "".join(sentence.split())


@pytest.mark.parametrize("sentence", ["我喜欢多模态模型", "I like 模型", "カタカナ", "ภาษาไทย", "x\U00020000"])
def test_words_refuse_a_script_without_spaces(sentence):
    with pytest.raises(ValueError, match=r"splits at spaces, but .* Use characters, longest_match or jieba_words"):
        text.words(sentence)


@SLOWLY
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_characters_take_every_script(sentence):
    assert "".join(text.characters(sentence)) == sentence


def test_longest_match_prefers_the_longer_word_and_does_not_look_back():
    known = ["研究生", "研究", "生命", "起源"]
    assert text.longest_match("研究生命的起源", known) == ["研究生", "命", "的", "起源"]
    assert text.longest_match("研究生命的起源", known[1:]) == ["研究", "生命", "的", "起源"]
    assert text.longest_match("生命 B，\n研究", known) == ["生命", "B", "，", "研究"]
    assert text.longest_match(" ", known) == []


def test_longest_match_finds_the_words_of_the_world():
    places = {0: "一个", 3: "在", 4: "一个", 7: "的"}
    for seed, scene in enumerate(world.sample(100, seed=0)):
        caption = world.describe(scene, "zh")
        found = text.longest_match(caption, LEVEL_1)
        assert len(found) == 9, (seed, found)
        assert {place: found[place] for place in places} == places
        assert "".join(found) == caption


def test_jieba_is_quiet_and_keeps_everything(capfd):
    pytest.importorskip("jieba")
    assert text.jieba_words("我喜欢 多模态模型") == ["我", "喜欢", "多", "模态", "模型"]
    assert "".join(capfd.readouterr()) == ""


def test_without_jieba_the_error_says_how_to_get_it(monkeypatch):
    real = builtins.__import__

    def missing(name, *rest, **options):
        if name == "jieba":
            raise ImportError("no jieba here")
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match="pip install jieba"):
        text.jieba_words("我")


def test_chinese_segmentation_refuses_a_text_without_chinese():
    with pytest.raises(ValueError, match=r"longest_match cuts Chinese text, but 'a red ring' .* Use words for English"):
        text.longest_match("a red ring", LEVEL_1)
    with pytest.raises(ValueError, match=r"jieba_words cuts Chinese text"):
        text.jieba_words("a red ring")
    assert text.longest_match("OK。", LEVEL_1) == ["O", "K", "。"]


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="known is 'abc'; give a list"):
        text.longest_match("我", "abc")
    with pytest.raises(ValueError, match="known is empty"):
        text.longest_match("我", [])
    for function in (text.words, text.characters, text.jieba_words):
        with pytest.raises(ValueError, match=r"text is 7, of type int; give a str"):
            function(7)
