"""Execute one lesson in place, in a fresh kernel: python -m tools.execute book/start/see-and-hear.ipynb"""

import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError

from tools import lesson

CELL_SECONDS = 600
COLORS = re.compile(r"\x1b\[[0-9;]*m")


def execute(path: Path) -> None:
    """Run all cells of the notebook in the folder of the lesson and write it in its normal form.

    RuntimeError names the cell that failed, ValueError the cell that wrote to stderr; then the file stays as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    started = []
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_SECONDS,
        coalesce_streams=True,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=lambda cell, cell_index: started.append(cell.id),
    )
    try:
        client.execute()
    except (CellControlSignal, DeadKernelError) as error:
        raise RuntimeError(f"cell {started[-1]!r}: {COLORS.sub('', str(error)).strip()}") from error
    lesson.write(lesson.normalize(notebook), path)


def main() -> None:
    """Execute the notebook named on the command line; a failure ends in a readable message and code 1."""
    path = Path(sys.argv[1]).resolve()
    try:
        execute(path)
    except (RuntimeError, ValueError) as error:
        sys.exit(f"lesson {path.stem}, {error}\nThe file stays as it was.")


if __name__ == "__main__":
    main()
