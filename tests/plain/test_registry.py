"""The registry of datasets is complete and well formed, and every name that the course gives to `get` finds files."""

import re
from pathlib import Path, PureWindowsPath

import pytest
from pybtex.database import parse_file

from mmcourse.data import registry

ROOT = Path(__file__).resolve().parents[2]
WORKS = parse_file(ROOT / "book" / "references.bib").entries
DATASETS = registry.registry()
MODALITIES = {"audio", "graph", "image", "table", "text", "video"}
NO_COMMERCE = re.compile(r"non-commercial|no commerce|research|academic|education|\bNC\b", re.IGNORECASE)
UNVERIFIED = re.compile(r"unclear|unknown|not (stated|verified|confirmed)|no license", re.IGNORECASE)
PAGE = re.compile(r"https?://[\w.-]+/\S*")
DOWNLOAD = re.compile(r"https?://[\w.-]+/\S+[^\s/]")

WHOLE = """
    anki_cmn_eng audiocaps cifar10 cmu_mosi enwik8 esc50 fsdd glove_6b imagenet_sample_1000 librosa_data
    mini_speech_commands mnist moving_mnist multi30k mustard ravdess tiny_shakespeare twitter_tmsc wikipedia_dump
""".split()
PARTS = """
    clevr/full clevr/no-images clotho/captions coco/captions_2014 coco/captions_2017 coco/karpathy coco/train2014
    coco/train2017 coco/val2014 coco/val2017 flickr30k/entities flickr30k/karpathy flickr8k/images flickr8k/text
    imagenet/train imagenette/160 imagenette/320 imagenette/full keras_weights/mobilenet_v3_small-notop
    librispeech/dev-clean librispeech/test-clean librispeech/train-clean-100 medmnist/pneumoniamnist meld/raw meld/text
    movielens/100k movielens/1m movielens/25m movielens/latest-small openi/images openi/reports speech_commands/main
    speech_commands/test tiny_imagenet/copy tiny_imagenet/original ucf101/splits ucf101/top5 ucf101/videos vqa_v2/train
    vqa_v2/validation wikitext/103 wikitext/103-raw wikitext/2 wikitext/2-raw yamnet_vggish/vggish yamnet_vggish/yamnet
""".split()
ONLY_BY_HAND = "avmnist bookcorpus cmu_mosei hateful_memes mm_imdb msr_vtt mvsa".split()
EMBEDDED = "digits photographs picture_world python_manual spoken_digits".split()


def largest_part(dataset: registry.Dataset) -> int:
    """Bytes of the largest part, or of the dataset, as far as sizes are known."""
    parts = [[file for file in dataset.files if file.part == part] for part in dataset.parts or ("",)]
    return max(sum(file.bytes or 0 for file in files) for files in parts)


def test_every_dataset_of_the_course_is_there():
    names = {name.partition("/")[0] for name in PARTS}
    assert sorted(DATASETS) == sorted({*WHOLE, *names, *ONLY_BY_HAND, *EMBEDDED})


@pytest.mark.parametrize("name", [*WHOLE, *PARTS])
def test_a_name_finds_its_files(name):
    selection = registry.select(name)
    assert selection.name == name
    assert selection.files
    assert all(file.part == name.partition("/")[2] for file in selection.files)


@pytest.mark.parametrize("name", ONLY_BY_HAND)
def test_a_dataset_to_get_by_hand_says_how(name):
    with pytest.raises(ValueError, match=f"{name!r} cannot be fetched by a program") as caught:
        registry.select(name)
    assert str(caught.value).endswith(DATASETS[name].manual)


def test_embedded_datasets_and_no_others_need_nothing():
    assert sorted(name for name, dataset in DATASETS.items() if dataset.embedded) == EMBEDDED
    bare = [name for name, dataset in DATASETS.items() if not (dataset.files or dataset.manual or dataset.embedded)]
    assert bare == []
    assert [name for name in EMBEDDED if DATASETS[name].files] == []


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_is_well_formed(name):
    dataset = DATASETS[name]
    assert re.fullmatch("[a-z][a-z0-9_]*", name)
    for fact in (dataset.title, dataset.task, dataset.license, dataset.attribution, dataset.card):
        assert fact.strip() == fact != ""
        assert "\n" not in fact
    assert isinstance(dataset.redistribute, bool)
    assert dataset.modalities
    assert set(dataset.modalities) <= MODALITIES
    assert dataset.homepage == "" or PAGE.fullmatch(dataset.homepage)
    assert dataset.citation == "" or dataset.citation in WORKS
    assert dataset.size_bytes is None or dataset.size_bytes >= 0


