"""`tools/install.sh` refuses an interpreter that cannot do, in one line, and leaves nothing behind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "install.sh"
OLD = "#!/bin/sh\necho 3.9.18\n"
BARE = f"""#!/bin/sh
case "$*" in *ensurepip*) exit 1 ;; esac
exec "{sys.executable}" "$@"
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a script for the shell of Linux and macOS")


@pytest.mark.parametrize(
    ("interpreter", "reason"),
    [(OLD, "found 3.9.18"), (BARE, "without the modules venv and ensurepip"), (None, "does not run")],
)
def test_unfit_interpreter_is_refused_in_one_line(tmp_path, interpreter, reason):
    project = tmp_path / "a project"
    (project / "tools").mkdir(parents=True)
    shutil.copy(SCRIPT, project / "tools")
    python = tmp_path / "chosen"
    if interpreter is not None:
        python.write_text(interpreter)
        python.chmod(0o755)
    env = {**os.environ, "PYTHON": str(python)}
    run = subprocess.run(["sh", project / "tools" / "install.sh"], env=env, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.startswith("Python 3.11, 3.12 or 3.13 is needed")
    assert reason in run.stderr
    assert run.stderr.count("\n") == 1
    assert [path.name for path in project.iterdir()] == ["tools"]
