"""A video of the picture world: frames and a spoken sentence, each with a clock of its own."""

import numpy as np

from mmcourse.data import speech, world

FRAME_RATE = 10  # pictures a second
SIZE = 48  # pixels


def moving_clip(seed: int, voice: str = "anna") -> dict:
    """{"frames": (F, 48, 48, 3) float32 in [0, 1], "audio": (samples,) float32 in [-1, 1], "caption": str}.

    One object goes along the upper row of the picture, from left to right, another one stays below; the caption is
    true of every frame. `frames` has 10 pictures a second, `audio` 8,000 samples; both last as long as the sentence,
    the frames up to a tenth of a second longer. Raises ValueError for an unknown voice.
    """
    kinds = world.LEVELS[1].kinds
    above, below = (kinds[number] for number in np.random.RandomState(seed).permutation(len(kinds))[:2])
    caption = world.describe(world.Scene((world.Object(*above, (0, 1)), world.Object(*below, (2, 1)))))
    audio = world.speak(caption, voice)
    count = -(-len(audio) * FRAME_RATE // speech.RATE)  # rounded up
    moving, still = world.render([_alone(above, (0, 0)), _alone(below, (2, 1))], SIZE)
    shifts = np.round(np.linspace(0, SIZE * 2 / 3, count)).astype(int)  # pixels, from the left cell to the right one
    frames = np.stack([np.minimum(np.roll(moving, shift, axis=1), still) for shift in shifts])
    return {"frames": frames, "audio": audio, "caption": caption}


def _alone(kind: tuple[str, str, str], cell: tuple[int, int]) -> world.Scene:
    return world.Scene((world.Object(*kind, cell),))
