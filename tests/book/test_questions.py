"""Questions and answers: numbers from the records, a lesson for each, and comparisons that hold."""

import json
import re

import pytest
from contents import ROOT
from record_number import FORMS, number, numbers

PAGE = ROOT / "book" / "appendix" / "questions.md"
TEXT = PAGE.read_text(encoding="utf-8")
QUESTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
RECORD = re.compile(r"\{record\}`([^`]+)`")
DOC = re.compile(r"\{doc\}`(?:[^`<]*<)?([^`>]+)>?`")
# What the answers say in words, record by record: the first number is larger than the second by more than the third.
# A path of another record begins with its name.
LARGER = {
    "see-and-hear": [
        ("accuracy/both", "accuracy/image", 0.05),
        ("accuracy/both", "accuracy/audio", 0.05),
        ("accuracy/both", "ablation/audio shuffled", 0.3),
        ("accuracy/both", "ablation/image shuffled", 0.3),
        ("accuracy/image", "ablation/audio dropped", 0.05),
    ],
    "fusion-real": [
        ("accuracy/concatenate", "accuracy/text alone", 0.0),
        ("majority", "accuracy/audio alone", 0.03),
    ],
    "fusion": [
        ("accuracy/synergy/bilinear", "accuracy/synergy/concatenate", 0.3),
        ("accuracy/synergy/film", "accuracy/synergy/concatenate", 0.3),
        ("accuracy/redundant/concatenate", "accuracy/synergy/concatenate", 0.3),
        ("accuracy/synergy/concatenate, hidden", "accuracy/synergy/concatenate", 0.3),
    ],
    "search-and-retrieval": [
        ("pictures/en/true 1/1000", "sound/moved/new/true 1/1000", 0.5),
        ("pictures/zh/true 1/1000", "search-and-retrieval-real: photographs/1000/1", 0.9),
    ],
    "dialogue": [
        ("place 0.2/own/declined", "place 0/own/declined", 0.8),
    ],
    "sentiment-and-emotion": [
        ("clips/joint/whole/accuracy", "clips/sum/whole/accuracy", 0.05),
        ("clips/image/whole/accuracy", "clips/sum/whole/accuracy", 0.0),
    ],
    "joint-embedding": [
        ("arms/infonce/recall 10", "arms/printed/recall 10", 0.5),
    ],
    "joint-embedding-real": [
        ("recall 1/pairs", "recall 1/torn pairs", 0.5),
    ],
    "attention": [
        ("accuracy/attention 8 0.01", "accuracy/attention 8 0.003", 0.2),
    ],
    "image-data": [
        ("many/as they are/true", "many/flipped, kept/true", 0.1),
    ],
    "convolution": [
        ("accuracy/pooled/unseen", "accuracy/dense large/unseen", 0.5),
        ("parameters/dense large", "parameters/pooled", 50_000),
    ],
    "rnn": [
        ("counts/0", "counts/1", 1.0),
        ("counts/1", "transformer: large/bits", 1.0),
        ("counts/1", "counts/5", 1.0),
        ("counts/8", "counts/5", 0.1),
    ],
    "language-models": [
        ("factors/tenth, 1", "factors/all, 1", 0.3),
        ("factors/all, 1", "factors/all, 3", 0.05),
        ("factors/tenth, 3", "factors/tenth, 1", 0.0),
        ("factors/little text alone", "factors/pretrained only", 0.3),
        ("factors/pretrained only", "factors/fine-tuned", 0.0),
    ],
    "measuring": [
        ("search/rows/promised", "search/rows/kept", 0.08),
        ("search/voices/kept", "search/rows/kept", 0.02),
    ],
    "why-several-modalities": [
        ("caption bits/black/+", "caption bits/seen/+", 9.0),
        ("few/test/image/*/1", "few/test/both/*/1", 0.2),
        ("few/test/both/*/6", "few/test/image/*/6", 0.03),
    ],
}
# The two numbers differ by less than the third.
EQUAL = {
    "see-and-hear": [
        ("torn_ablation/as it is", "torn_ablation/audio dropped", 0.005),
        ("clean/both", "clean/audio", 0.02),
    ],
    "measuring": [
        ("search/voices/promised", "search/voices/kept", 0.03),
    ],
    "joint-embedding": [
        ("arms/printed/recall 10", "chance/10", 0.005),
    ],
    "fusion": [
        ("accuracy/synergy/concatenate, hidden", "accuracy/synergy/film", 0.01),
    ],
}


def mean(slug: str, path: str) -> float:
    values = numbers(*path.split(": ")) if ": " in path else numbers(slug, path)
    return sum(values) / len(values)


