"""One spelling for texts that look the same: Unicode normal forms, white space, case."""

import unicodedata

from mmcourse.data.text.checks import check_text

FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def normalize(text: str, form: str = "NFC") -> str:
    """The text in a Unicode normal form, each run of white space as one space, none at the ends.

    NFC is the default since it loses nothing: it joins a letter and its accent into one character where Unicode has
    one, and "é" is spelled in one way only. NFKC also replaces what is only typeset differently, "Ａ" by "A", "，" by
    ",", "①" by "1": good for a search, but "2²" becomes "22". NFD and NFKD take characters apart.
    Source: Unicode Standard Annex 15. Raises ValueError for another form and for what is no text.
    """
    if form not in FORMS:
        raise ValueError(f"form is {form!r}. Choose one of: {', '.join(FORMS)}.")
    return " ".join(unicodedata.normalize(form, check_text(text)).split())


def fold_case(text: str) -> str:
    """The text without the difference between capitals and small letters, in NFC: "Straße" becomes "strasse".

    More than `str.lower`, for comparing; "US" and "us" become equal too. Raises ValueError for what is no text.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", check_text(text)).casefold())
