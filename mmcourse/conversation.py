"""Dialogues held: a model plays many at once, by its own past or the true one; an assistant holds one with a reader."""

from typing import NamedTuple

import numpy as np

from mmcourse import shapes
from mmcourse.data import turns, world
from mmcourse.data.dialogues import ANSWERS, KINDS, MISSING, NOWHERE, TURNS, Dialogue, every_question, next_memory
from mmcourse.nn.gradients import softmax_numpy


class Played(NamedTuple):
    """What a model did in n dialogues of three turns.

    `chances` (n, 3, A) of the answers and `places` (n, 3, 10) of the nine cells and nowhere, each adding up to 1;
    `answers` and `pointed` (n, 3) int, the likeliest of each; `right` and `shown` (n, 3) bool, whether they are true.
    """

    chances: np.ndarray
    places: np.ndarray
    answers: np.ndarray
    pointed: np.ndarray
    right: np.ndarray
    shown: np.ndarray


class Reply(NamedTuple):
    """A turn of the assistant: the question as understood, the answer, its probability, a cell or None, a sentence.

    The cell is (row, column), 0 to 2; the sentence can be said by `world.speak`.
    """

    question: str
    answer: str
    chance: float
    cell: tuple[int, int] | None
    sentence: str


def both_chances(model, inputs: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Pointing answerer, inputs of n turns -> probabilities of the answers (n, A), and of the places (n, 10)."""
    from mmcourse.nn.pointing import split_logits

    logits = model.predict(inputs, batch_size=500, verbose=0).astype(np.float64)
    return tuple(map(softmax_numpy, split_logits(logits)))


def played(model, talks: list[Dialogue], images: np.ndarray, memory: str = "place", own: bool = True) -> Played:
    """Let a model answer n dialogues, pictures (n, 16, 16, 3), turn by turn; the questions stay those of the dialogue.

    With `own`, its past is what it said and showed itself; without, the truth. Raises ValueError for other pictures and
    an unknown memory.
    """
    shapes.check(images, "n H W C", "images", n=len(talks))
    past, before, found = [[] for _ in talks], np.full(len(talks), NOWHERE), []
    for number in range(TURNS):
        asked = [one.turns[number] for one in talks]
        texts = [turns.told(said, turn.question, memory) for said, turn in zip(past, asked, strict=True)]
        cells = before if memory == "place" else np.full(len(talks), NOWHERE)
        tokens = turns.text_tokens(texts, memory)
        found.append(both_chances(model, {"image": images, "question": tokens, "memory": turns.marked_cells(cells)}))
        truth = [(turn.answer, turn.place) for turn in asked]
        done = zip((ANSWERS[a] for a in found[-1][0].argmax(1)), found[-1][1].argmax(1), strict=True) if own else truth
        for row, (answer, place) in enumerate(done):
            past[row].append((asked[row].question, answer))
            before[row] = next_memory(before[row], place)
    chances, places = (np.stack(parts, 1) for parts in zip(*found, strict=True))
    truth = np.array([[(ANSWERS.index(turn.answer), turn.place) for turn in one.turns] for one in talks])
    answers, pointed = chances.argmax(-1), places.argmax(-1)
    return Played(chances, places, answers, pointed, answers == truth[..., 0], pointed == truth[..., 1])


def asked_for(talks: list[Dialogue]) -> dict[str, np.ndarray]:
    """n dialogues -> bool (n, 3) each: "missing", the turn names what is not there; "named", it names what is there.

    Beside them one column for each of KINDS, for turns that can be answered.
    """
    kinds = np.array([[turn.kind for turn in one.turns] for one in talks])
    missing = np.array([[turn.answer == MISSING for turn in one.turns] for one in talks])
    columns = {kind: (kinds == kind) & ~missing for kind in KINDS}
    return {"missing": missing, "there": np.isin(kinds, KINDS[:2]) & ~missing, **columns}


def sentence(question: str, answer: str) -> str:
    """Question and answer -> what is said: "red"; for a thing that is not there, "there is no cross"."""
    if answer != MISSING:
        return answer
    return f"there is no {question[question.index('the ') + 4 :]}" if "the " in question else answer


class Assistant:
    """Answers questions about one picture (16, 16, 3) and keeps what "it" is.

    `model` is a `pointing_answerer` with the memory "place". `listener`, if given, turns a sound into a question: a
    function of a waveform (samples,) at 8 kHz. `history` holds the replies so far.
    """

    def __init__(self, model, image: np.ndarray, listener=None):
        shapes.check(image, "H W C", "image", H=turns.SIZE, W=turns.SIZE, C=3)
        self.model, self.image, self.listener = model, np.asarray(image, np.float32), listener
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self.history, self.before = [], NOWHERE

    def ask(self, question: str | np.ndarray) -> Reply:
        """A question, typed or a waveform (samples,) at 8 kHz -> the reply, which is kept.

        Raises ValueError for a question outside the grammar, "it" where nothing was shown, a sound without a listener.
        """
        question = self._understood(question)
        tokens, memory = turns.text_tokens([question]), turns.marked_cells([self.before])
        inputs = {"image": self.image[None], "question": tokens, "memory": memory}
        chances, places = (part[0] for part in both_chances(self.model, inputs))
        answer, place = ANSWERS[chances.argmax()], int(places.argmax())
        cell = None if place == NOWHERE else divmod(place, 3)
        self.history.append(Reply(question, answer, float(chances.max()), cell, sentence(question, answer)))
        self.before = next_memory(self.before, place)
        return self.history[-1]

    def refusal(self, question: str | np.ndarray) -> str | None:
        """Why a question cannot be asked now, as one line; None where it can. Nothing is kept."""
        try:
            self._understood(question)
        except ValueError as error:
            return str(error)
        return None

    def _understood(self, question: str | np.ndarray) -> str:
        if not isinstance(question, str):
            if self.listener is None:
                raise ValueError("This assistant cannot hear: type the question, or give it a listener.")
            question = self.listener(question)
        plain = " ".join(question.lower().rstrip("?. \t\n").split())
        if plain not in every_question():
            raise ValueError(_advice(question, plain))
        if plain.split()[-1] == "it" and self.before == NOWHERE:
            raise ValueError(f'{question!r}: nothing was shown yet that could be "it". Name a thing first.')
        return plain


def _advice(question: str, plain: str) -> str:
    words = [word for word in plain.split() if word not in " ".join(every_question()).split()]
    if words:
        known = f"Shapes: {_list('shapes')}; colors: {_list('colors')}"
        return f"{question!r}: I have never met the word {words[0]!r}. {known}."
    examples = (every_question()[0], every_question()[6], *every_question()[-3:-1])
    return f"{question!r} is no question that I know. Ask, for example: {' / '.join(examples)}."


def _list(attribute: str) -> str:
    return ", ".join(getattr(world.LEVELS[1], attribute))
