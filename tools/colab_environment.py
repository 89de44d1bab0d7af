"""The Python environment of `make test-colab`: Python 3.13 with the versions that Colab has, in `_build/colab`.

It is made once for each list of versions. Every notebook gets an empty environment on top of it, so that its setup cell
finds no course and has to install one.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tools import lesson
from tools.lesson import ROOT

VERSIONS = ROOT / "tools" / "colab-versions.txt"
FOLDER = ROOT / "_build" / "colab"
BASE = FOLDER / "environment"
STAMP = FOLDER / "environment.txt"  # what the environment was made from, written when it is complete
PACKAGE = ("pyproject.toml", "README.md", "LICENSE", "mmcourse")  # what the course is installed from
PYTHON = (3, 13)


def candidates() -> Iterator[str]:
    """Interpreters that may be Python 3.13; the variable PYTHON313, where set, is the only one."""
    if chosen := os.environ.get("PYTHON313"):
        yield chosen
        return
    yield sys.executable
    if found := shutil.which("python3.13"):
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(pyenv.glob("versions/3.13*/bin/python"), reverse=True))


def find_python() -> str:
    """An interpreter of Python 3.13; FileNotFoundError says how to provide one."""
    program = f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != {PYTHON})"
    for python in candidates():
        if shutil.which(python) and subprocess.run([python, "-c", program], capture_output=True).returncode == 0:
            return python
    chosen = os.environ.get("PYTHON313")
    reason = f"PYTHON313={chosen} is none" if chosen else "none was found on the PATH or in pyenv"
    raise FileNotFoundError(
        f"Colab runs Python 3.13, and {reason}. Install it (python.org, a package manager, `pyenv install 3.13`), "
        "or name it: make test-colab PYTHON313=/path/to/python3.13"
    )


def identity(python: str) -> str:
    """What the environment is made from: place, interpreter, checksum of the list of versions."""
    version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{BASE}\n{version}\n{hashlib.sha256(VERSIONS.read_bytes()).hexdigest()}\n"


def prepare() -> Path:
    """The interpreter of the environment, which is made anew only where it is missing or of another list."""
    python = find_python()
    wanted = identity(python)
    if not STAMP.is_file() or STAMP.read_text(encoding="utf-8") != wanted:
        STAMP.unlink(missing_ok=True)
        print(f"Making Colab's environment with {python}: some minutes, 2.2 GB", flush=True)
        subprocess.run([python, "-m", "venv", "--clear", BASE], check=True, env=environment())
        run(interpreter(BASE), "-m", "pip", "install", "--quiet", "--requirement", str(VERSIONS))
        STAMP.write_text(wanted, encoding="utf-8")
    return interpreter(BASE)


def interpreter(folder: Path) -> Path:
    """The Python of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def environment() -> dict[str, str]:
    """The variables of this process without those that change what Python, Keras or the course do."""
    ours = ("PYTHON", "VIRTUAL_ENV", "MMCOURSE_", "KERAS_", "MPLBACKEND", "IPYTHON", "JUPYTER")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def run(*command: str | Path) -> str:
    """What a command prints; RuntimeError with its errors where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment())
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{(done.stdout + done.stderr)[-4000:]}")
    return done.stdout


def layer(folder: Path) -> Path:
    """The interpreter of a new environment in `folder` that sees all of Colab's packages and has none of its own."""
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    run(interpreter(BASE), "-m", "venv", "--without-pip", folder)
    packages = run(interpreter(BASE), "-c", where).strip()
    own = Path(run(interpreter(folder), "-c", where).strip())
    (own / "colab.pth").write_text(packages + "\n", encoding="utf-8")
    return interpreter(folder)


def archive(folder: Path) -> tuple[str, Path]:
    """The public address of the edition's archive, and an archive of the same form made from the working tree."""
    project = lesson.project()
    address = f"{project['urls']['Repository']}/archive/refs/tags/v{project['version']}.zip"
    path = folder / f"v{project['version']}.zip"
    top = f"{address.split('/')[4]}-{project['version']}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(package_files(ROOT)):
            packed.write(ROOT / name, f"{top}/{name}")
    return address, path


def package_files(root: Path) -> list[str]:
    """The files that the course is installed from, relative to `root`: those that git knows, or all without git."""
    listed = ["git", "-C", str(root), "ls-files", "-z", "--", *PACKAGE]
    done = subprocess.run(listed, capture_output=True, text=True, encoding="utf-8") if shutil.which("git") else None
    if done and done.returncode == 0 and done.stdout:
        return [name for name in done.stdout.split("\0") if (root / name).is_file()]
    found = [root / name for name in PACKAGE if (root / name).is_file()] + [*(root / "mmcourse").rglob("*")]
    return [path.relative_to(root).as_posix() for path in found if path.is_file() and "__pycache__" not in path.parts]


def added(python: Path, path: Path) -> list[str]:
    """What pip would install with the course, its requirements included: "name version" each, nothing is installed."""
    report = run(python, "-m", "pip", "install", "--quiet", "--dry-run", "--report", "-", str(path))
    packages = [item["metadata"] for item in json.loads(report)["install"]]
    return [f"{package['name']} {package['version']}" for package in packages]
