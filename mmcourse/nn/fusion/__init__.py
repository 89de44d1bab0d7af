"""Fusion: one vector from several, {modality: (B, D_m)} -> (B, D). Modalities are always taken in sorted order.

Every layer takes `present` (B, M) too, bool, True where a modality is there: what an absent one contains changes
nothing. Which modality a column of `present` means follows from the sorted order of the names. A fusion that takes
a mean tells the `shares` (B, M) of the modalities.
"""

from mmcourse.nn.fusion.attending import (
    Attention,
    SimilarityWeighted,
    attention_fusion_numpy,
    similarity_weighted_numpy,
)
from mmcourse.nn.fusion.classifying import forgiving_classifier, vector_classifier
from mmcourse.nn.fusion.missing import ModalityDropout
from mmcourse.nn.fusion.mixing import (
    Concatenate,
    Gated,
    WeightedSum,
    concatenate_numpy,
    gated_numpy,
    weighted_sum_numpy,
)
from mmcourse.nn.fusion.multiplying import Bilinear, FiLM, LowRank, bilinear_numpy, film_numpy, low_rank_numpy

__all__ = [
    "Attention",
    "Bilinear",
    "Concatenate",
    "FiLM",
    "Gated",
    "LowRank",
    "ModalityDropout",
    "SimilarityWeighted",
    "WeightedSum",
    "attention_fusion_numpy",
    "bilinear_numpy",
    "concatenate_numpy",
    "film_numpy",
    "forgiving_classifier",
    "gated_numpy",
    "low_rank_numpy",
    "similarity_weighted_numpy",
    "vector_classifier",
    "weighted_sum_numpy",
]
