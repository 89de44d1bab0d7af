"""Networks: one idea a module, its NumPy form directly above its Keras form. Modules are loaded when first used."""

from mmcourse import _lazy

__getattr__, __dir__, __all__ = _lazy.names(
    __name__,
    (
        "attention",
        "contrastive",
        "convolution",
        "counting",
        "dual_encoder",
        "embeddings",
        "encoders",
        "fusion",
        "gradients",
        "graphs",
        "language",
        "language_transformer",
        "lookup",
        "memory",
        "models",
        "patches",
        "positions",
        "recurrent",
        "transformer",
        "wrong_cells",
        "wrong_fusions",
    ),
)
