"""The real release, unpacked into an empty folder: complete, readable from disk, installable without a network."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from contents import PAGES, ROOT
from test_browser import FACTS, LOCAL, open_tab

from tools import lesson, release

SECONDS = 1_800_000_000  # any time will do
LESSON = lesson.lessons()[0].relative_to(ROOT).with_suffix(".html").as_posix()
IMPORT = "import mmcourse; print(mmcourse.__version__, mmcourse.__file__)"


@pytest.fixture(scope="module")
def unpacked(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the zip was unpacked; made from the built book, the learner copies and the package."""
    made = tmp_path_factory.mktemp("release")
    wheel = release.build_wheel(ROOT, made / "wheel", SECONDS)
    target = release.make_release(ROOT, book, wheel, made / "zip", SECONDS)
    folder = made / "a new folder"
    with zipfile.ZipFile(target) as archive:
        archive.extractall(folder)
    return folder


def files(folder: Path) -> set[str]:
    """Names of all files below a folder, except what Python and editors leave."""
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return {path.as_posix() for path in paths if "__pycache__" not in path.parts and not release.is_hidden(path)}


def test_checksums_hold_for_every_file(unpacked):
    lines = (unpacked / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    given = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    assert {name: hashlib.sha256((unpacked / name).read_bytes()).hexdigest() for name in given} == given
    assert files(unpacked) == {*given, "SHA256SUMS"}


def test_every_page_and_copy_is_there(unpacked):
    wanted = {f"book/{page}.html" for page in PAGES}
    wanted |= {f"colab/{path.relative_to(ROOT / 'book').as_posix()}" for path in lesson.lessons()}
    assert wanted - files(unpacked) == set()


def test_opens_from_disk_without_a_network(unpacked, browser):
    tab, visit = open_tab(browser, (unpacked / "START-HERE.html").as_uri())
    tab.get_by_role("link", name="Open the book").click()
    tab.wait_for_url(f"**/book/{PAGES[0]}.html")
    assert tab.locator("h1").first.inner_text()
    tab.goto((unpacked / "book" / LESSON).as_uri())
    facts = tab.evaluate(FACTS)
    tab.close()
    assert facts["drawn"] == facts["formulas"] > 0
    assert facts["images"]
    assert [image["source"] for image in facts["images"] if image["width"] == 0] == []
    assert [url for url in visit.requests if not LOCAL.match(url)] == []
    assert (visit.failed, visit.errors) == ([], [])


def test_wheel_installs_without_a_network(unpacked, tmp_path):
    (wheel,) = unpacked.glob("*.whl")
    target = tmp_path / "installed"
    install = ["-m", "pip", "install", "--no-index", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run([sys.executable, *install], check=True, capture_output=True)
    env = {**os.environ, "PYTHONPATH": str(target)}
    done = subprocess.run([sys.executable, "-c", IMPORT], cwd=tmp_path, env=env, capture_output=True, text=True)
    version, place = done.stdout.strip().split(" ", 1)
    assert wheel.name == f"mmcourse-{version}-py3-none-any.whl"
    assert Path(place) == target / "mmcourse" / "__init__.py"
    assert files(target / "mmcourse") == {name for name in files(ROOT / "mmcourse") if not name.endswith(".part")}
