"""Everything that is checked, with a report at the end: `make test`.

A step is a command of its own; a step that fails does not keep the later ones from running.
"""

import importlib.util
import json
import os
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import lesson, measure, report
from tools.execute import COLORS
from tools.report import REPORT, Counts, Result
from tools.run_lessons import RESULTS, digest

BACKENDS = {"tensorflow": "tensorflow", "jax": "jax", "torch": "PyTorch"}
AT_A_TIME = 2  # unit test runs, then lessons
LESSON_TIMEOUT = 300  # seconds; beyond three times its budget a lesson has failed anyway


def environment() -> dict[str, str]:
    """Variables of all steps: nothing is downloaded unless a mirror is named, and data stay in the project."""
    env = {"MMCOURSE_DATA_DIR": str(REPORT.parent / "data"), "MPLBACKEND": "agg", **os.environ}
    if "MMCOURSE_MIRROR" not in env:
        env["MMCOURSE_OFFLINE"] = "1"
    return env


def run_step(name: str, kind: str, command: list[str], env: dict[str, str]) -> Result:
    """Run one step with its output passing through."""
    print(f"\n=== {name}", flush=True)
    measured = measure.run([sys.executable, "-m", *command], env=env)
    return Result(name, kind, measured.seconds, measured.peak_bytes, measured.code)


def run_pytest(name: str, kind: str, folder: str, env: dict[str, str]) -> Result:
    """Run the tests of one folder and print their output at the end; the result names its JUnit file."""
    log, xml = (REPORT / f"{name.replace(' ', '-')}.{ending}" for ending in ("log", "xml"))
    begun = time.perf_counter()
    measured = measure.run([sys.executable, "-m", "pytest", folder, f"--junitxml={xml}"], env=env, log=log)
    print(f"\n=== {name}\n{log.read_text(encoding='utf-8', errors='replace')}", flush=True)
    return Result(name, kind, measured.seconds, measured.peak_bytes, measured.code, xml, begun)


def run_lesson(path: Path, env: dict[str, str]) -> Result:
    """Execute a lesson and compare its checked outputs; print one line, and the whole log when it failed."""
    log, xml = REPORT / f"lesson-{path.stem}.log", REPORT / f"lesson-{path.stem}.xml"
    nbval = ["--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={LESSON_TIMEOUT}"]
    command = [sys.executable, "-m", "pytest", *nbval, "-p", "no:cacheprovider", str(path), f"--junitxml={xml}"]
    measured = measure.run(command, env=env, timeout=LESSON_TIMEOUT, log=log)
    if measured.code:
        print(COLORS.sub("", log.read_text(encoding="utf-8", errors="replace")))
    word = {0: "passed", measure.TIMED_OUT: "stopped: too slow"}.get(measured.code, "FAILED")
    print(f"{path.stem}: {word}, {measured.seconds:.1f} s, {measured.peak_bytes / 1e9:.2f} GB", flush=True)
    return Result(path.stem, "lesson", measured.seconds, measured.peak_bytes, measured.code, xml)


def official_seconds(paths: list[Path]) -> dict[str, float]:
    """What `make run` measured, for the lessons that have not changed since."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    current = {path.stem: digest(path) for path in paths}
    return {slug: known[slug]["seconds"] for slug in current if known.get(slug, {}).get("sha256") == current[slug]}


def clear_report() -> None:
    """Remove what an earlier test run wrote; the measurements of `make run` stay."""
    REPORT.mkdir(parents=True, exist_ok=True)
    for path in REPORT.iterdir():
        if path != RESULTS:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def run_unit_tests(env: dict[str, str]) -> tuple[list[Result], Counts]:
    """The unit tests, those with Keras on each installed backend, and what was skipped because a backend is not."""
    steps, skipped = [("unit tests without Keras", "unit", "tests/plain", env)], Counts()
    for backend, name in BACKENDS.items():
        step = f"unit tests {backend}"
        if importlib.util.find_spec(backend):
            steps.append((step, "unit", "tests/unit", {**env, "KERAS_BACKEND": backend}))
        else:
            skipped += Counts(skipped=1, reasons=(f"{step}: {name} is not installed",))
    print(f"\n=== {len(steps)} runs of unit tests, {AT_A_TIME} at a time; each is shown when it has ended", flush=True)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return list(pool.map(lambda step: run_pytest(*step), steps)), skipped


def main() -> int:
    """Run all steps, print the report; 0 when nothing failed."""
    start = time.perf_counter()
    os.chdir(lesson.ROOT)
    clear_report()
    env = environment()
    paths = lesson.lessons()
    results = [
        run_step("ruff check", "lint", ["ruff", "check", "."], env),
        run_step(
            "ruff format",
            "lint",
            ["ruff", "format", "--check", "--config", 'format.exclude=["*.ipynb", "*.md"]', "."],
            env,
        ),
    ]
    units, skipped = run_unit_tests(env)
    results += units
    results.append(run_pytest("lesson checker", "checker", "tests/lessons", env))
    print(f"\n=== {len(paths)} lessons, {AT_A_TIME} at a time", flush=True)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        results += pool.map(lambda path: run_lesson(path, env), paths)
    results.append(run_pytest("book", "book", "tests/book", env))
    total = report.show(results, official_seconds(paths), time.perf_counter() - start, skipped)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
