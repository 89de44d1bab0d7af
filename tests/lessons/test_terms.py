"""The glossary in the lessons: the checker of links, and which terms no page links."""

from dataclasses import replace

import pytest

from tools.lesson import ROOT

from . import prose, terms
from .made_up import COURSE, good_notebook, lesson_of
from .notebook import terms_met

NAMES = {
    "language model": "language model",
    "language model card": "language model card",
    "large language model": "large language model",
    "LLM": "large language model",
    "cross-entropy": "cross-entropy",
    "step": "step",
}
# Entries that readers look up although no page of the book links them.
LOOKED_UP = {
    "activation function",  # explains another entry
    "bidirectional recurrent neural network",
    "canonical form",
    "machine learning",
    "resampling",
    "rotary position embedding",
    "spectrogram",
}


def messages(sentence: str, met: dict[str, set[str]] | None = None) -> list[str]:
    """What the check says of the made-up lesson with one more sentence in its cell `idea`."""
    notebook = good_notebook()
    next(cell for cell in notebook.cells if cell.id == "idea").source += f"\n\n{sentence}\n"
    return prose.check_terms(lesson_of(notebook), replace(COURSE, names=NAMES, met=met or {}))


@pytest.mark.parametrize(
    "sentence",
    [
        "A large language model writes.",
        "Two LLMs write.",
        "The cross entropy falls.",
        "LLMs are here before\nthe {term}`large language model`.",
    ],
)
def test_key_term_without_a_link_is_found(sentence):
    (message,) = messages(sentence)
    assert "cell 'idea'" in message
    assert "'cross-entropy'" in message or "'large language model'" in message


@pytest.mark.parametrize(
    "sentence",
    [
        "A {term}`large language model` writes, and an LLM reads.",
        "An {term}`LLM` writes, and large language models read.",
        "{term}`Models <large language model>` write. An LLM reads.",
        "A step of `an LLM`, of $LLM$ and of [an LLM](#idea).",
        "| LLM | a table |",
        "### A heading on the LLM",
        ":::{dropdown} Solution\nAn LLM.\n:::",
        "Cross-entropyless LLMish words.",
    ],
)
def test_linked_common_or_hidden_terms_are_fine(sentence):
    assert messages(sentence) == []


def test_longer_name_counts_alone():
    (message,) = messages("A large language model writes.")
    assert "'large language model'" in message
    (message,) = messages("A language model card lies there.")
    assert "'language model card'" in message
    (message,) = messages("Language models write.")
    assert "'language model'" in message


def test_term_of_a_needed_lesson_is_known():
    assert messages("An LLM writes.", {"before": {"large language model"}}) == []
    assert len(messages("An LLM writes.", {"other": {"large language model"}})) == 1


def test_terms_are_met_through_the_lessons_that_are_needed():
    first, second = lesson_of(good_notebook()), lesson_of(good_notebook())
    first.notebook.cells[0].source += "\nAn {term}`LLM`."
    first, second = _called("before", first), _called("toy", second)
    assert terms_met([first, second], NAMES) == {"before": {"large language model"}, "toy": {"large language model"}}


def _called(slug, lesson):
    return type(lesson)(slug, lesson.notebook, lesson.size_bytes)


def test_every_term_of_the_glossary_is_linked_somewhere():
    names = terms.read_names(ROOT)
    pages = [path for path in (ROOT / "book").rglob("*") if path.suffix in (".md", ".ipynb", ".yml")]
    found = {
        term
        for path in pages
        if ".ipynb_checkpoints" not in path.parts and path.name != "glossary.yml"
        for term in terms.linked(path.read_text(encoding="utf-8").replace("\\n", "\n"), names)
    }
    missing = sorted(set(names.values()) - found - LOOKED_UP)
    assert not missing, f"no page links {', '.join(missing)}: link them, or add them to LOOKED_UP with a reason"
    assert LOOKED_UP.isdisjoint(found), f"linked by now, take out of LOOKED_UP: {', '.join(LOOKED_UP & found)}"
