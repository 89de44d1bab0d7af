"""Names of a package that are imported when they are first used, so that `import mmcourse` stays quick."""

import importlib


def names(package: str, modules: tuple[str, ...], functions: dict[str, str] | None = None):
    """`__getattr__`, `__dir__` and `__all__` of a package with these submodules, and functions {name: submodule}."""
    places = functions or {}
    known = sorted([*modules, *places])

    def get(name: str):
        if name in places:
            return getattr(importlib.import_module(f"{package}.{places[name]}"), name)
        if name in modules:
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"{package} has no {name!r}. It has: {', '.join(known)}.")

    return get, lambda: known, known
