"""Start of a lesson: seeds, profile, versions. Imports no framework."""

import contextlib
import importlib.metadata
import inspect
import logging
import os
import platform
import random
import sys
import tempfile
import warnings

import numpy as np

PROFILES = ("cpu", "gpu")
BACKENDS = ("tensorflow", "jax", "torch")
_STARTUP_LINES = (
    "absl::InitializeLog()",
    "oneDNN custom operations are on",
    "Could not find cuda drivers",
    "Compiled cluster using XLA!",
)
GPU_PRECISION = "mixed_bfloat16"
_state = {"seed": 0}


def setup(seed: int = 0) -> None:
    """Seed Python and NumPy, quiet the backend, check the installed packages and print one line about them."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _state["seed"] = _whole_number(seed)
    _seed_without_backend()
    for problem in _problems():
        warnings.warn(problem, stacklevel=2)
    if "matplotlib" in sys.modules:
        from mmcourse import plots

        plots.use_style()
    versions = " · ".join(f"{name} {_version(name) or 'missing'}" for name in ("mmcourse", "keras", backend(), "numpy"))
    print(f"profile {_profile_line()} · Python {platform.python_version()} · {versions} · seed {seed}")


def seed(number: int | None = None) -> None:
    """Seed Python, NumPy and the Keras backend; without a number, with the one given to `setup`.

    With the profile "gpu" the models built from now on compute in bfloat16 and keep their weights in float32.
    """
    if number is not None:
        _state["seed"] = _whole_number(number)
    with without_startup_lines():
        import keras

    keras.utils.set_random_seed(_state["seed"])
    logging.getLogger("tensorflow").addFilter(_not_about_retracing)
    if profile() == "gpu":
        keras.config.set_dtype_policy(GPU_PRECISION)


def seed_in_use() -> int:
    """The last seed that `setup` or `seed` was given; 0 before."""
    return _state["seed"]


def profile() -> str:
    """`"cpu"` or `"gpu"`, from the environment variable MMCOURSE_PROFILE (default `"cpu"`)."""
    name = os.environ.get("MMCOURSE_PROFILE", "cpu")
    if name not in PROFILES:
        raise ValueError(f"MMCOURSE_PROFILE is {name!r}; set it to one of {', '.join(PROFILES)} or unset it.")
    return name


def scale(cpu, gpu):
    """The value for the active profile: `steps = scale(cpu=600, gpu=6000)`."""
    return {"cpu": cpu, "gpu": gpu}[profile()]


def backend() -> str:
    """Name of the Keras backend that is, or would be, used: `"tensorflow"`, `"jax"` or `"torch"`. Imports nothing."""
    if "keras" in sys.modules:
        return sys.modules["keras"].backend.backend()
    return os.environ.get("KERAS_BACKEND", "tensorflow")


def machine() -> dict:
    """What a measurement was made on: processor, cores, operating system, Python and package versions, backend."""
    names = ("keras", backend(), "numpy", "scipy", "scikit-learn")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "backend": backend(),
        "versions": {name: _version(name) for name in names},
    }


def show(function) -> None:
    """Print the source of a function or class of the course: what you read is what runs and what is tested.

    The lines that register an equation (`@equation(…)`) are left out.
    """
    if not (inspect.isfunction(function) or inspect.isclass(function)):
        raise ValueError(f"show needs a function or a class, it was given {type(function).__name__}: {function!r}.")
    source = inspect.getsource(function).rstrip()
    print(source[source.index("\ndef ") + 1 :] if source.startswith("@equation(") else source)


@contextlib.contextmanager
def without_startup_lines():
    """Drop the lines on oneDNN, CUDA drivers and XLA that TensorFlow writes to file descriptor 2 at any log level."""
    keep = os.dup(2)
    with tempfile.TemporaryFile() as startup:
        os.dup2(startup.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(keep, 2)
            os.close(keep)
            startup.seek(0)
            for line in startup.read().decode(errors="replace").splitlines():
                if not any(known in line for known in _STARTUP_LINES):
                    print(line, file=sys.stderr)


def _profile_line() -> str:
    return {"cpu": "cpu", "gpu": f"gpu ({GPU_PRECISION})"}[profile()]


def _not_about_retracing(line: logging.LogRecord) -> bool:
    """A lesson uses several models, each compiled once; TensorFlow takes them for one that is compiled again."""
    return "triggered tf.function retracing" not in line.getMessage()


def _whole_number(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise ValueError(f"A seed is a whole number from 0 to 4294967295, not {seed!r}.")
    return int(seed)


def _seed_without_backend() -> None:
    random.seed(_state["seed"])
    np.random.seed(_state["seed"])


def _version(package: str) -> str | None:
    for name in (package, f"{package}-cpu"):  # tensorflow-cpu is TensorFlow too
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return importlib.metadata.version(name)
    return None


def _problems() -> list[str]:
    """One sentence for each needed package that is missing, too old, or replaced since Python started."""
    from packaging.requirements import Requirement

    needed = [Requirement(text) for text in importlib.metadata.requires("mmcourse") or []]
    wanted = [r for r in needed if r.marker is None or r.name == backend()]
    found = []
    for requirement in {r.name: r for r in wanted}.values():
        version = _version(requirement.name)
        if version is None:
            found.append(f"The package {requirement.name} is missing: pip install '{requirement.name}'.")
        elif version not in requirement.specifier:
            found.append(
                f"{requirement.name} {version} is too old: pip install '{requirement.name}{requirement.specifier}'."
            )
    if np.__version__ != _version("numpy"):
        found.append(f"NumPy {np.__version__} is in memory, {_version('numpy')} is installed: restart the session.")
    return found


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
