"""The resources: each entry with a key that exists or an address that was checked, and pages of the book that exist."""

import re

import pytest
import yaml
from contents import PAGES, ROOT
from pybtex.database import parse_file
from resource_list import GROUPS, item, read_resources

FILE = ROOT / "book" / "appendix" / "resources.yml"
ENTRIES = read_resources(FILE)
KEYS = set(parse_file(ROOT / "book" / "references.bib").entries)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["title"])
def test_entry_leads_to_a_source_and_into_the_book(entry):
    if "key" in entry:
        assert entry["key"] in KEYS
    else:
        assert re.fullmatch(r"https://[\w.-]+/\S*", entry["address"])
        assert len(entry["checked"].split()) >= 2
    assert entry["here"] != []
    assert {f"book/{page}" for page in entry["here"]} <= set(PAGES)
    assert re.findall(r"[.!?](?=\s+[A-Z]|$)", entry["note"]) == ["."], "one sentence"


def test_entries_are_there_once_and_in_order():
    titles = [entry["title"] for entry in ENTRIES]
    assert len(titles) == len(set(titles)) > 40
    sources = [entry.get("key", entry.get("address")) for entry in ENTRIES]
    assert len(sources) == len(set(sources))
    groups = [entry["group"] for entry in ENTRIES]
    assert groups == sorted(groups, key=GROUPS.index)


def test_page_shows_every_group():
    page = (ROOT / "book" / "appendix" / "resources.md").read_text(encoding="utf-8")
    assert re.findall(r"\{resources\} resources\.yml (\w+)", page) == list(GROUPS)


def test_item_names_source_and_pages():
    entry = {"group": "books", "title": "A", "key": "b2020c", "note": "A book.", "here": ["start/x", "index"]}
    assert item(entry) == "- **A**: A book {cite:p}`b2020c`. *Here*: {doc}`/book/start/x`, {doc}`/book/index`."
    site = {"group": "sites", "title": "A", "address": "https://a.org/", "checked": "a b", "note": "B.", "here": ["x"]}
    assert "B <https://a.org/>. *Here*" in item(site)
    assert "B [`https://a.org/c--d`](https://a.org/c--d). *Here*" in item(site | {"address": "https://a.org/c--d"})


@pytest.mark.parametrize(
    "change", [{"group": "films"}, {"key": None}, {"color": "red"}, {"checked": "twice", "key": None}]
)
def test_incomplete_entry_is_refused(tmp_path, change):
    entry = {"group": "books", "title": "A", "key": "b", "note": "C.", "here": []} | change
    file = tmp_path / "resources.yml"
    file.write_text(yaml.safe_dump([{k: v for k, v in entry.items() if v is not None}]), encoding="utf-8")
    with pytest.raises(ValueError, match="'A'"):
        read_resources(file)
