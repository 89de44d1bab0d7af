"""The encoders of the lesson *Encoders* at equal numbers of weights, each with its pooling and a linear head.

About 20,000 weights on a CPU and a million on a GPU (`MMCOURSE_PROFILE`), equal within 5 percent for each modality.
"""

from collections.abc import Callable
from typing import NamedTuple

import keras

from mmcourse import runtime
from mmcourse.data.one_modality import BANDS, CLASSES, FRAMES, LENGTH, SIZE, vocabulary
from mmcourse.nn.encoders.image import grid_encoder, image_resnet
from mmcourse.nn.encoders.pooling import pooled
from mmcourse.nn.encoders.sound import audio_encoder, audio_gru, audio_transformer
from mmcourse.nn.encoders.text import text_gru, text_lstm, text_rnn, text_transformer
from mmcourse.nn.models import classifier
from mmcourse.nn.patches import image_vit


class Arm(NamedTuple):
    """An encoder, how it is pooled, and its sizes in either profile."""

    build: Callable[..., keras.Model]
    pooling: str
    cpu: dict[str, int]
    gpu: dict[str, int]


ARMS = {
    "text": {
        "rnn": Arm(text_rnn, "last", {"dim": 90}, {"dim": 690}),
        "lstm": Arm(text_lstm, "last", {"dim": 47}, {"dim": 350}),
        "gru": Arm(text_gru, "last", {"dim": 54}, {"dim": 404}),
        "transformer": Arm(text_transformer, "mean", {"dim": 28, "depth": 2}, {"dim": 144, "depth": 4}),
    },
    "image": {
        "cnn": Arm(grid_encoder, "max", {"dim": 27}, {"dim": 192}),
        "resnet": Arm(image_resnet, "max", {"dim": 32}, {"dim": 232}),
        "vit": Arm(image_vit, "mean", {"dim": 28, "depth": 2}, {"dim": 144, "depth": 4}),
    },
    "audio": {
        "conv1d": Arm(audio_encoder, "max", {"dim": 37}, {"dim": 308}),
        "gru": Arm(audio_gru, "last", {"dim": 47}, {"dim": 397}),
        "transformer": Arm(audio_transformer, "mean", {"dim": 25, "depth": 2, "heads": 5}, {"dim": 144, "depth": 4}),
    },
}


def compared(modality: str, arm: str) -> keras.Model:
    """{modality: inputs of a task of `data.one_modality`} -> logits (B, classes): an arm of ARMS in the active profile.

    Raises ValueError for an unknown modality or arm.
    """
    if arm not in ARMS.get(modality, {}):
        known = "; ".join(f"{name}: {', '.join(arms)}" for name, arms in ARMS.items())
        raise ValueError(f"There is no arm {arm!r} of {modality!r}. There are {known}.")
    build, pooling, cpu, gpu = ARMS[modality][arm]
    sizes = runtime.scale(cpu=cpu, gpu=gpu)
    if modality == "text":
        encoder = build(len(vocabulary()), length=LENGTH, **sizes)
    else:
        encoder = build({"image": (SIZE, SIZE, 1), "audio": (FRAMES, BANDS)}[modality], **sizes)
    vector = pooled(encoder, pooling)  # (B, D)
    return keras.Model({modality: vector.input}, classifier(len(CLASSES[modality]))(vector.output), name=arm)
