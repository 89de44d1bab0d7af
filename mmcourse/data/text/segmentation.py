"""From a text to its words or characters. Where a script has no spaces, a rule that looks for them is an error."""

import re
from collections.abc import Collection

from mmcourse.data.text.checks import check_text, check_texts

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_SOUTHEAST_ASIAN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
UNSPACED = re.compile(f"[{_HAN}{_KANA}{_SOUTHEAST_ASIAN}]")
CHINESE = re.compile(f"[{_HAN}\u3001-\u303f\uff00-\uffef]")  # characters, punctuation, full-width forms
WORD = re.compile(r"\w+(?:[-'’]\w+|(?<=\d)[.,](?=\d)\w+)*|[^\w\s]")


def words(text: str) -> list[str]:
    """Words, numbers and signs of an English text in their order: "It isn't 3.14!" gives It, isn't, 3.14, !.

    A word is a run of letters, digits and "_", which a hyphen or an apostrophe may join; any other sign stands alone.
    Case is kept. Normalize first: where an accent is a character of its own, it cuts its word in two. So do the vowel
    signs of Hindi, Tamil, Arabic or Hebrew, which have no other spelling: take a BytePairVocabulary there.
    Raises ValueError for a text with a character of a script that is written without spaces (Chinese, Japanese, Thai,
    Lao, Burmese, Khmer): a whole clause would become one word.
    """
    if found := UNSPACED.search(check_text(text)):
        raise ValueError(
            f"words splits at spaces, but {found[0]!r} at place {found.start()} is of a script that has none. Use "
            "characters, longest_match or jieba_words (Chinese), or a BytePairVocabulary, which takes any script."
        )
    return WORD.findall(text)


def characters(text: str) -> list[str]:
    """The characters of a text in any script, spaces too: one string a Unicode code point.

    What looks like one character can be several: "é" in NFD, a flag, a family of emoji. Raises ValueError for what is
    no text.
    """
    return list(check_text(text))


def longest_match(text: str, known: Collection[str]) -> list[str]:
    """The words of a Chinese text: from the left, each time the longest of the `known` words that fits.

    Where none fits, one character stands alone; white space is left out. It never looks back: with 研究生 (graduate
    student), 研究 (study) and 生命 (life) known, 研究生命 is cut after the third character.
    Raises ValueError for a text without a Chinese character, and for `known` that is no list of words.
    """
    known = set(check_texts(known, "known"))
    return match(text, known, max(map(len, known)))


def match(text: str, known: Collection[str], longest: int) -> list[str]:
    """As `longest_match`, of a set of words whose longest is known: for many texts."""
    _check_chinese(text, "longest_match")
    found, place = [], 0
    while place < len(text):
        lengths = range(longest, 1, -1)
        size = next((size for size in lengths if text[place : place + size] in known), 1)
        found.append(text[place : place + size])
        place += size
    return [word for word in found if not word.isspace()]


def jieba_words(text: str) -> list[str]:
    """The words of a Chinese text by the dictionary and the statistics of the library jieba; no white space.

    The first call takes about a second to load the dictionary. Raises ImportError where jieba is not installed, and
    ValueError for a text without a Chinese character.
    """
    _check_chinese(text, "jieba_words")
    return [word for word in _jieba().cut(text) if not word.isspace()]


def _jieba():
    try:
        import jieba
    except ImportError as error:
        raise ImportError(
            "jieba_words needs the library jieba: pip install jieba. Without it, use characters or longest_match."
        ) from error
    import logging

    jieba.setLogLevel(logging.WARNING)
    return jieba


def _check_chinese(text: str, name: str) -> None:
    if check_text(text).strip() and not CHINESE.search(text):
        shown = text if len(text) <= 40 else f"{text[:37]}..."
        raise ValueError(
            f"{name} cuts Chinese text, but {shown!r} has no Chinese character. Use words for English, characters or "
            "a BytePairVocabulary for any script."
        )
