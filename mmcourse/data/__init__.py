"""Data: what the course makes itself, what is embedded, and what can be fetched. Modules are loaded when first used."""

import importlib

_MODULES = ("audio", "fetch", "load", "speech")
__all__ = list(_MODULES)


def __getattr__(name: str):
    if name in _MODULES:
        return importlib.import_module(f"mmcourse.data.{name}")
    raise AttributeError(f"mmcourse.data has no {name!r}. It has: {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
