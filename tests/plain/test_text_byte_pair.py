"""Byte-pair encoding: by hand, against the slow form that the lesson teaches, and on arbitrary Unicode."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmcourse.data import text, world
from mmcourse.data.text.byte_pair import byte_symbols

SLOWLY = settings(deadline=None, derandomize=True, max_examples=300, database=None)
UNICODE = st.text(st.characters(exclude_categories=["Cs"]))
TOY = {tuple("low"): 5, tuple("lower"): 2, tuple("newest"): 6, tuple("widest"): 3}


def captions(count=200):
    scenes = world.sample(count, seed=0, level=3)
    return [world.describe(scene, language) for scene in scenes for language in ("en", "zh")]


@pytest.fixture(scope="module")
def fitted():
    return text.BytePairVocabulary().fit(captions(), 400)


def slow_merges(words, count):
    """Count all pairs anew for every merge, the commonest and smallest first."""
    merges = []
    while len(merges) < count:
        counts = text.pair_counts(words)
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        merges.append(best)
        words = {text.merge(symbols, best): times for symbols, times in words.items()}
    return merges


def test_counts_and_merges_by_hand():
    counts = text.pair_counts(TOY)
    assert (counts["e", "s"], counts["l", "o"], counts["w", "e"], counts["o", "l"]) == (9, 7, 8, 0)
    assert text.merge(tuple("newest"), ("e", "s")) == ("n", "e", "w", "es", "t")
    assert text.merge(tuple("aaaaa"), ("a", "a")) == ("aa", "aa", "a")
    assert text.merge(("ab",), ("a", "b")) == ("ab",)
    assert text.merge((), ("a", "b")) == ()
    assert text.learn_merges(TOY, 3) == [("e", "s"), ("es", "t"), ("l", "o")]


def test_a_pair_that_occurs_once_is_not_learned():
    assert text.learn_merges({tuple("abc"): 1}, 5) == []
    assert text.learn_merges({("a",): 9}, 5) == []
    assert len(text.BytePairVocabulary().fit(["abc"], 1000)) == 260


@pytest.mark.parametrize("seed", range(3))
def test_the_fast_form_learns_what_the_slow_one_learns(seed):
    words = Counter(word for one in captions(40)[seed:] for word in text.pretokens(one))
    symbols = {byte_symbols(word): times for word, times in words.items()}
    assert text.learn_merges(symbols, 80) == slow_merges(symbols, 80)


@SLOWLY
@given(st.dictionaries(st.text("abc", min_size=1, max_size=8).map(tuple), st.integers(1, 9), max_size=6))
def test_the_fast_form_equals_the_slow_one_on_a_small_alphabet(words):
    assert text.learn_merges(words, 6) == slow_merges(words, 6)


@SLOWLY
@given(st.lists(st.text("ab ", max_size=30), min_size=1, max_size=4))
def test_every_merge_gives_a_new_token(texts):
    vocabulary = text.BytePairVocabulary().fit(texts, 280)
    assert len({left + right for left, right in vocabulary.merges}) == len(vocabulary) - 260
    assert [vocabulary.decode([i]).encode() for i in range(260, len(vocabulary))] == list(
        map(b"".join, vocabulary.merges)
    )


@SLOWLY
@given(UNICODE)
def test_every_text_comes_back(given_text):
    vocabulary = _shared()
    assert vocabulary.decode(vocabulary.encode(given_text)) == given_text
    assert text.UNKNOWN not in vocabulary.encode(given_text)


@SLOWLY
@given(UNICODE)
def test_stretches_lose_nothing(given_text):
    assert "".join(text.pretokens(given_text)) == given_text


@SLOWLY
@given(UNICODE)
def test_a_vocabulary_learned_from_any_text_gives_it_back(given_text):
    vocabulary = text.BytePairVocabulary().fit([given_text * 3], 300)
    assert vocabulary.decode(vocabulary.encode(given_text)) == given_text


def _shared(made=[]):  # noqa: B006
    if not made:
        made.append(text.BytePairVocabulary().fit(captions(), 400))
    return made[0]


def test_stretches_by_hand():
    assert text.pretokens("It's 3D, isn't  it?\n") == [
        "It",
        "'",
        "s",
        " 3",
        "D",
        ",",
        " isn",
        "'",
        "t",
        " ",
        " it",
        "?",
        "\n",
    ]
    assert text.pretokens("a_b 你好！") == ["a", "_", "b", " 你好", "！"]


def test_no_token_crosses_a_stretch(fitted):
    known = {token for left, right in fitted.merges for token in (left, right, left + right)}
    assert all(b" " not in token[1:] for token in known if token.strip())
    assert fitted.encode("red ring") == fitted.encode("red") + fitted.encode(" ring")


def test_bytes_come_first_and_half_a_character_is_no_error(fitted):
    plain = text.BytePairVocabulary().fit(["x"], 260)
    assert plain.encode("A\u00e9") == [4 + 65, 4 + 0xC3, 4 + 0xA9]
    ids = plain.encode("我")
    assert plain.decode(ids) == "我"
    assert plain.decode(ids[:2]) == "\ufffd"
    assert plain.decode([*ids[:2], *plain.encode("a")]) == "\ufffda"
    assert plain.pieces("é") == ["\ufffd", "\ufffd"]
    assert len(fitted.encode("红色")) < 6


def test_a_lone_surrogate_is_refused(fitted):
    with pytest.raises(ValueError, match=r"lone surrogate, '\\udc00', at place 1"):
        fitted.encode("a\udc00")


def test_a_long_text_without_spaces_and_a_full_cache(fitted, monkeypatch):
    monkeypatch.setattr("mmcourse.data.text.byte_pair.CACHE", 3)
    long = "一个红色圆环" * 500 + "a" * 5000
    assert fitted.decode(fitted.encode(long)) == long
    for word in "one two three four five".split():
        assert fitted.decode(fitted.encode(word)) == word


def test_a_file_whose_merges_build_on_nothing_is_refused(fitted, tmp_path):
    path = tmp_path / "v.json"
    fitted.save(path)
    first = f'"{fitted.merges[0][0].hex()}"'
    path.write_text(path.read_text(encoding="utf-8").replace(first, '"6162"', 1), encoding="utf-8")
    with pytest.raises(ValueError, match="does not exist at that point"):
        text.BytePairVocabulary.load(path)
