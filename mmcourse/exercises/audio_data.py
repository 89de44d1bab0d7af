"""Hidden cases of the lesson *Sound as data*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _heard(frequency, rate):
    return abs(frequency - rate * round(frequency / rate))


HEARD = Exercise(
    reference=_heard,
    cases=[(3000, 4000), (1000, 8000), (5000, 8000), (7900, 8000), (8300, 8000), (13000, 8000), (21000, 8000)],
    mistakes={
        "A pitch has no sign: 5,000 hertz at a rate of 8,000 is heard at 3,000, not at -3,000.": lambda f, r: (
            f - r * round(f / r)
        ),
        "You fold at half the rate only: a tone above the rate comes round again, as 8,300 at 8,000.": lambda f, r: (
            f if f < r / 2 else r - f
        ),
        "You folded once, with the absolute value: what of 13,000 and 21,000 hertz at 8,000?": lambda f, r: (
            f if f < r / 2 else abs(r - f)
        ),
        "The remainder alone may still lie above half the rate: 5,000 at 8,000 is heard at 3,000.": lambda f, r: f % r,
        "You take the remainder of half the rate: folding turns every second stretch round.": lambda f, r: f % (r / 2),
        "A frequency below half the rate stays as it is; you subtract it from the rate.": lambda f, r: abs(r - f),
    },
    hint="A tone of 1,000 hertz at a rate of 8,000 is heard at 1,000: does yours?",
)


def _count_frames(samples, frame, hop):
    return 1 + (samples - frame) // hop


COUNT_FRAMES = Exercise(
    reference=_count_frames,
    cases=[(10, 4, 3), (8000, 256, 128), (8000, 256, 100), (256, 256, 128), (300, 256, 128), (16000, 400, 160)],
    mistakes={
        "You divide the samples by the hop: the last frames would reach beyond the end.": lambda n, f, h: n // h,
        "One is missing: the first frame starts at 0, before any hop.": lambda n, f, h: (n - f) // h,
        "You counted the incomplete last frame; it is dropped, so round down.": lambda n, f, h: 1 - (f - n) // h,
        "A number of frames is whole: round down with //.": lambda n, f, h: 1 + (n - f) / h,
        "You divide by the length of the frame: frames overlap, they start every hop.": lambda n, f, h: n // f,
        "That is a centered transform, with half a frame of silence at both ends; ours has none.": lambda n, f, h: (
            1 + n // h
        ),
    },
    hint="A sound of exactly one frame gives 1: does yours?",
)


def _amplitude_ratio(decibels):
    return 10 ** (decibels / 20)


def _to_decibels(ratio):
    with np.errstate(all="ignore"):  # of 0 and of negative numbers
        return 20 * np.log10(ratio)


AMPLITUDE_RATIO = Exercise(
    reference=_amplitude_ratio,
    cases=[(20.0,), (0.0,), (-6.0,), (-18.3,), (40.0,), (3.0,)],
    mistakes={
        "That is the ratio of powers; an amplitude is its root, so 20 stands in place of 10.": lambda d: 10 ** (d / 10),
        "That is the way from a ratio to decibels; here decibels are given.": _to_decibels,
        "Decibels use base 10, you took e.": lambda d: np.exp(d / 20),
        "Decibels add where ratios multiply: take a power of 10, no quotient.": lambda d: d / 20,
        "The sign is turned: a louder sound has a ratio above 1.": lambda d: 10 ** (-d / 20),
    },
    hint="0 decibels is a ratio of 1, and 20 decibels one of 10.",
)


def _as_batch(sounds, samples):
    batch = np.zeros((len(sounds), samples, 1))
    for row, sound in zip(batch, sounds, strict=True):
        row[: len(sound), 0] = sound[:samples]
    return batch


def _filled_left(sounds, samples):
    return np.stack([np.pad(sound[:samples], (max(0, samples - len(sound)), 0)) for sound in sounds])[..., None]


def _kept_the_end(sounds, samples):
    return _as_batch([sound[-samples:] for sound in sounds], samples)


AS_BATCH = Exercise(
    reference=_as_batch,
    cases=[
        ([0.1 * _random.randn(length) for length in lengths], 6)
        for lengths in ((5, 3, 8), (6, 6, 6), (2, 9, 6), (1, 2, 3))
    ],
    mistakes={
        "The channel axis is missing: (batch, samples, 1), not (batch, samples).": lambda s, n: _as_batch(s, n)[..., 0],
        "The channel axis stands in the middle; it comes last.": lambda s, n: _as_batch(s, n).transpose(0, 2, 1),
        "Time and batch have changed places.": lambda s, n: _as_batch(s, n).transpose(1, 0, 2),
        "You filled with zeros on the left; the course pads on the right.": _filled_left,
        "You cut the beginning of a long sound and kept its end; cut at the right.": _kept_the_end,
        "All get the length of the longest; give every sound `samples`.": lambda s, n: _as_batch(s, max(map(len, s))),
    },
    hint="Two sounds and samples=5 give the shape (2, 5, 1).",
)

EXERCISES = {"heard": HEARD, "count-frames": COUNT_FRAMES, "amplitude-ratio": AMPLITUDE_RATIO, "as-batch": AS_BATCH}
