"""The road: every entry has a citation and a date that goes with its arXiv number; what is printed adds up."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from mmcourse.data import road
from mmcourse.nn import sizes

BOOK = Path(__file__).parents[2] / "book"
BIBLIOGRAPHY = (BOOK / "references.bib").read_text("utf-8")
YEARS = {
    key: int(year) for key, year in re.findall(r"^@\w+\{([^,]+),.*?^ *year *= *\{(\d+)\}", BIBLIOGRAPHY, re.M | re.S)
}


def test_every_key_is_in_the_bibliography_and_used_once():
    keys = [entry.key for entry in road.entries()]
    assert sorted(set(keys)) == sorted(keys)
    assert set(keys) <= set(YEARS)


@pytest.mark.parametrize("entry", road.entries(), ids=lambda entry: entry.key)
def test_the_date_goes_with_the_citation(entry):
    """A paper appears up to two years after its first version, and not before; Markov's is a translation."""
    assert entry.key == "markov1913example" or 0 <= YEARS[entry.key] - int(entry.when[:4]) <= 2


def test_the_entries_stand_in_the_order_of_their_dates():
    text = Path(road.__file__).with_name("road.toml").read_text("utf-8")
    listed = re.findall(r'^name = "(.+)"$', text, re.M)
    assert listed == [entry.name for entry in road.entries()]
    assert road.entries()[0].when == "1913-01"
    assert road.entries()[-1].when >= "2026-07"


def test_weights_that_work_are_fewer_than_all():
    for entry in road.entries():
        assert not entry.active or 0 < entry.active < entry.parameters
        assert not entry.tokens or entry.tokens > 1e11
    assert road.entry("GPT-3").working == 175e9
    assert road.entry("DeepSeek-V3").working == 37e9


@pytest.mark.parametrize(("name", "counted"), [("GPT-3", "GPT-3"), ("T5", "T5-11B")])
def test_printed_sizes_are_the_counted_ones_rounded(name, counted):
    total = sum(sizes.terms(counted).values())
    assert abs(total / road.entry(name).parameters - 1) < 0.03


def test_a_table_has_a_row_an_entry_with_its_citation():
    for line in road.LINES:
        rows = road.markdown(line).splitlines()
        here = [entry for entry in road.entries() if entry.line == line]
        assert len(rows) == len(here) + 2
        assert len({row.count("|") for row in rows}) == 1
        for entry, row in zip(here, rows[2:], strict=True):
            assert f"{{cite:p}}`{entry.key}`" in row
            assert row.startswith(f"| {entry.when} | {entry.name} ")


def test_a_row_says_what_is_printed_and_no_more():
    ends = {row.split("{cite:p}")[1].split("`")[1]: row.rsplit(" | ", 1)[1] for row in _rows()}
    assert ends["deepseek2024v3"] == "671 B weights, 37 B active; 14.8 T tokens |"
    assert ends["radford2021learning"] == "400 million pictures with text |"
    assert ends["brown2020language"] == "175 B weights; 300 B tokens; web pages, books, Wikipedia |"
    assert ends["xu2015show"] == "|"


def _rows():
    return [row for line in road.LINES for row in road.markdown(line).splitlines()[2:]]


def test_the_lesson_shows_the_tables_as_they_are():
    lesson = BOOK / "background" / "from-recurrence-to-attention.ipynb"
    text = "\n".join("".join(cell["source"]) for cell in json.loads(lesson.read_text("utf-8"))["cells"])
    assert all(road.markdown(line) in text for line in road.LINES)


def test_amounts_for_people():
    assert [road.amount(n) for n in (213_000_000, 1_558_000_000, 15.6e12, 0, 12, 999_499_999, 999_500_000)] == [
        "213 M", "1.56 B", "15.6 T", "", "12", "999 M", "1 B",
    ]  # fmt: skip


def test_years():
    gpt3 = road.entry("GPT-3")
    assert gpt3.when == "2020-05"
    assert gpt3.year == pytest.approx(2020 + 4.5 / 12)
    assert dataclasses.replace(gpt3, arxiv="", date="1948").year == 1948.5


def test_what_is_not_there():
    with pytest.raises(ValueError, match=r"The road has no 'GPT-9'\. It has: Markov's chain"):
        road.entry("GPT-9")
    with pytest.raises(ValueError, match="line is 'audio'; choose one of text, multimodal"):
        road.markdown("audio")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"line": "audio"}, "line 'audio'"),
        ({"mask": "some"}, "mask 'some'"),
        ({"date": "2020"}, "one of the two"),
        ({"arxiv": "20.05"}, "neither an arXiv number"),
        ({"arxiv": "", "date": "2020-13"}, "neither an arXiv number"),
    ],
)
def test_a_wrong_entry_is_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        road._check(dataclasses.replace(road.entry("GPT-3"), **changed))
