"""Sentences as data, and their texts: writing and parsing go through the same templates and words.

The parser reads whatever the writer can write, and nothing else.
"""

import functools
import itertools
import re
from string import Formatter
from typing import NamedTuple

from mmcourse.data.world.scenes import COLORS, SHAPES, SIZES, choose
from mmcourse.data.world.words import FORMS, LANGUAGES, Noun

NOUNS = tuple(itertools.starmap(Noun, itertools.product((None, *SIZES), (None, *COLORS), (None, *SHAPES))))
_FIELDS = dict.fromkeys(FORMS, "nouns") | {"relation": "relations"}  # kind of slot -> field; others have their own name
_SAID = {"none": 0, "one": 1}  # templates that say a number without a slot for it


class Sentence(NamedTuple):
    """What a caption says or a question asks, in no language; `template` names the form it is said in.

    The first noun stands in relation i to noun i + 1, or at the place; or the scene has exactly `count` objects of its
    one noun. The background may be said too.
    """

    template: str
    nouns: tuple[Noun, ...]
    relations: tuple[str, ...] = ()
    place: str | None = None
    count: int | None = None
    background: str | None = None


def write(sentence: Sentence, language: str = "en") -> str:
    """The text of a sentence in "en" or "zh". Raises ValueError for another language or an unknown template."""
    choose(language, LANGUAGES, "The language")
    templates = LANGUAGES[language].captions | LANGUAGES[language].questions
    choose(sentence.template, templates, "The template")
    template = templates[sentence.template]
    if sentence.background is not None:
        template += templates["ending"]
    return template.format(**{slot: _text(sentence, slot, language) for slot in _slots(template)})


def parse(caption: str) -> Sentence:
    """What a caption says, in English or Chinese; capitals, extra spaces and a final full stop do not matter.

    Raises ValueError for anything outside the grammar: an empty text, an unknown word, another language, "a orange".
    """
    return _parse(caption, "captions")


def parse_question(question: str) -> Sentence:
    """What a question in English or Chinese asks; a question mark does not matter. Raises ValueError as `parse`."""
    return _parse(question.rstrip("?？ ") if isinstance(question, str) else question, "questions")


def language_of(text: str) -> str:
    """The language of a text: "zh" if it has a Chinese character, else "en"."""
    return "zh" if re.search("[\u4e00-\u9fff]", text) else "en"


def _parse(text: str, kind: str) -> Sentence:
    words = text.lower().rstrip(" \t\n.。").split() if isinstance(text, str) else []
    if not words:
        raise ValueError(f"Expected a sentence of the grammar of {kind}, but got {text!r}.")
    language = language_of(text)
    normal = " ".join(words) if language == "en" else "".join(words).replace(",", "，")
    for name, pattern in _patterns(language, kind).items():
        match = pattern.fullmatch(normal)
        texts = {slot: word for slot, word in match.groupdict().items() if word} if match else {}
        values = {slot: _meanings(language, slot[:-1]).get(word) for slot, word in texts.items()}
        if match and None not in values.values():
            return _sentence(name, values)
    unknown = [word for word in words if language == "en" and word not in vocabulary("en")]
    advice = f"It has no word {unknown[0]!r}." if unknown else f"It says, for example: {_examples(language, kind)}."
    raise ValueError(f"{text!r} is outside the grammar of {kind}. {advice}")


def _sentence(template: str, values: dict[str, object]) -> Sentence:
    fields = {"nouns": (), "relations": ()} | ({"count": _SAID[template]} if template in _SAID else {})
    for slot in sorted(values, key=lambda slot: slot[-1]):
        field = _FIELDS.get(slot[:-1], slot[:-1])
        fields[field] = (*fields[field], values[slot]) if field in ("nouns", "relations") else values[slot]
    return Sentence(template, **fields)


def _text(sentence: Sentence, slot: str, language: str) -> str:
    kind, number = slot[:-1], int(slot[-1])
    value = getattr(sentence, _FIELDS.get(kind, kind))
    return _texts(language, kind)[value[number] if isinstance(value, tuple) else value]


def _slots(template: str) -> list[str]:
    return [slot for _, slot, _, _ in Formatter().parse(template) if slot]


@functools.cache
def _texts(language: str, kind: str) -> dict:
    """The text of everything that can stand in a kind of slot, by its meaning."""
    if kind in FORMS:
        return {noun: LANGUAGES[language].noun(noun, kind) for noun in NOUNS}
    return LANGUAGES[language].words[kind]


@functools.cache
def _meanings(language: str, kind: str) -> dict[str, object]:
    return {text: meaning for meaning, text in _texts(language, kind).items()}


@functools.cache
def _patterns(language: str, kind: str) -> dict[str, re.Pattern]:
    """A regular expression for each caption or question template, made from the template itself."""
    templates = dict(getattr(LANGUAGES[language], kind))
    ending = f"(?:{_expression(templates.pop('ending'), language)})?" if "ending" in templates else ""
    return {name: re.compile(_expression(template, language) + ending) for name, template in templates.items()}


def _expression(template: str, language: str) -> str:
    """A template as a regular expression: a slot takes the words of its kind; a noun is looked up afterwards."""
    parts = []
    for literal, slot, _, _ in Formatter().parse(template):
        parts.append(re.escape(literal))
        if slot:
            words = [] if slot[:-1] in FORMS else map(re.escape, _meanings(language, slot[:-1]))
            parts.append(f"(?P<{slot}>{'|'.join(words) or '.+?'})")
    return "".join(parts)


@functools.cache
def vocabulary(language: str = "en") -> tuple[str, ...]:
    """Every word of captions and questions, sorted; in Chinese every character."""
    choose(language, LANGUAGES, "The language")
    tables = LANGUAGES[language]
    texts = [word for kind in (*FORMS, *tables.words) for word in _texts(language, kind).values()]
    texts += [re.sub(r"\{\w+\}", " ", template) for template in (tables.captions | tables.questions).values()]
    words = " ".join(texts).split() if language == "en" else "".join(texts).replace(" ", "")
    return tuple(sorted(set(words)))


def _examples(language: str, kind: str) -> str:
    """The first three templates, filled."""
    nouns = (Noun(None, "red", "ring"), Noun(None, "blue", "square"), Noun(None, "orange", "star"))
    names = list(getattr(LANGUAGES[language], kind))[:3]
    examples = (Sentence(name, nouns, ("left of", "above"), place="center") for name in names)
    return " / ".join(write(example, language) for example in examples)
