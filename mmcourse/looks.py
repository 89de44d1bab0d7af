"""Where a captioner looks in the picture world, and in what it errs: what a caption names is known there.

A word is a place of the caption: row t of the attention weights belongs to the word t that the model says then.
"""

import itertools

import numpy as np

from mmcourse import shapes
from mmcourse.data import world
from mmcourse.data.world import Scene
from mmcourse.data.world.captions import RELATIONS

CELLS = 3  # rows and columns of the grid of a scene
KINDS = ("color", "shape", "relation", "no sentence")


def by_cell(weights: np.ndarray) -> np.ndarray:
    """Weights (..., S) over S = G² places of a picture, row by row -> (..., 3, 3): the sum in each cell of the grid.

    Where the border of two cells cuts a place, each cell gets the part that lies in it. The sum stays the same.
    Raises ValueError for a number of places that is no square.
    """
    weights = np.asarray(weights)
    side = round(weights.shape[-1] ** 0.5) if weights.ndim else 0
    if side < 1 or side**2 != weights.shape[-1]:
        raise ValueError(f"weights has shape {weights.shape}; give (..., S) with a square number of places S.")
    edges, borders = np.arange(side + 1) / side, np.arange(CELLS + 1) / CELLS
    ends, starts = np.minimum(edges[1:, None], borders[1:]), np.maximum(edges[:-1, None], borders[:-1])
    part = side * np.clip(ends - starts, 0, None)  # (G, 3): how much of each row of places lies in each row of cells
    return np.einsum("...ij,ia,jb->...ab", weights.reshape(*weights.shape[:-1], side, side), part, part)


def named_cells(scene: Scene, caption: str) -> list[tuple[int, tuple[int, int]]]:
    """(place of the word, cell of its object) for each word of color and shape of a true English caption on relations.

    [] for a caption that is false, outside the grammar, or of another form.
    """
    objects = list(_witness(scene, caption))
    found = []
    for place, word in enumerate(caption.split()):
        if objects and word in world.COLORS + world.SHAPES:
            found.append((place, objects[0].cell))
            if word in world.SHAPES:
                objects.pop(0)
    return found


def on_named(weights: np.ndarray, scenes: list[Scene], captions: list[str]) -> float:
    """Weights (B, T, S) while B captions were said -> mean share on the cell of the object that a word names.

    Over the words of `named_cells`; looking everywhere alike gives 1/9. Raises ValueError for other lengths, and where
    no caption names anything.
    """
    count, _, _ = shapes.check(weights, "B T S", "weights", B=len(scenes))
    shapes.check(captions, "B", "captions", B=count)
    cells = by_cell(weights)  # (B, T, 3, 3)
    named = [(row, *one) for row in range(count) for one in named_cells(scenes[row], captions[row])]
    if not named:
        raise ValueError("No caption is true and names an object: there is no cell to look for.")
    return float(np.mean([cells[row, place][cell] for row, place, cell in named]))


def errors(scene: Scene, caption: str) -> tuple[str, ...]:
    """What is wrong in a caption on the relation of two objects: some of KINDS, () for a true one.

    The fewest words that have to change decide: the nouns are compared with the two objects in either order. Two
    changes of one kind count once. Anything that is no sentence on two objects is a "no sentence".
    """
    if world.is_true(scene, caption):
        return ()
    try:
        sentence = world.parse(caption)
    except ValueError:
        return ("no sentence",)
    if sentence.template != "relation":
        return ("no sentence",)
    choices = [_differences(sentence, pair) for pair in itertools.permutations(scene.objects, 2)]
    if not choices:
        raise ValueError(f"The scene has {len(scene.objects)} objects; errors are told apart where there are two.")
    return tuple(dict.fromkeys(min(choices, key=len)))


def _differences(sentence: world.Sentence, pair: tuple) -> list[str]:
    """The kinds of the words that a sentence has other than it is between two objects, one for each word."""
    wrong = []
    for kind in ("color", "shape"):
        said = [getattr(noun, kind) for noun in sentence.nouns]
        wrong += [kind for word, one in zip(said, pair, strict=True) if word not in (None, getattr(one, kind))]
    holds = RELATIONS[sentence.relations[0]](pair[0].cell, pair[1].cell)
    return wrong if holds else [*wrong, "relation"]


def _witness(scene: Scene, caption: str) -> tuple:
    try:
        sentence = world.parse(caption)
    except ValueError:
        return ()
    return (world.witness(scene, sentence) or ()) if sentence.template == "relation" else ()
