"""Decoding: from the logits of a language model to tokens, greedily, by drawing, or by a beam."""

from mmcourse.decode.choosing import allowed, probabilities
from mmcourse.decode.searching import beam, greedy, sample
from mmcourse.decode.speaking import Cached, Recomputed

__all__ = ["Cached", "Recomputed", "allowed", "beam", "greedy", "probabilities", "sample"]
