"""Triples of digits: right labels, equal classes, and three parts that share no picture and no recording."""

import numpy as np
import pytest

from mmcourse.data import senses
from mmcourse.data.load import load


@pytest.fixture(scope="module")
def parts() -> dict:
    return {split: senses.digit_senses(split, 900, seed=1) for split in senses.SPLITS}


@pytest.mark.parametrize("split", senses.SPLITS)
def test_shapes_and_equal_classes(parts, split):
    triples = parts[split]
    assert triples["image"].shape == (900, 8, 8, 1)
    assert triples["audio"].shape == (900, 8000)
    assert np.bincount(triples["label"]).tolist() == [90] * 10
    assert triples["text"].tolist() == [senses.WORDS[digit] for digit in triples["label"]]


@pytest.mark.parametrize("column", ["picture", "recording", "image", "audio"])
def test_no_two_parts_share_a_picture_or_a_recording(parts, column):
    kept = [{np.asarray(value).tobytes() for value in parts[split][column]} for split in senses.SPLITS]
    assert all(kept)
    assert sum(map(len, kept)) == len(set.union(*kept))


def test_the_names_say_where_a_triple_comes_from(parts):
    pictures = np.concatenate([load("digits", split)["image"] for split in ("train", "test")])
    for triples in parts.values():
        assert np.array_equal(pictures[triples["picture"]], triples["image"])
        said = [int(name.split(" says ")[1].split(",")[0]) for name in triples["recording"]]
        assert np.array_equal(said, triples["label"])


def test_the_same_seed_gives_the_same_triples_and_another_one_others():
    first, again, other = (senses.digit_senses("test", 40, seed) for seed in (3, 3, 4))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["recording"], other["recording"])


def test_speakers_are_kept():
    triples = senses.digit_senses("train", 60, 0, speakers=["anna"])
    assert {name.split()[0] for name in triples["recording"]} == {"anna"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dev", 10, 0), "choose one of: train, validation, test"),
        (("train", 0, 0), "count is 0"),
        (("train", 10, 0, "digits"), "no spoken digits"),
        (("train", 10, 0, "spoken_digits", ["nobody"]), "choose some of: "),
        (("train", 10, 0, "spoken_digits", []), "choose some of: "),
    ],
)
def test_what_cannot_be_drawn_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        senses.digit_senses(*arguments)


def test_letters_change_as_often_as_asked_and_the_length_never():
    words = ["seven"] * 4000
    changed = senses.corrupt_words(words, 0.52, seed=1)
    kept = np.mean([a == b for word in changed for a, b in zip(word, "seven", strict=True)])
    assert abs(kept - (0.48 + 0.52 / 26)) < 0.01
    assert senses.corrupt_words(["two", "zero"], [0.0, 0.0]).tolist() == ["two", "zero"]
    mixed = senses.corrupt_words(words[:200], np.repeat([0.0, 1.0], 100))
    assert set(mixed[:100]) == {"seven"}
    assert len(set(mixed[100:])) > 90


def test_the_posterior_is_bayes_rule_by_hand():
    # "one" and "two" and "six" have three letters; "oxe" keeps two letters of "one" and none of the others.
    keep, change = 0.5 + 0.5 / 26, 0.5 / 26
    one, other = keep**2 * change, change**3
    expected = np.zeros(10)
    expected[[1, 2, 6]] = np.array([one, other, other]) / (one + 2 * other)
    assert np.allclose(senses.word_posterior(["oxe"], 0.5), expected[None])


def test_the_posterior_is_what_happens():
    digits = np.random.RandomState(0).randint(10, size=20000)
    seen = senses.corrupt_words(np.array(senses.WORDS)[digits], 0.7, seed=1)
    chances = senses.word_posterior(seen, 0.7)
    assert np.allclose(chances.sum(1), 1)
    assert abs(chances.max(1).mean() - np.mean(chances.argmax(1) == digits)) < 0.01  # it is as sure as it is right
    sure = chances[:, 3]
    for low, high in ((0.1, 0.4), (0.4, 0.8)):
        some = (sure >= low) & (sure < high)
        assert abs(sure[some].mean() - np.mean(digits[some] == 3)) < 0.05


def test_a_prior_tips_what_the_letters_leave_open():
    prior = np.full(10, 0.05)
    prior[2] = 0.55
    assert np.allclose(senses.word_posterior(["qqq"], 1, prior)[0, [1, 2, 6]], np.array([0.05, 0.55, 0.05]) / 0.65)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: senses.corrupt_words(["one"], 1.5), "probability from 0 to 1"),
        (lambda: senses.corrupt_words(["one"], [0.1, 0.2]), "one for each of 1 words"),
        (lambda: senses.corrupt_words(["One"], 0.5), "small letters"),
        (lambda: senses.corrupt_words([], 0.5), "at least one"),
        (lambda: senses.word_posterior(["one"], -0.1), "probability from 0 to 1"),
        (lambda: senses.word_posterior(["eleven"], 0.5), "at most 5"),
        (lambda: senses.word_posterior(["xxx"], 0.0), "cannot come from a digit's word"),
        (lambda: senses.word_posterior(["xx"], 0.5), "cannot come from a digit's word"),
        (lambda: senses.word_posterior(["one"], 0.5, np.ones(3)), "prior has shape"),
    ],
)
def test_words_that_make_no_sense_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
