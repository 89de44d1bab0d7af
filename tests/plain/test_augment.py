"""Changed pictures with mended captions: truth is kept both ways, in words and pixels; what may be false is refused."""

import numpy as np
import pytest

from mmcourse.data import augment, image, world
from mmcourse.data.world.captions import PLACES, RELATIONS

COUNT = 1000
FLIPS = ("horizontal flip", "vertical flip", "transposition", "half turn")  # done twice, they are nothing
LEVELS = [(level, language) for level in world.LEVELS for language in ("en", "zh")]
TURNING_SAFE = {"circle", "square", "ring", "cross"}  # look alike however they are turned
UPSIDE_SAFE = TURNING_SAFE | {"diamond"}


@pytest.fixture(scope="module")
def drawn() -> dict:
    """For each level and language, scenes, each with a true caption and one that another scene has."""
    table = {}
    for level, language in LEVELS:
        random = np.random.RandomState(level)
        scenes = world.sample(COUNT, seed=level, level=level)
        true = [world.describe(scene, language, random) for scene in scenes]
        table[level, language] = scenes, true, [true[(row + 1) % COUNT] for row in range(COUNT)]
    return table


@pytest.mark.parametrize("change", augment.CHANGES)
@pytest.mark.parametrize(("level", "language"), LEVELS)
def test_truth_is_kept_both_ways(drawn, level, language, change):
    scenes, true, others = drawn[level, language]
    random = np.random.RandomState(0)
    kinds = ("relation", "swap", "color", "reversal")
    for row, (scene, caption, other) in enumerate(zip(scenes, true, others, strict=True)):
        after = augment.scene_after(scene, change)
        assert world.is_true(after, augment.mend(caption, change))
        false = world.corrupt(scene, caption, kinds[row % 4], random)
        assert false is None or not world.is_true(after, augment.mend(false, change)), (scene, false)
        assert world.is_true(after, augment.mend(other, change)) == world.is_true(scene, other)


def test_kept_captions_become_false(drawn):
    """The reason for all of this; and every one that becomes false was mended."""
    scenes, true, _ = drawn[1, "en"]
    after = [augment.scene_after(scene, "horizontal flip") for scene in scenes]
    kept = list(map(world.is_true, after, true))
    assert 0.4 < np.mean(kept) < 0.6
    assert [augment.mend(text, "horizontal flip") == text for text in true] == kept


@pytest.mark.parametrize(("level", "language"), LEVELS)
def test_twice_is_the_identity(drawn, level, language):
    _, true, _ = drawn[level, language]
    for change in FLIPS:
        assert [augment.mend(augment.mend(text, change), change) for text in true] == true
    turned = true
    for _ in range(4):
        turned = [augment.mend(text, "quarter turn") for text in turned]
    assert turned == true
    back = [augment.mend(augment.mend(text, "quarter turn"), "three quarter turns") for text in true]
    assert back == true


def test_changes_of_changes(drawn):
    _, true, _ = drawn[3, "en"]
    for text in true:
        both = augment.mend(augment.mend(text, "horizontal flip"), "vertical flip")
        assert both == augment.mend(text, "half turn")
        turned = augment.mend(augment.mend(text, "quarter turn"), "vertical flip")
        assert turned == augment.mend(text, "transposition")


def test_what_the_words_become():
    for word, flipped in (("left of", "right of"), ("right of", "left of"), ("above", "above"), ("below", "below")):
        assert augment.mend(f"a red ring {word} a blue cross", "horizontal flip") == (
            f"a red ring {flipped} a blue cross"
        )
    assert augment.mend("a red ring in the top left corner", "quarter turn") == "a red ring in the bottom left corner"
    assert augment.mend("一个红色圆环在一个蓝色正方形的左边", "horizontal flip") == "一个红色圆环在一个蓝色正方形的右边"
    assert augment.mend("A red ring left of a blue cross.", "vertical flip") == "a red ring left of a blue cross"
    assert augment.mend("there are two small rings", "half turn") == "there are two small rings"


@pytest.mark.parametrize("change", augment.CHANGES)
def test_every_relation_and_place_has_one_after_the_change(change):
    for table, prefix in ((RELATIONS, "a ring {} a cross"), (PLACES, "a ring {}")):
        texts = {
            word: f"a ring {world.grammar.LANGUAGES['en'].words['place'][word]}"
            if table is PLACES
            else prefix.format(word)
            for word in table
        }
        after = {augment.mend(text, change) for text in texts.values()}
        assert after == set(texts.values())


@pytest.mark.parametrize("level", world.LEVELS)
@pytest.mark.parametrize("size", [16, 32, 33])
def test_pixels_of_the_horizontal_flip(drawn, level, size):
    scenes = drawn[level, "en"][0][:200]
    read, _ = world.read(image.flip_left_right(world.render(scenes, size)))
    assert read == [augment.scene_after(scene, "horizontal flip") for scene in scenes]
    assert [world.split_of(scene) for scene in read] == [world.split_of(scene) for scene in scenes]


