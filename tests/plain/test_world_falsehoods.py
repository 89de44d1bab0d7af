"""Captions made false in one thing: false by a second reading too, and different in that thing only."""

import itertools
import re
from collections import Counter

import numpy as np
import plain_world as plain
import pytest

from mmcourse.data import world

COUNT = 10_000
PLACES = {"size": 0, "color": 1, "shape": 2}  # of a word in a noun


@pytest.mark.parametrize("level", world.LEVELS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_corrupted_captions_are_false(language, level):
    """Each caption in one way, the eight ways in turn."""
    rng, found = np.random.RandomState(level), Counter()
    scenes = world.sample(COUNT, seed=level, level=level)
    for scene, kind in zip(scenes, itertools.cycle(world.FALSEHOODS), strict=False):
        caption = world.describe(scene, language, rng)
        wrong = world.corrupt(scene, caption, kind, rng)
        said = plain.understand(caption)
        assert (wrong is not None) == _can_be_false(scene, caption, said, kind), (scene, caption, kind, wrong)
        if wrong is not None:
            found[kind] += 1
            assert wrong.isascii() == caption.isascii(), (caption, wrong)
            assert not world.is_true(scene, wrong), (scene, caption, wrong)
            assert not plain.true(scene, wrong), (scene, caption, wrong)
            assert _differ_in_one(said, plain.understand(wrong), kind, level), (caption, wrong)
    kinds = {1: {"color", "shape", "relation", "reversal", "swap"}, 2: set(world.FALSEHOODS) - {"background"}}
    assert set(found) == kinds.get(level, set(world.FALSEHOODS))
    if level == 1:
        assert set(found.values()) == {COUNT // len(world.FALSEHOODS)}  # never None


def _can_be_false(scene: world.Scene, caption: str, said: plain.Said, kind: str) -> bool:
    """Whether a change of a kind can make a caption by `describe` false."""
    if kind == "size":  # the other size can be true as well
        other = dict(zip(("small", "large", "小", "大"), ("large", "small", "大", "小"), strict=True))
        words = re.finditer("small|large|小|大", caption)
        changed = [caption[: word.start()] + other[word[0]] + caption[word.end() :] for word in words]
        return not all(plain.true(scene, text) for text in changed)
    has = {
        "swap": len(said.nouns) > 1,
        "relation": said.links or said.room,
        "reversal": said.links,
        "count": said.number is not None,
        "background": said.ground,
    }
    return bool(has[kind] if kind in has else any(noun[PLACES[kind]] for noun in said.nouns))


def _differ_in_one(old: plain.Said, new: plain.Said, kind: str, level: int) -> bool:
    """Whether two captions differ in one thing, of the kind, and what is new is of the level."""
    shapes, colors, sizes = plain.VARIETY[level]
    known = {"shape": plain.SHAPES[:shapes], "color": plain.COLORS[:colors], "size": plain.SIZES[-sizes:]}
    apart = [(one, other) for one, other in zip(old.nouns, new.nouns, strict=True) if one != other]
    links = [(one, other) for one, other in zip(old.links, new.links, strict=True) if one != other]
    changed = {"nouns": bool(apart), "links": bool(links)}
    changed |= {name: getattr(old, name) != getattr(new, name) for name in ("room", "number", "ground")}
    (field,) = [name for name, differs in changed.items() if differs]
    if field == "nouns" and kind == "swap":
        return len(apart) == 2 and apart[0] == apart[1][::-1]
    if field == "nouns":
        ((one, other),) = apart
        ((place, word),) = [(i, b) for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        return place == PLACES[kind] and word in known[kind]
    if field == "links":
        ((one, other),) = links
        alike = plain.BEYOND[one][0] == plain.BEYOND[other][0]
        return kind == "relation" or (kind == "reversal" and alike)
    if field == "number":
        return kind == "count" and 1 <= new.number <= max(plain.COUNTS[level])
    return kind == "relation" if field == "room" else kind == "background" and new.ground in plain.GROUNDS[level]


def test_every_corruption_is_drawn():
    """At level 1 the changes are known: 2 nouns, each with 5 other colors or shapes; 3 other relations."""
    scene, rng = world.sample(1, seed=0)[0], np.random.RandomState(0)
    for kind, number in {"color": 10, "shape": 10, "relation": 3, "reversal": 1, "swap": 1}.items():
        wrong = Counter(world.corrupt(scene, world.describe(scene), kind, rng) for _ in range(200 * number))
        assert len(wrong) == number
        assert 130 < min(wrong.values()) <= max(wrong.values()) < 270


def test_false_places_come_as_often_as_true_ones():
    """Else a place alone would tell that a caption is false: an edge has five ways to be named, the center three."""
    scene, rng = world.Scene((world.Object("small", "red", "ring", (1, 1)),), level=2), np.random.RandomState(0)
    caption = "a small red ring in the center"
    wrong = Counter(plain.english(world.corrupt(scene, caption, "relation", rng)).room for _ in range(2400))
    assert set(wrong) == set(plain.ROOMS) - {"in the center"}
    for room, number in wrong.items():
        assert abs(number - (100 if "corner" in room else 500)) < 80, room


def test_a_size_that_is_true_as_well_is_no_falsehood():
    small, large = (world.Object(size, "red", "ring", (0, column)) for column, size in enumerate(("small", "large")))
    scene, rng = world.Scene((small, large), level=2), np.random.RandomState(0)
    assert world.corrupt(scene, "there is one small object", "size", rng) is None
    assert world.corrupt(scene, "a small red ring at the top", "size", rng) is None
    assert world.corrupt(scene, "a small red ring on the left", "size", rng) == "a large red ring on the left"
