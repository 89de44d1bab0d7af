"""A captioner as equations: the states of a GRU that sees a picture, and the loss of its words without the padding."""

import numpy as np

from mmcourse import shapes
from mmcourse.data.text import PAD
from mmcourse.equations import equation, with_weights
from mmcourse.nn.gradients import dense_numpy, softmax_numpy
from mmcourse.nn.recurrent import gru_keras, gru_numpy


@equation(
    "eq-captioning-state", lesson="captioning", source="vinyals2015show", keras="layers.Dense, layers.GRU",
    f="B F", words="B T D", first=("F H", "H"), picture=("F D", "D"), gru=("2D 3H", "H 3H", "2 3H"),
)  # fmt: skip
def caption_states_numpy(f, words, first, picture, gru) -> np.ndarray:
    """Picture f (B, F), word vectors (B, T, D) -> states (B, T, H): the picture is the first state, and in each input.

    `first` (F, H), (H,) and `picture` (F, D), (D,) are dense layers, `gru` (2 D, 3 H), (H, 3 H), (2, 3 H) a GRU.
    Raises ValueError for shapes that do not fit together. After Vinyals et al. 2015, who give the picture as the first
    input; the first state and each input are the init-inject and par-inject of Tanti et al. 2018.
    """
    shapes.check(words, "B T D", "words", B=len(f), D=len(picture[1]))
    state = np.tanh(dense_numpy(f, *first))  # (B, H)
    again = np.repeat(dense_numpy(f, *picture)[:, None], words.shape[1], axis=1)  # (B, T, D)
    return gru_numpy(np.concatenate([words, again], axis=-1), state, *gru)  # (B, T, H)


def caption_states_keras(f, words, first, picture, gru):
    """As `caption_states_numpy`, by `keras.layers.Dense` and `keras.layers.GRU`."""
    from keras import layers

    state = with_weights(layers.Dense(len(first[1]), activation="tanh"), first, f)
    again = layers.RepeatVector(words.shape[1])(with_weights(layers.Dense(len(picture[1])), picture, f))
    return gru_keras(layers.Concatenate()([words, again]), state, *gru)


@equation("eq-captioning-loss", lesson="captioning", source="vinyals2015show",
          keras="losses.SparseCategoricalCrossentropy", logits="B T V", targets="B T of V")  # fmt: skip
def caption_loss_numpy(logits: np.ndarray, targets: np.ndarray) -> np.floating:
    """logits (B, T, V), targets (B, T) whole numbers below V -> mean -log probability of a target, in nats; not of PAD.

    Guessing among V tokens costs log V. Raises ValueError for shapes that do not fit, and where every target is PAD.
    Source: Vinyals et al. 2015, equation 13, divided by the number of tokens.
    """
    batch, length, _ = shapes.check(logits, "B T V", "logits")
    shapes.check(targets, "B T", "targets", B=batch, T=length)
    real = targets != PAD  # (B, T)
    if not real.any():
        raise ValueError("Every target is PAD: there is no token to predict. Give captions with words.")
    p = np.take_along_axis(softmax_numpy(logits), targets[..., None], axis=-1)[..., 0]  # (B, T): of the right token
    return -np.log(p[real]).mean()


def caption_loss_keras(logits, targets):
    """As `caption_loss_numpy`, by `keras.losses.SparseCategoricalCrossentropy`."""
    from keras import losses

    return losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PAD)(targets, logits)
