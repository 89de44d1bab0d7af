"""Real English prose that is always there: the manual of the Python that runs."""

from pathlib import Path

import numpy as np

from mmcourse.data import manual
from mmcourse.data.readers import Reader

_ENOUGH = 0.75  # of the listed sentences


def python_manual(folder: Path | None, split: str) -> dict:
    """Sentences of Python's own manual: `text` a list of str, `topic` (n,) str, the manual's page.

    In reading order, without markup. 1,679 sentences, 180,000 characters in all; whole topics are held out, a tenth of
    the sentences to validate and a tenth to test. The list of sentences is made of Python 3.11.2, 3.11.7, 3.12.1 and
    3.13.0; a release whose manual has reworded some of them gives the others.

    Raises ValueError where less than three quarters of the listed sentences are there.
    """
    here = manual.found()
    listed = [line.split() for line in manual.SELECTION.read_text(encoding="utf-8").splitlines()]
    known = sum(key in here for _, _, key in listed)
    if known < _ENOUGH * len(listed):
        raise ValueError(
            f"This Python's manual (pydoc_data.topics) has {known} of the {len(listed)} sentences that the course "
            "reads: use Python 3.11, 3.12 or 3.13 with its whole standard library."
        )
    rows = [(here[key][1], topic) for part, topic, key in listed if part == split and key in here]
    return {"text": [text for text, _ in rows], "topic": np.array([topic for _, topic in rows])}


READERS = {
    "python_manual": Reader(
        {"train": "", "validation": "", "test": ""}, python_manual, ("text", "topic"), key=("topic",)
    )
}
