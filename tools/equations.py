"""Measure every equation on every Keras backend that is installed, print the table and write it for the book.

Run by a person who has changed an equation: `make equations`. The page *Every equation runs* of the book shows the
file; a test measures the equations anew and holds the file to the registry.
"""

import importlib.util
import json
import os
import subprocess
import sys

from tools import lesson

FILE = lesson.ROOT / "book" / "mathematics" / "equations.json"
BACKENDS = ("tensorflow", "jax", "torch")
PROGRAM = "import mmcourse as mm; mm.seed(0); import json; print(json.dumps(mm.equations.table()))"
MEASURED = ("forward", "derivative")


def measure(backend: str) -> list[dict]:
    """The rows of `mmcourse.equations.table` on a backend, in a process of its own."""
    command = [sys.executable, "-c", PROGRAM]
    environment = os.environ | {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def joined(by_backend: dict[str, list[dict]]) -> list[dict]:
    """One row an equation: what it is, and `backends`, {backend: {"forward", "derivative"}}, to two digits."""
    first, *_ = by_backend.values()
    rows = [{key: value for key, value in row.items() if key not in MEASURED} for row in first]
    for number, row in enumerate(rows):
        row["backends"] = {
            backend: {key: short(measured[number][key]) for key in MEASURED} for backend, measured in by_backend.items()
        }
    return rows


def short(number: float | None) -> float | None:
    """A number to two digits."""
    return number if number is None else float(f"{number:.1e}")


def in_order(rows: list[dict]) -> list[dict]:
    """The rows as the book has them; an equation that stands in no lesson is left out."""
    texts = "".join(path.read_text(encoding="utf-8") for path in lesson.lessons())
    places = {row["label"]: texts.find(f"({row['label']})") for row in rows}
    return sorted((row for row in rows if places[row["label"]] >= 0), key=lambda row: places[row["label"]])


def line(row: dict) -> str:
    """A row as a line of text."""
    found = [f"{backend} {m['forward']:.1e} {m['derivative'] or 0:.1e}" for backend, m in row["backends"].items()]
    return f"{row['label']:32} {row['lesson']:12} {row['numpy']:40} {row['keras']:32} {' · '.join(found)}"


def main() -> None:
    """Measure, print, write."""
    installed = [backend for backend in BACKENDS if importlib.util.find_spec(backend)]
    rows = in_order(joined({backend: measure(backend) for backend in installed}))
    for row in rows:
        print(line(row))
    FILE.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
