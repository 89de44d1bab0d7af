"""How many bits each word of a caption holds, exactly, where the captions that can come are counted.

NumPy only. The test of the world compares the sums with `world.entropy`.
"""

import itertools
import math

from mmcourse.data import world

END = "END"


def level_one_captions() -> list[str]:
    """All 5,040 English captions of level 1 of the picture world; without a picture they are equally likely."""
    kinds = [world.Noun(None, color, shape) for _, color, shape in world.LEVELS[1].kinds]
    pairs = itertools.permutations(kinds, 2)
    relations = ("left of", "right of", "above", "below")
    return [
        world.write(world.Sentence("relation", nouns, (relation,)))
        for nouns, relation in itertools.product(pairs, relations)
    ]


def true_captions(scene: world.Scene, captions: list[str]) -> list[str]:
    """Those of `captions` that hold in a scene."""
    return [caption for caption in captions if world.is_true(scene, caption)]


def word_bits(caption: str, possible: list[str]) -> list[tuple[str, float]]:
    """The words of a caption, END last, each with its bits where all of `possible` are equally likely.

    A word holds log2(n / m) bits: n possible captions begin as the caption does before it, m with it. The bits sum to
    log2(len(possible)). Raises ValueError for a caption that is not possible, or possible twice.
    """
    if possible.count(caption) != 1:
        raise ValueError(f"{caption!r} comes {possible.count(caption)} times in `possible`; list each caption once.")
    left = [[*one.split(), END] for one in possible]
    found = []
    for place, word in enumerate([*caption.split(), END]):
        kept = [one for one in left if one[place : place + 1] == [word]]
        found.append((word, math.log2(len(left) / len(kept))))
        left = kept
    return found
