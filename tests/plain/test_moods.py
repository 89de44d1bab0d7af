"""The generated speakers: exact chances, sentences that mean what they should, clips in which order counts."""

import numpy as np
import pytest

from mmcourse.data import faces, moods
from mmcourse.data.text import UNKNOWN

CLIPS = moods.mood_clips(40, seed=3)


def test_the_table_is_what_the_causes_say():
    table = moods.mood_table(0.3, 0.15, 0.2)
    assert table.sum() == pytest.approx(1)
    assert table.sum((0, 1, 2)) == pytest.approx([0.5, 0.5])
    assert table[1, 0, 1, 1] == pytest.approx(0.5 * 0.7 * 0.85 * 0.8)
    assert table[0, 1, 0, 1] == pytest.approx(0.5 * 0.3 * 0.85 * 0.2)


@pytest.mark.parametrize(
    ("seen", "best"), [((), 0.5), (("words",), 0.7), (("sign",), 0.5), (("face",), 0.8), (("words", "sign"), 0.85)]
)
def test_the_best_readers_by_hand(seen, best):
    assert moods.best_accuracy(moods.mood_table(0.3, 0.15, 0.2), seen) == pytest.approx(best)


def test_the_chance_by_hand():
    chance = moods.pleased_chance(
        moods.mood_table(0.3, 0.05, 0.5), {"words": np.array([1, 1]), "sign": np.array([0, 1])}
    )
    assert chance == pytest.approx([0.665 / 0.68, 0.035 / 0.32])
    assert moods.pleased_chance(moods.mood_table(), {}) == pytest.approx(0.5)


def test_chances_come_true():
    posts = moods.mood_posts(4000, seed=0)
    chance = moods.pleased_chance(moods.mood_table(**moods.POSTS), {name: posts[name] for name in ("words", "sign")})
    assert np.mean((chance > 0.5) == posts["label"]) == pytest.approx(0.95, abs=0.02)
    assert np.mean(posts["words"] == posts["label"]) == pytest.approx(0.7, abs=0.03)


def test_sentences_say_the_words():
    said = moods.sayings(np.repeat([0, 1], 100), np.random.RandomState(0))
    for text, praise in zip(said, np.repeat([0, 1], 100), strict=True):
        words = text.split()
        named = [place for place, word in enumerate(words) if word in moods.GOOD + moods.BAD]
        kinds = {(words[place] in moods.GOOD) != (words[place - 1] == "not") for place in named}
        assert kinds == {bool(praise)}, text
    tokens = moods.mood_inputs({"text": said})["text"]
    assert tokens.shape == (200, moods.SAYING_LENGTH)
    assert not np.any(tokens == UNKNOWN)


def test_clips_have_shapes_and_ranges():
    assert CLIPS["image"].shape == (40, 8, 16, 16, 1)
    assert CLIPS["audio"].shape == (40, 17, 32)
    assert CLIPS["image"].min() >= 0
    assert CLIPS["image"].max() <= 1
    assert set(CLIPS["label"]) == {0, 1}
    again = moods.mood_clips(40, seed=3)
    assert np.array_equal(again["image"], CLIPS["image"])
    assert list(again["text"]) == list(CLIPS["text"])


def test_a_clip_backward_is_one_of_the_other_direction():
    comes, goes = (faces.draw_clips([way], np.random.RandomState(1), noise=0) for way in (1, 0))
    assert np.allclose(comes, goes[:, ::-1])
    assert not np.allclose(comes, goes)


def test_a_wink_shuts_an_eye_and_a_smile_is_low_in_the_middle():
    random = np.random.RandomState(2)
    plain, wink = faces.draw_faces([0, 0], [0, 1], random, side=64, noise=0)[..., 0]
    assert np.sum(plain[15:30] < 0.3) > np.sum(wink[15:30] < 0.3) + 8  # less ink where the eyes are
    smile = faces.draw_faces([1.0], [0], np.random.RandomState(0), side=64, noise=0)[0, 36:, :, 0]
    middle, edge = smile[:, 32].argmin(), smile[:, 20].argmin()
    assert middle > edge


def test_a_tone_rises_or_falls():
    tones = faces.tones(np.array([0, 1]), np.random.RandomState(0), noise=0)
    first, last = (
        np.mean(np.diff(np.sign(tones[:, part])) != 0, axis=1) for part in (slice(200, 900), slice(-900, -200))
    )
    assert last[0] > first[0]
    assert last[1] < first[1]
    assert np.abs(tones).max() <= 1


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: moods.mood_table(irony=1.5), "irony is 1.5"),
        (lambda: moods.best_accuracy(moods.mood_table(), ("smell",)), "no cause 'smell'"),
        (lambda: moods.pleased_chance(np.ones((2, 2)), {}), "shape"),
        (lambda: moods.mood_posts(0, 0), "count is 0"),
        (lambda: moods.mood_inputs({"text": ["the film is purple"]}), "not in the vocabulary"),
        (lambda: faces.draw_faces([2.0], [0], np.random.RandomState(0)), "curves are"),
        (lambda: faces.draw_faces([0.0, 1.0], [0], np.random.RandomState(0)), "winks has shape"),
        (lambda: faces.draw_clips(["up"], np.random.RandomState(0)), "comes is"),
        (lambda: faces.tones([2], np.random.RandomState(0)), "falls is"),
    ],
)
def test_bad_input_is_told(call, told):
    with pytest.raises(ValueError, match=told):
        call()
