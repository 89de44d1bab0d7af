"""Checks that the scores of texts share, and their words: texts split at white space."""

from collections.abc import Sequence


def several(references: Sequence[Sequence[str]], candidates: Sequence[str]) -> tuple[list, list]:
    """One list of references a candidate -> words: lists of lists of words, and lists of words.

    An empty candidate, a model that says nothing, is [] here; a reference must have words.
    """
    candidates = _candidates(candidates)
    if isinstance(references, str) or len(references) != len(candidates):
        raise _counts(references, candidates)
    found = []
    for row, texts in enumerate(references):
        if isinstance(texts, str):
            raise ValueError(f"references[{row}] is the text {texts!r}; give a list of references for each candidate.")
        if not len(texts):
            raise ValueError(f"Candidate {row} has no reference: give at least one for each.")
        found.append([_words(text, f"A reference of candidate {row}") for text in texts])
    return found, candidates


def single(references: Sequence[str], candidates: Sequence[str]) -> tuple[list[list[str]], list[list[str]]]:
    """One reference a candidate -> words of both. Errors as `several`."""
    candidates = _candidates(candidates)
    if isinstance(references, str) or len(references) != len(candidates):
        raise _counts(references, candidates)
    return [_words(text, f"Reference {row}") for row, text in enumerate(references)], candidates


def _candidates(candidates: Sequence[str]) -> list[list[str]]:
    if isinstance(candidates, str):
        raise ValueError(f"candidates is the text {candidates!r}; give a list of texts.")
    if not len(candidates):
        raise ValueError("There are no candidates: a score of no texts is undefined; give at least one.")
    for row, text in enumerate(candidates):
        if not isinstance(text, str):
            raise ValueError(f"Candidate {row} is {text!r}; give texts, references first and candidates second.")
    return [text.split() for text in candidates]


def _words(text: str, name: str) -> list[str]:
    if not isinstance(text, str):
        raise ValueError(f"{name} is {text!r}; give a text.")
    if not text.split():
        raise ValueError(f"{name} is empty: nothing can be compared with it; give one with words, or leave it out.")
    return text.split()


def _counts(references, candidates: list) -> ValueError:
    what = f"the text {references!r}" if isinstance(references, str) else f"{len(references)} rows"
    return ValueError(f"references is {what} and there are {len(candidates)} candidates; give one row for each.")
