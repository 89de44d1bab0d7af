"""Queries in two languages and aloud: cut, numbered, refused with a reason, and right for the scenes they fit."""

import numpy as np
import pytest

from mmcourse import retrieval
from mmcourse.data import gallery, queries, world

SCENES = world.sample(60, seed=3, split="test")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_caption_can_be_read_and_written_back(language):
    said = queries.every_caption(language)
    assert len(set(said)) == 36 * 35 * 4
    assert all(one in queries.query_words() for caption in said[::97] for one in queries.cut_query(caption))
    tokens = queries.query_tokens(said)
    assert tokens.shape == (5040, queries.LENGTH)
    assert len(np.unique(tokens, axis=0)) == 5040  # no two captions get the same tokens
    assert tokens.max() < queries.FIRST + len(queries.query_words())


def test_a_chinese_sentence_is_cut_by_the_longest_word():
    words = queries.cut_query("一个红色十字形在一个蓝色圆形的左边。")
    assert words == ["一个", "红色", "十字形", "在", "一个", "蓝色", "圆形", "的", "左边"]


def test_capitals_spaces_and_a_full_stop_do_not_matter_and_languages_mix():
    assert queries.cut_query("  A red  Ring above 一个蓝色正方形. ") == [
        "a",
        "red",
        "ring",
        "above",
        "一个",
        "蓝色",
        "正方形",
    ]


@pytest.mark.parametrize("query", ["", "  . ", None, 3])
def test_no_query_is_refused(query):
    with pytest.raises(ValueError, match="type what to look for"):
        queries.cut_query(query)


def test_an_unknown_word_is_named_with_those_that_look_alike():
    with pytest.raises(ValueError, match=r"'trianlge'.*triangle"):
        queries.cut_query("a red trianlge")
    with pytest.raises(ValueError, match="'猫'"):
        queries.query_tokens(["一个红色猫"])


def test_tokens_start_end_and_stay_in_their_row():
    row = queries.query_tokens(["red ring", "a red ring"])
    assert row[0, 0] == queries.START
    assert row[0, 3] == queries.END
    assert not row[0, 4:].any()
    assert row[1, 2] == row[0, 1]
    with pytest.raises(ValueError, match="10 words"):
        queries.query_tokens(["red " * 10])
    with pytest.raises(ValueError, match="no queries"):
        queries.query_tokens([])


def test_fitting_says_what_retrieval_says():
    for language in ("en", "zh"):
        said = queries.bilingual_captions(SCENES, 1, (language,))
        right = queries.fitting(said, SCENES)
        assert np.array_equal(right, retrieval.truths(said, SCENES))
        assert right.diagonal().all()


def test_fitting_refuses_other_levels_and_forms():
    with pytest.raises(ValueError, match="level 2"):
        queries.fitting(["a red ring above a blue square"], world.sample(1, seed=0, level=2))
    with pytest.raises(ValueError, match="no relation"):
        queries.fitting(["there is one red object"], SCENES)


def test_pairs_are_in_both_languages_and_true():
    pairs = queries.bilingual_pairs(40, 0)
    chinese = [caption for caption in pairs.captions if not caption.isascii()]
    assert 10 < len(chinese) < 30
    assert all(world.is_true(scene, caption) for scene, caption in zip(pairs.scenes, pairs.captions, strict=True))
    assert pairs.inputs["image"].shape == (40, gallery.SIZE, gallery.SIZE, 3)
    assert np.array_equal(pairs.inputs["text"], queries.query_tokens(pairs.captions))
    with pytest.raises(ValueError, match="languages is empty"):
        queries.bilingual_captions(SCENES, 0, ())


def test_spoken_queries_are_cut_to_steps_and_depend_on_voice_and_seed():
    said = queries.bilingual_captions(SCENES[:3], 0, ("en",))
    sounds = queries.spoken_queries(said, ["anna", "ben"], 0)
    assert sounds.shape == (3, queries.FRAMES, 32)
    assert np.array_equal(sounds, queries.spoken_queries(said, ["anna", "ben"], 0))
    assert not np.array_equal(sounds, queries.spoken_queries(said, ["anna", "ben"], 1))
    assert sounds[:, -1].max() < 0.1 < sounds[:, :40].max()  # silence after the last word
    for captions, voices in ((said, []), ([], ["anna"])):
        with pytest.raises(ValueError, match="at least one of each"):
            queries.spoken_queries(captions, voices, 0)


def test_moved_moves_and_invents_nothing():
    sounds = np.random.RandomState(0).uniform(1, 2, (30, 8, 10)).astype("f")
    found = queries.moved(sounds, 0, bands=2, steps=3)
    assert np.array_equal(queries.moved(sounds, 0, bands=0, steps=0), sounds)
    for before, after in zip(sounds, found, strict=True):
        later, up = (np.flatnonzero(after.any(axis=axis))[0] for axis in (1, 0))
        down = np.flatnonzero(after[:, ::-1].any(axis=0))[0]
        assert later <= 3
        assert max(up, down) <= 2
        kept = after[later:, up : 10 - down]
        assert np.array_equal(kept, before[: 8 - later, down : 10 - up])
    with pytest.raises(ValueError, match="sounds"):
        queries.moved(sounds[0], 0)
