"""Encoders: raw modality -> sequence of vectors (B, L, D). Pooling to one vector (B, D) is a step of its own."""

from mmcourse.nn.encoders.compared import ARMS, compared
from mmcourse.nn.encoders.image import grid_encoder, image_encoder, image_resnet
from mmcourse.nn.encoders.pooling import AttentionPooling, LargestPlace, LastPlace, pooled
from mmcourse.nn.encoders.sound import audio_encoder, audio_gru, audio_transformer
from mmcourse.nn.encoders.text import embedded_tokens, text_gru, text_lstm, text_rnn, text_transformer
from mmcourse.nn.patches import image_vit

__all__ = [
    "ARMS",
    "AttentionPooling",
    "LargestPlace",
    "LastPlace",
    "audio_encoder",
    "audio_gru",
    "audio_transformer",
    "compared",
    "embedded_tokens",
    "grid_encoder",
    "image_encoder",
    "image_resnet",
    "image_vit",
    "pooled",
    "text_gru",
    "text_lstm",
    "text_rnn",
    "text_transformer",
]
