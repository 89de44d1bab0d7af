"""Networks: one idea a module, its NumPy form directly above its Keras form. Modules are loaded when first used."""

from mmcourse import _lazy

__getattr__, __dir__, __all__ = _lazy.names(
    __name__,
    (
        "attention",
        "convolution",
        "counting",
        "embeddings",
        "encoders",
        "fusion",
        "gradients",
        "language",
        "memory",
        "models",
        "recurrent",
        "wrong_cells",
    ),
)
