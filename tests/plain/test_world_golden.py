"""A seed gives the same world everywhere: hashes of scenes, captions and questions, and one sheet of pictures.

To make them anew, once `WORLD` is raised: `python tests/plain/test_world_golden.py` prints the table and writes the
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
    "level 1: train": "ba0afb60001efabc",
    "level 1: validation": "e88504fbbee078af",
    "level 1: test": "97e58222c32b4a04",
    "level 1: compositional-train": "fad2065098e45aaf",
    "level 1: compositional-validation": "59f2079d6ad0cff6",
    "level 1: compositional-test": "7d3c50820eb6e2bb",
    "level 1: captions, en": "993b403e41890a29",
    "level 1: first captions, en": "dbc31cf58f726ce2",
    "level 1: false captions, en": "fd8ba7bfe04213f2",
    "level 1: captions, zh": "121b9f16c3bfde5c",
    "level 1: first captions, zh": "0abf392092f8b026",
    "level 1: false captions, zh": "cef8e46c29af021f",
    "level 1: questions, train, en": "f677b918fffd5441",
    "level 1: questions, train, zh": "38d8a9009a72a452",
    "level 1: questions, compositional-train, en": "d9b7627ca0d75506",
    "level 1: questions, test, en": "8f2aa9fe85c76f72",
    "level 1: asked": "21d807d4de232f70",
    "level 2: train": "a8d3384a5e826a36",
    "level 2: validation": "d014557a8c3d2722",
    "level 2: test": "523715621f069613",
    "level 2: compositional-train": "c42e824ba3b62d12",
    "level 2: compositional-validation": "5840dda7b5589007",
    "level 2: compositional-test": "e6c0f6ee68ce7300",
    "level 2: captions, en": "38858661694a8d4a",
    "level 2: first captions, en": "0e930dec2a68cd3e",
    "level 2: false captions, en": "762d09efb76e86da",
    "level 2: captions, zh": "c7e09e73ba64f750",
    "level 2: first captions, zh": "a5f1deda380e2d3c",
    "level 2: false captions, zh": "c9dc6d39de4148ec",
    "level 2: questions, train, en": "552d27ab28f36fa4",
    "level 2: questions, train, zh": "c5439089832d0bd0",
    "level 2: questions, compositional-train, en": "9d94ec46d79a90ce",
    "level 2: questions, test, en": "7af3c98583c2fc47",
    "level 2: asked": "8e6ab4f30b2f5d95",
    "level 3: train": "fbe29a4036825471",
    "level 3: validation": "2bd97897377d671b",
    "level 3: test": "2048156524be482e",
    "level 3: compositional-train": "2696ae0becfd83b1",
    "level 3: compositional-validation": "f6e4da7c9d04ca08",
    "level 3: compositional-test": "6b5943554970f16e",
    "level 3: captions, en": "32e424b6e88e257a",
    "level 3: first captions, en": "61d3d298ac297679",
    "level 3: false captions, en": "a6ae5be50b6b9cf1",
    "level 3: captions, zh": "f1ef545078a7622f",
    "level 3: first captions, zh": "0bf110e385034194",
    "level 3: false captions, zh": "e2dc3db61f951cf5",
    "level 3: questions, train, en": "552c0ce9790b692e",
    "level 3: questions, train, zh": "c194012219babbf3",
    "level 3: questions, compositional-train, en": "a1441a9546c53b46",
    "level 3: questions, test, en": "d867908a4c4f7f97",
    "level 3: asked": "f73198b5fa1216e0",
}


def canonical(scene: world.Scene) -> str:
    """A scene as one line of text."""
    objects = [f"{one.shape} {one.color} {one.size} {one.cell[0]}{one.cell[1]}" for one in scene.objects]
    return ", ".join([str(scene.level), scene.background, *objects])


def lines(level: int) -> dict[str, list[str]]:
    """By name, the lines of text of a level whose hashes are golden."""
    scenes = world.sample(200, seed=level, level=level)
    found = {"train": list(map(canonical, scenes))}
    for split in world.SPLITS[1:]:
        found[split] = list(map(canonical, world.sample(50, 2**32 - 1, split, level)))
    for language in ("en", "zh"):
        rng = np.random.RandomState(level)
        captions = [world.describe(scene, language, rng) for scene in scenes]
        found[f"captions, {language}"] = captions
        found[f"first captions, {language}"] = [world.describe(scene, language) for scene in scenes]
        for kind in world.FALSEHOODS:
            pairs = zip(scenes[:100], captions, strict=False)
            false = [str(world.corrupt(scene, caption, kind, rng)) for scene, caption in pairs]
            found.setdefault(f"false captions, {language}", []).extend(false)
    for split, language in (("train", "en"), ("train", "zh"), ("compositional-train", "en"), ("test", "en")):
        columns = world.questions(60, level, split, level=level, language=language)
        columns["scene"] = list(map(canonical, columns["scene"]))
        found[f"questions, {split}, {language}"] = [" | ".join(row) for row in zip(*columns.values(), strict=True)]
    rng = np.random.RandomState(level)
    asked = [world.ask(scene, kind, rng) for scene in scenes[:10] for kind in world.KINDS]
    found["asked"] = [" | ".join(one or ()) for one in asked]
    return {f"level {level}: {name}": text for name, text in found.items()}


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
