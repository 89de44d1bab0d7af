"""Data: what the course makes itself, what is embedded, and what can be fetched. Modules are loaded when first used."""

from mmcourse import _lazy

MODULES = """
asked audio augment batches caption_bits chains clinic clips dialogues faces fetch gallery image information load
lookup manual moods one_modality pairs places queries readers recall registry road scene_graph senses shift speech
spoken_strips table text turns waveform world
"""

__getattr__, __dir__, __all__ = _lazy.names(__name__, tuple(MODULES.split()))
