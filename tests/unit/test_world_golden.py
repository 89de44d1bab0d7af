"""A seed gives the same world everywhere: hashes of scenes, captions and questions, and one sheet of pictures.

To make them anew, once `WORLD` is raised: `python tests/unit/test_world_golden.py` prints the table and writes the
sheet.
"""

import hashlib
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from mmcourse.data import world

SHEET = Path(__file__).with_name("golden_world.png")
CHANGED = "The seed gives something else than before: raise WORLD when this changes on purpose, and make {} anew."
VERSION = 1  # of the world, of which these are the first 16 digits of SHA-256 hashes
GOLDEN = {
    "level 1: train": "039f603e93be1e1e",
    "level 1: validation": "81b59e369dbdd3be",
    "level 1: test": "9f5f38b06ccfa1af",
    "level 1: compositional-train": "fac9cc7fe6a66c7d",
    "level 1: compositional-test": "a86972663181e1bc",
    "level 1: captions, en": "a825d07c78d462a3",
    "level 1: first captions, en": "a3e82869dc95eb31",
    "level 1: false by color, en": "1328c2ba16da845a",
    "level 1: false by shape, en": "1514b64616e4ff75",
    "level 1: false by relation, en": "0c7854248a6d5779",
    "level 1: false by swap, en": "e4549fc685eb7de8",
    "level 1: captions, zh": "074f3b72092e720a",
    "level 1: first captions, zh": "66ea7d7d1b8fb022",
    "level 1: false by color, zh": "cb3bb02e8f4f0b86",
    "level 1: false by shape, zh": "88b6160e37e9d7ae",
    "level 1: false by relation, zh": "b0045df6fec8ee4d",
    "level 1: false by swap, zh": "e0060ce3c1140b50",
    "level 1: questions, train": "59d2e261ff0c8c71",
    "level 1: questions, compositional-test": "f512619af1e2c644",
    "level 1: asked": "74782c4a87457f23",
    "level 2: train": "fb1826035ffaa2a4",
    "level 2: validation": "622939efc4a47bb0",
    "level 2: test": "7b24b48876ebb5fd",
    "level 2: compositional-train": "ea24678d358b4c94",
    "level 2: compositional-test": "8231fe19e19486df",
    "level 2: captions, en": "bc5a3f5d3025455b",
    "level 2: first captions, en": "127f3662d0433e4d",
    "level 2: false by color, en": "c7f2b16015ac040a",
    "level 2: false by shape, en": "8a497d1e09e72d47",
    "level 2: false by relation, en": "92b98e8e9e54a056",
    "level 2: false by swap, en": "8fbc0a92d2948e83",
    "level 2: captions, zh": "6690c80e5058801d",
    "level 2: first captions, zh": "e60e746a07136c1d",
    "level 2: false by color, zh": "17de2ec70fa91a25",
    "level 2: false by shape, zh": "011451cc0ec9e084",
    "level 2: false by relation, zh": "3a1eb39ef791a425",
    "level 2: false by swap, zh": "6f18d3b1f70719e5",
    "level 2: questions, train": "57fcdd8747b736f4",
    "level 2: questions, compositional-test": "23168a310e477956",
    "level 2: asked": "39abbb16f7139400",
    "level 3: train": "b1651bd554f91bbb",
    "level 3: validation": "fa33a34cc4f7bddf",
    "level 3: test": "991a7d35a8b183fd",
    "level 3: compositional-train": "c6e30fc5866dc6b3",
    "level 3: compositional-test": "2c043a481193cf92",
    "level 3: captions, en": "26672d76575fbd47",
    "level 3: first captions, en": "6046e029ed78b418",
    "level 3: false by color, en": "2bd67a4e0d20849c",
    "level 3: false by shape, en": "b464e93d0676a337",
    "level 3: false by relation, en": "3edd1b45e30c177e",
    "level 3: false by swap, en": "e7b2017c85e0cef6",
    "level 3: captions, zh": "6988bfc06e3c253a",
    "level 3: first captions, zh": "1b9af9c06a78b8e4",
    "level 3: false by color, zh": "9b26c22af4599d8f",
    "level 3: false by shape, zh": "3087eb1d49f23eac",
    "level 3: false by relation, zh": "88462982aad31372",
    "level 3: false by swap, zh": "0f3b80d96b391358",
    "level 3: questions, train": "a2e5ecf0ce06e522",
    "level 3: questions, compositional-test": "db670aa5b279dd88",
    "level 3: asked": "0035787f973614f3",
}


