"""The report at the end of `make test`: what was measured beside its limit, what was skipped and why, the total."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REPORT = Path(__file__).resolve().parents[1] / "_build" / "report"

LESSON_SECONDS = 60
MEAN_LESSON_SECONDS = 40
LOADED_FACTOR = 3  # under `make test` two lessons share the machine, and machines are noisy
LESSON_BYTES = 3e9
UNIT_SECONDS = 15 * 60  # 8 minutes alone, most of it compiling; machines are shared
BOOK_SECONDS = 60
BOOK = "building the book"
IMPORT_SECONDS = 0.5
SETUP_SECONDS = 1.0
SUITE_SECONDS = {34: 40 * 60, 55: 60 * 60}  # at most so many lessons: so many seconds

STATEMENTS = {"import mmcourse": IMPORT_SECONDS, "import mmcourse; mmcourse.setup(seed=0)": SETUP_SECONDS}


@dataclass(frozen=True)
class Result:
    """One step of the tests: `kind` is "lint", "unit", "checker", "lesson" or "book"; `xml` its JUnit file.

    `begun` is the time at which it began, in seconds of any one clock.
    """

    name: str
    kind: str
    seconds: float
    peak_bytes: int
    code: int
    xml: Path | None = None
    begun: float = 0.0


@dataclass(frozen=True)
class Row:
    """A line of the report; `ok` is None where there is nothing to compare."""

    what: str
    limit: str
    measured: str
    ok: bool | None


@dataclass(frozen=True)
class Counts:
    """How many checks passed, failed, were skipped; the reasons of the skipped ones."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: tuple[str, ...] = ()

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.reasons + other.reasons,
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def count(result: Result) -> Counts:
    """The tests of a step; a step that broke, or that reports no test of its own, counts as one."""
    if result.xml is None or not result.xml.is_file():
        return Counts(passed=1) if result.code == 0 and result.xml is None else Counts(failed=1)
    counts = sum((_count_case(case) for case in ElementTree.parse(result.xml).iter("testcase")), Counts())
    if result.code != 0 and counts.failed == 0:
        counts += Counts(failed=1)
    return counts


def _count_case(case: ElementTree.Element) -> Counts:
    if case.find("failure") is not None or case.find("error") is not None:
        return Counts(failed=1)
    skipped = case.find("skipped")
    if skipped is not None:
        return Counts(skipped=1, reasons=(f"{case.get('name')}: {skipped.get('message')}",))
    return Counts(passed=1)


def limit_row(what: str, seconds: float | None, limit: float) -> Row:
    """A row for a time with an upper limit, both in seconds; None where nothing was measured."""
    digits = 2 if limit < 10 else 0
    measured, ok = ("-", None) if seconds is None else (f"{seconds:.{max(digits, 1)}f} s", seconds <= limit)
    return Row(what, f"{limit:.{digits}f} s", measured, ok)


def wall_seconds(results: Sequence[Result]) -> float | None:
    """From the start of the first step to the end of the last: steps may run at the same time. None for no step."""
    if not results:
        return None
    return max(result.begun + result.seconds for result in results) - min(result.begun for result in results)


def lesson_row(result: Result, official: float | None) -> Row:
    """A lesson: seconds under test, official seconds (alone, from `make run`; None where unknown), peak memory."""
    loaded = LOADED_FACTOR * LESSON_SECONDS
    limit = f"{loaded} s, alone {LESSON_SECONDS} s, {LESSON_BYTES / 1e9:.0f} GB"
    alone = "-" if official is None else f"{official:.1f} s"
    measured = f"{result.seconds:.1f} s, alone {alone}, {result.peak_bytes / 1e9:.2f} GB"
    fast = result.seconds <= loaded and (official or 0) <= LESSON_SECONDS
    return Row(f"lesson {result.name}", limit, measured, fast and result.peak_bytes < LESSON_BYTES)


