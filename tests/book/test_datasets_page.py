"""The page of datasets: every card is there once, whole, and under the heading that is true of it."""

import html
import re

import pytest
from dataset_cards import KINDS, card_lines, kind

from mmcourse.data import registry


@pytest.fixture(scope="module")
def cards(book):
    """Title -> text of each folded box, without tags and with single spaces."""
    page = (book / "book" / "appendix" / "datasets.html").read_text(encoding="utf-8")
    boxes = re.findall(r"<details[^>]*>(.*?)</details>", page, re.DOTALL)
    texts = [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", box)).split()) for box in boxes]
    titles = [" ".join(dataset.title.split()) for dataset in registry.registry().values()]
    return {title: [text for text in texts if text.startswith(typeset(title))] for title in titles}


def typeset(text: str) -> str:
    return text.replace("'", "’")


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", typeset(text)))


def test_every_dataset_has_one_card_with_all_its_words(cards):
    for dataset in registry.registry().values():
        found = cards[" ".join(dataset.title.split())]
        assert len(found) == 1, dataset.name
        told = words(" ".join([dataset.card, dataset.manual, dataset.license, dataset.attribution, dataset.task]))
        assert told <= words(found[0]), dataset.name


@pytest.mark.parametrize(
    ("name", "expected"),
    [("digits", "embedded"), ("mnist", "load"), ("coco", "load"), ("glove_6b", "get"), ("imagenet", "hand")],
)
def test_a_dataset_stands_under_what_is_true_of_it(name, expected):
    assert kind(registry.dataset(name)) == expected in KINDS


def test_a_card_names_what_load_and_get_take():
    text = "\n".join(card_lines(registry.dataset("wikitext")))
    assert "- To load: `wikitext/2`, `wikitext/103`" in text
    assert "`wikitext/2-raw` (4.7 MB)" in text
    assert "with \\<unk> for" in text
