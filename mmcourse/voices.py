"""Digits seen and heard, and captions said aloud, voice by voice, so that a split can keep whole voices apart."""

import numpy as np

from mmcourse import probe, shapes
from mmcourse.data import audio, speech, world
from mmcourse.data.pairs import digit_pairs

BLOCK = 6  # frames that `flat` averages


def noisy_pairs(
    voices: list[str], count: int, split: str, noise: dict, seed: int, spoken: str = "spoken_digits"
) -> dict[str, np.ndarray]:
    """`count` pairs of each voice, n in all: inputs of the encoders under noise, with label and speaker.

    `image` (n, 8, 8, 1) from 0 to 1, `audio` (n, 61, 32) log-mel frames, float32; `label` (n,) int32; `speaker` (n,),
    the voices one after the other. `noise` is {modality: standard deviation} of pictures and waveforms. Pictures and
    takes are those of `split`. Errors as `pairs.digit_pairs` and `probe.corrupt`.
    """
    _check_some(voices)
    parts = [digit_pairs(split, count, 100 * seed + place, spoken, [voice]) for place, voice in enumerate(voices)]
    pairs = {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}
    noisy = probe.corrupt(pairs, noise, seed)
    columns = {"image": noisy["image"], "audio": audio.log_mel(noisy["audio"]), "label": noisy["label"]}
    return columns | {"speaker": np.repeat(np.array(voices), count)}


def flat(pairs: dict[str, np.ndarray]) -> np.ndarray:
    """`image` (n, 8, 8, 1), `audio` (n, S, bands) -> (n, 64 + S // 6 bands): one row a pair, pixels first, then sound.

    Six frames make one, by their mean; each sound has the mean 0. Raises ValueError for other axes.
    """
    count, rows, columns, channels = shapes.check(pairs["image"], "n H W C", "image")
    _, length, bands = shapes.check(pairs["audio"], "n S bands", "audio", n=count)
    frames = pairs["audio"][:, : length // BLOCK * BLOCK].reshape(count, -1, BLOCK, bands).mean(2)
    frames = frames - frames.mean((1, 2), keepdims=True)
    return np.hstack([pairs["image"].reshape(count, rows * columns * channels), frames.reshape(count, -1)])


def spoken_captions(voices: list[str], count: int, seed: int, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Captions of level 1, said in turn by the voices -> features (count, words + 32) and seconds (count,).

    The features: how often each word of the bank occurs, and the timbre, the mean log-mel frame of the first second.
    Scenes are those of `split`. Raises ValueError for no voices, an unknown one, another split or a count below 1.
    """
    _check_some(voices)
    random, scenes = np.random.RandomState(seed), world.sample(count, seed=seed, split=split)
    known, rows, seconds = speech.words(), [], []
    for place, scene in enumerate(scenes):
        caption = world.describe(scene, "en", random)
        sound = world.speak(caption, voices[place % len(voices)], random)
        timbre = audio.log_mel(sound[None, : speech.RATE])[0].mean(0)  # (32,)
        rows.append([*(caption.split().count(word) for word in known), *timbre])
        seconds.append(len(sound) / speech.RATE)
    return np.array(rows), np.array(seconds)


def _check_some(voices: list[str]) -> None:
    if not len(voices):
        raise ValueError("voices is empty: give the names of one voice or more, as mm.data.speech.voices() lists them.")
