"""Hidden cases of the lesson *Answer questions about a picture*."""

from collections import Counter

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)


def _ceiling(questions, answers):
    met = {}
    for question, answer in zip(questions, answers, strict=True):
        met.setdefault(question, Counter())[answer] += 1
    return sum(max(counts.values()) for counts in met.values()) / len(questions)


def _one_answer_for_all(questions, answers):
    return max(Counter(answers).values()) / len(answers)


def _mean_of_questions(questions, answers):
    shares = []
    for question in set(questions):
        said = [answer for asked, answer in zip(questions, answers, strict=True) if asked == question]
        shares.append(max(Counter(said).values()) / len(said))
    return float(np.mean(shares))


def _asked(count, questions):
    drawn = _random.randint(questions, size=count)
    return [f"question {n}" for n in drawn], [f"answer {n}" for n in _random.randint(3, size=count)]


BLIND = Exercise(
    reference=_ceiling,
    cases=[(list("aaab"), ["yes", "yes", "no", "red"]), _asked(20, 3), _asked(50, 8)],
    mistakes={
        "That is one answer for all questions; a blind model may give each question an answer of its own.": (
            _one_answer_for_all
        ),
        "You took the mean over the questions; one that is asked more often counts more often.": _mean_of_questions,
        "That is how many are right; divide by the number of answers.": lambda q, a: _ceiling(q, a) * len(q),
        "That is the share of wrong answers.": lambda q, a: 1 - _ceiling(q, a),
        "That is guessing among the different answers of all; some answers are more frequent.": lambda q, a: (
            1 / len(set(a))
        ),
    },
    hint="Count the answers to each question; sum the largest counts; divide by the number of all answers.",
)


def _occlusion(score, image, edges, paint=1.0, sign=1, swap=False):
    cells = len(edges) - 1
    drops = np.zeros((cells, cells))
    for row in range(cells):
        for column in range(cells):
            covered = np.array(image)
            a, b = (column, row) if swap else (row, column)
            covered[edges[a] : edges[a + 1], edges[b] : edges[b + 1]] = paint
            drops[row, column] = sign * (score(image) - score(covered))
    return drops


def _covered_scores(score, image, edges):
    return score(image) - _occlusion(score, image, edges)


def _stays_covered(score, image, edges):
    cells, covered = len(edges) - 1, np.array(image)
    drops = np.zeros((cells, cells))
    for row in range(cells):
        for column in range(cells):
            covered[edges[row] : edges[row + 1], edges[column] : edges[column + 1]] = 1
            drops[row, column] = score(image) - score(covered)
    return drops


def _case(side, edges):
    weights = _random.standard_normal((side, side, 3))
    return (lambda image: float((image * weights).sum())), _random.uniform(size=(side, side, 3)), edges


OCCLUSION = Exercise(
    reference=_occlusion,
    cases=[_case(6, (0, 2, 4, 6)), _case(16, (0, 5, 11, 16)), _case(4, (0, 1, 4))],
    mistakes={
        "You painted black; the ground of these pictures is white, 1.": lambda *given: _occlusion(*given, paint=0.0),
        "The sign: positive where covering costs score.": lambda *given: _occlusion(*given, sign=-1),
        "Rows and columns are exchanged.": lambda *given: _occlusion(*given, swap=True),
        "Those are the scores of the covered pictures; subtract them from that of the whole one.": _covered_scores,
        "Cover one cell at a time: start each time from a fresh copy of the picture.": _stays_covered,
    },
    hint="For each cell: copy the picture, set the cell to 1, subtract its score from that of the whole picture.",
)

EXERCISES = {"blind": BLIND, "occlusion": OCCLUSION}
