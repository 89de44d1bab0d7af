"""From a probability to an act: what errors cost, when to ask a person, and whom the errors meet."""

from collections.abc import Callable, Sequence

import numpy as np

from mmcourse import shapes
from mmcourse.metrics import _checks
from mmcourse.metrics.resampling import bootstrap, interval

WAIT, ALARM, ASK = 0, 1, 2


def alarm_threshold(miss: float, alarm: float) -> float:
    """Costs of a missed case and of a false alarm, both above 0 -> the chance from which an alarm costs less.

    alarm / (alarm + miss), if the chances are calibrated. Source: Elkan 2001, section 1.3, with right acts for free.
    Raises ValueError for costs that are not above 0.
    """
    _check_costs(miss=miss, alarm=alarm)
    return alarm / (alarm + miss)


def cheapest_act(chance: np.ndarray, miss: float, alarm: float, ask: float = np.inf) -> np.ndarray:
    """Chances of the disease (B,) and costs -> (B,) int: 0 to wait, 1 to raise an alarm, 2 to ask a person.

    Waiting costs chance * miss on average, an alarm (1 - chance) * alarm, asking `ask`, always; at equal costs an alarm
    is raised, and nobody is asked. Source: Chow 1970, with two costs.
    Raises ValueError for chances outside 0 to 1 and costs that are not above 0.
    """
    _check_costs(miss=miss, alarm=alarm, ask=ask)
    chance = _checks.shares(chance, "chance", len(chance))
    acts = np.where(chance * miss < (1 - chance) * alarm, WAIT, ALARM)
    return np.where(ask < np.minimum(chance * miss, (1 - chance) * alarm), ASK, acts)


def mean_cost(truth: np.ndarray, acts: np.ndarray, miss: float, alarm: float, ask: float = np.inf) -> float:
    """Is it there, (B,) 0 or 1, and acts (B,) as of `cheapest_act` -> the mean cost; who asks is told right.

    Raises ValueError for other classes or acts, and costs that are not above 0.
    """
    _check_costs(miss=miss, alarm=alarm, ask=ask)
    truth = _checks.class_numbers(truth, "truth")
    acts = _checks.class_numbers(acts, "acts", len(truth))
    if truth.max() > 1 or acts.max() > ASK:
        raise ValueError(f"truth goes up to {truth.max()} and acts to {acts.max()}; give 0 or 1, and 0, 1 or 2 (ask).")
    asked = acts == ASK
    costs = np.where(truth == 1, miss * (acts == WAIT), alarm * (acts == ALARM))
    return float(np.mean(np.where(asked, ask if asked.any() else 0.0, costs)))


def risk_coverage(wrong: np.ndarray, sure: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Was the answer wrong, (B,) bool, and how sure, (B,) numbers -> coverage and risk (B,), the surest answers first.

    Place k - 1: when only the k surest rows are answered, a share k / B, the share of errors among them. Rows that are
    equally sure come in any order: each counts as their mean. `sure` needs no range: only its order counts.
    Raises ValueError for other shapes, a type that is not bool, no rows. Source: El-Yaniv and Wiener 2010, section 2.
    """
    wrong = np.asarray(wrong)
    if wrong.dtype != bool:
        raise ValueError(f"wrong has the type {wrong.dtype}; give True where the answer was wrong: truth != answers.")
    sure = _checks.finite_numbers(sure, "sure", len(wrong))
    _, group = np.unique(-sure, return_inverse=True)  # (B,): 0 are the surest
    share = np.bincount(group, wrong) / np.bincount(group)
    ordered = share[np.sort(group)]
    places = np.arange(1, len(wrong) + 1)
    return places / len(wrong), np.cumsum(ordered) / places


def area_under_risk(wrong: np.ndarray, sure: np.ndarray) -> float:
    """Arguments and errors as `risk_coverage` -> 0 to 1: the mean risk over all coverages; lower is better.

    It depends on the error rate too: compare it with that of an order by luck, which is about the error rate itself.
    """
    return float(risk_coverage(wrong, sure)[1].mean())


def score_by_group(
    score: Callable, columns: Sequence[np.ndarray], groups: np.ndarray, repeats: int = 1000, seed: int = 0
) -> dict[str, tuple[float, float, float]]:
    """Score of columns (B, …) and groups (B,) -> {group: (score, low, high)}, with the 95 % interval of the bootstrap.

    A small group has a wide interval: that it shows no harm is no proof. Errors as `bootstrap` and `interval`.
    """
    groups = np.asarray(groups)
    shapes.check(groups, "B", "groups", B=len(columns[0]))
    found = {}
    for name in np.unique(groups):
        own = [np.asarray(column)[groups == name] for column in columns]
        found[str(name)] = (float(score(*own)), *interval(bootstrap(score, own, repeats, seed)))
    return found


def _check_costs(**costs: float) -> None:
    for name, cost in costs.items():
        if not cost > 0:
            raise ValueError(f"{name} is {cost!r}; give a cost above 0, in the same unit as the others.")
