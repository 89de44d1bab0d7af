"""Strips of spoken digits whose digits follow a Markov chain, as a classifier hears them."""

import numpy as np

from mmcourse import shapes
from mmcourse.data import audio
from mmcourse.data.chains import draw as draw  # the rows of the sounds of a strip

PIECES = 12  # of the spectrogram; each is a mean over 5 frames, 80 ms


def features(sounds: np.ndarray) -> np.ndarray:
    """(n, 8000), a second at 8 kHz each -> (n, 384): the log-mel spectrogram, averaged in 12 pieces of time.

    Raises ValueError for sounds of another length.
    """
    shapes.check(sounds, "n 8000", "sounds")
    frames = audio.log_mel(sounds)  # (n, 61, 32)
    pieces = frames[:, : 5 * PIECES].reshape(len(frames), PIECES, 5, -1).mean(2)
    return pieces.reshape(len(frames), -1)


def recognized(data: dict[str, np.ndarray], voice: str) -> tuple[np.ndarray, np.ndarray]:
    """What each sound of `voice` is heard as: probabilities (n, 10) and labels (n,).

    `data` has columns `audio` (n, 8000), `label` and `speaker`, as `mm.load("fsdd", split)` gives them. A
    logistic regression learns from the other voices alone, so `voice` is new to it. Raises ValueError for an unknown
    voice, or where there is no other.
    """
    from sklearn.linear_model import LogisticRegression

    of_voice = np.asarray(data["speaker"]) == voice
    if not of_voice.any() or of_voice.all():
        known = ", ".join(sorted(set(data["speaker"])))
        raise ValueError(f"voice is {voice!r}; choose one of at least two: {known}.")
    inputs = features(data["audio"])
    mean, std = inputs[~of_voice].mean(0), inputs[~of_voice].std(0) + 1e-6
    inputs = (inputs - mean) / std
    model = LogisticRegression(C=0.01, max_iter=200).fit(inputs[~of_voice], data["label"][~of_voice])
    return model.predict_proba(inputs[of_voice]), data["label"][of_voice]
