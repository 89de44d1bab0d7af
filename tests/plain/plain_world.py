"""A second, plain reading of the picture world: what its docstrings say, written again without the package's grammar.

Tests compare the package with it. It takes nothing from the package but the data of a scene (`Scene`, `Object`), and
everything here is spelled out or counted out, slowly: a mistake in the package would have to be made here again.
"""

import functools
import itertools
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from mmcourse.data.world import Object, Scene

SHAPES = "circle square triangle ring cross diamond star heart".split()
COLORS = "red green blue yellow purple orange cyan pink".split()
SIZES = ["small", "large"]
PLURALS = {"objects": "object", "crosses": "cross"} | {f"{name}s": name for name in SHAPES if name != "cross"}
CELLS = [(row, column) for row in range(3) for column in range(3)]
COUNTS = {1: [2], 2: [1, 2, 3], 3: [1, 2, 3, 4]}  # level -> numbers of objects
VARIETY = {1: (6, 6, 1), 2: (6, 6, 2), 3: (8, 8, 2)}  # level -> how many shapes, colors, sizes
GROUNDS = {1: ["white"], 2: ["white", "black"], 3: ["white", "black", "gray"]}
NUMBERS = "zero one two three four five six seven eight nine".split()
BEYOND = {"left of": (1, -1), "right of": (1, 1), "above": (0, -1), "below": (0, 1)}  # axis of the cell, direction
ROOMS = {
    "in the top left corner": [(0, 0)],
    "in the top right corner": [(0, 2)],
    "in the bottom left corner": [(2, 0)],
    "in the bottom right corner": [(2, 2)],
    "in the center": [(1, 1)],
    "at the top": [(0, 0), (0, 1), (0, 2)],
    "at the bottom": [(2, 0), (2, 1), (2, 2)],
    "on the left": [(0, 0), (1, 0), (2, 0)],
    "on the right": [(0, 2), (1, 2), (2, 2)],
}
ZH_NOUN = "(红色|绿色|蓝色|黄色|紫色|橙色|青色|粉色)?(小|大)?(圆形|正方形|三角形|圆环|十字形|菱形|五角星|心形|物体)"
ZH_SHAPES = "圆形 正方形 三角形 圆环 十字形 菱形 五角星 心形".split()
ZH_COLORS = "红色 绿色 蓝色 黄色 紫色 橙色 青色 粉色".split()
ZH_BEYOND = {"左边": "left of", "右边": "right of", "上方": "above", "下方": "below"}
ZH_ROOMS = dict(zip("左上角 右上角 左下角 右下角 中央 顶部 底部 左侧 右侧".split(), ROOMS, strict=True))
ZH_GROUNDS = {"白色": "white", "黑色": "black", "灰色": "gray"}
ZH_NUMBERS = "没一两三四五六七八九"


class Said(NamedTuple):
    """What a caption says. A noun is (size, color, shape), None where it is left open."""

    nouns: list[tuple]
    links: Sequence[str] = ()
    room: str | None = None
    number: int | None = None
    ground: str | None = None


@functools.lru_cache(maxsize=100_000)
def understand(caption: str) -> Said:
    """What a caption of either language says; an error where it cannot be understood."""
    return english(caption) if caption.isascii() else chinese(caption)


def english(caption: str) -> Said:
    """What an English caption says."""
    body, _, ending = caption.partition(" on a ")
    ground = ending.removesuffix(" background") if ending else None
    assert ground in (None, *GROUNDS[3]), caption
    if body.startswith("there "):
        found = re.fullmatch("there (?:are|is) (no|one|two|three|four|five|six|seven|eight|nine) (.+)", body)
        number = "no one two three four five six seven eight nine".split().index(found[1])
        assert body.startswith("there is") == (number == 1), caption
        return Said([plain_noun(found[2], plural=number != 1)], number=number, ground=ground)
    for room in ROOMS:
        if body.endswith(f" {room}"):
            return Said([article_noun(body.removesuffix(f" {room}"))], room=room, ground=ground)
    parts = re.split(" (?:and )?(left of|right of|above|below) ", body)
    assert len(parts) in (3, 5), caption
    assert body.count(" and ") == len(parts) // 2 - 1, caption
    return Said([article_noun(noun) for noun in parts[::2]], parts[1::2], ground=ground)


def article_noun(text: str) -> tuple:
    """(size, color, shape) of a noun with its article, as "an orange ring"."""
    article, _, rest = text.partition(" ")
    assert article == ("an" if rest[0] in "aeiou" else "a"), text
    return plain_noun(rest)


def plain_noun(text: str, plural: bool = False) -> tuple:
    """(size, color, shape) of a noun without an article, as "small red ring" or "red crosses"."""
    *words, name = text.split()
    name = PLURALS[name] if plural else name
    size = words.pop(0) if words and words[0] in SIZES else None
    color = words.pop(0) if words and words[0] in COLORS else None
    assert not words, text
    assert name in (*SHAPES, "object"), text
    return size, color, None if name == "object" else name


