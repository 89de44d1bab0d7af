"""Bad input to the picture world: a ValueError that says what was given and what to give."""

import numpy as np
import pytest

from mmcourse.data import world

RING = world.Object("large", "red", "ring", (0, 0))
SCENE = world.Scene((RING, world.Object("large", "blue", "square", (0, 1))))
TRUE, FALSE = "a red ring left of a blue square", "a red ring right of a blue square"
IMAGES = np.full((2, 16, 16, 3), 0.5, np.float32)
RNG, GENERATOR = np.random.RandomState(0), np.random.default_rng(0)


def with_value(value: float) -> np.ndarray:
    """Pictures of which one value is another."""
    images = IMAGES.copy()
    images[1, 3, 4, 2] = value
    return images


OUTSIDE = {  # caption -> what the message says
    "": "Expected a sentence",
    "  .": "Expected a sentence",
    "a scarlet ring in the center": "no word 'scarlet'",
    "ein roter Ring": "no word 'ein'",
    "un anneau rouge au centre": "no word 'un'",
    "a orange ring in the center": "outside the grammar",
    "an red ring in the center": "outside the grammar",
    "a ring red in the center": "outside the grammar",
    "a red ring": "outside the grammar.* It says, for example",
    "a red ring left of": "outside the grammar",
    "a red ring left of a blue square and": "outside the grammar",
    "a red ring is left of a blue square": "outside the grammar",
    "a red ring left of a blue square on a red background": "outside the grammar",
    "there are one ring": "outside the grammar",
    "there is one rings": "outside the grammar",
    "there are two ring": "outside the grammar",
    "there are two crosss": "no word 'crosss'",
    "there are ten rings": "no word 'ten'",
    "is there a red ring": "outside the grammar of captions",
    "红色圆环": "outside the grammar.* It says, for example: 一个",
    "一个圆环红色在图片的中央": "outside the grammar",
    "有一个猫": "outside the grammar",
    "a red ring在图片的中央": "outside the grammar",
    "赤い輪が中央にある": "outside the grammar",
}


@pytest.mark.parametrize("caption", OUTSIDE)
def test_captions_outside_the_grammar(caption):
    with pytest.raises(ValueError, match=OUTSIDE[caption]):
        world.parse(caption)
    assert world.is_true(SCENE, caption) is False
    with pytest.raises(ValueError, match="not a true caption"):
        world.corrupt(SCENE, caption, "color", RNG)


@pytest.mark.parametrize("caption", [None, 5, ["a red ring"], b"a red ring"])
def test_captions_that_are_no_text(caption):
    with pytest.raises(ValueError, match="Expected a sentence"):
        world.parse(caption)
    with pytest.raises(ValueError, match="give a text"):
        world.is_true(SCENE, caption)
    with pytest.raises(ValueError, match="give a text"):
        world.corrupt(SCENE, caption, "color", RNG)


@pytest.mark.parametrize("count", [0, -3, 2.5, 10.0, True, "10", None])
def test_counts(count):
    for draw in (world.sample, world.questions):
        with pytest.raises(ValueError, match=rf"count is {count!r}; give a positive whole number"):
            draw(count, 0)


@pytest.mark.parametrize("seed", [-1, 2**32, 0.0, True, "0", None])
def test_seeds(seed):
    for draw in (world.sample, world.questions):
        with pytest.raises(ValueError, match=r"seed is .*; give a whole number from 0 to"):
            draw(3, seed)
    assert len(world.sample(np.int64(3), np.uint32(2**32 - 1))) == 3


