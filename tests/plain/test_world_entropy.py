"""The entropies of captions: level 1 counted out over all scenes, levels 2 and 3 against unbiased estimates.

H(caption | image): the entropy of a scene's captions is computed exactly from all of them, so its mean over random
scenes has no bias, only a standard error. Each number of objects is as frequent, which makes the error small.

H(caption): the mean of -log2 p(caption) over captions that `describe` gives to random scenes, form by form, with a p
that is written here. It has no bias for the cross-entropy, which is H if p is the true distribution and more if it is
not (Gibbs' inequality). Whether p is true is tested first: it sums to one, and chi-square tests find no deviation in
the forms, the words and the nouns. Then the same p, summed up exactly, gives the other digits.
"""

import functools
import itertools
import math
from collections import Counter

import numpy as np
import plain_world as plain
import pytest
from scipy import stats

from mmcourse.data import world

COUNT = 9_000
NAMED = {"room": 1, "one link": 2, "two links": 3}  # form -> objects that it names
WORDS = ("size", "color", "shape")


def bits(chances) -> float:
    """Entropy of probabilities."""
    return -math.fsum(p * math.log2(p) for p in chances if p)


def random_scenes(level: int, count: int, seed: int) -> list[world.Scene]:
    """Scenes of level 2 or 3 from all splits: each number of objects as often, everything else uniform."""
    random, kinds = np.random.RandomState(seed), plain_kinds(level)
    scenes = []
    for number in np.resize(plain.COUNTS[level], count):
        chosen = [kinds[i] for i in random.choice(len(kinds), number, replace=False)]
        cells = [plain.CELLS[i] for i in random.choice(9, number, replace=False)]
        objects = tuple(world.Object(*kind, cell) for kind, cell in zip(chosen, cells, strict=True))
        scenes.append(world.Scene(objects, plain.GROUNDS[level][random.randint(len(plain.GROUNDS[level]))], level))
    return scenes


def plain_kinds(level: int) -> list[tuple]:
    """Every (shape, color, size) of a level."""
    shapes, colors, _ = plain.VARIETY[level]
    return list(itertools.product(plain.SIZES, plain.COLORS[:colors], plain.SHAPES[:shapes]))


def forms(level: int, number: int) -> list[str]:
    """The equally likely forms of a caption for so many objects, at level 2 or 3."""
    linked = ["one link"] * (number > 1) + ["two links"] * (level == 3 and number > 2)
    return [*linked, "room", "number"]


def form_of(said: plain.Said) -> str:
    """The form of a caption."""
    return (
        "number" if said.number is not None else "room" if said.room else ("one link", "two links")[len(said.links) - 1]
    )


@functools.cache
def shares(level: int) -> dict[tuple[str, int], float]:
    """The probability of a form together with a number of objects."""
    counts = plain.COUNTS[level]
    return {(form, n): 1 / len(counts) / len(forms(level, n)) for n in counts for form in forms(level, n)}


@functools.cache
def all_ways(form: str) -> list[list[tuple]]:
    """For every ordered choice of cells, all equally likely, the equally likely links or rooms that can be said."""
    found = []
    for first, *others in itertools.permutations(plain.CELLS, NAMED[form]):
        ways = [[link for link in plain.BEYOND if plain.beyond(first, other, link)] for other in others]
        ways = ways or [[room for room, cells in plain.ROOMS.items() if first in cells]]
        found.append(list(itertools.product(*ways)))
    return found


@functools.cache
def words_chances(form: str) -> dict[tuple, float]:
    """The probability of the links or of the room, given the form."""
    found = Counter()
    for ways in all_ways(form):
        for way in ways:
            found[way] += 1 / len(all_ways(form)) / len(ways)
    return found


def variety(level: int, name: str) -> int:
    """How many sizes, colors or shapes a level has."""
    return plain.VARIETY[level][("shape", "color", "size").index(name)]


