"""Scores, truth first and prediction second, as in scikit-learn. Each is a few lines of NumPy.

Classes: `accuracy`, `confusion_matrix`, `precision`, `recall`, `f1`, `macro`. Numbers: `mean_absolute_error`,
`root_mean_square_error`, `r_squared`. Probabilities: `reliability`, `expected_calibration_error`, `brier_score`,
`cooled`, `best_temperature`. Acts: `alarm_threshold`, `cheapest_act`, `mean_cost`, `risk_coverage`, `area_under_risk`.
How sure of a score: `bootstrap`, `interval`, `paired_difference`, `score_by_group`. Rankings: `mmcourse.retrieval`.
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
from mmcourse.metrics.regression import mean_absolute_error, r_squared, root_mean_square_error
from mmcourse.metrics.resampling import bootstrap, interval, paired_difference
from mmcourse.metrics.temperature import best_temperature, cooled

__all__ = [
    "accuracy",
    "alarm_threshold",
    "area_under_risk",
    "best_temperature",
    "bootstrap",
    "brier_score",
    "cheapest_act",
    "confidence",
    "confusion_matrix",
    "cooled",
    "expected_calibration_error",
    "f1",
    "interval",
    "macro",
    "mean_absolute_error",
    "mean_cost",
    "paired_difference",
    "precision",
    "r_squared",
    "recall",
    "reliability",
    "risk_coverage",
    "root_mean_square_error",
    "score_by_group",
]
