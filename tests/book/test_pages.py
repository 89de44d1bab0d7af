"""The built pages as files: links, addresses, what the local extensions made."""

import base64
import json
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from address import read_address
from api_reference import public_modules
from bs4 import BeautifulSoup
from contents import PAGES, ROOT
from lesson_line import facts, read_metadata

LOADED = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "audio": "src",
    "source": "src",
    "video": "src",
}


@pytest.fixture(scope="session")
def soups(book: Path) -> dict[Path, BeautifulSoup]:
    """Every built HTML page, parsed."""
    return {path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in book.rglob("*.html")}


def test_every_page_is_built_in_time(book):
    assert [page for page in PAGES if not (book / f"{page}.html").is_file()] == []
    seconds = json.loads((ROOT / "_build" / "report" / "book.json").read_text(encoding="utf-8"))["build_seconds"]
    assert 0 < seconds < 60


def test_nothing_is_loaded_from_an_address(soups):
    loaded = [
        (path.name, tag[attribute])
        for path, soup in soups.items()
        for name, attribute in LOADED.items()
        for tag in soup.find_all(name, **{attribute: re.compile(r"^(https?:)?//")})
    ]
    assert loaded == []
    scripts = [(path.name, s.text) for path, soup in soups.items() for s in soup.find_all("script") if "://" in s.text]
    assert scripts == []


def test_styles_load_nothing_from_an_address(book):
    for style in (book / "_static").rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", style.read_text(encoding="utf-8")), style.name


def test_local_links_lead_somewhere(soups):
    names = {path: {tag["id"] for tag in soup.find_all(id=True)} for path, soup in soups.items()}
    dead = []
    for path, soup in soups.items():
        for link in soup.find_all("a", href=True):
            address, anchor = urldefrag(link["href"])
            if re.match(r"[a-z]+:", address) or "{{" in address:
                continue
            target = (path.parent / unquote(address.split("?")[0])).resolve() if address else path
            if not target.exists() or (anchor and target in names and unquote(anchor) not in names[target]):
                dead.append(f"{path.name}: {link['href']}")
    assert dead == []


def test_every_lesson_has_its_line(soups, book):
    for page in PAGES:
        metadata = read_metadata(ROOT / f"{page}.ipynb") if (ROOT / f"{page}.ipynb").is_file() else None
        found = [element.text for element in soups[book / f"{page}.html"].select("p.lesson-line")]
        assert len(found) == (metadata is not None), page
        if metadata:
            assert all(fact in found[0] for fact in facts(metadata))
            assert all(slug in found[0] for slug in metadata["needs"])


def test_every_lesson_offers_its_learner_copy(soups, book):
    for page in PAGES:
        downloads = soups[book / f"{page}.html"].select("h1 ~ p.lesson-links > a.learner-copy")
        assert len(downloads) == (ROOT / f"{page}.ipynb").is_file(), page
        if downloads:
            data = base64.b64decode(downloads[0]["href"].partition("base64,")[2])
            assert data == (ROOT / "colab" / f"{page.removeprefix('book/')}.ipynb").read_bytes()


def test_lesson_leads_to_colab_where_there_is_an_address(soups, book):
    lessons = [page for page in PAGES if (ROOT / f"{page}.ipynb").is_file()]
    found = {len(soups[book / f"{page}.html"].select("a.btn-colab-button, a.in-colab")) for page in lessons}
    address = read_address(ROOT)
    assert found == {2 if address is not None and address.startswith("https://github.com/") else 0}


def test_links_use_no_placeholder(soups):
    for path, soup in soups.items():
        assert not soup.find_all("a", href=re.compile("OWNER")), path.name
        assert not soup.find_all("a", href=re.compile("executablebooks/jupyter-book")), path.name


def test_report_page_says_where(book):
    text = (book / "book/appendix/report-an-error.html").read_text(encoding="utf-8")
    address = read_address(ROOT)
    assert ("no public address yet" if address is None else f"{address}/issues") in text


def test_reference_lists_every_public_module(soups, book):
    page = soups[book / "book/appendix/api.html"]
    missing = []
    for name, path in public_modules(ROOT / "mmcourse", "mmcourse"):
        has_text = '"""' in path.read_text(encoding="utf-8")
        if has_text and page.find(id=name.replace(".", "-").replace("_", "-")) is None:
            missing.append(name)
    assert missing == []
    assert page.find(id="mmcourse-shapes-check").find("pre").text.startswith("check(array, axes: str")


def test_every_cited_work_is_listed(soups, book):
    keys = re.findall(r"^@\w+\{([^,]+),", (ROOT / "book/references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    listed = soups[book / "book/appendix/bibliography.html"].select("div.citation")
    assert len(listed) == len(keys) > 0
