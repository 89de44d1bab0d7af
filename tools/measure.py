"""Run a command and measure its wall time and its peak memory, on every operating system."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import psutil

POLL_SECONDS = 0.15
TIMED_OUT = 124  # the exit code of timeout(1)


@dataclass(frozen=True)
class Measurement:
    """Wall time in seconds, peak of the summed resident memory of the process tree in bytes, exit code."""

    seconds: float
    peak_bytes: int
    code: int


def run(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    log: Path | None = None,
) -> Measurement:
    """Run `command` to its end; its output goes to the file `log`, or straight through.

    After `timeout` seconds the command and its children are ended and the code is `TIMED_OUT`.
    """
    start = time.perf_counter()
    peak = 0
    with log.open("wb") if log else nullcontext() as output:
        process = psutil.Popen(command, env=env, stdout=output, stderr=subprocess.STDOUT if log else None)
        try:
            code = None
            while code is None:
                peak = max(peak, resident_bytes(process))
                code = _wait(process)
                if code is None and timeout is not None and time.perf_counter() - start > timeout:
                    code = TIMED_OUT
        finally:
            end_tree(process)
    return Measurement(time.perf_counter() - start, peak, code)


def resident_bytes(process: psutil.Process) -> int:
    """Sum of the resident memory of a process and all its descendants, in bytes."""
    return sum(_resident(member) for member in _tree(process))


def end_tree(process: psutil.Process) -> None:
    """Kill what still runs of a process and its descendants."""
    for member in _tree(process):
        if member.is_running():
            _kill(member)


def _wait(process: psutil.Popen) -> int | None:
    try:
        return process.wait(POLL_SECONDS)
    except psutil.TimeoutExpired:
        return None


def _tree(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
    process.wait()