def canonical(scene: world.Scene) -> str:
    """A scene as one line of text."""
    objects = [f"{one.shape} {one.color} {one.size} {one.cell[0]}{one.cell[1]}" for one in scene.objects]
    return ", ".join([str(scene.level), scene.background, *objects])


def lines(level: int) -> dict[str, list[str]]:
    """By name, the lines of text of a level whose hashes are golden."""
    scenes = world.sample(200, seed=level, level=level)
    found = {f"level {level}: train": list(map(canonical, scenes))}
    for split in world.SPLITS[1:]:
        found[f"level {level}: {split}"] = list(map(canonical, world.sample(50, 2**32 - 1, split, level)))
    for language in ("en", "zh"):
        rng = np.random.RandomState(level)
        captions = [world.describe(scene, language, rng) for scene in scenes]
        found[f"level {level}: captions, {language}"] = captions
        found[f"level {level}: first captions, {language}"] = [world.describe(scene, language) for scene in scenes]
        for kind in world.FALSEHOODS:
            pairs = zip(scenes, captions, strict=True)
            false = [str(world.corrupt(scene, caption, kind, rng)) for scene, caption in pairs]
            found[f"level {level}: false by {kind}, {language}"] = false
    for split in ("train", "compositional-test"):
        columns = world.questions(60, seed=level, split=split, level=level)
        columns["scene"] = list(map(canonical, columns["scene"]))
        found[f"level {level}: questions, {split}"] = [" | ".join(row) for row in zip(*columns.values(), strict=True)]
    rng = np.random.RandomState(level)
    asked = [world.ask(scene, kind, rng) for scene in scenes[:10] for kind in world.KINDS]
    found[f"level {level}: asked"] = [" | ".join(one or ()) for one in asked]
    return found


def hashes() -> dict[str, str]:
    """By name, the first 16 digits of the SHA-256 of the lines, joined by line breaks, as UTF-8."""
    texts = {name: "\n".join(text) for level in world.LEVELS for name, text in lines(level).items()}
    return {name: hashlib.sha256(text.encode("utf-8")).hexdigest()[:16] for name, text in texts.items()}


def sheet() -> np.ndarray:
    """For each level eight pictures of 32 pixels and below them sixteen of 16 pixels: (144, 256, 3) uint8."""
    rows = []
    for level in world.LEVELS:
        scenes = world.sample(16, seed=level, level=level)
        rows += [np.concatenate(list(world.render(scenes[:8], 32)), axis=1)]
        rows += [np.concatenate(list(world.render(scenes, 16)), axis=1)]
    return (np.concatenate(rows) * 255).round().astype(np.uint8)


def write_golden() -> None:
    """Print the table of hashes and write the sheet."""
    print(f"VERSION = {world.WORLD}")
    for name, value in hashes().items():
        print(f'    "{name}": "{value}",')
    matplotlib.image.imsave(SHEET, sheet())


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """The hashes of what the seeds give now."""
    return hashes()


def test_the_table_is_of_this_world(found):
    assert world.WORLD == VERSION, CHANGED.format("the table and the sheet")
    assert list(found) == list(GOLDEN)
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("name", GOLDEN)
def test_texts_are_golden(found, name):
    assert found[name] == GOLDEN[name], CHANGED.format("the table")


def test_pictures_are_golden():
    golden = (matplotlib.image.imread(SHEET)[..., :3] * 255).round().astype(int)
    assert golden.shape == (144, 256, 3)
    assert SHEET.stat().st_size < 20_000
    assert np.abs(golden - sheet()).max() <= 1, CHANGED.format("the sheet")


if __name__ == "__main__":
    write_golden()