@pytest.mark.parametrize("change", [name for name in augment.CHANGES if name != "horizontal flip"])
def test_pixels_of_the_other_changes(drawn, change):
    """Exact where the shapes allow it; a triangle on its tip is no shape of the world."""
    safe = UPSIDE_SAFE if change in ("vertical flip", "half turn") else TURNING_SAFE
    scenes = [scene for scene in drawn[3, "en"][0] if {one.shape for one in scene.objects} <= safe]
    assert len(scenes) > 80
    read, _ = world.read(augment.CHANGES[change].images(world.render(scenes)))
    assert read == [augment.scene_after(scene, change) for scene in scenes]


PHRASES = {  # caption: the word for which a horizontal and a vertical flip are refused
    "two dogs play in the grass": (None, None),
    "A man on the left holds a dog.": ("left", None),
    "a woman in a Left-handed glove": ("left", None),
    "a cat lies under a table": (None, "under"),
    "a dog jumps up": (None, "up"),
    "the hands go clockwise": ("clockwise", "clockwise"),
    "a stop sign": ("sign", "sign"),
    "a runner with the number 6": ("number", "number"),
    "a runner with a 6 on the shirt": ("6", "6"),
    'a shirt with "open" on it': ('"', '"'),
    "a bright leftover supper": (None, None),
    "一只狗在草地跑": (None, None),
    "一个男人站在女人左边": ("左", None),
    "桌子上的猫": (None, "上"),
    "墙壁写着字": ("写着", "写着"),
    "a red ring under a blue square": (None, "under"),
}


@pytest.mark.parametrize(("caption", "words"), PHRASES.items())
def test_captions_of_people_are_kept_or_refused(caption, words):
    for change, word in zip(("horizontal flip", "vertical flip"), words, strict=True):
        assert augment.reason(caption, change) == word
        assert augment.mend(caption, change) == (None if word else caption)


def test_turns_refuse_sides_and_heights():
    for change in ("quarter turn", "half turn", "three quarter turns", "transposition"):
        assert augment.mend("a man on the left", change) is None
        assert augment.mend("a man up there", change) is None
    assert augment.mend("it turns clockwise", "half turn") is not None  # a turned clock still goes its way
    assert augment.mend("it turns clockwise", "transposition") is None


def test_augment_changes_half_of_the_pairs():
    scenes = world.sample(COUNT, seed=5)
    images, captions = world.render(scenes, 16), [world.describe(s, "en", np.random.RandomState(0)) for s in scenes]
    pairs = augment.augment(images, captions, "horizontal flip", np.random.RandomState(1))
    assert abs(pairs.changed.mean() - 0.5) < 0.07
    assert not pairs.refused.any()
    found, _ = world.read(pairs.images)
    assert all(map(world.is_true, found, pairs.captions))
    assert np.array_equal(pairs.images[~pairs.changed], images[~pairs.changed])
    assert np.array_equal(pairs.images[pairs.changed], images[pairs.changed][:, :, ::-1])
    again = augment.augment(images, captions, "horizontal flip", np.random.RandomState(1))
    assert np.array_equal(again.changed, pairs.changed)
    assert again.captions == pairs.captions
    assert pairs.images.dtype == images.dtype


def test_augment_leaves_refused_pairs_alone():
    images = np.random.RandomState(0).uniform(size=(40, 4, 6, 3)).astype(np.float32)
    captions = ["a man on the left", "a man with a dog"] * 20
    pairs = augment.augment(images, captions, "horizontal flip", np.random.RandomState(0))
    assert pairs.refused.tolist() == [True, False] * 20
    assert np.array_equal(pairs.images[::2], images[::2])
    assert pairs.captions == captions
    assert 0 < pairs.changed.sum() < 20


def test_errors():
    images, random = np.zeros((2, 4, 6, 3)), np.random.RandomState(0)
    with pytest.raises(ValueError, match=r"The change is 'flip'\. Choose one of: horizontal flip"):
        augment.mend("a ring", "flip")
    with pytest.raises(ValueError, match="The change is 'flip'"):
        augment.scene_after(world.sample(1, 0)[0], "flip")
    for text in ("", "  ", None, 3):
        with pytest.raises(ValueError, match="give a text"):
            augment.mend(text, "half turn")
    with pytest.raises(ValueError, match="2 images and 1 captions"):
        augment.augment(images, ["a ring"], "half turn", random)
    with pytest.raises(ValueError, match="needs square pictures"):
        augment.augment(images, ["a ring", "a dog"], "quarter turn", random)
    with pytest.raises(ValueError, match="rng is int"):
        augment.augment(images, ["a ring", "a dog"], "half turn", 0)
    with pytest.raises(ValueError, match="got uint8"):
        augment.augment(images.astype(np.uint8), ["a ring", "a dog"], "half turn", random)
