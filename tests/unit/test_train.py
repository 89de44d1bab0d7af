"""Training: exactly so many steps, in a known order, and clear when it breaks."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse import progress, train


def data(count=100):
    x = np.random.RandomState(0).uniform(-1, 1, (count, 4)).astype("f")
    return {"x": x}, (x.sum(axis=1) > 0).astype("int32")


def linear(steps=50):
    mm.seed(0)
    given = keras.Input((4,), name="x")
    return train.compile_classifier(keras.Model({"x": given}, keras.layers.Dense(2)(given)), steps, learning_rate=0.1)


def test_fit_takes_exactly_so_many_steps_and_learns(capsys):
    inputs, labels = data()
    model = linear()
    curve = train.fit(model, inputs, labels, steps=50, batch_size=16)
    assert int(model.optimizer.iterations) == 50
    assert curve["step"][-1] == 50
    assert len(curve["loss"]) == progress.POINTS
    assert curve["loss"][-1] < 0.5 * curve["loss"][0]
    assert mm.metrics.accuracy(labels, train.answers(model, inputs)) > 0.9
    assert "guessing: 0.69" in capsys.readouterr().out


def test_the_curve_is_the_mean_of_each_part():
    inputs, labels = data(40)
    model = linear(steps=40)
    model.trainable = False  # nothing changes: every part has the loss of the first weights
    train.compile_classifier(model, 40)
    loss = model.evaluate(inputs, labels, verbose=0)[0]
    curve = train.fit(model, inputs, labels, steps=40, batch_size=40)
    assert np.allclose(curve["loss"], loss, atol=1e-4)


def test_every_sample_is_seen_once_before_any_is_seen_again():
    inputs, labels = data(30)
    batches = train.Batches(inputs, labels, steps=6, batch_size=10, seed=2)
    rows = batches.rows.reshape(2, 30)
    assert len(batches) == 6
    assert all(sorted(part) == list(range(30)) for part in rows)
    assert np.array_equal(batches[1][0]["x"], inputs["x"][batches.rows[1]])
    assert np.array_equal(batches.rows, train.Batches(inputs, labels, 6, 10, seed=2).rows)
    assert not np.array_equal(batches.rows, train.Batches(inputs, labels, 6, 10, seed=3).rows)


def test_a_loss_that_is_no_number_stops_the_training():
    inputs, labels = data()
    with pytest.raises(FloatingPointError, match=r"steps 1 to 2\. .* smaller learning rate"):
        train.fit(linear(), {"x": np.sign(inputs["x"]) * 3e38}, labels, steps=50, batch_size=100)
    inputs["x"][3] = np.nan
    with pytest.raises(ValueError, match="x has NaN or infinite numbers in 1 of 100 rows, the first is row 3"):
        train.fit(linear(), inputs, labels, steps=50, batch_size=100)


def test_padding_counts_nowhere_also_where_the_model_has_a_mask():
    tokens = np.array([[1, 2, 0], [2, 1, 2]], "int32")
    given = keras.Input((None,), dtype="int32", name="text")
    read = keras.layers.Embedding(3, 4, mask_zero=True)(given)
    model = train.compile_captioner(keras.Model({"text": given}, keras.layers.Dense(3)(read)), 30, 0.1)
    curve = train.fit(model, {"text": tokens}, tokens, steps=30, batch_size=2)
    assert curve["accuracy"][-1] == pytest.approx(1)
    assert curve["loss"][-1] < 0.2


def test_fit_compiles_what_is_not_compiled_and_refuses_to_train_at_rate_zero():
    inputs, labels = data()
    given = keras.Input((4,), name="x")
    model = keras.Model({"x": given}, keras.layers.Dense(2)(given))
    train.fit(model, inputs, labels, steps=20, batch_size=16)
    assert int(model.optimizer.iterations) == 20
    with pytest.raises(ValueError, match="fallen to 0"):
        train.fit(model, inputs, labels, steps=20, batch_size=16)


def test_answers_takes_what_the_model_needs_and_leaves_the_rest():
    inputs, _ = data()
    assert train.answers(linear(), {**inputs, "other": np.zeros(3)}).shape == (100,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m, x, y: train.fit(m, x, y[:-1], 5), "same number of samples"),
        (lambda m, x, y: train.fit(m, x, np.eye(2)[y], 5), "labels has shape"),
        (lambda m, x, y: train.fit(m, x, y + 1, 5), "classes 0 to 1"),
        (lambda m, x, y: train.fit(m, x, y, 0), "steps is 0"),
        (lambda m, x, y: train.fit(m, x, y, 5, batch_size=-1), "batch_size is -1"),
        (lambda m, x, y: train.fit(m, {"x": x["x"][:0]}, y[:0], 5), "at least one"),
        (lambda m, x, y: train.compile_classifier(m, 2.5), "steps is 2.5"),
        (lambda m, x, y: train.answers(m, {"y": x["x"]}), "needs an input 'x'"),
    ],
)
def test_bad_input_is_named(change, message):
    inputs, labels = data()
    with pytest.raises(ValueError, match=message):
        change(linear(), inputs, labels)
