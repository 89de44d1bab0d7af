"""Execute the lessons in place, one at a time, and measure them: `make run`, `make run LESSON=slug`.

The committed outputs show embedded data only, so no download, mirror or data folder of the user is seen, unless
`--real` (`make run REAL=1`) is given. The official seconds and bytes land in `_build/report/run.json`.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

from tools import lesson, measure
from tools.report import LESSON_BYTES, LESSON_SECONDS, REPORT

RESULTS = REPORT / "run.json"


def digest(path: Path) -> str:
    """SHA-256 of a file: tells whether a measurement belongs to the lesson as it is now."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def environment(data_dir: str, real: bool) -> dict[str, str]:
    """The variables for the run of a lesson: embedded data only, unless `real`."""
    env = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}  # the kernel of this environment, not one of the user's
    if not real:
        env.pop("MMCOURSE_MIRROR", None)
        env |= {"MMCOURSE_DATA_DIR": data_dir, "MMCOURSE_OFFLINE": "1"}
    return env


def run_lesson(path: Path, real: bool) -> dict | None:
    """Execute one lesson; its slug, seconds, peak_bytes and digest, or None where it failed."""
    print(f"{path.stem} ...", flush=True)
    with tempfile.TemporaryDirectory() as data_dir:
        command = [sys.executable, "-m", "tools.execute", str(path)]
        measured = measure.run(command, env=environment(data_dir, real))
    if measured.code != 0:
        return None
    return {
        "slug": path.stem,
        "seconds": round(measured.seconds, 2),
        "peak_bytes": measured.peak_bytes,
        "sha256": digest(path),
    }


def table(results: list[dict]) -> str:
    """The results as lines, slowest lesson first; what is over budget is marked."""
    lines = []
    for result in sorted(results, key=lambda result: -result["seconds"]):
        mark = "" if in_budget(result) else "   over budget"
        lines.append(f"{result['seconds']:7.1f} s {result['peak_bytes'] / 1e9:6.2f} GB  {result['slug']}{mark}")
    return "\n".join(lines)


def in_budget(result: dict) -> bool:
    """Whether a lesson that ran alone kept to its time and memory."""
    return result["seconds"] <= LESSON_SECONDS and result["peak_bytes"] < LESSON_BYTES


def save(results: list[dict]) -> None:
    """Put the results into `run.json`, beside those of the lessons that were not run now."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    known |= {result["slug"]: result for result in results}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Run what the command line asks for; 0 when every lesson ran within its budget."""
    parser = argparse.ArgumentParser(description="Execute the lessons in place.")
    parser.add_argument("--lesson", metavar="SLUG", help="only this lesson")
    parser.add_argument("--real", action="store_true", help="with real data, for a look; not to be committed")
    given = parser.parse_args()
    try:
        chosen = lesson.select(lesson.lessons(), given.lesson)
    except ValueError as error:
        sys.exit(str(error))
    results = [run_lesson(path, given.real) for path in chosen]
    done = [result for result in results if result]
    if not given.real:
        save(done)
    if done:
        print(table(done))
    failed = [path.stem for path, result in zip(chosen, results, strict=True) if result is None]
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed or not all(map(in_budget, done)) else 0


if __name__ == "__main__":
    sys.exit(main())