def alike_chances(level: int, name: str, n: int) -> dict[int, float]:
    """The probability that so many of n objects, one of them included, have its size, color or shape."""
    kinds, alike = len(plain_kinds(level)), len(plain_kinds(level)) // variety(level, name)
    return {m: float(stats.hypergeom.pmf(m - 1, kinds - 1, alike - 1, n - 1)) for m in range(1, n + 1)}


@functools.cache
def number_chances(level: int, name: str) -> dict[int, float]:
    """The probability of the number in a caption that counts by a size, color or shape."""
    found, share = Counter(), {n: shares(level)["number", n] for n in plain.COUNTS[level]}
    for n, chance in share.items():
        for number, p in alike_chances(level, name, n).items():
            found[number] += chance / sum(share.values()) * p
    return found


def chance(level: int, said: plain.Said) -> float:
    """The probability of a caption of level 2 or 3 for a random scene."""
    form = form_of(said)
    p = sum(share for (other, _), share in shares(level).items() if other == form)
    if level == 3:
        p *= 1 / 2 / (len(plain.GROUNDS[3]) if said.ground else 1)
    if form == "number":
        name = WORDS[[word is not None for word in said.nouns[0]].index(True)]
        return p / 3 / variety(level, name) * number_chances(level, name)[said.number]
    words = (said.room,) if said.room else tuple(said.links)
    return p / math.perm(len(plain_kinds(level)), len(said.nouns)) * words_chances(form)[words]


@pytest.fixture(scope="module", params=[2, 3])
def said(request) -> tuple[int, list[plain.Said]]:
    """A level and what captions of random scenes of this level say."""
    level, rng = request.param, np.random.RandomState(1)
    scenes = random_scenes(level, COUNT, seed=level)
    return level, [plain.english(world.describe(scene, "en", rng)) for scene in scenes]


def test_level_1_is_a_count_over_all_scenes_and_captions():
    scenes = plain.level_one()
    captions, left = Counter(), []
    for scene in scenes:
        chances = plain.captions(scene)
        left.append(bits(chances.values()))
        for caption, p in chances.items():
            captions[caption] += p / len(scenes)
    assert len(captions) == 36 * 35 * 4
    assert world.entropy(1) == pytest.approx(bits(captions.values()), abs=1e-9)
    assert world.entropy(1, "image") == pytest.approx(math.fsum(left) / len(left), abs=1e-9)
    assert world.entropy(1, "image") == pytest.approx(1, abs=1e-9)  # which of the two objects comes first


@pytest.mark.parametrize("level", world.LEVELS)
def test_describe_gives_every_caption_as_often_as_it_should(level):
    rng = np.random.RandomState(0)
    for scene in [max(world.sample(50, seed, level=level), key=lambda one: len(one.objects)) for seed in range(3)]:
        chances = plain.captions(scene)
        assert sum(chances.values()) == pytest.approx(1)
        found = Counter(world.describe(scene, "en", rng) for _ in range(5000))
        assert set(found) <= set(chances)
        expected = [5000 * p for p in chances.values()]
        assert stats.chisquare([found[caption] for caption in chances], expected).pvalue > 1e-4


@pytest.mark.parametrize("level", [2, 3])
def test_given_the_image_levels_2_and_3_are_the_mean_over_scenes(level):
    scenes = random_scenes(level, 2400, seed=level)
    left = np.array([bits(plain.captions(scene).values()) for scene in scenes])
    strata = left.reshape(-1, len(plain.COUNTS[level])).T  # (numbers of objects, scenes)
    error = math.sqrt(np.mean(strata.var(1)) / len(left))
    assert error < 0.01
    assert abs(world.entropy(level, "image") - np.mean(left)) < 4 * error


