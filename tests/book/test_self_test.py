"""The answers of the self-test on the first page are what its code prints."""

import os
import re
import subprocess
import sys

import pytest
from contents import ROOT

TEXT = (ROOT / "book" / "index.md").read_text(encoding="utf-8").split("## Self-test")[1]
CODE = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
ANSWERS = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)


def test_each_question_has_code_and_answer():
    assert len(CODE) == len(ANSWERS) == 4
    assert CODE[3].count("\n") == 10


@pytest.mark.parametrize(("code", "answer"), zip(CODE, ANSWERS, strict=True), ids=range(1, len(CODE) + 1))
def test_code_prints_the_answer(code, answer):
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout == answer
