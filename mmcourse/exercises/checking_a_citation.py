"""Hidden cases of the page *How to check a citation*."""

import re

from mmcourse.exercises import Exercise


def _month(identifier):
    """Year and month of an arXiv number, as info.arxiv.org/help/arxiv_identifier.html explains it."""
    year, month = map(int, re.search(r"(\d\d)(\d\d)", identifier).groups())
    return (1900 if year > 90 else 2000) + year, month


def _always_this_century(identifier):
    year, month = _month(identifier)
    return 2000 + year % 100, month


def _first_of_the_month(identifier):
    year, _ = _month(identifier)
    return year, int(re.search(r"\d{4}\D?(\d\d)", identifier)[1])


ARXIV_MONTH = Exercise(
    reference=_month,
    cases=[("1906.01906",), ("1706.03762v7",), ("0704.0001",), ("2005.14165",), ("hep-th/9901012",), ("cs/0511023v2",)],
    mistakes={
        "Numbers with a slash go back to 1991: 99 stands for 1999, 05 for 2005.": _always_this_century,
        "The first two digits are the year, the next two the month.": lambda i: (
            2000 + _month(i)[1],
            _month(i)[0] % 100,
        ),
        "Give the year first, then the month.": lambda identifier: _month(identifier)[::-1],
        "Give the year with four digits.": lambda identifier: (_month(identifier)[0] % 100, _month(identifier)[1]),
        "Those two digits belong to the running number; the month stands right after the year.": _first_of_the_month,
        "That is the year; give the pair (year, month).": lambda identifier: _month(identifier)[0],
    },
    hint="Try '1906.01906', which is of June 2019, and 'hep-th/9901012', of January 1999.",
)

EXERCISES = {"arxiv-month": ARXIV_MONTH}
