"""Answer questions that a reader types: words and picture to answer, and what cannot be asked, said kindly."""

import numpy as np

from mmcourse import shapes
from mmcourse.data import asked, world


def answer_question(model, image: np.ndarray, question: str) -> tuple[str, float]:
    """Question answerer, picture (H, W, C) in [0, 1], question -> one of `asked.ANSWERS`, and its probability.

    The model answers whatever the picture shows: also "what color is the ring" where there is none. Capital letters
    and a question mark do not matter. Raises ValueError for an empty question, a word that the model has never met, a
    question outside the grammar of level 1, and a picture of another shape than the model takes.
    """
    height, width, channels = model.input["image"].shape[1:]
    shapes.check(image, "H W C", "image", H=height, W=width, C=channels)
    tokens = asked.question_tokens([check_question(question)], model.input["question"].shape[1])
    logits = model.predict({"image": np.asarray(image, np.float32)[None], "question": tokens}, verbose=0)[0]
    shares = np.exp(logits - logits.max())
    return asked.ANSWERS[logits.argmax()], float(shares.max() / shares.sum())


def check_question(question: str) -> str:
    """The question itself. Raises ValueError where it is empty, has an unknown word, or is none of level 1's."""
    asked.question_tokens([question])
    template = world.parse_question(question).template
    if template.endswith("by relation"):
        raise ValueError(f"{question!r} is a question of level 3: at level 1 no thing is named by where it stands.")
    return question


def refusal(question: str) -> str | None:
    """Why a question cannot be asked, as one line of text; None for a question of level 1."""
    try:
        check_question(question)
    except ValueError as error:
        return str(error)
    return None
