"""Recurrent cells as common tutorials print them: WRONG, kept so that lessons can run them and show what is lost.

Do not build models from this module. The right cell is `keras.layers.LSTMCell`, its equations `recurrent.lstm_numpy`.
"""

import keras
from keras import ops

GATES = ("input", "forget", "candidate", "output")


@keras.saving.register_keras_serializable("mmcourse")
class LSTMCellWithoutCellState(keras.layers.Layer):
    """WRONG: an LSTM cell in which c_t is missing; the state goes through a matrix and a tanh at every step.

    h_t = o_t * tanh((f_t * h_{t-1} + g_t) W_h + b_h), and the input gate i_t is computed and never used.
    Input (B, D), states [h (B, H)] -> h (B, H), [h]. Each gate has a matrix (D + H, H) for [x_t, h_{t-1}] and a bias.
    `forget_bias` is where the forget gate's bias starts, as `unit_forget_bias` puts it to 1 in Keras's LSTM.
    """

    def __init__(self, units: int, forget_bias: float = 1.0, **settings):
        super().__init__(**settings)
        self.units, self.forget_bias = units, forget_bias
        self.state_size = self.output_size = units

    def build(self, input_shape):
        """Ten weights: matrix and bias of the three gates and the candidate, then W_h and b_h."""
        starts = {"forget": keras.initializers.Constant(self.forget_bias)}
        self.matrices, self.biases = {}, {}
        for name in (*GATES, "state"):
            rows = self.units if name == "state" else input_shape[-1] + self.units
            self.matrices[name] = self.add_weight(shape=(rows, self.units), name=f"{name}_matrix")
            bias = starts.get(name, "zeros")
            self.biases[name] = self.add_weight(shape=(self.units,), initializer=bias, name=f"{name}_bias")

    def call(self, inputs, states, training=None):
        """Input (B, D), states [h (B, H)] -> h (B, H), [h]."""
        (h,) = states
        both = ops.concatenate([inputs, h], axis=-1)  # (B, D + H)
        i, f, g, o = (ops.matmul(both, self.matrices[name]) + self.biases[name] for name in GATES)
        i, f, g, o = ops.sigmoid(i), ops.sigmoid(f), ops.tanh(g), ops.sigmoid(o)  # i: computed, then forgotten
        mixed = ops.matmul(f * h + g, self.matrices["state"]) + self.biases["state"]
        h = o * ops.tanh(mixed)  # (B, H)
        return h, [h]

    def get_initial_state(self, batch_size=None):
        """Zeros, [(B, H)]."""
        return [ops.zeros((batch_size, self.units))]

    def get_config(self):
        """The arguments of the constructor, for saving."""
        return super().get_config() | {"units": self.units, "forget_bias": self.forget_bias}