def test_the_chances_of_captions_are_right(said):
    """Forms with backgrounds, words, and nouns are as frequent as `chance` says."""
    level, sentences = said
    tables = {"form": Counter((form_of(one), one.ground) for one in sentences)}
    for form in ("room", "one link", "two links")[:level]:
        alike = [one for one in sentences if form_of(one) == form]
        tables[form] = Counter((one.room,) if one.room else tuple(one.links) for one in alike)
        assert _p_value(tables[form], words_chances(form)) > 1e-4, form
        nouns = Counter((place, noun) for one in alike for place, noun in enumerate(one.nouns))
        assert len(nouns) == len(alike[0].nouns) * len(plain_kinds(level))
        assert stats.chisquare(list(nouns.values())).pvalue > 1e-4, form
    expected = Counter()
    for (form, _), share in shares(level).items():
        for ground, p in [(None, 1)] if level == 2 else [(None, 1 / 2), *((word, 1 / 6) for word in plain.GROUNDS[3])]:
            expected[form, ground] += share * p
    assert _p_value(tables["form"], expected) > 1e-4
    counted = [one for one in sentences if one.number is not None]
    for place, name in enumerate(WORDS):
        alike = [one for one in counted if one.nouns[0][place]]
        assert abs(len(alike) / len(counted) - 1 / 3) < 0.03
        assert _p_value(Counter(one.number for one in alike), number_chances(level, name)) > 1e-4, name


def _p_value(found: Counter, chances: dict) -> float:
    """Of a chi-square test, the rare outcomes as one."""
    assert sum(chances.values()) == pytest.approx(1)
    assert set(found) <= set(chances)
    common = [one for one, p in chances.items() if found.total() * p >= 5]
    rare = found.total() - sum(found[one] for one in common)
    expected = [found.total() * chances[one] for one in common]
    rest = found.total() - sum(expected)
    numbers = [found[one] for one in common]
    return (
        stats.chisquare([*numbers, rare], [*expected, rest]).pvalue
        if rest > 1e-6
        else stats.chisquare(numbers, expected).pvalue
    )


def test_levels_2_and_3_are_the_mean_over_captions(said):
    level, sentences = said
    mean = variance = 0
    for form in {form for form, _ in shares(level)}:
        share = sum(p for (other, _), p in shares(level).items() if other == form)
        surprise = [-math.log2(chance(level, one)) for one in sentences if form_of(one) == form]
        mean += share * np.mean(surprise)
        variance += share**2 * np.var(surprise) / len(surprise)
    assert math.sqrt(variance) < 0.02
    assert abs(world.entropy(level) - mean) < 4 * math.sqrt(variance)


@pytest.mark.parametrize("level", [2, 3])
def test_levels_2_and_3_are_exact(level):
    """The same probabilities summed up, which the estimates cannot tell to more than two digits."""
    forms_chances, ending = Counter(), 0 if level == 2 else 1
    for (form, _), share in shares(level).items():
        forms_chances[form] += share
    alone = bits(forms_chances.values()) + ending * (1 + math.log2(3) / 2)
    for form, share in forms_chances.items():
        kinds = math.log2(math.perm(len(plain_kinds(level)), NAMED.get(form, 0)))
        said = [math.log2(3 * variety(level, name)) + bits(number_chances(level, name).values()) for name in WORDS]
        alone += share * (np.mean(said) if form == "number" else kinds + bits(words_chances(form).values()))
    given = ending + np.mean([math.log2(len(forms(level, n))) for n in plain.COUNTS[level]])
    for (form, n), share in shares(level).items():
        ways = (
            [math.log2(math.perm(n, NAMED.get(form, 0)) * len(ways)) for ways in all_ways(form)]
            if form in NAMED
            else []
        )
        tables = [alike_chances(level, name, n) for name in WORDS]
        alike = math.log2(3) + np.mean([sum(p * math.log2(n / m) for m, p in table.items()) for table in tables])
        given += share * (np.mean(ways) if ways else alike)
    assert world.entropy(level) == pytest.approx(alone, abs=1e-9)
    assert world.entropy(level, "image") == pytest.approx(given, abs=1e-9)


@pytest.mark.parametrize("level", world.LEVELS)
def test_a_picture_tells_something_but_not_all(level):
    assert world.entropy(level) > world.entropy(level, "image") + 1 > 1
