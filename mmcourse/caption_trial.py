"""Scores of text on trial: do they tell true captions of a scene from false ones?

What is true is known in the picture world, so a score that compares texts can be judged by it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from mmcourse import metrics, shapes
from mmcourse.data import world
from mmcourse.metrics import _texts

LIES = ("color", "shape", "size", "relation", "swap", "count")
SCORES = ("exact match", "1 - WER", "BLEU-4", "ROUGE-L", "CIDEr-D")


class Trial(NamedTuple):
    """n scenes with five references each, all true and different, and three more captions of each.

    `true` is another true one; `copied` a reference made false in one place; `altered` is `true` made false in one
    place. So `copied` is false in nearly the words of a reference, and `altered` as far from them as what is true.
    """

    scenes: list[world.Scene]
    references: list[list[str]]
    true: list[str]
    copied: list[str]
    altered: list[str]


def draw_trial(count: int, seed: int, level: int = 2) -> Trial:
    """A trial of `count` scenes of the test split, of those in which six different captions are true.

    Raises ValueError for a count below 1 and for level 1, where two captions are true.
    """
    shapes.whole(count, "count")
    if level not in (2, 3):
        raise ValueError(f"level is {level!r}; give 2 or 3: at level 1 only two captions of a scene are true.")
    random, rows = np.random.RandomState(seed), []
    for scene in world.sample(4 * count, seed=1000 + seed, split="test", level=level):
        captions = list(dict.fromkeys(world.describe(scene, "en", random) for _ in range(40)))
        if len(captions) >= 6 and len(rows) < count:
            lies = (_falsified(scene, captions[place], random) for place in (0, 5))
            rows.append((scene, captions[:5], captions[5], *lies))
    if len(rows) < count:
        raise ValueError(f"Only {len(rows)} of the scenes drawn have six true captions: draw again, or give a level 3.")
    return Trial(*map(list, zip(*rows, strict=True)))


def score_each(name: str, references: Sequence[Sequence[str]], candidates: Sequence[str]) -> np.ndarray:
    """One list of references a candidate, candidates (B,) -> (B,): one of SCORES for each alone, larger for better.

    "exact match" is 1 where the candidate is a reference; "1 - WER" takes the reference with the lowest word error
    rate. Only CIDEr-D knows the references of the others, for its weights. Raises ValueError for another name, and as
    `metrics.bleu`.
    """
    if name not in SCORES:
        raise ValueError(f"name is {name!r}; choose one of {', '.join(SCORES)}.")
    _texts.several(references, candidates)
    if name == "CIDEr-D":
        return metrics.cider_each(references, candidates)
    score = _ALONE[name]
    return np.array([score(texts, candidate) for texts, candidate in zip(references, candidates, strict=True)])


def chance_above(better: np.ndarray, worse: np.ndarray) -> float:
    """Scores (n,), (m,) -> 0 to 1: chance that one drawn of the first is above one drawn of the second, ties half.

    It is the area under the ROC curve; 0.5 for a score that knows nothing. Raises ValueError for no scores.
    """
    for name, values in (("better", better), ("worse", worse)):
        shapes.check(values, "n", name)
        if not len(values):
            raise ValueError(f"There are no scores in {name}: give at least one.")
    lead = np.asarray(better, float)[:, None] - np.asarray(worse, float)
    return float(np.mean((lead > 1e-9) + 0.5 * (np.abs(lead) <= 1e-9)))


def trial_result(trial: Trial, references: int, names: Sequence[str] = SCORES) -> dict[str, dict[str, float]]:
    """Trial, number of references used -> {score: {"true", "copied", "altered": means; "over copied", "over altered"}}.

    "over copied" and "over altered" are `chance_above` of the true captions over the false ones.
    """
    used, found = [texts[: shapes.whole(references, "references")] for texts in trial.references], {}
    for name in names:
        scores = {kind: score_each(name, used, getattr(trial, kind)) for kind in ("true", "copied", "altered")}
        found[name] = {kind: float(values.mean()) for kind, values in scores.items()}
        for kind in ("copied", "altered"):
            found[name][f"over {kind}"] = chance_above(scores["true"], scores[kind])
    return found


def _falsified(scene: world.Scene, caption: str, random: np.random.RandomState) -> str:
    """The caption made false in the first of LIES, in an order drawn, that it has."""
    kinds = (LIES[place] for place in random.permutation(len(LIES)))
    return next(filter(None, (world.corrupt(scene, caption, kind, random) for kind in kinds)))


_ALONE: dict[str, Callable[[Sequence[str], str], float]] = {
    "exact match": lambda texts, candidate: float(candidate in texts),
    "1 - WER": lambda texts, candidate: 1 - min(metrics.word_error_rate([text], [candidate]) for text in texts),
    "BLEU-4": lambda texts, candidate: metrics.bleu([texts], [candidate]),
    "ROUGE-L": lambda texts, candidate: metrics.rouge_l([texts], [candidate]),
}
