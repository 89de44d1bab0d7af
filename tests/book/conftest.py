"""Fixtures of the book tests: the book built from the working tree, and a browser without a network."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from contents import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
BUILD = "from jupyter_book.cli.main import main; main()"


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the HTML pages, built from nothing with warnings as errors; its seconds go into the report."""
    output = tmp_path_factory.mktemp("book")
    command = [sys.executable, "-c", BUILD, "build", str(ROOT), "--path-output", str(output), "-W", "--keep-going"]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT)
    seconds = time.perf_counter() - start
    assert done.returncode == 0, f"The book does not build without warnings:\n{done.stderr[-6000:]}"
    report = ROOT / "_build" / "report" / "book.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps({"build_seconds": round(seconds, 1)}), encoding="utf-8")
    return output / "_build" / "html"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A headless Chromium (a Playwright `BrowserContext`) with a profile of its own."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None and os.environ.get("MMCOURSE_REQUIRE_BROWSER"):
        pytest.fail(f"MMCOURSE_REQUIRE_BROWSER is set and none of {', '.join(BROWSERS)} is installed")
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        profile = str(tmp_path_factory.mktemp("profile"))
        context = playwright.chromium.launch_persistent_context(profile, executable_path=program, args=FLAGS)
        yield context
        context.close()