def lesson_rows(results: Sequence[Result], official: dict[str, float]) -> list[Row]:
    """Every lesson, then the means under test and alone (the latter only when all official seconds are known)."""
    lessons = [result for result in results if result.kind == "lesson"]
    rows = [lesson_row(result, official.get(result.name)) for result in lessons]
    if not lessons:
        return rows
    tested = sum(result.seconds for result in lessons) / len(lessons)
    known = [official[result.name] for result in lessons if result.name in official]
    alone = sum(known) / len(known) if len(known) == len(lessons) else None
    return [
        *rows,
        limit_row("mean of the lessons under test", tested, LOADED_FACTOR * MEAN_LESSON_SECONDS),
        limit_row("mean of the lessons alone (make run)", alone, MEAN_LESSON_SECONDS),
    ]


def suite_limit(lesson_count: int) -> float:
    """Seconds that the whole test command may take with so many lessons."""
    return next((limit for most, limit in SUITE_SECONDS.items() if lesson_count <= most), max(SUITE_SECONDS.values()))


def rows(results: Sequence[Result], official: dict[str, float], total_seconds: float) -> list[Row]:
    """The whole table."""
    units = [result for result in results if result.kind == "unit"]
    lesson_count = sum(result.kind == "lesson" for result in results)
    return [
        *lesson_rows(results, official),
        *(Row(result.name, "", f"{result.seconds:.1f} s", None) for result in units),
        limit_row("unit tests, all backends", wall_seconds(units), UNIT_SECONDS),
        book_row(book_seconds()),
        *(limit_row(statement, statement_seconds(statement), limit) for statement, limit in STATEMENTS.items()),
        limit_row("the whole test command", total_seconds, suite_limit(lesson_count)),
    ]


def book_row(seconds: float | None) -> Row:
    """The row of the book's build; a build that was not measured is not in order."""
    if seconds is None:
        return Row(BOOK, f"{BOOK_SECONDS} s", "not measured", False)
    return limit_row(BOOK, seconds, BOOK_SECONDS)


def book_seconds() -> float | None:
    """Seconds that the book took to build, as its test wrote them; None where it did not get so far."""
    path = REPORT / "book.json"
    return json.loads(path.read_text(encoding="utf-8"))["build_seconds"] if path.is_file() else None


def statement_seconds(statement: str) -> float:
    """Best of three times, in seconds, that a statement takes in a new interpreter; infinite where it fails."""
    program = f"import time; start = time.perf_counter(); {statement}; print(); print(time.perf_counter() - start)"
    runs = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True) for _ in range(3)]
    if any(run.returncode for run in runs):
        print(next(run.stderr for run in runs if run.returncode))
        return float("inf")
    return min(float(run.stdout.split()[-1]) for run in runs)


def stale_records() -> list[str]:
    """A line for each study record whose package code has changed since it was made."""
    from mmcourse import records

    folder = REPORT.parents[1] / "mmcourse" / "records"
    stale = {path.stem: records.stale(path.stem) for path in sorted(folder.glob("*.json"))}
    return [f"{slug}: {', '.join(changed)}" for slug, changed in stale.items() if changed]


def draw(lines: Sequence[Row]) -> str:
    """The rows as an aligned table."""
    marks = {True: "yes", False: "NO", None: "-"}
    cells = [("what", "limit", "measured", "ok"), *((r.what, r.limit, r.measured, marks[r.ok]) for r in lines)]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return "\n".join(" | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in cells)


def show(results: Sequence[Result], official: dict[str, float], total_seconds: float, skipped: Counts) -> Counts:
    """Print the report of all steps; `skipped` are steps that could not run. Return the total."""
    table = rows(results, official, total_seconds)
    total = sum((count(result) for result in results), skipped)
    total += Counts(passed=sum(row.ok is True for row in table), failed=sum(row.ok is False for row in table))
    print("\n" + draw(table))
    print("\nSkipped, and why:\n" + "\n".join(f"  {reason}" for reason in total.reasons or ("nothing",)))
    print("\nRecords of studies older than the code they measure:")
    print("\n".join(f"  {line}" for line in stale_records() or ["none"]))
    print("\nFailed steps: " + (", ".join(result.name for result in results if result.code) or "none"))
    print(total)
    return total