CHOICES = {  # what the message says -> calls with something unknown
    "The level is 4. Choose one of: 1, 2, 3": [
        lambda: world.sample(3, 0, level=4),
        lambda: world.questions(3, 0, level=4),
        lambda: world.count_scenes(4),
        lambda: world.entropy(4),
        lambda: world.answers("color", 4),
        lambda: world.Scene((RING,), level=4),
    ],
    "The level is '1'": [lambda: world.sample(3, 0, level="1"), lambda: world.entropy("1")],
    "The split is 'dev'. Choose one of: train, validation, test, compositional-train, compositional-validation": [
        lambda: world.sample(3, 0, "dev"),
        lambda: world.questions(3, 0, "dev"),
    ],
    "The split is 'compositional-dev'": [lambda: world.is_in(SCENE, "compositional-dev")],
    "The split is ''": [lambda: world.is_in(SCENE, "")],
    "The split is None": [lambda: world.sample(3, 0, None)],
    "The language is 'de'. Choose one of: en, zh": [
        lambda: world.describe(SCENE, "de"),
        lambda: world.questions(3, 0, language="de"),
        lambda: world.ask(SCENE, "color", RNG, "de"),
        lambda: world.write(world.parse(TRUE), "de"),
        lambda: world.vocabulary("de"),
    ],
    "The kind is 'place'. Choose one of: color, shape, relation, swap, reversal, size, count, background": [
        lambda: world.corrupt(SCENE, TRUE, "place", RNG)
    ],
    "The kind of question is 'why'. Choose one of: exist, count, color, shape, relation, compare": [
        lambda: world.questions(3, 0, kinds=("color", "why")),
        lambda: world.questions(3, 0, kinds="why"),
        lambda: world.ask(SCENE, "why", RNG),
        lambda: world.answers("why", 1),
    ],
    "The kind of question is None": [
        lambda: world.questions(3, 0, kinds=()),
        lambda: world.questions(3, 0, kinds=None),
    ],
    "given is 'text'. Choose one of: None, image": [lambda: world.entropy(1, "text")],
    "no voice 'zoe'": [lambda: world.speak(TRUE, "zoe")],
    "no voice None": [lambda: world.speak(TRUE, None)],
    "no word 'scarlet'": [lambda: world.speak("a scarlet ring")],
    "Expected a sentence to say, but got ' . '": [lambda: world.speak(" . ")],
    "Expected a sentence to say, but got None": [lambda: world.speak(None)],
    "English words only": [lambda: world.speak("一个红色圆环在图片的中央")],
    "not a true caption": [lambda: world.corrupt(SCENE, FALSE, "color", RNG)],
}


@pytest.mark.parametrize("message", CHOICES)
def test_unknown_choices(message):
    for call in CHOICES[message]:
        with pytest.raises(ValueError, match=f".*{message.replace('.', '[.]')}"):
            call()


@pytest.mark.parametrize("rng", [GENERATOR, 0, np.random])
def test_random_numbers_come_from_a_random_state(rng):
    calls = (
        lambda: world.describe(SCENE, "en", rng),
        lambda: world.corrupt(SCENE, TRUE, "color", rng),
        lambda: world.ask(SCENE, "color", rng),
        lambda: world.speak(TRUE, "anna", rng),
    )
    for call in calls:
        with pytest.raises(ValueError, match=f"rng is {type(rng).__name__}; give np.random.RandomState"):
            call()
    for call in (lambda: world.corrupt(SCENE, TRUE, "color", None), lambda: world.ask(SCENE, "color", None)):
        with pytest.raises(ValueError, match="rng is NoneType; give"):
            call()


@pytest.mark.parametrize("scene", [None, [SCENE], SCENE.objects, "scene"])
def test_what_is_no_scene(scene):
    calls = (
        lambda: world.describe(scene),
        lambda: world.is_true(scene, TRUE),
        lambda: world.corrupt(scene, TRUE, "color", RNG),
        lambda: world.ask(scene, "color", RNG),
        lambda: world.true_answer(scene, "is there a red ring"),
        lambda: world.render([scene]),
    )
    for call in calls:
        with pytest.raises(ValueError, match=f"Expected one scene.* got {type(scene).__name__}"):
            call()


