"""How many bits a caption holds: exact, from the rules by which scenes are drawn and described.

The tests compare level 1 with a count over all its scenes and captions, and the other levels with long samples.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterable

from mmcourse.data.world.captions import attributes, forms, true_places, true_relations
from mmcourse.data.world.scenes import LEVELS, arrangements, choose

_NOUNS = {"relation": 2, "two relations": 3, "place": 1}  # objects that a form names


def entropy(level: int, given: str | None = None) -> float:
    """Bits of an English or Chinese caption by `describe` for a random scene of a level, all splits together.

    given=None: of a caption alone, H(caption). given="image": of a caption when the picture, and so the scene, is
    known, H(caption | image); what is left is the choice among true captions. The difference is the mutual
    information of picture and caption (Cover and Thomas, 2006, chapter 2). Raises ValueError for another level or
    another `given`.
    """
    choose(level, LEVELS, "The level")
    choose(given, (None, "image"), "given")
    table = LEVELS[level]
    ending = 1 if level == 3 else 0  # whether the background is said: one bit
    if given == "image":
        return ending + _mean(_choice(level, count) for count in table.counts)
    cases = [(count, form) for count in table.counts for form in forms(level, count)]
    shares = {case: 1 / (len(table.counts) * len(forms(level, case[0]))) for case in cases}  # p(count, form)
    used = Counter()
    for (_, form), share in shares.items():
        used[form] += share
    contents = sum(share * _content(level, form, shares) for form, share in used.items())
    return _bits(used) + contents + ending * (1 + math.log2(len(table.backgrounds)) / 2)


def _content(level: int, form: str, shares: dict[tuple[int, str], float]) -> float:
    """Bits of a caption whose form is known."""
    if form == "count":
        return _mean(_counted(level, name, shares) for name in attributes(level)) + math.log2(len(attributes(level)))
    words = Counter()
    orders = list(_orders(level, _NOUNS[form]))
    for cells in orders:
        said = list(_said(form, cells))
        for words_of_one in said:
            words[words_of_one] += 1 / (len(said) * len(orders))
    return math.log2(math.perm(len(LEVELS[level].kinds), _NOUNS[form])) + _bits(words)


def _counted(level: int, attribute: str, shares: dict[tuple[int, str], float]) -> float:
    """Bits of the word of an attribute and of its number; every word is equally likely."""
    numbers = Counter()
    total = sum(share for (_, form), share in shares.items() if form == "count")
    for (count, form), share in shares.items():
        if form == "count":
            for number, chance in _alike(level, attribute, count).items():
                numbers[number] += share / total * chance
    return math.log2(len(LEVELS[level].words(attribute))) + _bits(numbers)


def _choice(level: int, count: int) -> float:
    """Bits of the caption of a known scene of `count` objects, in the mean over such scenes."""
    chosen = forms(level, count)
    return math.log2(len(chosen)) + _mean(_choice_in(level, form, count) for form in chosen)


def _choice_in(level: int, form: str, count: int) -> float:
    if form == "count":
        alike = [_alike(level, name, count) for name in attributes(level)]
        return math.log2(len(alike)) + _mean(
            sum(chance * math.log2(count / number) for number, chance in table.items()) for table in alike
        )
    said = _mean(math.log2(len(list(_said(form, cells)))) for cells in _orders(level, _NOUNS[form]))
    return math.log2(math.perm(count, _NOUNS[form])) + said


def _alike(level: int, attribute: str, count: int) -> dict[int, float]:
    """How many of `count` objects share an attribute with a random one of them: {number: probability}.

    The others are drawn without replacement from the remaining kinds: a hypergeometric distribution.
    """
    kinds = len(LEVELS[level].kinds)
    same = kinds // len(LEVELS[level].words(attribute)) - 1
    ways = {k: math.comb(same, k) * math.comb(kinds - 1 - same, count - 1 - k) for k in range(count)}
    return {1 + k: way / math.comb(kinds - 1, count - 1) for k, way in ways.items() if way}


def _orders(level: int, count: int) -> Iterable[tuple]:
    """Cells of `count` objects in the order in which a caption names them; all are equally likely."""
    return itertools.chain.from_iterable(map(itertools.permutations, arrangements(level, count)))


def _said(form: str, cells: tuple) -> Iterable[tuple[str, ...]]:
    """The equally likely words for where the objects are."""
    if form == "place":
        return [(word,) for word in true_places(cells[0])]
    return itertools.product(*(true_relations(cells[0], cell) for cell in cells[1:]))


def _bits(shares: Counter) -> float:
    return -sum(share * math.log2(share) for share in shares.values())


def _mean(values: Iterable[float]) -> float:
    values = list(values)
    return sum(values) / len(values)
