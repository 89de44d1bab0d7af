"""Run the learner copies as Colab does: `make test-colab`, all of them with ALL=1, one with LESSON=slug.

Without either the first lesson runs and a fifth of the others, another one each day. Each notebook starts in a folder
that holds only itself, in an environment with Colab's versions and without the course; its own setup cell installs
that, from an archive of what git knows of the working tree. Data are the embedded ones: the package registry is all
that is reached.
"""

import argparse
import asyncio
import datetime
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode

from tools import colab, colab_environment, lesson
from tools.execute import COLORS
from tools.report import REPORT

AT_A_TIME = 2
SECONDS = 300  # for one cell; a lesson has a budget of 60
SHARE = 5  # one in so many of the lessons after the first
STARTUP = Path(__file__).with_name("colab_startup.py")
MODULES = "every-module"  # the notebook that imports them
IMPORTS = """import importlib, pkgutil
import mmcourse

names = [module.name for module in pkgutil.walk_packages(mmcourse.__path__, "mmcourse.")]
for name in names:
    importlib.import_module(name)
print(*names)"""


def choose(paths: list[Path], number: int) -> list[Path]:
    """The first and a fifth of the others, rounded up, which goes round once in five numbers."""
    first, others = paths[:1], paths[1:]
    size = -(-len(others) // SHARE)
    return first + [others[(number * size + i) % len(others)] for i in range(size)]


def imports(copy: NotebookNode) -> NotebookNode:
    """A notebook with the setup cell of a copy that then imports every module of the course."""
    cells = [nbformat.from_dict(cell) for cell in copy.cells if cell.id == "setup"]
    return nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_code_cell(IMPORTS, id="imports")])


def choose_notebooks(slug: str | None, every: bool, number: int) -> dict[str, NotebookNode]:
    """One copy, or all or those of a number with a notebook that imports every module; ValueError for no such slug."""
    paths = lesson.lessons()
    if slug:
        return read(lesson.select(paths, slug))
    copies = read(paths if every else choose(paths, number))
    return {MODULES: imports(copies[paths[0].stem]), **copies}


def read(paths: list[Path]) -> dict[str, NotebookNode]:
    """The learner copies of lessons, by their slugs."""
    return {path.stem: nbformat.read(colab.FOLDER / path.relative_to(lesson.ROOT / "book"), 4) for path in paths}


def kernel(folder: Path, variables: dict[str, str]) -> tuple[AsyncKernelManager, dict[str, str]]:
    """A kernel that looks like Colab's, in an environment of its own below `folder`, and its variables."""
    python = colab_environment.layer(folder / "environment")
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    shutil.copy(STARTUP, startup)
    spec = folder / "kernels" / "colab"
    spec.mkdir(parents=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.joinpath("kernel.json").write_text(
        json.dumps({"argv": command, "display_name": "Colab", "language": "python"})
    )
    manager = AsyncKernelManager(
        kernel_name="colab", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(spec.parent)])
    )
    own = {"IPYTHONDIR": str(folder / "ipython"), "MMCOURSE_DATA_DIR": str(folder / "data"), "MMCOURSE_OFFLINE": "1"}
    quiet = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # ipykernel's debugger warns on the terminal otherwise
    return manager, {**colab_environment.environment(), **variables, **own, **quiet}


