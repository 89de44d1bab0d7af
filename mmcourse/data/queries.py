"""What people ask a search engine of the picture world: typed in English or Chinese, or said aloud in English.

Level 1: two objects in one row or one column. One list holds the words of both languages, so that one tower reads both;
Chinese is cut by the longest known word. Nothing here guesses: a word that the list does not have is refused.
"""

import difflib
import functools
import re

import numpy as np

from mmcourse import shapes
from mmcourse.data import audio, gallery, world
from mmcourse.data.text.segmentation import match
from mmcourse.data.text.vocabulary import END, FIRST, START
from mmcourse.data.world.words import LANGUAGES

LENGTH = 11  # tokens of the longest caption, START and END counted
FRAMES = 96  # steps of 64 ms: 6.1 s, more than the slowest voice takes for a caption
STEP = 4  # log-mel frames that are averaged into one step


@functools.cache
def query_words() -> tuple[str, ...]:
    """The words of all captions of level 1, English ones first; the id of a word is FIRST plus its place."""
    level, chinese = world.LEVELS[1], LANGUAGES["zh"]
    english = {"a", "an", *level.colors, *level.shapes, *" ".join(LANGUAGES["en"].words["relation"]).split()}
    shape_words = {chinese.noun(world.Noun(None, None, shape), "one") for shape in level.shapes}
    nothing = chinese.noun(world.Noun(None, None, None), "one")  # "object"
    colors = {chinese.noun(world.Noun(None, color, None), "one").removesuffix(nothing) for color in level.colors}
    relations = set(chinese.words["relation"].values())
    return (*sorted(english), *sorted({"一个", "在", "的"} | shape_words | colors | relations))


def cut_query(query: str) -> list[str]:
    """A query in English, Chinese or both -> its words; capitals and a final full stop do not matter.

    Raises ValueError for what is no text, for a query without a word, and for a word that `query_words` does not have:
    the message names it, and the known words that look alike.
    """
    if not isinstance(query, str) or not query.strip(" \t\n.。"):
        raise ValueError(f"The query is {query!r}: type what to look for, for example: a red ring above a blue square.")
    known, found = set(query_words()), []
    for run in re.findall("[\u4e00-\u9fff]+|[^\\s\u4e00-\u9fff]+", query.lower().strip(" \t\n.。")):
        found += match(run, known, 4) if "\u4e00" <= run[0] <= "\u9fff" else [run]
    for word in found:
        if word not in known:
            alike = difflib.get_close_matches(word, query_words(), 2) or ["red", "ring", "红色", "圆环"]
            raise ValueError(f"This engine never learned the word {word!r}. It knows, for example: {', '.join(alike)}.")
    return found


def query_tokens(queries: list[str]) -> np.ndarray:
    """Queries (n,) -> (n, 11) int32: START, the ids of the words, END, then PAD.

    Raises ValueError for no query, for one of more than 9 words, and as `cut_query`.
    """
    if not len(queries):
        raise ValueError("There are no queries; give at least one.")
    number = {word: FIRST + place for place, word in enumerate(query_words())}
    tokens = np.zeros((len(queries), LENGTH), np.int32)
    for row, query in zip(tokens, queries, strict=True):
        words = cut_query(query)
        if len(words) > LENGTH - 2:
            raise ValueError(f"{query!r} has {len(words)} words; this engine reads at most {LENGTH - 2}: shorten it.")
        row[: len(words) + 2] = [START, *(number[word] for word in words), END]
    return tokens


def bilingual_captions(scenes: list[world.Scene], seed: int, languages: tuple[str, ...] = ("en", "zh")) -> list[str]:
    """A true caption for each scene, its language drawn from `languages`. Raises ValueError for no language."""
    if not len(languages):
        raise ValueError("languages is empty: give 'en', 'zh' or both.")
    random = np.random.RandomState(seed)
    drawn = [languages[place] for place in random.randint(0, len(languages), len(scenes), dtype=np.int64)]
    return [world.describe(scene, language, random) for scene, language in zip(scenes, drawn, strict=True)]