@pytest.mark.parametrize("name", DATASETS)
def test_only_a_clear_license_lets_pass_on(name):
    dataset = DATASETS[name]
    if NO_COMMERCE.search(dataset.license) or UNVERIFIED.search(dataset.license):
        assert not dataset.redistribute


@pytest.mark.parametrize(
    ("text", "found"),
    [("CC BY-NC-SA 4.0", True), ("GroupLens terms: research, no commerce", True), ("CC BY 4.0", False)],
)
def test_a_license_without_commerce_is_recognized(text, found):
    assert bool(NO_COMMERCE.search(text)) is found


@pytest.mark.parametrize("name", [name for name, dataset in DATASETS.items() if dataset.files])
def test_the_files_are_well_formed(name):
    dataset = DATASETS[name]
    names = [file.name for file in dataset.files]
    assert len({file.casefold() for file in names}) == len(names)
    assert {bool(file.part) for file in dataset.files} == {bool(dataset.parts)}
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]*", part) for part in dataset.parts)
    for file in dataset.files:
        assert Path(file.name).name == PureWindowsPath(file.name).name == file.name
        assert DOWNLOAD.fullmatch(file.url) or (file.url == "" and dataset.manual and file.checksum)
        assert all(DOWNLOAD.fullmatch(address) and address != file.url for address in file.alternates)
        assert file.bytes is None or file.bytes > 0
        assert re.fullmatch(r"([0-9a-f]{64})?", file.sha256)
        assert re.fullmatch(r"([0-9a-f]{32})?", file.md5)
        assert not (file.sha256 and file.md5)
        assert file.source.strip() == file.source != ""


@pytest.mark.parametrize("name", [name for name, dataset in DATASETS.items() if dataset.files])
def test_the_tier_agrees_with_the_sizes(name):
    dataset = DATASETS[name]
    largest = largest_part(dataset)
    smallest_fit = next(tier for tier, limit in registry.TIERS.items() if largest <= limit)
    if dataset.size_bytes is None:
        assert list(registry.TIERS).index(dataset.tier) >= list(registry.TIERS).index(smallest_fit)
    else:
        assert dataset.tier == smallest_fit


@pytest.mark.parametrize("name", [name for name, dataset in DATASETS.items() if not dataset.files])
def test_a_dataset_without_files_has_a_tier(name):
    assert DATASETS[name].tier == ("tiny" if DATASETS[name].embedded else "large")


@pytest.mark.parametrize("name", [name for name, d in DATASETS.items() if d.manual and not d.embedded])
def test_a_manual_step_says_where_to_put_the_files_or_what_to_take(name):
    manual = DATASETS[name].manual
    put = f"put them into the folder that `python -m mmcourse.data info {name}` prints."
    stand_ins = [other for other in re.findall(r"\w+", manual) if other != name and DATASETS.get(other)]
    assert manual.endswith(put) or any(DATASETS[other].files for other in stand_ins)


def test_a_file_without_checksum_needs_a_word_in_the_manual():
    unchecked = {name: [file.part for file in found.files if not file.checksum] for name, found in DATASETS.items()}
    assert {name: parts for name, parts in unchecked.items() if parts} == {"clevr": ["no-images"], "ucf101": ["top5"]}
    for name, parts in unchecked.items():
        assert all(part in DATASETS[name].manual and "allow_unchecked" in DATASETS[name].manual for part in parts)


def test_one_address_is_one_file():
    facts = {}
    for dataset in DATASETS.values():
        for file in dataset.files:
            for address in filter(None, (file.url, *file.alternates)):
                fact = (file.name, file.bytes, file.checksum)
                assert facts.setdefault(address, fact) == fact
    assert len(facts) >= 140


def test_the_numbers_of_the_readme_and_the_changelog_are_those_of_the_registry():
    real = sum(not dataset.embedded for dataset in DATASETS.values())
    for name, sentence in (
        ("README.md", f"names {real} real datasets"),
        ("CHANGELOG.md", f"by name: {real} real ones"),
    ):
        assert sentence in (ROOT / name).read_text(encoding="utf-8")
