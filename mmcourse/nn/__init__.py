"""Networks: one idea a module, its NumPy form directly above its Keras form. Modules are loaded when first used."""

from mmcourse import _lazy

__getattr__, __dir__, __all__ = _lazy.names(
    __name__,
    (
        "attention",
        "caption_bits",
        "continuation",
        "contrastive",
        "convolution",
        "counting",
        "diagrammed",
        "dual_encoder",
        "embeddings",
        "encoders",
        "fusion",
        "gradients",
        "graphs",
        "hidden_markov",
        "language",
        "language_transformer",
        "lookup",
        "memory",
        "models",
        "patches",
        "positions",
        "reach",
        "recurrent",
        "senses",
        "sizes",
        "spelling",
        "transformer",
        "window_model",
        "wrong_cells",
        "wrong_fusions",
    ),
)
