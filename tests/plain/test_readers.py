"""The readers as a table: every one can be fetched for, says what it gives, and none is missing."""

import subprocess
import sys

import pytest

from mmcourse.data import fetch, readers, registry

ASKED_FOR = """
    mnist cifar10 imagenette/160 flickr8k coco/2014 coco/2017 vqa_v2 librispeech speech_commands mini_speech_commands
    fsdd multi30k anki_cmn_eng tiny_shakespeare wikitext/2 wikitext/103 cmu_mosi medmnist/pneumoniamnist
    movielens/latest-small digits spoken_digits
""".split()


@pytest.mark.parametrize("name", readers.readers())
def test_a_reader_is_well_formed(name):
    reader = readers.find(name)
    assert name.partition("/")[0] in registry.registry()
    assert reader.splits
    assert set(reader.splits) <= {"train", "validation", "test", "test_2017_flickr", "test_2017_mscoco"}
    assert len(set(reader.columns)) == len(reader.columns) > 0
    assert set(reader.key) <= set(reader.columns)
    assert len(reader.about) > 100
    assert all(f"{column}" in reader.about for column in reader.columns), reader.about
    assert bool(reader.classes) == ("label" in reader.columns)
    assert set(reader.media_splits) in (set(), set(reader.splits))
    for split in reader.splits:
        for source in reader.sources(split):
            assert registry.select(source).name == source


@pytest.mark.parametrize("name", [name for name, reader in readers.readers().items() if reader.media])
def test_a_reader_of_files_names_them(name):
    reader = readers.find(name)
    assert reader.media in ("image", "audio")
    assert {reader.media, "file"} <= set(reader.columns)
    assert (reader.rate > 0) == (reader.media == "audio")


def test_every_dataset_that_was_asked_for_is_read():
    assert set(ASKED_FOR) <= set(readers.readers())


def test_every_reader_names_what_two_splits_must_not_share():
    free = {"digits", "mnist", "cifar10", "tiny_shakespeare", "meld"}  # known is nothing that two samples could share
    without = {name for name, reader in readers.readers().items() if not reader.key and len(reader.splits) > 1}
    assert {name for name in without if not name.startswith(("medmnist/", "wikitext/"))} <= free


def test_an_unknown_name_lists_the_known_ones_and_the_nearest():
    message = r"unknown dataset 'fsd'. Did you mean 'fsdd'\? Known datasets: .*digits, .*fsdd"
    with pytest.raises(ValueError, match=message):
        fetch.get("fsd")


def test_an_embedded_dataset_has_nothing_to_fetch():
    with pytest.raises(ValueError, match=r"'digits' comes with the course .* no files to fetch"):
        fetch.get("digits")


def test_a_dataset_in_several_forms_lists_them():
    with pytest.raises(ValueError, match=r"'wikitext' is no name for load; of this dataset there are: wikitext/2"):
        readers.find("wikitext")


def test_a_part_of_a_whole_is_refused():
    with pytest.raises(ValueError, match=r"'mnist' has no part 'train': it is fetched as a whole"):
        registry.select("mnist/train")


def test_importing_is_light():
    heavy = "{'keras', 'numpy', 'PIL', 'pooch', 'requests', 'soundfile', 'tqdm'}"
    code = f"import sys, mmcourse.data.fetch; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
