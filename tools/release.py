"""Make the release: one zip of the book, the learner copies and the wheel, with checksums: `make release`.

The same commit gives the same bytes with the same Python: names are sorted, times are those of the commit (or
SOURCE_DATE_EPOCH), permissions are fixed. The book is built afresh, because `_build/html` keeps pictures and pages
of earlier builds.
"""

import hashlib
import html
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from string import Template

from tools import colab, lesson
from tools.colab_environment import PACKAGE

RELEASE = lesson.ROOT / "_build" / "release"
START_HERE = Path(__file__).with_name("start-here.html")
BUILD_BOOK = "from jupyter_book.cli.main import main; main()"
NOT_PACKED = ("__pycache__", ".*", "*.part")  # in the wheel
FIRST_ZIP_TIME = 315_532_800  # 1980-01-01 in seconds since 1970: a zip knows no earlier time


def commit_time(root: Path) -> int:
    """Seconds since 1970 that all files of the release bear: SOURCE_DATE_EPOCH, else the time of the last commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        given = git(root, "log", "-1", "--format=%ct").strip() or "no commit and no SOURCE_DATE_EPOCH"
    if not given.isdecimal() or int(given) < FIRST_ZIP_TIME:
        raise ValueError(
            f"the release has no time (found: {given}): set SOURCE_DATE_EPOCH to seconds since 1970, "
            f"at least {FIRST_ZIP_TIME}"
        )
    return int(given)


def git(root: Path, *command: str) -> str:
    """What git says of the folder `root`; nothing where there is no git or no repository."""
    if shutil.which("git") is None:
        return ""
    done = subprocess.run(["git", "-C", str(root), *command], capture_output=True, text=True, encoding="utf-8")
    return done.stdout if done.returncode == 0 else ""


def warn_of_changes(root: Path) -> None:
    """Say on stderr which files are not as the commit has them: the release takes them as they are."""
    changed = git(root, "status", "--porcelain").splitlines()
    if changed:
        print("Warning: the release is not that of the commit; changed or unknown to git:", file=sys.stderr)
        print(*changed, sep="\n", file=sys.stderr)


def refuse_stale_copies() -> None:
    """ValueError where a learner copy is not what `make colab` makes of its lesson."""
    stale = colab.stale(colab.copies())
    if stale:
        raise ValueError(f"colab/ is not made from the lessons ({'; '.join(stale)}): run `make colab`")


def build_book(root: Path, folder: Path) -> Path:
    """Build the book below `folder`, from nothing, warnings as errors; the folder of its pages."""
    command = [sys.executable, "-c", BUILD_BOOK, "build", str(root), "--path-output", str(folder)]
    run([*command, "-W", "--keep-going"], cwd=root)
    return folder / "_build" / "html"


def build_wheel(root: Path, folder: Path, seconds: int) -> Path:
    """Build the wheel into `folder`, without a network, from a copy: no file of an earlier build gets into it."""
    with tempfile.TemporaryDirectory() as made:
        source = Path(made) / "source"
        source.mkdir()
        for name in PACKAGE:
            if (root / name).is_dir():
                shutil.copytree(root / name, source / name, ignore=shutil.ignore_patterns(*NOT_PACKED))
            else:
                shutil.copy(root / name, source / name)
        for path in source.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        command = [sys.executable, "-m", "pip", "wheel", str(source), "--wheel-dir", str(folder)]
        command += ["--no-deps", "--no-build-isolation", "--no-index"]  # setuptools of this environment
        run(command, cwd=source, env={**os.environ, "SOURCE_DATE_EPOCH": str(seconds)}, umask=0o022)
    return next(folder.glob("*.whl"))


def run(command: list[str], **settings) -> None:
    """Run a command in silence; RuntimeError with the end of what it said where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", **settings)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-6000:]}")


