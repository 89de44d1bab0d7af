"""What a model costs: weights, and the memory of a training step, counted from its shapes."""

import math

import keras

from mmcourse import shapes

NUMBER = 4  # bytes of a float32
KEPT = 4  # numbers a weight: itself, its gradient and two means of Adam
_GATES = {"LSTM": 5, "GRU": 3}  # numbers a unit and step: four gates and the cell; two gates and the candidate


def cost(model: keras.Model, batch_size: int) -> dict[str, int]:
    """Functional model -> {"parameters", "bytes"}: weights, and bytes of a training step with Adam.

    4 bytes for each weight, its gradient and Adam's two means, and 4 for each value that goes into the model or comes
    out of a layer, for each example: they are kept for the gradient. A model inside is counted layer by layer, so are
    the parts of a `transformer.Block`, and the gates of an LSTM or a GRU step by step. A count, not a measurement: what
    the framework takes on top, often more, is not in it. Weights that are not trained count as the others do, a layer
    that is called twice gives its values once, and plain operations, as in `a + b`, give none.
    Raises ValueError for a model that is not functional, where a size is open, and for a batch below 1.
    """
    shapes.whole(batch_size, "batch_size")
    if getattr(model, "inputs", None) is None:
        raise ValueError(f"The layers of {model.name!r} are not known: give a functional model, or a built Sequential.")
    parameters = model.count_params()
    values = sum(_size(tensor, "An input") for tensor in model.inputs) + _made(model)
    return {"parameters": parameters, "bytes": NUMBER * (KEPT * parameters + batch_size * values)}


def _made(model: keras.Model) -> int:
    """How many numbers the layers of a model give for one example."""
    made = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    return sum(
        _made(layer)
        if isinstance(layer, keras.Model)
        else sum(_size(tensor, f"The layer {layer.name!r}") for tensor in keras.tree.flatten(layer.output))
        + _inside(layer)
        for layer in made
    )


def _inside(layer: keras.layers.Layer) -> int:
    """What a layer keeps beside its output: the parts of a block, the gates (and the cell) of a recurrent layer."""
    if hasattr(layer, "inside"):
        return layer.inside(layer.output.shape[1])
    if type(layer).__name__ not in _GATES:
        return 0
    x = keras.tree.flatten(layer.input)[0]  # (B, T, D); a mask and states may come after it
    return _GATES[type(layer).__name__] * layer.units * (_size(x, f"The input of {layer.name!r}") // x.shape[-1])


def _size(tensor, name: str) -> int:
    shape = tuple(tensor.shape)[1:]
    if None in shape:
        raise ValueError(f"{name} has the shape {tuple(tensor.shape)}: build the model for one length.")
    return math.prod(shape)
