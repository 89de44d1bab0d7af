"""Remembering over many steps: biases for a wanted time, a model that is asked at the end, and where it looks."""

import keras
import numpy as np
from keras import layers


def memory_bias(units: int, steps: float) -> np.ndarray:
    """Units H, steps T -> bias (4H,) with which a new LSTM keeps its cell for about T steps; blocks i f c o.

    The forget gate starts at sigmoid(ln T) = T / (T + 1), so after T steps about 1 / e is left; the input gate at
    1 / (T + 1), so T candidates add up to less than 1. Raises ValueError for fewer than one unit or step.
    Source: Tallec and Ollivier 2018, who draw T for each unit, uniformly up to the longest delay.
    """
    if units < 1 or steps < 1:
        raise ValueError(f"memory_bias was given {units} units and {steps} steps; give at least 1 of each.")
    return np.repeat([-np.log(steps), np.log(steps), 0.0, 0.0], units)


def recall_model(layer: keras.layers.Layer, width: int, classes: int) -> keras.Model:
    """{"symbols": (B, T, width)} -> logits (B, classes) from the last state (B, H) of a recurrent layer; any T."""
    symbols = keras.Input((None, width), name="symbols")
    return keras.Model({"symbols": symbols}, layers.Dense(classes, name="answer")(layer(symbols)))
