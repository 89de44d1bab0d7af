"""Captions of the picture world: true ones, false ones, and both languages, against a second reading of them."""

import itertools
from collections import Counter

import numpy as np
import plain_world as plain
import pytest

from mmcourse.data import world

COUNT = 10_000
DRAWS = [(language, level) for level in world.LEVELS for language in ("en", "zh")]
RED_RING, RED_RING_TOO = (world.Object("small", "red", "ring", cell) for cell in ((0, 0), (0, 2)))
TWINS = world.Scene((RED_RING, RED_RING_TOO, world.Object("large", "blue", "square", (2, 1))), "gray", level=3)


@pytest.fixture(scope="module")
def drawn() -> dict[tuple[str, int], list[tuple[world.Scene, str]]]:
    """For each language and level, scenes with a caption each; the languages with the same random numbers."""
    table = {}
    for language, level in DRAWS:
        rng = np.random.RandomState(level)
        scenes = world.sample(COUNT, seed=level, level=level)
        table[language, level] = [(scene, world.describe(scene, language, rng)) for scene in scenes]
    return table


@pytest.mark.parametrize(("language", "level"), DRAWS)
def test_captions_are_true(drawn, language, level):
    assert [caption for scene, caption in drawn[language, level] if not world.is_true(scene, caption)] == []
    assert [caption for scene, caption in drawn[language, level] if not plain.true(scene, caption)] == []


@pytest.mark.parametrize(("language", "level"), DRAWS)
def test_parse_loses_nothing(drawn, language, level):
    for caption in {caption for _, caption in drawn[language, level]}:
        sentence, said = world.parse(caption), plain.understand(caption)
        assert world.write(sentence, language) == caption
        assert [tuple(noun) for noun in sentence.nouns] == said.nouns, caption
        assert list(sentence.relations) == list(said.links), caption
        assert sentence.place == (said.room and said.room.split(" the ")[1]), caption
        assert (sentence.count, sentence.background) == (said.number, said.ground), caption


@pytest.mark.parametrize("level", world.LEVELS)
def test_the_languages_say_the_same(drawn, level):
    english, chinese = drawn["en", level], drawn["zh", level]
    assert all(caption.isascii() for _, caption in english)
    assert not any(set(caption) & set("abcdefghijklmnopqrstuvwxyz ") for _, caption in chinese)
    for (_, one), (_, other) in zip(english, chinese, strict=True):
        assert world.parse(one) == world.parse(other), (one, other)


@pytest.mark.parametrize(("language", "level"), DRAWS)
def test_is_true_of_captions_of_other_scenes(drawn, language, level):
    """Each caption with the next scene that has the same objects, or at least some."""
    alike = sorted(drawn[language, level][:5000], key=lambda pair: sorted(one[:3] for one in pair[0].objects))
    found = Counter()
    for (scene, _), (_, caption) in itertools.pairwise(alike):
        held = world.is_true(scene, caption)
        assert held == plain.true(scene, caption), (scene, caption)
        found[held] += 1
    assert found[False] > found[True] > 100


@pytest.mark.parametrize("language", ["en", "zh"])
def test_is_true_of_any_sentence_of_the_grammar(language):
    random = np.random.RandomState(0)
    scenes = [TWINS, *world.sample(2000, seed=9, level=3)]
    found = Counter()
    for _ in range(3000):
        scene, caption = (
            scenes[random.randint(len(scenes)) * random.randint(2)],
            world.write(_any_sentence(random), language),
        )
        held = world.is_true(scene, caption)
        assert held == plain.true(scene, caption), (scene, caption)
        assert world.write(world.parse(caption), language) == caption
        found[held] += 1
    assert min(found.values()) > 300


