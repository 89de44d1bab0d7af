"""Scores, truth first and prediction second, as in scikit-learn. Each is a few lines of NumPy.

Classes: `accuracy`, `confusion_matrix`, `precision`, `recall`, `f1`, `macro`. Numbers: `mean_absolute_error`,
`root_mean_square_error`, `r_squared`. Probabilities: `reliability`, `expected_calibration_error`, `brier_score`,
`cooled`, `best_temperature`. Acts: `alarm_threshold`, `cheapest_act`, `mean_cost`, `risk_coverage`, `area_under_risk`.
How sure of a score: `bootstrap`, `interval`, `paired_difference`, `score_by_group`.

Generated text, against texts of people: `bleu`, `cider`, `cider_each`, `rouge_l`, `word_error_rate`, made of
`ngram_counts`, `common_length`, `edit_table`, `word_edits`. Against a scene: `chair`, with `named_objects`;
`existence_questions` and their score `probing`. Rankings: `mmcourse.retrieval`.
"""

from mmcourse.metrics.calibration import brier_score, confidence, expected_calibration_error, reliability
from mmcourse.metrics.classification import accuracy, confusion_matrix, f1, macro, precision, recall
from mmcourse.metrics.decisions import (
    alarm_threshold,
    area_under_risk,
    cheapest_act,
    mean_cost,
    risk_coverage,
    score_by_group,
)
from mmcourse.metrics.edits import Edits, common_length, edit_table, rouge_l, word_edits, word_error_rate
from mmcourse.metrics.hallucination import chair, existence_questions, named_objects, probing
from mmcourse.metrics.overlap import bleu, cider, cider_each, ngram_counts
from mmcourse.metrics.regression import mean_absolute_error, r_squared, root_mean_square_error
from mmcourse.metrics.resampling import bootstrap, interval, paired_difference
from mmcourse.metrics.temperature import best_temperature, cooled

__all__ = [
    "Edits",
    "accuracy",
    "alarm_threshold",
    "area_under_risk",
    "best_temperature",
    "bleu",
    "bootstrap",
    "brier_score",
    "chair",
    "cheapest_act",
    "cider",
    "cider_each",
    "common_length",
    "confidence",
    "confusion_matrix",
    "cooled",
    "edit_table",
    "existence_questions",
    "expected_calibration_error",
    "f1",
    "interval",
    "macro",
    "mean_absolute_error",
    "mean_cost",
    "named_objects",
    "ngram_counts",
    "paired_difference",
    "precision",
    "probing",
    "r_squared",
    "recall",
    "reliability",
    "risk_coverage",
    "root_mean_square_error",
    "rouge_l",
    "score_by_group",
    "word_edits",
    "word_error_rate",
]
