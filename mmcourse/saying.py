"""What a captioner says, word by word: how far it is true, and what it says after a beginning that is false."""

import itertools

import numpy as np

from mmcourse.data import world
from mmcourse.data.text import END
from mmcourse.data.world.captions import true_relations
from mmcourse.data.world.grammar import Sentence
from mmcourse.data.world.scenes import LEVELS


def true_captions(scene: world.Scene) -> list[str]:
    """Every true English caption of a scene of level 1: two, one from each object. ValueError for another level."""
    if scene.level != 1:
        raise ValueError(
            f"The scene is of level {scene.level}; only at level 1 the true captions are few: give one of it."
        )
    return [
        world.write(Sentence("relation", tuple(world.Noun(None, *one.kind[1:]) for one in pair), (word,)))
        for pair in itertools.permutations(scene.objects, 2)
        for word in true_relations(pair[0].cell, pair[1].cell)
    ]


def true_so_far(scenes: list[world.Scene], captions: list[str], length: int = 9) -> np.ndarray:
    """(n, length) bool: do the first t + 1 words of a caption begin a true one? Its end counts as a word.

    So a caption that stops too early, or goes on too long, is no longer true from there on; after its end a true one
    stays true. Scenes of level 1. Raises ValueError for lists of different lengths, and as `true_captions`.
    """
    if len(scenes) != len(captions):
        raise ValueError(f"There are {len(scenes)} scenes and {len(captions)} captions; give one for each.")
    return np.array([_places(scene, caption, length) for scene, caption in zip(scenes, captions, strict=True)])


def misled(scene: world.Scene, caption: str, random: np.random.RandomState) -> str:
    """A true caption of level 1 with the color of its first object changed to one that the picture does not have."""
    wrong = [color for color in LEVELS[1].colors if color not in {one.color for one in scene.objects}]
    _, old, *rest = caption.split()
    if old not in LEVELS[1].colors or caption not in true_captions(scene):
        raise ValueError(
            f"{caption!r} is no true caption of the scene that names two objects: draw one with `describe`."
        )
    color = wrong[random.randint(len(wrong), dtype=np.int64)]
    return " ".join(["an" if color == "orange" else "a", color, *rest])


def second_object(model, scenes: list[world.Scene], captions: list[str], vocabulary) -> dict[str, float]:
    """How often a captioner goes on with an object of the picture, after beginnings that are "true", and "false".

    A beginning is a caption up to its second "a" or "an", as it is and `misled`; the model says the next two words, the
    likeliest each time. `captions` are true ones of the scenes, of level 1; pictures have the side that the model
    takes, `vocabulary` is that of its tokens. After "false", the model has to speak as if it had erred.
    """
    random, shares = np.random.RandomState(0), {}
    images = world.render(scenes, model.input["image"].shape[1])
    for name in ("true", "false"):
        beginnings = captions
        if name == "false":
            beginnings = [misled(*one, random) for one in zip(scenes, captions, strict=True)]
        found = [_second(caption.split()) for caption in _continued(model, images, beginnings, vocabulary)]
        kinds = [{one.kind[1:] for one in scene.objects} for scene in scenes]
        shares[name] = float(np.mean([object_ in known for object_, known in zip(found, kinds, strict=True)]))
    return shares


def _continued(model, images: np.ndarray, beginnings: list[str], vocabulary) -> list[str]:
    """The beginnings with their last two words replaced by those that the model says."""
    tokens = vocabulary.batch(beginnings, model.output_shape[1] + 1)[0][:, :-1]
    ends = (tokens > 0).sum(1)  # (B,): one behind the last word, where END does not stand as an input
    ends -= (tokens == END).any(1)
    rows = np.arange(len(tokens))
    for back in (2, 1):
        logits = model.predict({"image": images, "tokens": tokens}, batch_size=256, verbose=0)
        tokens[rows, ends - back] = logits[rows, ends - back - 1].argmax(-1)
    return [vocabulary.decode(row) for row in tokens]


def _second(words: list[str]) -> tuple[str, ...]:
    """The last two words: color and shape of the second object."""
    return tuple(words[-2:])


def _places(scene: world.Scene, caption: str, length: int) -> list[bool]:
    said = [*caption.split(), ""]  # "" is the end
    true = [[*words.split(), ""] for words in true_captions(scene)]
    return [any(said[: place + 1] == words[: place + 1] for words in true) for place in range(length)]
