"""The two languages of the world: their words, how they write a noun, and the templates of their sentences.

A slot of a template is named by what stands in it and by its number: `{a0}` the first noun as "a red ring", `{the0}`
as "the red ring", `{one0}` as "red ring", `{many0}` as "red rings"; `{relation0}`, `{place0}`, `{count0}` and
`{background0}` are words of the tables.
"""

from collections.abc import Callable
from typing import NamedTuple

from mmcourse.data.world.scenes import BACKGROUNDS

FORMS = ("a", "the", "one", "many")
_CORNERS = ("top left corner", "top right corner", "bottom left corner", "bottom right corner")


class Noun(NamedTuple):
    """What a noun says of an object; None is left open: Noun(None, "red", None) is any red object."""

    size: str | None
    color: str | None
    shape: str | None


class Language(NamedTuple):
    """Nouns, words by kind of slot and meaning, and templates of captions and of questions by name."""

    noun: Callable[[Noun, str], str]
    words: dict[str, dict]
    captions: dict[str, str]
    questions: dict[str, str]


def _english_noun(noun: Noun, form: str) -> str:
    name = noun.shape or "object"
    plural = f"{name}es" if name == "cross" else f"{name}s"
    words = [word for word in noun[:2] if word] + [plural if form == "many" else name]
    if form == "a":
        words.insert(0, "an" if words[0][0] in "aeiou" else "a")
    return " ".join(["the", *words] if form == "the" else words)


def _chinese_noun(noun: Noun, form: str) -> str:
    words = [_CHINESE_WORDS[word] for word in (noun.color, noun.size, noun.shape or "object") if word]
    return "".join(["一个", *words] if form == "a" else words)


_CHINESE_WORDS = dict(
    pair.split(":")
    for pair in """
    object:物体 circle:圆形 square:正方形 triangle:三角形 ring:圆环 cross:十字形 diamond:菱形 star:五角星 heart:心形
    small:小 large:大 red:红色 green:绿色 blue:蓝色 yellow:黄色 purple:紫色 orange:橙色 cyan:青色 pink:粉色
    """.split()
)

ENGLISH = Language(
    _english_noun,
    {
        "relation": {word: word for word in ("left of", "right of", "above", "below")},
        "place": {word: f"in the {word}" for word in (*_CORNERS, "center")}
        | {"top": "at the top", "bottom": "at the bottom"}
        | {"left": "on the left", "right": "on the right"},
        "count": dict(enumerate("two three four five six seven eight nine".split(), 2)),
        "background": {word: word for word in BACKGROUNDS},
    },
    {
        "relation": "{a0} {relation0} {a1}",
        "two relations": "{a0} {relation0} {a1} and {relation1} {a2}",
        "place": "{a0} {place0}",
        "none": "there are no {many0}",
        "one": "there is one {one0}",
        "many": "there are {count0} {many0}",
        "ending": " on a {background0} background",
    },
    {
        "exist": "is there {a0}",
        "count": "how many {many0} are there",
        "color": "what color is {the0}",
        "color by relation": "what color is {the0} {relation0} {the1}",
        "shape": "what shape is {the0}",
        "shape by relation": "what shape is {the0} {relation0} {the1}",
        "related": "is {the0} {relation0} {the1}",
        "more": "are there more {many0} than {many1}",
        "fewer": "are there fewer {many0} than {many1}",
        "as many": "are there as many {many0} as {many1}",
    },
)
CHINESE = Language(
    _chinese_noun,
    {
        "relation": {"left of": "左边", "right of": "右边", "above": "上方", "below": "下方"},
        "place": dict(zip((*_CORNERS, "center"), ("左上角", "右上角", "左下角", "右下角", "中央"), strict=True))
        | {"top": "顶部", "bottom": "底部", "left": "左侧", "right": "右侧"},
        "count": dict(enumerate("两三四五六七八九", 2)),
        "background": {"white": "白色", "black": "黑色", "gray": "灰色"},
    },
    {
        "relation": "{a0}在{a1}的{relation0}",
        "two relations": "{a0}在{a1}的{relation0}，并且在{a2}的{relation1}",
        "place": "{a0}在图片的{place0}",
        "none": "没有{many0}",
        "one": "只有一个{one0}",
        "many": "一共有{count0}个{many0}",
        "ending": "，背景为{background0}",
    },
    {
        "exist": "图片中有{one0}吗",
        "count": "图片中有几个{many0}",
        "color": "{the0}是什么颜色",
        "color by relation": "{the1}{relation0}的{the0}是什么颜色",
        "shape": "{the0}是什么形状",
        "shape by relation": "{the1}{relation0}的{the0}是什么形状",
        "related": "{the0}在{the1}的{relation0}吗",
        "more": "{many0}比{many1}多吗",
        "fewer": "{many0}比{many1}少吗",
        "as many": "{many0}和{many1}一样多吗",
    },
)
LANGUAGES = {"en": ENGLISH, "zh": CHINESE}
