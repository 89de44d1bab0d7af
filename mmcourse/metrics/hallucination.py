"""Things that a text names and a scene does not hold: CHAIR of captions, and questions in the manner of POPE.

The scenes of the picture world say exactly what is there, so nobody has to label anything.
"""

from collections.abc import Sequence

import numpy as np

from mmcourse import shapes
from mmcourse.data import world
from mmcourse.metrics import classification

NEGATIVES = ("random", "adversarial")
_SINGULAR = {name + ending: name for name in (*world.SHAPES, "object") for ending in ("", "s", "es")}


def named_objects(caption: str) -> list[world.Noun]:
    """The nouns of an English text, each with the size and color words directly before it; broken sentences too.

    "object" names no shape. A mention counts each time.
    """
    found, said = [], {}
    for word in caption.lower().split():
        if word in world.COLORS + world.SIZES:
            said["color" if word in world.COLORS else "size"] = word
        else:
            if word in _SINGULAR:
                shape = None if _SINGULAR[word] == "object" else _SINGULAR[word]
                found.append(world.Noun(said.get("size"), said.get("color"), shape))
            said = {}
    return found


def chair(scenes: Sequence[world.Scene], captions: Sequence[str]) -> dict[str, float]:
    """Scenes and English captions (B,) -> shares from 0 to 1 of what is said and is not there, and of what is covered.

    "objects": of the objects that captions name, the share that no object of the scene matches in size, color and shape
    as far as they are said (CHAIR_i). "captions": the share of captions with at least one such (CHAIR_s). "covered":
    of the objects in the scenes, the share that a named object matches, which CHAIR does not ask. Only a noun with a
    shape names an object; where there is none, "objects" is 0: silence never lies. Relations, places and numbers are
    not looked at. Raises ValueError for no captions and unequal numbers.
    Source: Rohrbach et al. 2018; there objects are classes of MSCOCO.
    """
    if not len(scenes) or isinstance(captions, str) or len(scenes) != len(captions):
        raise ValueError(f"There are {len(scenes)} scenes for captions {captions!r:.60}; give one caption for each.")
    named = [[noun for noun in named_objects(caption) if noun.shape] for caption in captions]
    false = [
        [not any(world.matches(one, noun) for one in scene.objects) for noun in nouns]
        for scene, nouns in zip(scenes, named, strict=True)
    ]
    covered = [
        any(world.matches(one, noun) for noun in nouns)
        for scene, nouns in zip(scenes, named, strict=True)
        for one in scene.objects
    ]
    every = [wrong for row in false for wrong in row]
    return {
        "objects": float(np.mean(every)) if every else 0.0,
        "captions": float(np.mean([any(row) for row in false])),
        "covered": float(np.mean(covered)) if covered else 1.0,
    }


def existence_questions(
    scenes: Sequence[world.Scene], negatives: str = "random", seed: int = 0
) -> tuple[list[world.Noun], np.ndarray]:
    """Scenes (B,) of at least two objects -> nouns and truth (2 B,): for each scene one that is there, one that is not.

    Each noun is a color and a shape: "is there a red ring?" The one that is not there is drawn from all others
    ("random"), or takes the color of one object of the scene and the shape of another ("adversarial"); where both give
    an object that is there, it has the color of one and any shape. Raises ValueError for other negatives and a scene
    with fewer than two objects. Source: Li et al. 2023, whose third way, popular objects, needs a world in
    which some are.
    """
    if negatives not in NEGATIVES:
        raise ValueError(f"negatives is {negatives!r}; choose one of {', '.join(NEGATIVES)}.")
    random, nouns = np.random.RandomState(seed), []
    for scene in scenes:
        if len(scene.objects) < 2:
            raise ValueError(f"A scene has {len(scene.objects)} objects; these questions need at least two.")
        there = [(one.color, one.shape) for one in scene.objects]
        level = world.LEVELS[scene.level]
        every = [(color, shape) for color in level.colors for shape in level.shapes]
        if negatives == "adversarial":
            mixed = [(color, shape) for color, _ in there for _, shape in there]
            near = [pair for pair in every if pair[0] in dict(there)]
            every = mixed if set(mixed) - set(there) else near
        others = [pair for pair in every if pair not in there]
        for pairs in (there, others):
            nouns.append(world.Noun(None, *pairs[random.randint(len(pairs), dtype=np.int64)]))
    return nouns, np.tile([1, 0], len(scenes))


def probing(truth: np.ndarray, answers: np.ndarray) -> dict[str, float]:
    """Truth and answers (n,), 1 for yes and 0 for no -> "accuracy", "precision", "recall", "F1" and the share "yes".

    Always yes to balanced questions gives accuracy 0.5 and F1 2/3. Raises ValueError for other values and lengths.
    Source: Li et al. 2023.
    """
    for name, values in (("truth", truth), ("answers", answers)):
        shapes.check(values, "n", name)
        if not np.isin(values, (0, 1)).all():
            raise ValueError(f"{name} holds more than 0 and 1; give 1 for yes and 0 for no.")
    scores = {"accuracy": classification.accuracy, "precision": classification.precision}
    scores |= {"recall": classification.recall, "F1": classification.f1}
    truth, answers = (np.asarray(values).astype(np.int64) for values in (truth, answers))
    return {name: score(truth, answers) for name, score in scores.items()} | {"yes": float(np.mean(answers))}
