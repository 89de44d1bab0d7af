"""Bits of tables: against sums over all combinations, against libraries, and on cases whose parts are known."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from mmcourse import joint_table
from mmcourse.data import information


def gate(answer, sides=2):
    """Table of two independent fair sources and an answer that is a function of both."""
    table = np.zeros((sides, sides, 1 + max(answer(a, b) for a, b in np.ndindex(sides, sides))))
    for a, b in np.ndindex(sides, sides):
        table[a, b, answer(a, b)] = 1 / sides**2
    return table


def any_table(seed):
    table = np.random.RandomState(seed).uniform(size=(2, 3, 4))
    table[0, 1] = 0
    return table / table.sum()


def conditional(p, of, given):
    """p(of | given) of a table as a dictionary {(a, b, y): probability}; `of` and `given` are {axis: value}."""
    holds = {axis: value for values in (of, given) for axis, value in values.items()}
    both = sum(share for key, share in p.items() if all(key[axis] == value for axis, value in holds.items()))
    alone = sum(share for key, share in p.items() if all(key[axis] == value for axis, value in given.items()))
    return both / alone


def by_counting(table):
    """The four parts by their definitions in words, one combination after the other."""
    p = {key: float(table[key]) for key in np.ndindex(*table.shape)}
    redundant = 0.0
    for y in range(table.shape[2]):
        answer = conditional(p, {2: y}, {})
        told = []
        for source in (0, 1):
            told.append(0.0)
            for value in range(table.shape[source]):
                share = conditional(p, {source: value}, {2: y})
                if share:
                    told[-1] += share * math.log2(conditional(p, {2: y}, {source: value}) / answer)
        redundant += answer * min(told)
    information = []
    for sources in ((0,), (1,), (0, 1)):
        bits = 0.0
        for values in itertools.product(*(range(table.shape[source]) for source in sources), range(table.shape[2])):
            *said, y = values
            share = conditional(p, dict(zip((*sources, 2), values, strict=True)), {})
            if share:
                given = dict(zip(sources, said, strict=True))
                bits += share * math.log2(conditional(p, {2: y}, given) / conditional(p, {2: y}, {}))
        information.append(bits)
    one, other, both = information
    return [redundant, one - redundant, other - redundant, both - one - other + redundant]


@pytest.mark.parametrize("seed", range(3))
def test_the_parts_equal_those_by_counting(seed):
    table = any_table(seed)
    assert list(joint_table.decompose(table).values()) == pytest.approx(by_counting(table), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_libraries_find_the_same_bits(seed):
    table = any_table(seed)
    assert joint_table.entropy(table) == pytest.approx(stats.entropy(table.ravel(), base=2))
    random = np.random.RandomState(seed)
    first, answers = random.randint(0, 3, 500), random.randint(0, 4, 500)
    samples = joint_table.from_samples(first, first, answers)
    bits = metrics.mutual_info_score(first, answers) / np.log(2)
    assert joint_table.mutual_information(samples.sum(1)) == pytest.approx(bits)


def test_known_parts():
    halves = np.zeros((2, 2, 2))
    halves[0, 0, 0] = halves[1, 1, 1] = 0.5
    known = {
        "both say it": (halves, [1, 0, 0, 0]),
        "the first": (gate(lambda a, b: a), [0, 1, 0, 0]),
        "the second": (gate(lambda a, b: b), [0, 0, 1, 0]),
        "differ": (gate(lambda a, b: a ^ b), [0, 0, 0, 1]),
        "both yes": (gate(lambda a, b: a & b), [0.3113, 0, 0, 0.5]),
        "both bits": (gate(lambda a, b: 2 * a + b), [1, 0, 0, 1]),  # where other definitions give 0, 1, 1, 0
    }
    for name, (table, parts) in known.items():
        found = joint_table.decompose(table)
        assert tuple(found) == joint_table.PARTS
        assert list(found.values()) == pytest.approx(parts, abs=1e-4), name


def test_the_parts_sum_to_what_both_tell():
    table = any_table(7)
    both = joint_table.mutual_information(table.reshape(-1, 4))
    assert sum(joint_table.decompose(table).values()) == pytest.approx(both)
    assert min(joint_table.decompose(table).values()) > -1e-12
    specific = joint_table.specific_information(table.sum(1))
    assert specific @ table.sum((0, 1)) == pytest.approx(joint_table.mutual_information(table.sum(1)))


def test_the_utterances_hold_what_their_names_say():
    expected = {"redundant": 0, "audio alone": 1, "text alone": 2, "synergy": 3}
    for case, part in expected.items():
        features, labels = information.utterances(40_000, case, seed=1)
        voice, words = ((values @ information.direction(name) > 0).astype(int) for name, values in features.items())
        parts = list(joint_table.decompose(joint_table.from_samples(voice, words, labels)).values())
        assert np.argmax(parts) == part
        assert parts[part] > 0.7


def test_a_table_of_samples():
    table = joint_table.from_samples(np.array([0, 1, 1, 1]), np.array([0, 0, 0, 2]), np.array([0, 1, 1, 0]))
    assert table.shape == (2, 3, 2)
    assert table[0, 0, 0] == table[1, 2, 0] == 0.25
    assert table[1, 0, 1] == 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: joint_table.entropy([0.5, 0.6]), "sums to 1.1"),
        (lambda: joint_table.entropy([1.5, -0.5]), "from 0 up"),
        (lambda: joint_table.entropy([]), "sums to 0"),
        (lambda: joint_table.mutual_information(np.full(4, 0.25)), "give 2 axes"),
        (lambda: joint_table.decompose(np.full((2, 2), 0.25)), "give 3 axes"),
        (lambda: joint_table.from_samples(np.array([0]), np.array([0, 1]), np.array([0])), "equal length"),
        (lambda: joint_table.from_samples(np.array([0.5]), np.array([0]), np.array([0])), "whole numbers"),
        (lambda: joint_table.from_samples(np.array([-1]), np.array([0]), np.array([0])), "below 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