def test_what_is_no_scene_has_no_split():
    for call in (lambda: world.split_of(None), lambda: world.is_in([SCENE], "train")):
        with pytest.raises(ValueError, match="Expected one scene"):
            call()


@pytest.mark.parametrize("scenes", [SCENE, [], (), None, iter([SCENE]), np.array([SCENE]), ""])
def test_render_needs_a_list_of_scenes(scenes):
    with pytest.raises(ValueError, match="render needs a list of at least one scene"):
        world.render(scenes)


@pytest.mark.parametrize("size", [15, 0, -32, 32.0, "32", None, True, (32, 32)])
def test_render_needs_a_size(size):
    with pytest.raises(ValueError, match=r"size is .*; give the side of the picture in whole pixels, 16 or more"):
        world.render([SCENE], size)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (IMAGES[0], r"images has shape \(16, 16, 3\), expected \(B, H, W, 3\)"),
        (IMAGES[..., :1], r"images has shape \(2, 16, 16, 1\)"),
        (IMAGES[:, :, :12], "images are 16 by 12 pixels; give squares"),
        (IMAGES[:, :15, :15], "images are 15 by 15 pixels; give squares of 16 pixels or more"),
        ((IMAGES * 255).astype(np.uint8), "images are uint8; give floats in .*: divide bytes by 255"),
        (IMAGES > 0.2, "images are bool; give floats"),
        (IMAGES.astype(complex), "images are complex128; give floats"),
        (IMAGES * 255, "must lie in .* and be finite"),
        (with_value(-0.01), "must lie in .* and be finite"),
        (with_value(1.01), "must lie in .* and be finite"),
        (with_value(np.nan), "must lie in .* and be finite"),
        (with_value(np.inf), "must lie in .* and be finite"),
        (None, "images has shape"),
        ([SCENE], "images has shape"),
    ],
)
def test_read_needs_pictures(images, message):
    with pytest.raises(ValueError, match=message):
        world.read(images)


@pytest.mark.parametrize(
    ("objects", "background", "message"),
    [
        ((RING._replace(shape="hexagon"),), "white", "The shape of an object is 'hexagon'. Choose one of: circle, sq"),
        ((RING._replace(color="scarlet"),), "white", "The color of an object is 'scarlet'. Choose one of: red, green"),
        ((RING._replace(size="tiny"),), "white", "The size of an object is 'tiny'. Choose one of: small, large"),
        ((RING._replace(cell=(0, 3)),), "white", r"The cell of an object is \(0, 3\). Choose one of: \(0, 0\), "),
        ((RING._replace(cell=(-1, 0)),), "white", r"The cell of an object is \(-1, 0\)"),
        ((RING._replace(cell=(0,)),), "white", r"The cell of an object is \(0,\)"),
        ((RING._replace(cell=(0.5, 1)),), "white", r"The cell of an object is \(0.5, 1\)"),
        ((RING._replace(cell="01"),), "white", "The cell of an object is '01'"),
        ((RING, RING._replace(color="blue")), "white", r"share a cell: \[\(0, 0\), \(0, 0\)\]"),
        ((RING, RING), "white", "share a cell"),
        ((RING,), "red", "The background is 'red'. Choose one of: white, black, gray"),
    ],
)
def test_scenes_that_cannot_be(objects, background, message):
    with pytest.raises(ValueError, match=message):
        world.Scene(objects, background)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "Expected a sentence of the grammar of questions"),
        (None, "Expected a sentence of the grammar of questions"),
        (TRUE, "outside the grammar of questions.* is there"),
        ("what size is the ring", "outside the grammar of questions"),
        ("what color is the oval", "no word 'oval'"),
        ("有没有圆环", "outside the grammar of questions.* It says, for example: 图片中有"),
        ("图片中有一个圆环吗", "outside the grammar of questions"),
    ],
)
def test_questions_outside_the_grammar(question, message):
    with pytest.raises(ValueError, match=message):
        world.true_answer(SCENE, question)
