"""Scores of the three kinds of models, and the questions asked of any of them."""

import keras
import numpy as np
import pytest
from keras import layers

from mmcourse import judging
from mmcourse.data import world
from mmcourse.nn import dual_encoder, encoders, language, models

RANDOM = np.random.RandomState(0)
IMAGES = RANDOM.uniform(size=(6, 16, 16, 3)).astype(np.float32)
TOKENS = np.array([[1, 4, 5, 2, 0]] * 3 + [[1, 6, 5, 4, 2]] * 3, np.int32)


def test_the_likelihood_is_the_one_of_the_bits():
    model = models.captioner(encoders.grid_encoder((16, 16, 3), 8), 8, 4, dim=8)
    logits = np.asarray(model({"image": IMAGES, "tokens": TOKENS[:, :-1]}))
    scores = judging.log_likelihood(model)(IMAGES, TOKENS)
    assert scores.shape == (6,)
    for row in range(6):
        targets = TOKENS[row : row + 1, 1:]
        bits = language.bits_numpy(logits[row : row + 1], targets) * np.sum(targets != 0)
        assert scores[row] == pytest.approx(-bits, rel=1e-4)


def test_the_cosine_is_between_minus_one_and_one_and_that_of_the_vectors():
    towers = {"image": dual_encoder.image_tower((16, 16, 3), 4), "text": dual_encoder.sentence_tower(8, 4)}
    model = dual_encoder.DualEncoder(towers, dual_encoder.InfoNCE())
    scores = judging.cosine(model)(IMAGES, TOKENS)
    a, b = np.asarray(towers["image"](IMAGES)), np.asarray(towers["text"](TOKENS))
    by_hand = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    assert np.allclose(scores, by_hand, atol=1e-5)


def test_the_verdict_is_the_lead_of_true():
    images, tokens = keras.Input((16, 16, 3), name="image"), keras.Input((5,), dtype="int32", name="tokens")
    red = layers.GlobalAveragePooling2D()(images)[:, :2]  # the "logits" of false and true are red and green
    model = keras.Model({"image": images, "tokens": tokens}, red)
    assert np.allclose(
        judging.verdict(model)(IMAGES, TOKENS), (IMAGES[..., 1] - IMAGES[..., 0]).mean((1, 2)), atol=1e-5
    )


def _blind(images, tokens):
    return np.zeros(len(images))


def _number_of_the_sentence(images, tokens):
    return -np.abs(images[:, 0, 0, 0] - tokens[:, 0])


def test_a_score_that_knows_finds_all_and_a_blind_one_finds_nothing():
    images, tokens = np.zeros((5, 2, 2, 1)), np.arange(5)[:, None]
    images[:, 0, 0, 0] = np.arange(5)
    rows = np.array([[n, (n + 1) % 5, (n + 2) % 5] for n in range(5)])
    assert judging.found(_number_of_the_sentence, images, tokens, rows) == 1
    assert judging.found(_blind, images, tokens, rows) == 0
    assert judging.told_apart(_number_of_the_sentence, images, tokens, tokens + 1) == 1
    assert judging.told_apart(_number_of_the_sentence, images, tokens + 1, tokens) == 0
    assert judging.told_apart(_blind, images, tokens, tokens + 1) == 0.5


def test_galleries_hold_the_own_scene_and_false_ones():
    scenes = world.sample(60, seed=0)
    captions = [world.describe(scene, "en") for scene in scenes]
    rows = judging.galleries(scenes, captions, 10)
    assert rows.shape == (60, 10)
    assert np.array_equal(rows[:, 0], np.arange(60))
    for caption, row in zip(captions, rows, strict=True):
        assert [world.is_true(scenes[place], caption) for place in row] == [True] + [False] * 9
    with pytest.raises(ValueError, match="needs more scenes than 60"):
        judging.galleries(scenes, captions, 61)
    with pytest.raises(ValueError, match="size is 1"):
        judging.galleries(scenes, captions, 1)
    with pytest.raises(ValueError, match=r"Caption 0 of 60, .* is not true of scene 0"):
        judging.galleries(scenes[1:], captions, 10)
    with pytest.raises(ValueError, match="Caption 59 of 60"):
        judging.galleries(scenes[:-1], captions, 10)


def test_bad_input_is_named():
    model = models.captioner(encoders.grid_encoder((16, 16, 3), 8), 8, 4, dim=8)
    with pytest.raises(ValueError, match="tokens"):
        judging.log_likelihood(model)(IMAGES, TOKENS[:, :4])
    towers = {"image": dual_encoder.image_tower((16, 16, 3), 4), "text": dual_encoder.sentence_tower(8, 4)}
    score = judging.cosine(dual_encoder.DualEncoder(towers, dual_encoder.InfoNCE()))
    with pytest.raises(ValueError, match="equally many, at least one"):
        score(IMAGES, TOKENS[:1])