def learner_copies(root: Path) -> list[Path]:
    """The copies in `colab/`, one a lesson; FileNotFoundError where they are not those of the lessons."""
    wanted = {root / "colab" / path.relative_to(root / "book") for path in lesson.lessons(root)}
    found = {path for path in (root / "colab").rglob("*.ipynb") if not is_hidden(path.relative_to(root))}
    if wanted != found:
        missing, left_over = (sorted(path.stem for path in paths) for paths in (wanted - found, found - wanted))
        raise FileNotFoundError(
            f"colab/ does not hold one copy a lesson (missing: {', '.join(missing) or 'none'}; "
            f"of no lesson: {', '.join(left_over) or 'none'}): run `make colab`"
        )
    return sorted(found)


def is_hidden(path: Path) -> bool:
    """Whether a part of a relative path begins with a dot: settings of an editor, checkpoints, `.buildinfo`."""
    return any(part.startswith(".") for part in path.parts)


def start_here(version: str, wheel: str) -> str:
    """The page that says how to open the book, install the wheel and serve data, for one version."""
    template = Template(START_HERE.read_text(encoding="utf-8"))
    return template.substitute(version=html.escape(version), wheel=html.escape(wheel))


def collect(root: Path, pages: Path, wheel: Path, version: str) -> dict[str, bytes]:
    """Name in the zip → content, checksums included; FileNotFoundError where the book or a copy is missing."""
    if not (pages / "index.html").is_file():
        raise FileNotFoundError(f"{pages} holds no index.html: the book has not been built there")
    paths = {path.relative_to(root).as_posix(): path for path in learner_copies(root)}
    for path in pages.rglob("*"):
        if path.is_file() and not is_hidden(path.relative_to(pages)):
            paths[f"book/{path.relative_to(pages).as_posix()}"] = path
    paths |= {wheel.name: wheel, "LICENSE": root / "LICENSE"}
    files = {name: path.read_bytes() for name, path in paths.items()}
    files["START-HERE.html"] = start_here(version, wheel.name).encode()
    files["SHA256SUMS"] = "".join(checksum_line(name, files[name]) for name in sorted(files)).encode()
    return files


def checksum_line(name: str, content: bytes) -> str:
    """A line as `sha256sum --check` reads it."""
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n"


def write_zip(path: Path, files: dict[str, bytes], seconds: int) -> None:
    """Write the files, sorted, all of one time (UTC) and with the permissions rw-r--r--."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # Unix, also where this runs on Windows
            member.external_attr = 0o100644 << 16
            archive.writestr(member, files[name])


def make_release(root: Path, pages: Path, wheel: Path, folder: Path, seconds: int) -> Path:
    """Write `mmcourse-course-<version>.zip` and its `.sha256` into `folder`; the path of the zip.

    `pages` is the built book, `seconds` the time of all files. A cut leaves no half zip and no wrong checksum.
    """
    version = lesson.project(root)["version"]
    files = collect(root, pages, wheel, version)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"mmcourse-course-{version}.zip"
    partial, checksum = Path(f"{target}.part"), Path(f"{target}.sha256")
    write_zip(partial, files, seconds)
    checksum.unlink(missing_ok=True)
    partial.replace(target)
    partial.write_text(checksum_line(target.name, target.read_bytes()), encoding="utf-8", newline="\n")
    partial.replace(checksum)
    return target


def main() -> None:
    """Build book and wheel, write the zip, print its path and size."""
    root = lesson.ROOT
    try:
        seconds = commit_time(root)
        refuse_stale_copies()
        warn_of_changes(root)
        with tempfile.TemporaryDirectory() as made:
            print("Building the book and the wheel ...", flush=True)
            wheel = build_wheel(root, Path(made), seconds)
            target = make_release(root, build_book(root, Path(made)), wheel, RELEASE, seconds)
    except (OSError, RuntimeError, ValueError) as error:
        sys.exit(str(error))
    print(f"The release: {target.relative_to(root).as_posix()}, {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
