"""Text and numbers: normalization, segmentation, and vocabularies that are fitted once on training text."""

from mmcourse.data.text.byte_pair import BytePairVocabulary, learn_merges, merge, pair_counts, pretokens
from mmcourse.data.text.measures import bytes_per_token, unknown_share
from mmcourse.data.text.normalization import fold_case, normalize
from mmcourse.data.text.segmentation import characters, jieba_words, longest_match, words
from mmcourse.data.text.vocabulary import END, PAD, START, UNKNOWN, Vocabulary
from mmcourse.data.text.whole import whole_batch
from mmcourse.data.text.word_vocabulary import CharacterVocabulary, WordVocabulary

__all__ = [
    "END",
    "PAD",
    "START",
    "UNKNOWN",
    "BytePairVocabulary",
    "CharacterVocabulary",
    "Vocabulary",
    "WordVocabulary",
    "bytes_per_token",
    "characters",
    "fold_case",
    "jieba_words",
    "learn_merges",
    "longest_match",
    "merge",
    "normalize",
    "pair_counts",
    "pretokens",
    "unknown_share",
    "whole_batch",
    "words",
]
