"""Normalization: equal-looking texts become equal, nothing else is lost, and doing it twice changes nothing."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmcourse.data import text

SLOWLY = settings(deadline=None, derandomize=True, max_examples=200, database=None)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
COMPOSED, DECOMPOSED = "caf\u00e9", "cafe\u0301"


def test_two_spellings_of_one_word_become_equal():
    assert COMPOSED != DECOMPOSED
    assert text.normalize(COMPOSED) == text.normalize(DECOMPOSED) == COMPOSED


@pytest.mark.parametrize(
    ("form", "expected"),
    [("NFC", "２² ，①"), ("NFKC", "22 ,1"), ("NFD", "２² ，①"), ("NFKD", "22 ,1")],
)
def test_only_the_compatible_forms_replace_what_is_typeset_differently(form, expected):
    assert text.normalize("２²\u3000，①", form) == expected


def test_white_space_of_every_kind_becomes_one_space():
    assert text.normalize("\t a\u00a0\u3000b\r\n\nc ") == "a b c"
    assert text.normalize(" \n") == ""


@SLOWLY
@given(TEXTS)
def test_normalizing_twice_changes_nothing(given_text):
    for form in ("NFC", "NFKC"):
        once = text.normalize(given_text, form)
        assert text.normalize(once, form) == once


@SLOWLY
@given(TEXTS)
def test_nfc_loses_nothing_but_white_space(given_text):
    before = unicodedata.normalize("NFD", given_text)
    after = unicodedata.normalize("NFD", text.normalize(given_text))
    assert "".join(after.split()) == "".join(before.split())


def test_folding_makes_capitals_equal_and_stays_composed():
    assert text.fold_case("Straße") == text.fold_case("STRASSE") == "strasse"
    assert text.fold_case("ΌΣΟΣ") == text.fold_case("όσος")
    assert text.fold_case("\u0390") == unicodedata.normalize("NFC", "\u0390")


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="form is 'nfc'"):
        text.normalize("a", "nfc")
    with pytest.raises(ValueError, match=r"of type bytes; give a str. Bytes become text with \.decode"):
        text.normalize(b"a")
    with pytest.raises(ValueError, match="of type NoneType"):
        text.fold_case(None)
    with pytest.raises(ValueError, match=r"lone surrogate, '\\ud83d', at place 2"):
        text.normalize("ok\ud83d")
