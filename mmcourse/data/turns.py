"""Turns of dialogues as arrays: what a model is given of the past, by choice, and what it should answer and show."""

import functools

import numpy as np

from mmcourse import shapes
from mmcourse.data import text, world
from mmcourse.data.dialogues import ANSWERS, CELLS, MISSING, NOTHING, NOWHERE, TURNS, Dialogue, every_question
from mmcourse.data.world.captions import RELATIONS

SIZE = 16  # pixels of a picture's side
MEMORIES = ("none", "words", "rewritten", "place")
LENGTHS = {"none": 8, "words": 24, "rewritten": 9, "place": 8}  # tokens, START and END counted


@functools.cache
def turn_words() -> text.WordVocabulary:
    """The words of all questions and answers, with their ids."""
    return text.WordVocabulary().fit([*every_question(), *ANSWERS], size=100)


def photographed(talks: list[Dialogue], noise: float = 0.0, seed: int = 0) -> np.ndarray:
    """n dialogues -> their pictures (n, 16, 16, 3) float32, with Gaussian noise of a standard deviation `noise` >= 0.

    Without noise in [0, 1]; nothing is cut off. Raises ValueError for no dialogue and a noise below 0.
    """
    if not talks or noise < 0:
        raise ValueError(f"There are {len(talks)} dialogues, the noise is {noise!r}: give one or more, and at least 0.")
    images = world.render([one.scene for one in talks], SIZE)
    return images + noise * np.random.RandomState(seed).standard_normal(images.shape).astype(np.float32)


def marked_cells(cells: np.ndarray) -> np.ndarray:
    """Cells (n,), 0 to 9 -> (n, 9) float32: 1 at the cell, all 0 for NOWHERE, 9. Raises ValueError for others."""
    cells = np.asarray(cells)
    if cells.ndim != 1 or not np.isin(cells, range(CELLS + 1)).all():
        raise ValueError(f"cells is {cells!r}; give a list of whole numbers from 0 to 9, 9 for nowhere.")
    return np.eye(CELLS + 1, CELLS, dtype=np.float32)[cells]


def thing_of(question: str, answer: str, thing: str = "") -> str:
    """What "it" is after a turn, in words: named in the question, or by the answer, or the `thing` that it was before.

    "what color is the ring", "red" -> "the ring"; "what is left of it", "cross" -> "the cross"; what is not there never
    becomes "it".
    """
    if answer in (NOTHING, MISSING):
        return thing
    words = question.split()
    if "the" in words:
        return " ".join(words[words.index("the") :])
    return f"the {answer}" if any(relation in question for relation in RELATIONS) else thing


def as_asked(question: str, thing: str) -> str:
    """A question, with a thing for "it" where one is given: "what is left of it" -> "what is left of the ring"."""
    return " ".join(thing if word == "it" and thing else word for word in question.split())


def told(past: list[tuple[str, str]], question: str, memory: str) -> str:
    """Question and answer pairs of the turns before, and a question -> the text that a model with `memory` reads.

    "none" and "place" read the question alone, "words" the whole past before it, "rewritten" the question `as_asked`.
    Raises ValueError for another memory.
    """
    _check_memory(memory)
    if memory == "words":
        return " ".join([*(f"{asked} {answer}" for asked, answer in past), question])
    if memory == "rewritten":
        thing = ""
        for asked, answer in past:
            thing = thing_of(asked, answer, thing)
        return as_asked(question, thing)
    return question


def _check_memory(memory: str) -> None:
    """Raise ValueError unless `memory` is one of MEMORIES."""
    if memory not in MEMORIES:
        raise ValueError(f"memory is {memory!r}; choose one of: {', '.join(MEMORIES)}.")


def text_tokens(texts: list[str], memory: str = "place") -> np.ndarray:
    """Texts (n,) -> (n, LENGTHS[memory]) int32. Raises ValueError for none, an unknown word, one that is too long."""
    return text.whole_batch(turn_words(), texts, LENGTHS[memory])[0]


def turn_inputs(talks: list[Dialogue], images: np.ndarray, memory: str = "place") -> tuple[dict, np.ndarray]:
    """n dialogues, their pictures (n, H, W, 3), a memory of MEMORIES -> inputs of their 3 n turns, labels (3 n, 2).

    The turns of a dialogue stand in order; the past in them is the true one. Inputs: "image" (3 n, H, W, 3), "question"
    (3 n, T) int32, "memory" (3 n, 9), the place of "it" for the memory "place", else 0. Labels: the answer's number in
    ANSWERS and the place, 9 for nowhere. Raises ValueError for other pictures and an unknown memory.
    """
    shapes.check(images, "n H W C", "images", n=len(talks), C=3)
    past = [[(turn.question, turn.answer) for turn in one.turns] for one in talks]
    turns = [turn for one in talks for turn in one.turns]
    texts = [told(past[i // TURNS][: i % TURNS], turn.question, memory) for i, turn in enumerate(turns)]
    cells = [turn.before if memory == "place" else NOWHERE for turn in turns]
    images = np.repeat(np.asarray(images, np.float32), TURNS, axis=0)
    inputs = {"image": images, "question": text_tokens(texts, memory), "memory": marked_cells(cells)}
    return inputs, np.array([(ANSWERS.index(turn.answer), turn.place) for turn in turns], np.int32)
