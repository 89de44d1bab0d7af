"""A clip: pictures and sound last equally long, one object moves, and the sentence stays true."""

import numpy as np
import pytest

from mmcourse.data import clips, speech, world


@pytest.mark.parametrize("seed", range(4))
def test_the_caption_is_true_from_the_first_frame_to_the_last(seed):
    clip = clips.moving_clip(seed)
    scenes, _ = world.read(clip["frames"][[0, -1]])
    assert all(world.is_true(scene, clip["caption"]) for scene in scenes)
    columns = [next(one.cell[1] for one in scene.objects if one.cell[0] == 0) for scene in scenes]
    assert columns == [0, 2]


def test_frames_and_sound_last_equally_long():
    clip = clips.moving_clip(0)
    frames, seconds = clip["frames"], len(clip["audio"]) / speech.RATE
    assert 0 <= len(frames) / clips.FRAME_RATE - seconds < 1 / clips.FRAME_RATE
    assert frames.shape[1:] == (clips.SIZE, clips.SIZE, 3)
    assert frames.dtype == clip["audio"].dtype == np.float32
    assert 0 <= frames.min() < frames.max() <= 1
    assert np.array_equal(clip["audio"], world.speak(clip["caption"]))


def test_the_object_never_moves_back():
    frames = clips.moving_clip(0)["frames"]
    ink = (1 - frames[:, : clips.SIZE // 3]).sum((1, 3))  # (F, columns) of the upper row
    centers = ink @ np.arange(clips.SIZE) / ink.sum(1)
    assert np.all(np.diff(centers) > -1e-4)
    assert centers[-1] - centers[0] == pytest.approx(clips.SIZE * 2 / 3, abs=0.01)
    below = frames[:, clips.SIZE * 2 // 3 :]
    assert np.all(below == below[0])


def test_the_seed_and_the_voice_decide():
    first, again, other = (clips.moving_clip(seed)["caption"] for seed in (1, 1, 2))
    assert first == again != other
    with pytest.raises(ValueError, match="voice"):
        clips.moving_clip(0, voice="zoe")
