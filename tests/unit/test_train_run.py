"""A run: validated, best weights kept, interrupted and resumed to the same bits, recorded. One model for all."""

import contextlib
import json

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse import checkpoints, loop, progress, train
from mmcourse.progress import Curve

STEPS, MARKS = 12, [3, 6, 9, 12]


@pytest.fixture(autouse=True, scope="module")
def few_points():
    """Pauses cost a tenth of a second each on TensorFlow."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(progress, "POINTS", len(MARKS))
        yield


def data(count=48, seed=0):
    x = np.random.RandomState(seed).uniform(-1, 1, (count, 4)).astype("f")
    return {"x": x}, (x.sum(axis=1) > 0).astype("int32")


def build():
    mm.seed(0)
    given = keras.Input((4,), name="x")
    hidden = keras.layers.BatchNormalization()(keras.layers.Dense(8, "relu")(given))
    logits = keras.layers.Dense(2)(keras.layers.Dropout(0.5)(hidden))
    return train.compile_classifier(keras.Model({"x": given}, logits), STEPS, learning_rate=0.05)


@pytest.fixture(scope="module")
def built():
    model = build()
    model.optimizer.build(model.trainable_variables)
    return model, checkpoints.snapshot(checkpoints._variables(model))


@pytest.fixture
def model(built):
    """The model as it was built: compiling it anew would take seconds."""
    checkpoints.put_back(checkpoints._variables(built[0]), built[1])
    return built[0]


def batches(**changed):
    settings = {"steps": STEPS, "batch_size": 16, "seed": 3} | changed
    return train.Batches(*data(), **settings)


def values(model):
    return checkpoints.snapshot(checkpoints._variables(model))


def same(first, second):
    return len(first) == len(second) > 8 and all(map(np.array_equal, first, second))


@pytest.fixture(scope="module")
def whole(built):
    """Values and record of a training that nothing interrupts."""
    checkpoints.put_back(checkpoints._variables(built[0]), built[1])
    record = train.run(built[0], batches(), data(20, 1))
    return values(built[0]), record


@contextlib.contextmanager
def stopped_at(step):
    """Press the key for an interruption when this step is done."""
    go_on = Curve.on_train_batch_end

    def press(self, batch, logs=None):
        go_on(self, batch, logs)
        if self.start + batch + 1 == step:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Curve, "on_train_batch_end", press)
        yield


def same_result(record, other):
    return all(record[name] == other[name] for name in ("curve", "validation", "best_step", "data", "settings"))


@pytest.mark.parametrize(("step", "kept"), [(1, 0), (7, 6)])
def test_interrupted_and_resumed_it_ends_in_the_same_bits(step, kept, model, whole, tmp_path, capsys):
    with stopped_at(step), pytest.raises(KeyboardInterrupt):
        train.run(model, batches(), data(20, 1), tmp_path)
    assert f"holds {kept} of 12 steps" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]
    record = train.run(model, batches(), data(20, 1), tmp_path)
    assert same(values(model), whole[0])
    assert same_result(record, whole[1])
    assert record["sessions"] == (2 if kept else 1)


def test_a_model_of_another_process_goes_on(model, whole, tmp_path):
    with stopped_at(10), pytest.raises(KeyboardInterrupt):
        train.run(model, batches(), data(20, 1), tmp_path)
    other = build()  # its layers have other automatic names
    assert other.weights[0].path != model.weights[0].path
    record = train.run(other, batches(), data(20, 1), tmp_path)
    assert same(values(other), whole[0])
    assert same_result(record, whole[1])


def test_a_checkpoint_is_written_whole_or_not_at_all(model, tmp_path, monkeypatch):
    written = []

    savez = np.savez

    def save(file, **arrays):
        savez(file, **arrays)
        written.append(file)
        if len(written) == 4:  # the steps 0, 3, 6 are there
            raise KeyboardInterrupt

    monkeypatch.setattr(checkpoints.np, "savez", save)
    with pytest.raises(KeyboardInterrupt):
        train.run(model, batches(), None, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]
    assert checkpoints._read(tmp_path / "checkpoint.npz")[2]["step"] == 6
    assert int(model.optimizer.iterations) == 6


def test_a_finished_training_is_loaded(model, built, whole, tmp_path, capsys):
    record = train.run(model, batches(), data(20, 1), tmp_path)
    again = train.run(model, batches(), data(20, 1), tmp_path)  # the model as it is
    checkpoints.put_back(checkpoints._variables(model), built[1])
    assert train.run(model, batches(), data(20, 1), tmp_path) == record == again
    assert same(values(model), whole[0])
    assert json.loads((tmp_path / "record.json").read_text()) == record
    assert "was finished on" in capsys.readouterr().out


def test_pauses_change_nothing_in_the_steps(model, built, tmp_path):
    curve = train.fit(model, *data(), STEPS, 16, seed=3)
    alone = values(model)
    checkpoints.put_back(checkpoints._variables(model), built[1])
    record = train.run(model, batches(), None, tmp_path)
    assert same(values(model), alone)
    for name, points in curve.items():
        assert np.allclose(record["curve"][name], points, atol=1e-5)
    before = values(model)
    loop._evaluate(model, data(20, 1), 16)
    assert same(values(model), before)


def test_the_best_weights_are_kept(model, whole):
    inputs, labels = data(20, 1)
    record = train.run(model, batches(), (inputs, 1 - labels))  # the better it learns, the worse for these
    losses = record["validation"]["loss"]
    assert record["best_step"] == record["validation"]["step"][np.argmin(losses)] < STEPS / 2
    assert model.evaluate(inputs, 1 - labels, verbose=0)[0] == pytest.approx(min(losses), rel=1e-4)
    slots = len(model.variables)
    assert same(values(model)[slots:], whole[0][slots:])  # the optimizer has gone to the end, unmoved by validation


def test_the_record_is_complete(whole):
    record = whole[1]
    assert json.loads(json.dumps(record)) == record
    assert set(record) == set(
        "schema date settings curve validation best_step seconds samples_per_second sessions machine data world".split()
    )
    chosen = {"steps": STEPS, "batch_size": 16, "batch_seed": 3, "seed": 0, "profile": "cpu", "precision": "float32"}
    assert record["settings"].items() >= chosen.items()
    assert record["settings"]["parameters"] == 4 * 8 + 8 + 4 * 8 + 8 * 2 + 2
    assert record["settings"]["optimizer"]["learning_rate"]["config"]["initial_learning_rate"] == 0.05
    assert (record["settings"]["samples"], record["settings"]["validation_samples"]) == (48, 20)
    assert set(record["validation"]) == {"step", "loss", "accuracy"}
    assert record["curve"]["step"] == record["validation"]["step"] == MARKS
    assert record["samples_per_second"] > 0 < record["seconds"]
    assert record["machine"]["backend"] == keras.backend.backend()
    assert {"versions", "threads", "cores"} <= set(record["machine"])


def test_a_broken_loss_leaves_the_model_of_the_checkpoint(model, built, tmp_path):
    inputs, labels = data()
    with pytest.raises(FloatingPointError, match=r"steps 1 to 3. The inputs are finite \(x from -3e\+38"):
        train.run(model, train.Batches({"x": np.sign(inputs["x"]) * 3e38}, labels, STEPS, 16, 3), None, tmp_path)
    assert same(values(model), built[1])


def test_settings_of_the_gpu_profile(monkeypatch, tmp_path):
    monkeypatch.setenv("MMCOURSE_PROFILE", "gpu")
    old = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = build()
        record = train.run(model, batches(steps=3, batch_size=mm.scale(cpu=16, gpu=512)), data(20, 1), tmp_path)
    finally:
        keras.config.set_dtype_policy(old)
    assert np.isfinite(record["curve"]["loss"]).all()
    assert record["settings"].items() >= {"profile": "gpu", "precision": "mixed_bfloat16", "batch_size": 512}.items()


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        ((np.zeros((3, 4)), np.zeros(3, int)), "give inputs and their labels"),
        (({"x": np.zeros((3, 4))}, np.zeros(2, int)), "same number"),
        (({"y": np.zeros((3, 4))}, np.zeros(3, int)), "validation set lacks x"),
        (({"x": np.zeros((3, 4))}, np.array([0, 1, 2])), r"classes 0 to 1: look at labels\[2\]"),
        (({"x": np.full((3, 4), np.inf)}, np.zeros(3, int)), "x has NaN or infinite numbers in 3 of 3"),
    ],
)
def test_a_bad_validation_set_is_named(validation, message, model):
    with pytest.raises(ValueError, match=message):
        train.run(model, batches(), validation)


def test_a_model_without_shapes_and_columns_without_an_order_are_named(model):
    with pytest.raises(ValueError, match="batches is dict; give Batches"):
        train.run(model, data()[0])
    with pytest.raises(ValueError, match=r"begin it with keras\.Input"):
        train.run(keras.Sequential([keras.layers.Dense(2)]), batches())