def rows(table: dict[str, list[tuple]]) -> list[tuple]:
    """The rows of a table, each with the name of its record in front."""
    return [(slug, *row) for slug, entries in table.items() for row in entries]


def test_there_are_questions():
    assert 12 <= len(QUESTIONS) <= 20


@pytest.mark.parametrize("question", QUESTIONS)
def test_answer_has_a_number_and_the_lesson_that_measured_it(question):
    answer = QUESTIONS[question]
    slugs = {text.split(":")[0] for text in RECORD.findall(answer)}
    pages = {(PAGE.parent / page).resolve() for page in DOC.findall(answer)}
    measured = [line for line in answer.splitlines() if re.match(r"(Built and measured|Measured) in \{doc\}", line)]
    assert slugs, "no number from a record"
    assert len(measured) == 1, "the last words are 'Measured in' a lesson"
    assert [str(page) for page in pages if not any(page.with_suffix(end).is_file() for end in (".md", ".ipynb"))] == []
    lessons = {page.name for page in pages if page.with_suffix(".ipynb").is_file()}
    assert {slug.removesuffix("-real") for slug in slugs} <= lessons, (
        "a record of a lesson that the answer does not name"
    )


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_measured_number_is_typed(question):
    prose = re.sub(r"\{[\w:]+\}`[^`]*`|`[^`]*`|https?://\S+", " ", QUESTIONS[question])
    assert re.findall(r"\d+[.,]\d+|\d+\s*%", prose) == []


@pytest.mark.parametrize("text", RECORD.findall(TEXT))
def test_number_is_in_the_record(text):
    slug, path = (part.strip() for part in text.split(":")[:2])
    content = json.loads((ROOT / "mmcourse" / "records" / f"{slug}.json").read_text(encoding="utf-8"))["results"]
    for key, column in _steps(path):
        content = _go_on(content, key, column)
    values = content if isinstance(content, list) else [content]
    assert f"{sum(values) / len(values):.2f}" == number(f"{slug}: {path}")


def _steps(path):
    """The keys of a path, each with the key that follows a `*`: `a/*/1` is a, then column 1."""
    keys = path.replace("/*/", "/*").split("/")
    return [(key.removeprefix("*"), key[0] == "*") for key in keys]


def _go_on(content, key, column):
    if key == "+":
        return [sum(row) for row in content]
    if column:
        return [row[int(key)] for row in content]
    if isinstance(content, list) and key.isdigit():
        return content[int(key)] if int(key) < len(content) else [row[int(key)] for row in content]
    return [element[key] for element in content] if isinstance(content, list) else content[key]


@pytest.mark.parametrize(("slug", "larger", "smaller", "margin"), rows(LARGER))
def test_comparison_in_words_holds(slug, larger, smaller, margin):
    assert mean(slug, larger) - mean(slug, smaller) > margin


@pytest.mark.parametrize(("slug", "one", "other", "tolerance"), rows(EQUAL))
def test_equality_in_words_holds(slug, one, other, tolerance):
    assert abs(mean(slug, one) - mean(slug, other)) < tolerance


def test_a_coin_would_do_as_well():
    assert abs(mean("fusion", "accuracy/synergy/concatenate") - 0.5) < 0.02


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("see-and-hear", "not 'see-and-hear'"),
        ("see-and-hear: accuracy/both: loud", "'spread'"),
        ("see-and-hear: accuracy", "no numbers"),
        ("see-and-hear: accuracy/smell", "there: image, audio"),
        ("see-and-hear: accuracy/both/mean", "'mean'; there: the number"),
        ("see-and-smell: accuracy", "no record"),
        ("see-and-hear: accuracy/both/*/1", "there is no '1'"),
    ],
)
def test_number_that_is_not_there_is_refused(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        number(text)


def test_sum_and_column_of_a_table(monkeypatch):
    monkeypatch.setattr("record_number.records.record", lambda slug: {"results": {"a": [[1, 2], [4, 8]], "b": [1, 2]}})
    assert numbers("any", "a/+") == [3, 12]
    assert numbers("any", "a/1/+") == [12]
    assert numbers("any", "a/*/1") == [2, 8]
    assert numbers("any", "b/+") == [3]
    assert numbers("any", "b/*") == [1, 2]


def test_forms_show_one_number_each():
    shown = {form: show([0.5, 0.25, 0.75]) for form, show in FORMS.items()}
    assert shown == {"mean": "0.50", "fine": "0.500", "percent": "50\u00a0%", "spread": "0.500 ± 0.250", "whole": "0"}
    assert FORMS["whole"]([1234567.0]) == "1,234,567"
