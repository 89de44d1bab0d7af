"""What holds for every model with recurrent layers that the package builds: weights, training, saving, overfitting."""

import keras
import numpy as np
import pytest
from keras import ops

import mmcourse as mm
from mmcourse.nn import language, memory

V, D, W, T = 9, 16, 6, 8  # tokens, units, width of the embeddings, positions
BLOCKS = {"rnn": 1, "lstm": 4, "gru": 3}


def rnn_weights(blocks: int, second_bias: bool = False) -> int:
    """Of a recurrent layer from W to D numbers."""
    return blocks * (W * D + D * D + D * (1 + second_bias))


def head_weights(inputs: int) -> int:
    return inputs * V + V


MODELS = {
    **{
        f"character_model {cell}": (
            lambda cell=cell: language.character_model(cell, V, D, W),
            V * W + rnn_weights(blocks, cell == "gru") + head_weights(D),
        )
        for cell, blocks in BLOCKS.items()
    },
    "hidden left": (
        lambda: language.hidden_character_model(V, D, W, "left"),
        V * W + rnn_weights(1) + head_weights(D),
    ),
    "hidden both": (
        lambda: language.hidden_character_model(V, D, W, "both"),
        V * W + 2 * rnn_weights(1) + head_weights(2 * D),
    ),
    "leaking": (lambda: language.leaking_model(V, D, W), V * W + 2 * rnn_weights(1) + head_weights(2 * D)),
    "recall": (lambda: memory.recall_model(keras.layers.LSTM(D), W, V), rnn_weights(4) + head_weights(D)),
}


@pytest.fixture(params=MODELS)
def built(request):
    """A model, its number of weights by formula, inputs, and labels that it can learn by heart."""
    mm.seed(0)
    build, weights = MODELS[request.param]
    model, random = build(), np.random.RandomState(0)
    if request.param == "recall":
        return (
            model,
            weights,
            {"symbols": random.standard_normal((16, T, W)).astype("float32")},
            random.randint(V, size=16),
        )
    tokens = random.randint(1, V, size=(8, T))
    labels = tokens[:, 1:-1] if request.param.startswith("hidden") else random.randint(1, V, size=(8, T))
    return model, weights, {"tokens": tokens}, labels


def test_weights_are_counted_by_formula(built):
    model, weights, *_ = built
    assert model.count_params() == weights


def test_a_saved_model_gives_the_same_answers(built, tmp_path):
    model, _, inputs, _ = built
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    given, expected = (ops.convert_to_numpy(one(inputs)) for one in (again, model))
    assert np.abs(given - expected).max() < 1e-6


def test_one_step_moves_every_weight_from_the_loss_of_guessing_and_more_learn_a_batch_by_heart(built):
    model, _, inputs, labels = built
    before = model.get_weights()
    model.compile(keras.optimizers.Adam(0.03), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert float(model.train_on_batch(inputs, labels)) == pytest.approx(np.log(V), rel=0.1)
    moved = [not np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True)]
    assert all(moved), [weight.path for weight, changed in zip(model.weights, moved, strict=True) if not changed]
    for _ in range(200):
        last = float(model.train_on_batch(inputs, labels))
    assert last < 0.05
