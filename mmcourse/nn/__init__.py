"""Networks: one idea a module, its NumPy form directly above its Keras form. Modules are loaded when first used."""

import importlib

_MODULES = ("encoders", "fusion", "models")
__all__ = list(_MODULES)


def __getattr__(name: str):
    if name in _MODULES:
        return importlib.import_module(f"mmcourse.nn.{name}")
    raise AttributeError(f"mmcourse.nn has no {name!r}. It has: {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
