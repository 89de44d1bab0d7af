"""The measurements and the report of `make test` and `make run`."""

import json
import sys
from dataclasses import replace

import pytest

from tools import measure, report, run_lessons, run_tests
from tools.report import Counts, Result

XML = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"><failure message="x"/></testcase>
<testcase name="c"><skipped message="no browser"/></testcase>
</testsuite></testsuites>"""
LESSON = Result("toy", "lesson", 100.0, 10**9, 0)


def python(*lines):
    return [sys.executable, "-c", "\n".join(lines)]


def test_measurement_sees_code_and_output(tmp_path):
    log = tmp_path / "log.txt"
    command = python("import sys", "print('out', flush=True)", "print('err', file=sys.stderr)", "sys.exit(3)")
    measured = measure.run(command, log=log)
    assert measured.code == 3
    assert log.read_text().split() == ["out", "err"]


def test_measurement_counts_the_memory_of_children():
    child = "import time; block = bytearray(150_000_000); time.sleep(1)"
    measured = measure.run(python("import subprocess, sys", f"subprocess.run([sys.executable, '-c', {child!r}])"))
    assert 150e6 < measured.peak_bytes < 400e6
    assert 1 < measured.seconds < 30


def test_measurement_ends_what_takes_too_long():
    child = "import time; time.sleep(60)"
    measured = measure.run(
        python("import subprocess, sys", f"subprocess.run([sys.executable, '-c', {child!r}])"), timeout=1
    )
    assert measured.code == measure.TIMED_OUT
    assert measured.seconds < 20


def test_measurement_passes_variables(tmp_path):
    log = tmp_path / "log.txt"
    env = run_lessons.environment(str(tmp_path), real=False) | {"TOY": "7"}
    measure.run(python("import os", "print(os.environ['TOY'], os.environ['MMCOURSE_OFFLINE'])"), env=env, log=log)
    assert log.read_text().split() == ["7", "1"]


def test_run_hides_mirror_and_downloads(monkeypatch):
    monkeypatch.setenv("MMCOURSE_MIRROR", "somewhere")
    hidden = run_lessons.environment("empty", real=False)
    assert "MMCOURSE_MIRROR" not in hidden
    assert hidden["MMCOURSE_DATA_DIR"] == "empty"
    assert run_lessons.environment("empty", real=True)["MMCOURSE_MIRROR"] == "somewhere"


def test_tests_download_nothing_without_a_mirror(monkeypatch):
    monkeypatch.delenv("MMCOURSE_OFFLINE", raising=False)
    monkeypatch.delenv("MMCOURSE_MIRROR", raising=False)
    assert run_tests.environment()["MMCOURSE_OFFLINE"] == "1"
    monkeypatch.setenv("MMCOURSE_MIRROR", "somewhere")
    assert "MMCOURSE_OFFLINE" not in run_tests.environment()


def test_run_table_is_slowest_first_and_marks_what_is_over_budget():
    results = [
        {"slug": "quick", "seconds": 5.0, "peak_bytes": 10**9},
        {"slug": "slow", "seconds": 61.0, "peak_bytes": 10**9},
        {"slug": "large", "seconds": 6.0, "peak_bytes": 4 * 10**9},
    ]
    lines = run_lessons.table(results).splitlines()
    assert [line.split()[4] for line in lines] == ["slow", "large", "quick"]
    assert [line.endswith("over budget") for line in lines] == [True, True, False]


def test_official_seconds_belong_to_the_lesson_as_it_is(tmp_path, monkeypatch):
    path = tmp_path / "toy.ipynb"
    path.write_text("{}")
    monkeypatch.setattr(run_tests, "RESULTS", tmp_path / "run.json")
    (tmp_path / "run.json").write_text(json.dumps({"toy": {"seconds": 9.0, "sha256": run_lessons.digest(path)}}))
    assert run_tests.official_seconds([path]) == {"toy": 9.0}
    path.write_text("{} ")
    assert run_tests.official_seconds([path]) == {}


def test_counts_of_a_step(tmp_path):
    xml = tmp_path / "step.xml"
    step = Result("step", "unit", 1.0, 0, 1, xml)
    assert report.count(step) == Counts(failed=1)  # it broke before it wrote its file
    xml.write_text(XML)
    assert report.count(step) == Counts(1, 1, 1, ("c: no browser",))
    xml.write_text("<testsuites><testcase name='a'/></testsuites>")
    assert report.count(step) == Counts(1, 1)  # no test failed, but the step did
    assert report.count(replace(step, code=0)) == Counts(1)
    assert report.count(Result("ruff", "lint", 1.0, 0, 0)) == Counts(1)
    assert report.count(Result("ruff", "lint", 1.0, 0, 1)) == Counts(failed=1)


@pytest.mark.parametrize(
    ("change", "official", "ok"),
    [
        ({}, None, True),
        ({}, 60.0, True),
        ({}, 60.5, False),
        ({"seconds": 180.5}, None, False),
        ({"peak_bytes": 3 * 10**9}, None, False),
    ],
)
def test_budget_of_a_lesson(change, official, ok):
    assert report.lesson_row(replace(LESSON, **change), official).ok is ok


def test_steps_at_the_same_time_take_the_time_of_the_longest():
    steps = [Result("a", "unit", 5.0, 0, 0, begun=10.0), Result("b", "unit", 9.0, 0, 0, begun=11.0)]
    assert report.wall_seconds(steps) == 10.0
    assert report.wall_seconds([]) is None
    row = next(row for row in report.rows(steps, {}, 1.0) if row.what == "unit tests, all backends")
    assert (row.measured, row.ok) == ("10.0 s", True)


def test_means_of_the_lessons():
    results = [LESSON, replace(LESSON, name="other", seconds=150.0)]
    *_, tested, alone = report.lesson_rows(results, {"toy": 30.0})
    assert (tested.measured, tested.limit, tested.ok) == ("125.0 s", "120 s", False)
    assert (alone.measured, alone.ok) == ("-", None)
    assert report.lesson_rows(results, {"toy": 30.0, "other": 48.0})[-1].measured == "39.0 s"


def test_limit_row():
    assert report.limit_row("x", 0.5, 0.5).ok is True
    assert report.limit_row("x", 0.51, 0.5) == report.Row("x", "0.50 s", "0.51 s", False)
    assert report.limit_row("x", None, 60).ok is None


def test_unmeasured_book_is_not_in_order():
    assert report.book_row(None).ok is False
    assert report.book_row(59.0).ok is True
    assert report.book_row(61.0).ok is False


def test_suite_limit_grows_with_the_lessons():
    assert [report.suite_limit(count) for count in (1, 34, 35, 55)] == [2400, 2400, 3600, 3600]


def test_seconds_of_a_statement():
    assert 0.2 <= report.statement_seconds("time.sleep(0.2)") < 5
    assert report.statement_seconds("raise ValueError('no')") == float("inf")


def test_report_ends_with_the_total(monkeypatch, capsys):
    monkeypatch.setattr(report, "statement_seconds", lambda statement: 0.1)
    monkeypatch.setattr(report, "book_seconds", lambda: 61.0)
    monkeypatch.setattr(report, "stale_records", lambda: ["toy: train"])
    results = [Result("ruff check", "lint", 1.0, 0, 0), replace(LESSON, code=1)]
    total = report.show(results, {}, 100.0, Counts(skipped=1, reasons=("torch: not installed",)))
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == "6 passed, 2 failed, 1 skipped" == str(total)
    assert "building the book | 60 s" in " ".join(printed.split())
    assert "torch: not installed" in printed
    assert "toy: train" in printed
    assert "Failed steps: toy" in printed
