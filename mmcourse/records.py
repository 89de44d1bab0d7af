"""Records: what the studies measured over several seeds, as package data, and the rule by which a lesson may claim it.

A study (`studies/<slug>.py`) writes `records/<slug>.json`; a lesson reads it with `mm.record(slug)`.
"""

import datetime
import hashlib
import json
import math
import os
import re
from pathlib import Path

import numpy as np

SCHEMA = 1
_PACKAGE = Path(__file__).parent
_STUDIES = _PACKAGE.parent / "studies"
_KEYS = ("schema", "slug", "command", "date", "seeds", "seconds", "machine", "data", "study", "modules", "results")


def record(slug: str) -> dict:
    """The record of a study: `seeds`, `results` and what they were measured on. ValueError for an unknown slug."""
    path = _PACKAGE / "records" / f"{slug}.json"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.json"))) or "none yet"
        raise ValueError(f"There is no record {slug!r}. Records: {known}.")
    content = json.loads(path.read_text(encoding="utf-8"))
    missing = [key for key in _KEYS if key not in content]
    if missing or content["schema"] != SCHEMA:
        raise ValueError(f"The record {slug!r} is not of schema {SCHEMA} or lacks {missing}: run its study again.")
    return content


def write(slug: str, results: dict, seeds: list[int], seconds: float, modules: list[str], data: str) -> Path:
    """Write the record of a study, in one step.

    `modules` are the package files it measures (`"nn/graphs.py"`), `data` a hash of what it was trained on
    (`fingerprint`). Raises ValueError for a module that does not exist or a study without a script.
    """
    from mmcourse.data.world import WORLD

    content = {
        "schema": SCHEMA,
        "slug": slug,
        "command": f"make studies STUDY={slug}",
        "date": datetime.date.today().isoformat(),
        "seeds": seeds,
        "seconds": round(seconds),
        "machine": measured_on(),
        "data": data,
        "world": WORLD,
        "study": _study_hash(slug),
        "modules": {name: _hash(_PACKAGE / name) for name in sorted(modules)},
        "results": results,
    }
    return write_json(_PACKAGE / "records" / f"{slug}.json", content)


def write_json(path: Path, content: dict) -> Path:
    """Write a file of JSON in one step: it is there whole, or not at all."""
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return temporary.replace(path)


def measured_on() -> dict:
    """What a measurement was made on: `runtime.machine()` and the number of threads, or "all"."""
    from mmcourse import runtime

    return runtime.machine() | {"threads": os.environ.get("OMP_NUM_THREADS", "all")}


def fingerprint(*arrays: np.ndarray) -> str:
    """Hash of what a study was measured on: arrays as whole numbers on a grid of 1/64. A note, not a test."""
    digest = hashlib.sha256()
    for array in arrays:
        flat = np.ravel(array)
        for part in np.split(flat, range(2**20, flat.size, 2**20)):  # large arrays would need their memory four times
            digest.update(np.round(np.asarray(part, np.float64) * 64).astype("<i4").tobytes())
    return digest.hexdigest()[:16]


def stale(slug: str) -> list[str]:
    """Package files, and the version of the picture world, that have changed since the record was measured.

    They may or may not change its numbers.
    """
    from mmcourse.data.world import WORLD

    content = record(slug)
    world = [] if content.get("world", WORLD) == WORLD else [f"the picture world, now version {WORLD}"]
    return world + [name for name, old in content["modules"].items() if _hash(_PACKAGE / name) != old]


def study_changed(slug: str) -> bool:
    """Whether the study's script, or one that it imports, has changed: then the record must be made again."""
    return _study_hash(slug) != record(slug)["study"]


def gather(runs: list):
    """Nested dictionaries of one form, one a seed, into one of them with a list over the seeds at each leaf.

    Raises ValueError where there is none.
    """
    if not runs:
        raise ValueError("There are no runs to gather: give the results of at least one seed.")
    if isinstance(runs[0], dict):
        return {key: gather([run[key] for run in runs]) for key in runs[0]}
    return runs


def spread(scores: list[float], count: int) -> float:
    """Standard deviation of a score over seeds, never below 0.005 or the sampling error on `count` answers."""
    if len(scores) < 2 or count < 1:
        raise ValueError(f"A spread needs at least 2 scores and 1 answer, not {len(scores)} and {count}.")
    mean = float(np.mean(scores))
    return max(float(np.std(scores, ddof=1)), math.sqrt(mean * (1 - mean) / count), 0.005)


def summary(scores: list[float]) -> str:
    """Mean and sample standard deviation over the seeds as text, `"0.767 ± 0.008"`."""
    return f"{np.mean(scores):.3f} ± {np.std(scores, ddof=1):.3f}"


def clears(value: float, threshold: float, scores: list[float], count: int) -> bool:
    """Whether `value >= threshold`, where the threshold stands at least four spreads below the recorded mean.

    Raises ValueError for a threshold that stands closer: such a claim would fail on another machine by bad luck.
    """
    highest = float(np.mean(scores)) - 4 * spread(scores, count)
    if threshold > highest:
        raise ValueError(f"The threshold {threshold} is not robust: choose one of at most {highest:.3f}.")
    return value >= threshold


def expected(value: float, scores: list[float], count: int) -> bool:
    """Whether `value` lies within 9.4 spreads of the recorded mean: the 99.9 % prediction interval of five seeds."""
    return abs(value - float(np.mean(scores))) <= 9.4 * spread(scores, count)


def _study_hash(slug: str) -> str:
    """Hash of a study and of the studies that it loads with `import_module("other-slug")`."""
    own = _hash(_STUDIES / f"{slug}.py")
    loaded = re.findall(r'import_module\("([\w-]+)"\)', (_STUDIES / f"{slug}.py").read_text(encoding="utf-8"))
    return "+".join([own, *(_hash(_STUDIES / f"{other}.py") for other in sorted(loaded))])


def _hash(path: Path) -> str:
    """Hash of a file; where a module has become a folder of the same name, of all files in it."""
    folder = path.with_suffix("")
    files = [path] if path.is_file() else sorted(folder.glob("*.py"))
    if not files:
        raise ValueError(f"There is no file {path.name} in {path.parent.name}/ to take the hash of.")
    content = b"".join(file.read_bytes() for file in files)
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()[:16]
