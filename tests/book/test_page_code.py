"""Code on the pages prints what stands below it: the self-test, the gallery of bugs, the exercise on citations."""

import os
import re
import subprocess
import sys

import pytest
from contents import ROOT

PAGES = ("index", "appendix/bugs", "appendix/checking-a-citation")
PAIR = re.compile(r"^```python\n(.*?)^```$.*?^```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def source(page: str) -> str:
    return (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")


LISTINGS = [(page, *pair) for page in PAGES for pair in PAIR.findall(source(page))]


@pytest.mark.parametrize("page", PAGES)
def test_each_listing_is_followed_by_its_answer(page):
    kinds = re.findall(r"^```(python|text)$", source(page), re.MULTILINE)
    assert kinds == ["python", "text"] * (len(kinds) // 2)
    assert len(kinds) >= 8


def test_the_program_of_the_self_test_has_ten_lines():
    assert LISTINGS[3][1].count("\n") == 10


@pytest.mark.parametrize(
    ("page", "code", "answer"), LISTINGS, ids=[f"{n}-{page}" for n, (page, *_) in enumerate(LISTINGS)]
)
def test_code_prints_the_answer(page, code, answer, tmp_path):
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == answer