def _any_sentence(random: np.random.RandomState) -> world.Sentence:
    """A random sentence, most of its nouns left partly open, as "a red object", so that it has a chance to be true."""
    template = ("relation", "two relations", "place", "none", "one", "many")[random.randint(6)]
    many = {"relation": 2, "two relations": 3}.get(template, 1)
    words = [("size", word) for word in plain.SIZES] + [("color", word) for word in plain.COLORS]
    words += [("shape", word) for word in plain.SHAPES] + [("size", None)]
    chosen = [words[random.randint(len(words))] for _ in range(many)]
    nouns = tuple(world.Noun(None, None, None)._replace(**dict([word])) for word in chosen)
    links = tuple(list(plain.BEYOND)[random.randint(4)] for _ in range(many - 1))
    room = list(plain.ROOMS)[random.randint(9)].split(" the ")[1] if template == "place" else None
    number = {"none": 0, "one": 1, "many": random.randint(2, 10)}.get(template)
    return world.Sentence(template, nouns, links, room, number, (None, None, "white", "gray")[random.randint(4)])


def test_different_nouns_are_different_objects():
    assert world.is_true(TWINS, "a red ring left of a red ring")
    assert not world.is_true(TWINS, "a blue square left of a blue object")
    assert not world.is_true(TWINS, "a square below a ring and below a small ring on a white background")
    assert world.is_true(TWINS, "a square below a ring and below a small ring on a gray background")
    assert not world.is_true(TWINS, "a ring above a square and above a large object")
    assert world.is_true(TWINS, "there are two rings")
    assert not world.is_true(TWINS, "there is one ring")


def test_capitals_spaces_and_the_full_stop_do_not_matter():
    assert world.parse(" A red RING  left of an orange square. ") == world.parse("a red ring left of an orange square")
    assert world.parse("一个红色圆环在一个蓝色圆形的左边, 并且在一个圆环的上方。") == world.parse(
        "一个红色圆环在一个蓝色圆形的左边，并且在一个圆环的上方"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_random_numbers_describe_gives_one_of_the_captions(language):
    for level in world.LEVELS:
        for scene in world.sample(200, seed=3, level=level):
            caption = world.describe(scene, language)
            assert caption == world.describe(scene, language)
            assert plain.true(scene, caption)


@pytest.mark.parametrize(("language", "level"), DRAWS)
def test_a_witness_is_what_a_true_caption_speaks_of(drawn, language, level):
    for scene, caption in drawn[language, level][:1000]:
        said, shown = plain.understand(caption), world.witness(scene, world.parse(caption))
        assert len(set(shown)) == len(shown) == (said.number if said.number is not None else len(said.nouns))
        assert set(shown) <= set(scene.objects)
        assert plain.true(world.Scene(shown, scene.background, level), caption)


@pytest.mark.parametrize("level", world.LEVELS)
def test_a_false_caption_has_no_witness(level):
    scene = world.sample(1, seed=0, level=level)[0]
    for caption in ("a ring left of a ring and left of a ring", "there are nine circles", "a cyan heart in the center"):
        assert world.witness(scene, world.parse(caption)) is None


def test_an_empty_scene_has_no_objects():
    for level in world.LEVELS:
        scene = world.Scene((), "gray", level)
        assert world.describe(scene) == "there are no objects"
        assert world.describe(scene, "zh", np.random.RandomState(0)) == "没有物体"
        assert world.is_true(scene, "there are no objects")
        assert not world.is_true(scene, "there is one object")
        assert not world.is_true(scene, "an object in the center")
        assert world.witness(scene, world.parse("没有圆环")) == ()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_vocabulary_is_what_captions_and_questions_are_made_of(drawn, language):
    texts = [caption for level in world.LEVELS for _, caption in drawn[language, level]]
    texts += [
        text for level in world.LEVELS for text in world.questions(800, 0, level=level, language=language)["question"]
    ]
    words = {word for text in texts for word in (text.split() if language == "en" else text.replace("，", ""))}
    rare = set("no five six seven eight nine".split() if language == "en" else "没五六七八九")
    assert words | rare == set(world.vocabulary(language)) - {"，"}
    assert list(world.vocabulary(language)) == sorted(world.vocabulary(language))
