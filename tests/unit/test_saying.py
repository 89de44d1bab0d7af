"""How far a caption is true, false beginnings, and what a captioner says after them."""

import keras
import numpy as np
import pytest

from mmcourse import saying
from mmcourse.data import gallery, world
from mmcourse.data.world import Object, Scene

RED_RING = Object("large", "red", "ring", (0, 0))
SCENE = Scene((RED_RING, Object("large", "blue", "cross", (0, 2))))


def test_the_true_captions_are_those_that_describe_draws():
    assert saying.true_captions(SCENE) == ["a red ring left of a blue cross", "a blue cross right of a red ring"]
    for scene in world.sample(50, seed=3):
        assert {world.describe(scene, "en", np.random.RandomState(n)) for n in range(12)} == set(
            saying.true_captions(scene)
        )


@pytest.mark.parametrize(
    ("caption", "words"),
    [
        ("a red ring left of a blue cross", 9),
        ("a blue ring left of a blue cross", 2),
        ("a red ring left of a blue", 7),
        ("a red ring left of a blue cross above", 8),
        ("", 0),
    ],
)
def test_true_so_far(caption, words):
    assert saying.true_so_far([SCENE], [caption]).tolist() == [[place < words for place in range(9)]]


def test_the_end_of_a_true_caption_is_true():
    scenes = world.sample(20, seed=1)
    assert saying.true_so_far(scenes, [world.describe(scene) for scene in scenes]).all()


def test_a_false_beginning_names_a_color_that_is_not_there():
    for seed in range(20):
        words = saying.misled(SCENE, "a blue cross right of a red ring", np.random.RandomState(seed)).split()
        assert words[1] not in ("red", "blue")
        assert (words[0] == "an") == (words[1] == "orange")
        assert words[2:] == "cross right of a red ring".split()


class Always(keras.layers.Layer):
    """Tokens (B, T) -> logits (B, T, V) of one color and, after it, of one shape."""

    def call(self, tokens):
        color, shape = (gallery.vocabulary().encode(word)[0] for word in ("red", "ring"))
        size = len(gallery.vocabulary())
        return keras.ops.one_hot(keras.ops.where(tokens == color, shape, color), size)


def test_the_second_object_is_read_where_it_is_said():
    image, tokens = keras.Input((16, 16, 3), name="image"), keras.Input((9,), dtype="int32", name="tokens")
    model = keras.Model({"image": image, "tokens": tokens}, Always()(tokens))
    scenes = [*world.sample(30, seed=2), SCENE]
    shares = saying.second_object(model, scenes, [world.describe(one) for one in scenes], gallery.vocabulary())
    has = np.mean([("red", "ring") in {one.kind[1:] for one in scene.objects} for scene in scenes])
    assert shares == {"true": has, "false": has}
    assert 0 < has < 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: saying.true_captions(Scene((RED_RING,), level=2)), "level 2"),
        (lambda: saying.true_so_far([SCENE], []), "1 scenes and 0 captions"),
        (lambda: saying.misled(SCENE, "a red cross above a blue ring", np.random.RandomState(0)), "no true caption"),
    ],
)
def test_what_cannot_be_measured_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
