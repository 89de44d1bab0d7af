"""Checkpoints: exact, known again, and of no other training."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse import checkpoints, train
from mmcourse.progress import Curve

RANDOM = np.random.RandomState(0)
DATA = {"x": RANDOM.rand(12, 3).astype("f"), "y": RANDOM.rand(12, 3).astype("f")}
LABELS = RANDOM.randint(0, 2, 12)


def build(seed=0, rate=0.5, learning_rate=0.01, steps=6):
    mm.seed(seed)
    given = {name: keras.Input((3,), name=name) for name in DATA}
    logits = keras.layers.Dense(2)(keras.layers.Dropout(rate)(keras.layers.add([given["x"], given["y"]])))
    return train.compile_classifier(keras.Model(given, logits), steps, learning_rate)


def batches(inputs=DATA, labels=LABELS, **changed):
    return train.Batches(inputs, labels, **{"steps": 6, "batch_size": 4, "seed": 0, **changed})


def reached(step):
    curve = Curve(6)
    curve.points = {"step": [step], "loss": [0.5]} if step else {"step": []}
    return curve


@pytest.fixture
def folder(tmp_path):
    """A folder with a checkpoint after 3 of 6 steps."""
    checkpoints.Checkpoint(tmp_path, build(), batches()).write(reached(3))
    return tmp_path


def test_it_comes_back_exactly(folder):
    model, curve = build(), Curve(6)
    checkpoint = checkpoints.Checkpoint(folder, model, batches())
    first = checkpoints.snapshot(checkpoints._variables(model))
    checkpoint.best = [np.float32([1, np.pi])]
    for variable in checkpoints._variables(model):
        variable.assign(variable.value + 1)
    checkpoint.write(reached(3))
    moved = checkpoints.snapshot(checkpoints._variables(model))
    checkpoints.put_back(checkpoints._variables(model), first)
    other = checkpoints.Checkpoint(folder, model, batches())
    assert other.begin(curve) is None
    back = checkpoints.snapshot(checkpoints._variables(model))
    assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(back, moved, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(back, first, strict=True))
    assert np.array_equal(other.best[0], np.float32([1, np.pi]))
    assert (curve.done, curve.sessions, other.step) == (3, 2, 3)


def test_seeds_of_layers_and_the_optimizer_belong_to_it():
    model = build()
    model.optimizer.build(model.trainable_variables)
    paths = [variable.path for variable in checkpoints._variables(model)]
    assert any("seed_generator" in path for path in paths)
    assert any("iteration" in path for path in paths)
    assert len(paths) == 2 + 1 + 1 + 2 * 2  # kernel and bias; seed; iterations, moments


def test_bfloat16_is_kept():
    variable = keras.Variable(np.float32([0.1, 3.0]), dtype="bfloat16")
    before = checkpoints.snapshot([variable])
    variable.assign([0.0, 0.0])
    checkpoints.put_back([variable], before)
    assert before[0].dtype == np.float32
    assert np.array_equal(checkpoints.snapshot([variable])[0], before[0])
    assert before[0][0] == pytest.approx(0.1, rel=0.01)


def turned(values):
    return {**DATA, "x": values}


@pytest.mark.parametrize(
    ("model", "given", "message"),
    [
        ({}, {"steps": 7}, "steps 6 there, 7 here"),
        ({}, {"batch_size": 3}, "batch size 4 there, 3 here"),
        ({}, {"seed": 1}, "another training: order of the batches"),
        ({}, {"labels": 1 - LABELS}, "another training: data"),
        ({}, {"inputs": turned(np.nextafter(DATA["x"], np.float32(2)))}, "another training: data"),
        ({}, {"inputs": {"x": DATA["y"], "y": DATA["x"]}}, "another training: data"),
        ({"rate": 0.4}, {}, "another training: model"),
        ({"learning_rate": 0.02}, {}, "another training: optimizer and loss"),
        ({"seed": 1}, {}, "began with other weights"),
    ],
)
def test_another_training_is_refused(model, given, message, folder):
    content = (folder / checkpoints.NAME).read_bytes()
    other = checkpoints.Checkpoint(folder, build(**model), batches(**given))
    with pytest.raises(ValueError, match=message):
        other.begin(Curve(6))
    assert (folder / checkpoints.NAME).read_bytes() == content


def test_other_validation_data_are_refused(folder):
    with pytest.raises(ValueError, match="validation data none there"):
        checkpoints.Checkpoint(folder, build(), batches(), (DATA, LABELS)).begin(Curve(6))


def test_one_without_a_step_is_replaced(tmp_path):
    checkpoints.Checkpoint(tmp_path, build(), batches()).begin(Curve(6))
    checkpoints.Checkpoint(tmp_path, build(seed=1), batches(seed=1)).begin(Curve(6))
    with pytest.raises(AssertionError):
        np.testing.assert_array_equal(checkpoints._read(tmp_path / checkpoints.NAME)[0][0], build().get_weights()[0])


def flipped(content):
    return content[:300] + bytes([content[300] ^ 1]) + content[301:]


@pytest.mark.parametrize("damage", [flipped, lambda content: content[: len(content) // 2], lambda content: b""])
def test_a_damaged_one_is_named(damage, folder):
    path = folder / checkpoints.NAME
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=r"is damaged .* Delete it"):
        checkpoints.Checkpoint(folder, build(), batches()).begin(Curve(6))


def test_what_a_killed_process_left_is_removed(folder):
    (folder / "checkpoint.part").write_bytes(b"half")
    checkpoints.Checkpoint(folder, build(), batches()).begin(Curve(6))
    assert [path.name for path in folder.iterdir()] == [checkpoints.NAME]