def bilingual_pairs(count: int, seed: int, languages: tuple[str, ...] = ("en", "zh")) -> gallery.Described:
    """`count` training scenes with pictures of 16 pixels, a caption each and its `query_tokens`.

    Raises ValueError for a count below 1, and as `bilingual_captions`.
    """
    scenes = world.sample(count, seed=seed)
    captions = bilingual_captions(scenes, seed, languages)
    inputs = {"image": world.render(scenes, gallery.SIZE), "text": query_tokens(captions)}
    return gallery.Described(scenes, captions, inputs)


def fitting(captions: list[str], scenes: list[world.Scene]) -> np.ndarray:
    """Captions (n,) and scenes (m,) of level 1 -> (n, m) bool, as `retrieval.truths`, for many: each scene once.

    Raises ValueError for a caption outside the grammar, for one that is no relation, and for a scene of another level.
    """
    rows = {}
    for number, scene in enumerate(scenes):
        if scene.level != 1:
            raise ValueError(f"Scene {number} is of level {scene.level}; give scenes of level 1.")
        first, second = (world.Noun(None, *one[1:3]) for one in scene.objects)
        across = scene.objects[0].cell[0] == scene.objects[1].cell[0]
        words = ("left of", "right of") if across else ("above", "below")
        for nouns, word in zip(((first, second), (second, first)), words, strict=True):
            rows.setdefault((nouns, word), []).append(number)
    found = np.zeros((len(captions), len(scenes)), bool)
    for row, caption in zip(found, captions, strict=True):
        said = world.parse(caption)
        if said.template != "relation":
            raise ValueError(f"{caption!r} says no relation of two objects, as captions of level 1 do.")
        row[rows.get((said.nouns, said.relations[0]), [])] = True
    return found


def every_caption(language: str = "en") -> list[str]:
    """All 5,040 captions of level 1 in "en" or "zh": two of 36 kinds, one of four relations. Errors as in `write`."""
    nouns = [world.Noun(None, *kind) for kind in gallery.KINDS]
    relations = LANGUAGES["en"].words["relation"]
    said = [((a, b), (word,)) for a in nouns for b in nouns if a != b for word in relations]
    return [world.write(world.Sentence("relation", *parts), language) for parts in said]


def spoken_queries(captions: list[str], voices: list[str], seed: int) -> np.ndarray:
    """English captions (n,), said by the voices in turn -> (n, 96, 32) float32 log-mel steps of 64 ms.

    Speed, loudness and pauses vary. What comes after 6.1 s is cut off. Each step is the mean of four frames.
    Raises ValueError for no voice and no caption, for an unknown voice, and for what the bank cannot say.
    """
    if not len(voices) or not len(captions):
        raise ValueError(f"There are {len(voices)} voices and {len(captions)} captions; give at least one of each.")
    random = np.random.RandomState(seed)
    samples = audio.FRAME + (STEP * FRAMES - 1) * audio.HOP
    found = np.zeros((len(captions), FRAMES, audio.BANDS), np.float32)
    for start in range(0, len(captions), 64):
        block = captions[start : start + 64]
        sounds = np.zeros((len(block), samples), np.float32)
        for place, caption in enumerate(block):
            sound = world.speak(caption, voices[(start + place) % len(voices)], random)[:samples]
            sounds[place, : len(sound)] = sound
        frames = audio.log_mel(sounds).reshape(len(block), FRAMES, STEP, audio.BANDS)
        found[start : start + 64] = frames.mean(axis=2)
    return found


def moved(sounds: np.ndarray, seed: int, bands: int = 3, steps: int = 4) -> np.ndarray:
    """Log-mel (n, S, bands) -> the same, each moved by up to `bands` bands up or down and `steps` steps later.

    A cheap stand-in for voices that training does not have: other pitch, another pause. What leaves is lost, what
    comes in is silence. Raises ValueError for other axes.
    """
    count, length, width = shapes.check(sounds, "n S bands", "sounds")
    random, found = np.random.RandomState(seed), np.zeros_like(sounds)
    ups = random.randint(-bands, bands + 1, count, dtype=np.int64)
    laters = random.randint(0, steps + 1, count, dtype=np.int64)
    for row, sound, up, later in zip(found, sounds, ups, laters, strict=True):
        row[later:, max(up, 0) : width + min(up, 0)] = sound[: length - later, max(-up, 0) : width - max(up, 0)]
    return found
