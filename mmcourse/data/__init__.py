"""Data: what the course makes itself, what is embedded, and what can be fetched. Modules are loaded when first used."""

from mmcourse import _lazy

__getattr__, __dir__, __all__ = _lazy.names(
    __name__, ("audio", "batches", "fetch", "image", "load", "pairs", "places", "registry", "speech", "table", "world")
)
