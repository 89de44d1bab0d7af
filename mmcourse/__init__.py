"""Companion package of the course *Multimodal Language Models, from the equation to the running model*.

`import mmcourse as mm` is quick and imports no framework: a module is loaded when it is first used, Keras with the
first module that needs it.
"""

import importlib

__version__ = "0.1.0"

_FUNCTIONS = {
    "setup": "runtime",
    "seed": "runtime",
    "scale": "runtime",
    "machine": "runtime",
    "show": "runtime",
    "load": "data.load",
    "record": "records",
    "check": "exercises",
    "predict": "exercises",
}
_MODULES = ("data", "exercises", "metrics", "nn", "plots", "probe", "records", "runtime", "shapes", "train")

__all__ = [*_FUNCTIONS, *_MODULES]


def __getattr__(name: str):
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(f"mmcourse.{_FUNCTIONS[name]}"), name)
    if name in _MODULES:
        return importlib.import_module(f"mmcourse.{name}")
    raise AttributeError(f"mmcourse has no {name!r}. It has: {', '.join(sorted(__all__))}.")


def __dir__() -> list[str]:
    return sorted(__all__)
