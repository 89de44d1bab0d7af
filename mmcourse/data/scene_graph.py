"""A graph of words and regions for a scene of the picture world, and questions that need two or three hops in it.

Nodes: first the nine cells of the picture, row by row, then the words. Edges are of eight kinds (`KINDS`), each
directed, since what is above me hears me as what is below it.
"""

import numpy as np

from mmcourse import shapes
from mmcourse.data.world import LEVELS, Object, Scene, is_in, render
from mmcourse.data.world.sampling import check_count, pick, random_state
from mmcourse.data.world.scenes import CELLS, check_scene, choose

KINDS = ("left", "right", "above", "below", "word before", "word after", "region of word", "word of region")
QUESTIONS = {  # what is asked, and which cell it is, counted from the named one
    "near": ("what color is above the {} {}", (-1, 0)),
    "far": ("what color is left of the thing above the {} {}", (-1, -1)),
}
COLORS, SHAPES = LEVELS[1].colors, LEVELS[1].shapes
SIZE = 24  # pixels of a picture's side, 8 for a cell
_STEPS = {"left": (0, -1), "right": (0, 1), "above": (-1, 0), "below": (1, 0)}
WORDS = ("", *sorted({*" ".join(text for text, _ in QUESTIONS.values()).replace("{}", "").split(), *COLORS, *SHAPES}))


def scene_graph(scene: Scene, text: str) -> np.ndarray:
    """A scene and a text of T words -> adjacency (kinds, L, L) float32 of 0 and 1, L = 9 + T.

    `adjacency[k, i, j]` is 1 where node i hears node j by KINDS[k]: the cell to its left, right, above, below; the
    word before or after; a word hears every region that it is true of (its color, shape or size), and the region it.
    Raises ValueError for anything but a scene, and for a text without words.
    """
    check_scene(scene)
    words = text.split() if isinstance(text, str) else []
    if not words:
        raise ValueError(f"text is {text!r}; give a caption or a question, at least one word.")
    regions, length = len(CELLS), len(CELLS) + len(words)
    adjacency = np.zeros((len(KINDS), length, length), np.float32)
    for kind, (down, right) in _STEPS.items():
        for i, (row, column) in enumerate(CELLS):
            if (there := (row + down, column + right)) in CELLS:
                adjacency[KINDS.index(kind), i, CELLS.index(there)] = 1
    before = np.eye(len(words), k=-1)
    adjacency[KINDS.index("word before"), regions:, regions:] = before
    adjacency[KINDS.index("word after"), regions:, regions:] = before.T
    for one in scene.objects:
        true = np.array([word in one.kind for word in words])
        adjacency[KINDS.index("region of word"), regions:, CELLS.index(one.cell)] = true
    adjacency[KINDS.index("word of region")] = adjacency[KINDS.index("region of word")].T
    return adjacency


def patches(images: np.ndarray) -> np.ndarray:
    """Pictures (B, H, H, 3), H a multiple of 3 -> their nine cells, row by row: (B, 9, H H / 3) in [0, 1]."""
    batch, side, _, _ = shapes.check(images, "B H W 3", "images")
    shapes.check(images, "B H W 3", "images", H=side // 3 * 3, W=side)
    cell = side // 3  # pixels
    parts = images.reshape(batch, 3, cell, 3, cell, 3).transpose(0, 1, 3, 2, 4, 5)  # (B, 3, 3, cell, cell, 3)
    return parts.reshape(batch, 9, cell * cell * 3)


def word_numbers(texts: list[str]) -> np.ndarray:
    """Texts of T words each -> (B, T) int32, their numbers in WORDS, from 1 up. ValueError for an unknown word."""
    for word in " ".join(texts).split():
        if word not in WORDS:
            raise ValueError(f"WORDS has no word {word!r}. It has: {', '.join(WORDS[1:])}.")
    return np.array([[WORDS.index(word) for word in text.split()] for text in texts], np.int32)


def hop_columns(count: int, seed: int, split: str, kind: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Questions as a model takes them, L = 9 + T: regions (B, 9, 192), words (B, T), adjacency (B, 8, L, L); labels.

    Labels (B,) are numbers in COLORS. Arguments and errors as in `hop_questions`.
    """
    found = hop_questions(count, seed, split, kind)
    graphs = [scene_graph(*pair) for pair in zip(found["scene"], found["question"], strict=True)]
    columns = {
        "regions": patches(render(found["scene"], SIZE)),
        "words": word_numbers(found["question"]),
        "adjacency": np.stack(graphs),
    }
    return columns, np.array([COLORS.index(color) for color in found["answer"]])


def _shuffled(adjacency: np.ndarray) -> np.ndarray:
    """Each graph with its nodes exchanged at random: as many edges of each kind, between the wrong nodes."""
    random = np.random.RandomState(0)
    orders = [random.permutation(adjacency.shape[-1]) for _ in adjacency]
    return np.stack([graph[:, order][..., order] for graph, order in zip(adjacency, orders, strict=True)])


CHANGES = {  # other graphs on the same nodes: (B, kinds, L, L) -> (B, kinds or 1, L, L)
    "no edges": np.zeros_like,
    "shuffled edges": _shuffled,
    "one kind": lambda adjacency: np.minimum(adjacency.sum(1, keepdims=True), 1),
    "complete graph": lambda adjacency: np.ones_like(adjacency[:, :1]),
}


def hop_questions(count: int, seed: int, split: str = "train", kind: str = "near") -> dict[str, list]:
    """`count` scenes of nine objects, a question about each, and its answer: columns scene, question, answer.

    The question names an object by color and shape; no other object has either. The answer is the color of the thing
    above it ("near"), or left of the thing above it ("far"): each of the five other colors is equally likely, whatever
    the question, the named object and every object that is not asked for. Raises ValueError for another kind or split.
    """
    check_count(count)
    choose(kind, QUESTIONS, "The kind of question")
    random = random_state(seed, 20)
    columns = {"scene": [], "question": [], "answer": []}
    text, (down, right) = QUESTIONS[kind]
    while len(columns["scene"]) < count:
        named = Object("large", pick(COLORS, random), pick(SHAPES, random), pick(_WITH_CORNER, random))
        others = [
            Object("large", _other(COLORS, named.color, random), _other(SHAPES, named.shape, random), cell)
            for cell in CELLS
            if cell != named.cell
        ]
        scene = Scene((named, *others), level=3)
        if not is_in(scene, split):
            continue
        asked = (named.cell[0] + down, named.cell[1] + right)
        columns["scene"].append(scene)
        columns["question"].append(text.format(named.color, named.shape))
        columns["answer"].append(next(one.color for one in others if one.cell == asked))
    return columns


_WITH_CORNER = tuple((row, column) for row, column in CELLS if row and column)  # something above, and left of that


def _other(words: tuple[str, ...], taken: str, random: np.random.RandomState) -> str:
    return pick([word for word in words if word != taken], random)