async def execute(name: str, notebook: NotebookNode, variables: dict[str, str]) -> dict:
    """Run a notebook to its end: name, seconds, what its last cell printed, and what went wrong (or nothing)."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # Windows: a kernel that ends holds files
        manager, env = kernel(Path(folder), variables)
        place = Path(folder, "learner")
        place.mkdir()
        nbformat.write(notebook, place / f"{name}.ipynb")
        started = []
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=SECONDS,
            coalesce_streams=True,
            resources={"metadata": {"path": str(place)}},
            on_cell_start=lambda cell, cell_index: started.append(cell.id),
        )
        start = time.perf_counter()
        try:
            await client.async_execute(env=env, cleanup_kc=True)
            problem = warnings(notebook) or missing(Path(folder))
        except (CellControlSignal, DeadKernelError) as error:
            problem = f"cell {started[-1]!r}: {COLORS.sub('', str(error)).strip()}"
    return {
        "name": name,
        "seconds": round(time.perf_counter() - start, 1),
        "printed": printed(notebook.cells[-1], "stdout"),
        "problem": problem,
    }


def printed(cell: NotebookNode, stream: str) -> str:
    """What a cell wrote to "stdout" or "stderr"."""
    return "".join(output.text for output in cell.get("outputs", []) if output.get("name") == stream)


def warnings(notebook: NotebookNode) -> str:
    """What the cells wrote to stderr, with their ids: a learner would see it in red."""
    found = [(cell.id, printed(cell, "stderr").strip()) for cell in notebook.cells]
    return "\n".join(f"cell {name!r} writes to stderr: {text[:500]}" for name, text in found if text)


def missing(folder: Path) -> str:
    """Says so where a notebook that ran below `folder` took the course from elsewhere than its setup cell."""
    installed = any((folder / "environment").rglob("site-packages/mmcourse/__init__.py"))
    return "" if installed else "the setup cell installed nothing: Colab's environment has the course already"


async def execute_all(notebooks: dict[str, NotebookNode], variables: dict[str, str]) -> list[dict]:
    """Run the notebooks, so many at a time; a line for each as it ends."""
    free = asyncio.Semaphore(AT_A_TIME)

    async def one(name: str) -> dict:
        async with free:
            result = await execute(name, notebooks[name], variables)
        print(f"{name}: {'FAILED' if result['problem'] else 'passed'}, {result['seconds']} s", flush=True)
        return result

    return await asyncio.gather(*map(one, notebooks))


def test(notebooks: dict[str, NotebookNode]) -> dict:
    """All checks with some notebooks: what was measured, and `problems`, a text each."""
    start = time.perf_counter()
    python = colab_environment.prepare()
    made = time.perf_counter() - start
    print(f"Colab's environment: {made:.1f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        address, archive = colab_environment.archive(Path(folder))
        added = colab_environment.added(python, archive)
        print(f"pip would add: {', '.join(added)}", flush=True)
        variables = {"COURSE_ADDRESS": address, "COURSE_ARCHIVE": archive.as_uri()}
        results = asyncio.run(execute_all(notebooks, variables))
    problems = [f"{result['name']}: {result['problem']}" for result in results if result["problem"]]
    if [package.split()[0] for package in added] != ["mmcourse"]:
        problems.insert(0, f"the course would add to Colab: {', '.join(added)}; a requirement is missing or too high")
    modules = next((result["printed"].split() for result in results if result["name"] == MODULES), [])
    seconds = {result["name"]: result["seconds"] for result in results}
    return {"environment_seconds": round(made, 1), "added": added, "modules": modules, "seconds": seconds} | {
        "problems": problems
    }


def main() -> int:
    """Run what the command line asks for, write `_build/report/colab.json`; 0 when nothing failed."""
    parser = argparse.ArgumentParser(description="Run the learner copies as Colab does.")
    parser.add_argument("--all", action="store_true", help="every lesson")
    parser.add_argument("--lesson", choices=[path.stem for path in lesson.lessons()], help="only this lesson")
    today = datetime.date.today().toordinal()
    parser.add_argument("--number", type=int, default=today, help="which fifth; by default the number of the day")
    given = parser.parse_args()
    start = time.perf_counter()
    try:
        report = test(choose_notebooks(given.lesson, given.all, given.number))
    except (FileNotFoundError, RuntimeError) as error:
        sys.exit(str(error))
    report["total_seconds"] = round(time.perf_counter() - start, 1)
    REPORT.mkdir(parents=True, exist_ok=True)
    (REPORT / "colab.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print("\n\n".join(report["problems"]))
    print(f"{len(report['seconds'])} notebooks, {len(report['modules'])} modules, {report['total_seconds']} s")
    return 1 if report["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
