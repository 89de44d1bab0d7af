"""Companion package of the course *Multimodal Language Models, from the equation to the running model*.

`import mmcourse as mm` is quick and imports no framework: a module is loaded when it is first used, Keras with the
first module that needs it.
"""

from mmcourse import _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.names(
    __name__,
    (
        "caption_trial",
        "answering",
        "checkpoints",
        "composition",
        "conversation",
        "costs",
        "credit",
        "data",
        "decode",
        "diagram",
        "equations",
        "exercises",
        "experts",
        "finite",
        "hearing",
        "inverted_file",
        "joint_table",
        "judging",
        "looks",
        "linear_probe",
        "loop",
        "metrics",
        "nn",
        "pair_training",
        "plots",
        "probe",
        "progress",
        "records",
        "retrieval",
        "ridge_fusion",
        "robustness",
        "runtime",
        "saying",
        "search_index",
        "shapes",
        "train",
        "voices",
        "zero_shot",
    ),
    {
        "setup": "runtime",
        "seed": "runtime",
        "scale": "runtime",
        "machine": "runtime",
        "show": "runtime",
        "load": "data.load",
        "record": "records",
        "check": "exercises",
        "predict": "exercises",
    },
)
