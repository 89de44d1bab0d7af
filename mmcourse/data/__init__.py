"""Data: what the course makes itself, what is embedded, and what can be fetched. Modules are loaded when first used."""

from mmcourse import _lazy

MODULES = "audio augment batches fetch image load pairs places readers registry shift speech table text waveform world"

__getattr__, __dir__, __all__ = _lazy.names(__name__, tuple(MODULES.split()))
