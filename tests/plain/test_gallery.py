"""Pairs and galleries of the picture world: true captions, no shared scene, the same every time, clear refusals."""

import numpy as np
import pytest

from mmcourse import retrieval
from mmcourse.data import gallery, text, world


@pytest.fixture(scope="module")
def few():
    return gallery.gallery(60)


def test_pictures_captions_and_tokens_belong_together(few):
    assert few.inputs["image"].shape == (60, 16, 16, 3)
    assert few.inputs["text"].shape == (60, gallery.LENGTH)
    assert all(map(world.is_true, few.scenes, few.captions))
    assert np.array_equal(few.inputs["image"], world.render(few.scenes, 16))
    assert [gallery.vocabulary().decode(row) for row in few.inputs["text"]] == few.captions


def test_a_gallery_has_different_scenes_of_its_split_and_is_always_the_same(few):
    assert len(set(few.scenes)) == 60
    assert {world.split_of(scene) for scene in few.scenes} == {"test"}
    assert gallery.gallery(60).captions == few.captions
    others = gallery.gallery(60, "validation")
    assert {world.split_of(scene) for scene in others.scenes} == {"validation"}


def test_it_is_the_gallery_of_the_lesson_on_joint_embedding():
    drawn = world.sample(3000, seed=1000, split="test")
    scenes, random = list(dict.fromkeys(drawn))[:1000], np.random.RandomState(1000)
    ours = gallery.gallery()
    assert ours.scenes == scenes
    assert ours.captions == [world.describe(scene, "en", random) for scene in scenes]
    assert retrieval.truths(ours.captions[:50], ours.scenes[:50]).diagonal().all()


def test_training_pairs_change_with_the_seed_and_share_no_scene_with_the_gallery(few):
    first, again, other = (gallery.training(200, seed, 32) for seed in (1, 1, 2))
    assert first.inputs["image"].shape == (200, 32, 32, 3)
    assert first.captions == again.captions != other.captions
    assert not set(first.scenes) & set(few.scenes)
    assert all(map(world.is_true, first.scenes, first.captions))


def test_the_vocabulary_knows_every_word_of_level_1():
    assert text.UNKNOWN not in gallery.training(300, 7).inputs["text"]
    assert len(gallery.vocabulary()) == 23


def test_another_word_is_unknown_and_a_caption_too_long_is_refused():
    assert list(gallery.tokens(["a violet ring"])[0, :5]).count(text.UNKNOWN) == 1
    with pytest.raises(ValueError, match="'a red ring left of a very blue square' has more than 8 words"):
        gallery.tokens(["a red ring", "a red ring left of a very blue square"])


def test_a_lone_object_of_each_kind_in_each_cell():
    images, labels = gallery.lone_objects()
    assert images.shape == (324, 16, 16, 3)
    assert np.bincount(labels).tolist() == [9] * 36
    assert len({image.tobytes() for image in images}) == 324
    place = gallery.KINDS.index(("red", "ring")) * 9 + 8  # the cell on the lower right
    assert np.array_equal(
        images[place], world.render([world.Scene((world.Object("large", "red", "ring", (2, 2)),))], 16)[0]
    )
    assert labels[place] == gallery.KINDS.index(("red", "ring"))


def test_prompts_of_every_form():
    told = {form: gallery.prompts(form)[gallery.KINDS.index(("orange", "ring"))] for form in gallery.PROMPTS}
    assert told["bare words"] == ["orange ring"]
    assert told["noun prompt"] == ["an orange ring"]
    assert told["photo prompt"] == ["a photo of an orange ring"]
    assert len(set(told["sentence prompts"])) == 140
    nouns = [world.parse(sentence).nouns for sentence in told["sentence prompts"]]
    assert all(first == world.Noun(None, "orange", "ring") != second for first, second in nouns)
    assert {form: len(gallery.prompts(form)) for form in gallery.PROMPTS} == dict.fromkeys(gallery.PROMPTS, 36)


def test_tokens_of_prompts_are_those_of_the_sentences():
    assert gallery.prompt_tokens("sentence prompts").shape == (36, 140, gallery.LENGTH)
    told, row = gallery.prompts("noun prompt"), gallery.prompt_tokens("noun prompt")[7, 0]
    assert gallery.vocabulary().decode(row) == told[7][0]


def test_facts_are_those_of_the_left_or_upper_object():
    red, blue = (world.Object("large", *kind) for kind in (("red", "ring", (1, 2)), ("blue", "square", (1, 0))))
    told = gallery.scene_facts([world.Scene((red, blue)), world.Scene((red, blue._replace(cell=(2, 2))))])
    assert [told["color"].tolist(), told["shape"].tolist()] == [[2, 0], [1, 3]]
    assert [told["cell"].tolist(), told["same row"].tolist()] == [[3, 5], [1, 0]]


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: gallery.gallery(1), "count is 1; give a whole number from 2 up"),
        (lambda: gallery.gallery(10, "tets"), "split is 'tets'"),
        (lambda: gallery.training(0, 1), "count is 0"),
        (lambda: gallery.training(2, 1, 8), "size is 8"),
        (lambda: gallery.tokens([]), "empty"),
        (lambda: gallery.tokens("a red ring"), "give a list of texts"),
        (lambda: gallery.captioned_scenes([], 1), "at least one scene"),
        (lambda: gallery.prompts("poem"), "form is 'poem'; choose one of bare words, noun prompt"),
        (lambda: gallery.scene_facts([world.Scene(())]), "A scene has 0 objects"),
    ],
)
def test_what_is_refused(call, problem):
    with pytest.raises(ValueError, match=problem):
        call()
