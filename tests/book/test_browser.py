"""The book opened from disk in a browser: what its readers see. Skipped where there is no Chromium."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from contents import PAGES, ROOT

FACTS, CONTRAST = (
    (Path(__file__).parent / f"{name}.js").read_text(encoding="utf-8") for name in ("page_facts", "contrast")
)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LOCAL = re.compile(r"(file|data|blob):")
OPEN_BOXES = "document.querySelectorAll('details').forEach(box => box.open = true)"

each_page = pytest.mark.parametrize("page", PAGES)


@dataclass
class Visit:
    """What happened while a page was open, and what it showed."""

    requests: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    pale: dict[str, list[str]] = field(default_factory=dict)  # theme: texts with too little contrast
    phone_width: int = 0


def open_tab(browser, address: str) -> tuple[object, Visit]:
    """A tab at `address`, and the visit that records its requests and errors from now on."""
    tab, visit = browser.new_page(), Visit()
    tab.on("request", lambda request: visit.requests.append(request.url))
    tab.on("requestfailed", lambda request: visit.failed.append(request.url))
    tab.on("pageerror", lambda error: visit.errors.append(str(error)))
    tab.on("console", lambda message: visit.errors.append(message.text) if message.type == "error" else None)
    tab.set_viewport_size(DESKTOP)
    tab.goto(address)
    return tab, visit


def look(browser, file: Path) -> Visit:
    """Open a page, note its facts, see it in every theme and at the width of a phone, all boxes open."""
    tab, visit = open_tab(browser, file.as_uri())
    visit.facts = tab.evaluate(FACTS)
    tab.evaluate(OPEN_BOXES)
    for _ in range(3):  # the button goes round three settings: as the system, light, dark
        tab.locator(".theme-switch-button:visible").first.click()
        tab.wait_for_timeout(500)  # colors change gradually
        visit.pale[tab.evaluate("document.documentElement.dataset.theme")] = tab.evaluate(CONTRAST)
    tab.set_viewport_size(PHONE)
    tab.wait_for_timeout(300)
    visit.phone_width = tab.evaluate("document.scrollingElement.scrollWidth")
    tab.close()
    return visit


@pytest.fixture(scope="session")
def visit(book: Path, browser) -> Callable[[str], Visit]:
    """Visit a page of the table of contents; each page is opened once."""
    seen: dict[str, Visit] = {}

    def visit_page(page: str) -> Visit:
        if page not in seen:
            seen[page] = look(browser, book / f"{page}.html")
        return seen[page]

    return visit_page


@each_page
def test_asks_nothing_of_a_network(visit, page):
    requests = visit(page).requests
    assert requests
    assert [url for url in requests if not LOCAL.match(url)] == []
    assert visit(page).failed == []


@each_page
def test_has_no_error(visit, page):
    assert visit(page).errors == []


@each_page
def test_draws_every_formula(visit, page):
    facts = visit(page).facts
    assert facts["drawn"] == facts["formulas"]
    assert facts["wrong"] == []
    assert facts["rawTex"] == []


@each_page
def test_shows_no_diagram_as_text(visit, page):
    assert visit(page).facts["rawMermaid"] == 0


@each_page
def test_has_one_search_box(visit, page):
    assert visit(page).facts["searchBoxes"] == 1


@each_page
def test_pictures_are_loaded_and_described(visit, page):
    for image in visit(page).facts["images"]:
        assert image["width"] > 0, f"not loaded: {image['source']}"
        assert image["alt"], f"no alternative text: {image['source']}"


@each_page
def test_fits_a_phone(visit, page):
    assert visit(page).phone_width <= PHONE["width"]


@each_page
def test_is_readable_in_light_and_dark(visit, page):
    pale = visit(page).pale
    assert set(pale) == {"light", "dark"}
    assert pale == {"light": [], "dark": []}


def test_pages_have_formulas_and_pictures(visit):
    """The checks above are not empty."""
    facts = [visit(page).facts for page in PAGES]
    assert sum(page["formulas"] for page in facts) > 20
    assert any(page["images"] for page in facts)


def test_search_works_from_disk(book, browser):
    tab, visit = open_tab(browser, (book / "search.html").as_uri() + "?q=encoder")
    tab.locator("#search-results li a").first.wait_for(timeout=10_000)
    found = tab.locator("#search-results li a").all_inner_texts()
    tab.close()
    assert any("Glossary" in title for title in found)
    assert [url for url in visit.requests if not LOCAL.match(url)] == []
    assert visit.errors == []


def test_search_box_leads_to_results(book, browser):
    tab, _ = open_tab(browser, (book / f"{PAGES[0]}.html").as_uri())
    tab.locator(".search-button-field:visible").click()
    tab.locator("input[type=search]:visible").fill("softmax")
    tab.keyboard.press("Enter")
    tab.locator("#search-results li a").first.wait_for(timeout=10_000)
    assert "q=softmax" in tab.url
    tab.close()


def test_learner_copy_is_saved_from_disk(book, browser):
    page = next(page for page in PAGES if (ROOT / f"{page}.ipynb").is_file())
    tab, _ = open_tab(browser, (book / f"{page}.html").as_uri())
    with tab.expect_download() as saving:
        tab.locator("a.learner-copy").click()
    copy = ROOT / "colab" / f"{page.removeprefix('book/')}.ipynb"
    assert saving.value.suggested_filename == copy.name
    assert Path(saving.value.path()).read_bytes() == copy.read_bytes()
    tab.close()
