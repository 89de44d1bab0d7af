"""The picture world: scenes of colored shapes, with pictures, captions, speech and questions that are true by rule.

NumPy only. `WORLD` is the version of the contract: any change of what a seed gives raises it, and every record and
checkpoint made with another version is stale.
"""

from mmcourse.data.world.asking import KINDS, answers, ask, questions, true_answer
from mmcourse.data.world.captions import FALSEHOODS, corrupt, describe, is_true, matches, witness
from mmcourse.data.world.drawing import render
from mmcourse.data.world.grammar import Sentence, parse, parse_question, vocabulary, write
from mmcourse.data.world.information import entropy
from mmcourse.data.world.reading import read
from mmcourse.data.world.sampling import sample
from mmcourse.data.world.scenes import (
    BACKGROUNDS,
    COLORS,
    HELD_OUT,
    LEVELS,
    SHAPES,
    SIZES,
    SPLITS,
    Level,
    Object,
    Scene,
    count_scenes,
    is_held_out,
    is_in,
    split_of,
)
from mmcourse.data.world.speaking import speak
from mmcourse.data.world.words import Noun

WORLD = 1

__all__ = [
    "BACKGROUNDS",
    "COLORS",
    "FALSEHOODS",
    "HELD_OUT",
    "KINDS",
    "LEVELS",
    "SHAPES",
    "SIZES",
    "SPLITS",
    "WORLD",
    "Level",
    "Noun",
    "Object",
    "Scene",
    "Sentence",
    "answers",
    "ask",
    "corrupt",
    "count_scenes",
    "describe",
    "entropy",
    "is_held_out",
    "is_in",
    "is_true",
    "matches",
    "parse",
    "parse_question",
    "questions",
    "read",
    "render",
    "sample",
    "speak",
    "split_of",
    "true_answer",
    "vocabulary",
    "witness",
    "write",
]