def chinese(caption: str) -> Said:
    """What a Chinese caption says."""
    body, _, ground = caption.partition("，背景为")
    ground = ZH_GROUNDS[ground] if ground else None
    if found := re.fullmatch(f"(没)有({ZH_NOUN})|(?:只有(?=一)|一共有(?!一))(.)个({ZH_NOUN})", body):
        number = ZH_NUMBERS.index(found[1] or found[6])
        return Said([chinese_noun(found[2] or found[7])], number=number, ground=ground)
    if found := re.fullmatch(f"一个({ZH_NOUN})在图片的(.+)", body):
        return Said([chinese_noun(found[1])], room=ZH_ROOMS[found[5]], ground=ground)
    first, *others = body.replace("，并且在", "在").split("在")
    links, nouns = zip(*((other.rpartition("的")[2], other.rpartition("的")[0]) for other in others), strict=True)
    assert body.count("，并且在") == len(others) - 1, caption
    nouns = [noun.removeprefix("一个") for noun in (first, *nouns) if noun.startswith("一个")]
    assert len(nouns) == len(others) + 1, caption
    return Said([chinese_noun(noun) for noun in nouns], [ZH_BEYOND[link] for link in links], ground=ground)


def chinese_noun(text: str) -> tuple:
    """(size, color, shape) of a Chinese noun: color, size, shape in this order."""
    color, size, shape = re.fullmatch(ZH_NOUN, text).groups()
    return (
        {"小": "small", "大": "large"}[size] if size else None,
        COLORS[ZH_COLORS.index(color)] if color else None,
        SHAPES[ZH_SHAPES.index(shape)] if shape != "物体" else None,
    )


def is_one(one: Object, noun: tuple) -> bool:
    """Whether an object is a noun."""
    return all(word in (None, own) for word, own in zip(noun, (one.size, one.color, one.shape), strict=True))


def beyond(first: tuple, second: tuple, link: str) -> bool:
    """Whether the first cell is "left of", "right of", "above" or "below" the second."""
    axis, direction = BEYOND[link]
    return direction * (first[axis] - second[axis]) > 0


def true(scene: Scene, caption: str) -> bool:
    """Whether a caption holds in a scene: every choice of different objects for its nouns is tried."""
    said = understand(caption)
    if said.ground and said.ground != scene.background:
        return False
    fitting = [[one for one in scene.objects if is_one(one, noun)] for noun in said.nouns]
    if said.number is not None:
        return len(fitting[0]) == said.number
    for first, *others in itertools.product(*fitting):
        different = len({one.cell for one in (first, *others)}) == len(said.nouns)
        in_room = said.room is None or first.cell in ROOMS[said.room]
        linked = all(beyond(first.cell, other.cell, link) for other, link in zip(others, said.links, strict=True))
        if different and in_room and linked:
            return True
    return False


def captions(scene: Scene) -> dict[str, float]:
    """Every English caption that `describe` can give, with its probability: all choices on the way equally likely."""
    many, found = len(scene.objects), defaultdict(float)
    if scene.level == 1:
        statements = [links(scene, 1)]
    else:
        statements = [links(scene, others) for others in range(1, scene.level) if many > others]
        statements += [rooms(scene), totals(scene)]
    grounds = ["", f" on a {scene.background} background"] if scene.level == 3 else [""]
    for statement in statements:
        for text, share in statement:
            for ground in grounds:
                found[text + ground] += share / len(statements) / len(grounds)
    return found


def links(scene: Scene, others: int) -> list[tuple[str, float]]:
    """Captions that relate an object to one or two others, with their probabilities."""
    found = []
    for first, *chosen in itertools.permutations(scene.objects, 1 + others):
        ways = [[link for link in BEYOND if beyond(first.cell, one.cell, link)] for one in chosen]
        for way in itertools.product(*ways):
            parts = [f"{link} {named(one, scene.level)}" for link, one in zip(way, chosen, strict=True)]
            share = 1 / math.perm(len(scene.objects), 1 + others) / math.prod(map(len, ways))
            found.append((f"{named(first, scene.level)} {' and '.join(parts)}", share))
    return found


def rooms(scene: Scene) -> list[tuple[str, float]]:
    """Captions that say where an object is, with their probabilities."""
    found = []
    for one in scene.objects:
        fitting = [room for room, cells in ROOMS.items() if one.cell in cells]
        found += [(f"{named(one, scene.level)} {room}", 1 / len(scene.objects) / len(fitting)) for room in fitting]
    return found


def totals(scene: Scene) -> list[tuple[str, float]]:
    """Captions that count the objects of a size, color or shape, with their probabilities."""
    found = []
    for one, name in itertools.product(scene.objects, ("size", "color", "shape")):
        word = getattr(one, name)
        number = sum(getattr(other, name) == word for other in scene.objects)
        noun = word if name == "shape" else f"{word} object"
        plural = "" if number == 1 else "es" if noun == "cross" else "s"
        text = f"there {'is' if number == 1 else 'are'} {NUMBERS[number]} {noun}{plural}"
        found.append((text, 1 / len(scene.objects) / 3))
    return found


def named(one: Object, level: int) -> str:
    """An object as captions of a level name it, with its article."""
    text = f"{one.color} {one.shape}" if level == 1 else f"{one.size} {one.color} {one.shape}"
    return f"an {text}" if text[0] in "aeiou" else f"a {text}"


def level_one() -> list[Scene]:
    """Every scene of level 1: two different kinds of large object in one row or one column, on white."""
    kinds = list(itertools.product(COLORS[:6], SHAPES[:6]))
    pairs = [(a, b) for a, b in itertools.combinations(CELLS, 2) if a[0] == b[0] or a[1] == b[1]]
    return [
        Scene((Object("large", *first, a), Object("large", *second, b)))
        for a, b in pairs
        for first, second in itertools.permutations(kinds, 2)
    ]
