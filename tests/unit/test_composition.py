"""False captions for many scenes at once, and which of two sentences a picture prefers."""

import numpy as np
import pytest

from mmcourse import composition
from mmcourse.data import text, world
from mmcourse.nn import dual_encoder
from mmcourse.nn.dual_encoder import DualEncoder, InfoNCE


@pytest.fixture(scope="module")
def described():
    scenes, random = world.sample(40, seed=0), np.random.RandomState(0)
    return scenes, [world.describe(scene, "en", random) for scene in scenes]


def test_each_false_caption_is_false_and_of_a_kind_that_was_asked_for(described):
    scenes, captions = described
    both = composition.falsified(scenes, captions, ("swap", "color"), np.random.RandomState(1))
    assert not any(world.is_true(scene, caption) for scene, caption in zip(scenes, both, strict=True))
    same_words = [sorted(a.split()) == sorted(b.split()) for a, b in zip(captions, both, strict=True)]
    assert 8 < sum(same_words) < 32  # swaps keep the words, colors do not
    swaps = composition.falsified(scenes, captions, ("swap",), np.random.RandomState(1))
    assert all(sorted(a.split()) == sorted(b.split()) for a, b in zip(captions, swaps, strict=True))


def test_what_cannot_be_made_false_is_refused(described):
    scenes, captions = described
    for kinds, texts in (((), captions), (("swap",), captions[:3])):
        with pytest.raises(ValueError, match="give a caption for each scene"):
            composition.falsified(scenes, texts, kinds, np.random.RandomState(0))
    with pytest.raises(ValueError, match="nothing that can be made false in the kind 'count'"):
        composition.falsified(scenes, captions, ("count",), np.random.RandomState(0))


def test_preferences_by_hand():
    pictures = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    true = np.array([[0.8, 0.6], [0.8, 0.6], [0.6, 0.8], [1.0, 0.0]])
    false = np.array([[0.6, 0.8], [0.6, 0.8], [0.6, 0.8], [0.8, 0.6]])
    assert composition.preferred(pictures, true, false) == pytest.approx((1 + 0 + 0.5 + 0) / 4)
    with pytest.raises(ValueError, match="false has shape"):
        composition.preferred(pictures, true, false[:3])


def test_a_bag_cannot_tell_what_has_the_same_words(described):
    scenes, captions = described
    vocabulary = text.WordVocabulary().fit(captions, size=40)
    kinds = ("swap", "color")
    false = {kind: composition.falsified(scenes, captions, (kind,), np.random.RandomState(2)) for kind in kinds}
    tokens = {kind: vocabulary.batch(texts, 10)[0] for kind, texts in false.items()}
    towers = {"image": dual_encoder.image_tower((16, 16, 3), 8), "text": dual_encoder.bag_tower(len(vocabulary), 8)}
    inputs = {"image": world.render(scenes, 16), "text": vocabulary.batch(captions, 10)[0]}
    told = composition.told_apart(DualEncoder(towers, InfoNCE()), inputs, tokens)
    assert list(told) == list(kinds)
    assert told["swap"] == 0.5
    assert 0 <= told["color"] <= 1
    assert told["color"] * len(scenes) == pytest.approx(round(told["color"] * len(scenes)))  # no ties
    with pytest.raises(ValueError, match=r"false\['swap'\] has shape"):
        composition.told_apart(DualEncoder(towers, InfoNCE()), inputs, {"swap": tokens["swap"][:3]})
