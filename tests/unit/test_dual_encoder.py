"""Two towers and an objective: shapes, counts, every weight moves, padding, order of names, a batch learned, saving."""

import keras
import numpy as np
import pytest

from mmcourse import pair_training
from mmcourse.nn import contrastive, dual_encoder
from mmcourse.nn.dual_encoder import DualEncoder, Hinge, InfoNCE, PairSigmoid, Pull

V, T, D, B = 12, 5, 8, 16
OBJECTIVES = [Hinge, InfoNCE, PairSigmoid, Pull]


def towers(reader=dual_encoder.sentence_tower):
    return {"image": dual_encoder.image_tower((8, 8, 3), D), "text": reader(V, D)}


def build(objective=InfoNCE, reader=dual_encoder.sentence_tower):
    return DualEncoder(towers(reader), objective())


def given(count=B):
    random = np.random.RandomState(0)
    return {
        "image": random.rand(count, 8, 8, 3).astype("f"),
        "text": random.randint(4, V, (count, T)).astype(np.int32),
    }


def numbers(outputs):
    return {name: keras.ops.convert_to_numpy(values) for name, values in outputs.items()}


def test_vectors_of_length_one_in_one_space():
    vectors = numbers(build()(given()))
    assert {name: values.shape for name, values in vectors.items()} == {"image": (B, D), "text": (B, D)}
    assert np.allclose([np.linalg.norm(values, axis=1) for values in vectors.values()], 1, atol=1e-5)


def test_parameters_by_formula():
    image, sentence, bag = (
        dual_encoder.image_tower((8, 8, 3), D),
        *(reader(V, D) for reader in (dual_encoder.sentence_tower, dual_encoder.bag_tower)),
    )
    grid = 9 * 3 * 64 + 3 * 9 * 64 * 64 + 4 * 4 * 64
    units = 2 * D
    assert image.count_params() == grid + 4 * 64 * D + D
    assert sentence.count_params() == V * D + 3 * (D * units + units * units + 2 * units) + units * D + D
    assert bag.count_params() == V * D + D * units + units + units * D + D
    learned = {Hinge: 0, InfoNCE: 1, PairSigmoid: 2, Pull: 0}
    for objective, count in learned.items():
        assert [tuple(weight.shape) for weight in objective().trainable_weights] == [()] * count
        made = build(objective)
        assert made.count_params() == image.count_params() + sentence.count_params() + count


@pytest.mark.parametrize(
    ("objective", "reader"),
    [(InfoNCE, dual_encoder.sentence_tower), *((objective, dual_encoder.bag_tower) for objective in OBJECTIVES)],
)
def test_one_step_moves_every_weight(objective, reader):
    model, inputs = build(objective, reader), given(64)
    inputs["text"][:12] = np.arange(V)[:, None]  # every word, PAD too, is met
    inputs["text"][:, :2] = np.maximum(inputs["text"][:, :2], 4)
    model(inputs)
    model.compile(keras.optimizers.SGD(1.0))
    before = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    model.fit(pair_training.Batches(inputs, np.arange(64), 1, 64, 0), verbose=0)
    moved = [
        not np.array_equal(old, keras.ops.convert_to_numpy(new))
        for old, new in zip(before, model.trainable_weights, strict=True)
    ]
    assert len(moved) >= 3 * 3 + 2 + 4
    assert [weight.path for weight, did in zip(model.trainable_weights, moved, strict=True) if not did] == []


def test_a_fixed_temperature_stays():
    model = DualEncoder(towers(dual_encoder.bag_tower), InfoNCE(0.2, trainable=False))
    pair_training.fit(model, given(), steps=3, batch_size=8)
    assert float(keras.ops.exp(model.objective.log_temperature)) == pytest.approx(0.2)
    assert all("temperature" not in weight.path for weight in model.trainable_weights)


@pytest.mark.parametrize(
    ("objective", "by_numpy"),
    [
        (Hinge(0.3), lambda a, b: (contrastive.hinge_numpy(a, b, 0.3) + contrastive.hinge_numpy(b, a, 0.3)) / 2),
        (InfoNCE(0.2), lambda a, b: contrastive.info_nce_numpy(a, b, 0.2)),
        (PairSigmoid(0.2, -3.0), lambda a, b: contrastive.sigmoid_loss_numpy(a, b, 0.2, -3.0)),
        (Pull(), lambda a, b: np.square(a - b).sum(1).mean()),
    ],
)
def test_the_loss_of_the_model_is_the_objective(objective, by_numpy):
    model, inputs = DualEncoder(towers(dual_encoder.bag_tower), objective), given()
    vectors = numbers(model(inputs))
    model.compile(run_eagerly=True)  # for one batch there is nothing to gain by compiling
    loss = model.evaluate(inputs, np.arange(B), batch_size=B, verbose=0, return_dict=True)["loss"]
    assert loss == pytest.approx(by_numpy(vectors["image"], vectors["text"]), rel=1e-4)


def test_padding_and_its_length_change_nothing():
    for reader in (dual_encoder.sentence_tower, dual_encoder.bag_tower):
        tower, tokens = reader(V, D), given()["text"]
        longer = np.pad(tokens, ((0, 0), (0, 3)))
        found = [tower.predict(rows, verbose=0) for rows in (tokens, longer)]
        assert np.abs(found[0] - found[1]).max() < 1e-5


def test_a_bag_forgets_the_order_and_a_sentence_keeps_it():
    tokens = given()["text"]
    apart = {}
    for reader in (dual_encoder.sentence_tower, dual_encoder.bag_tower):
        tower = reader(V, D)
        apart[reader] = np.abs(tower.predict(tokens, verbose=0) - tower.predict(tokens[:, ::-1], verbose=0)).max()
    assert apart[dual_encoder.bag_tower] < 1e-5 < 1e-3 < apart[dual_encoder.sentence_tower]


def test_the_order_of_the_names_changes_nothing():
    parts, inputs = towers(), given()
    one = DualEncoder(parts, InfoNCE())
    other = DualEncoder(dict(reversed(parts.items())), one.objective)
    for name, values in numbers(one(inputs)).items():
        assert np.array_equal(values, numbers(other(dict(reversed(inputs.items()))))[name])


def test_each_tower_sees_its_own_modality_alone():
    model, inputs = build(), given()
    vectors = pair_training.embed(model, inputs)
    assert np.array_equal(pair_training.embed(model, {"text": inputs["text"]})["text"], vectors["text"])
    inputs["text"] = inputs["text"][::-1]
    moved = numbers(model(inputs))
    assert np.allclose(moved["image"], vectors["image"], atol=1e-5)
    assert np.abs(moved["text"] - vectors["text"]).max() > 1e-3


def test_a_batch_is_learned_by_heart_from_the_loss_of_guessing(capsys):
    model, inputs = build(), given(32)
    vectors = pair_training.embed(model, inputs)
    first = contrastive.info_nce_numpy(vectors["image"], vectors["text"], temperature=1.0)
    assert first == pytest.approx(np.log(32), rel=0.05)
    curve = pair_training.fit(model, inputs, steps=150, batch_size=32, learning_rate=3e-3)
    assert curve["accuracy"][-1] > 0.999
    assert curve["loss"][-1] < 0.1
    assert "ln 32 = 3.47" in capsys.readouterr().out


def test_pulling_alone_collapses():
    model, inputs = build(Pull, dual_encoder.bag_tower), given(32)
    pair_training.fit(model, inputs, steps=80, batch_size=32, learning_rate=1e-2)
    vectors = pair_training.embed(model, inputs)
    assert min(contrastive.similarity_numpy(*vectors.values()).min(), 1) > 0.95


def test_partners_as_near_as_all_others_are_not_found():
    model, inputs = build(Pull, dual_encoder.bag_tower), given(8)
    for tower in model.towers.values():
        *weights, bias = tower.get_weights()
        tower.set_weights([0 * each for each in weights] + [np.ones_like(bias)])  # one vector for all
    assert pair_training.fit(model, inputs, steps=1, batch_size=8)["accuracy"][-1] == 0


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_saved_and_loaded_it_gives_the_same(objective, tmp_path):
    model, inputs = build(objective), given()
    for weight in model.objective.weights:
        weight.assign(weight + 0.1)  # as a training would
    model.save(tmp_path / "dual.keras")
    again = keras.models.load_model(tmp_path / "dual.keras")
    for name, values in numbers(model(inputs)).items():
        assert np.abs(values - numbers(again(inputs))[name]).max() < 1e-6
    for old, new in zip(model.objective.weights, again.objective.weights, strict=True):
        assert float(old.value) == pytest.approx(float(new.value))


def test_evaluation_changes_no_weight():
    model, inputs = build(), given()
    model.compile()
    before = [keras.ops.convert_to_numpy(weight) for weight in model.weights]
    model.evaluate(inputs, np.arange(B), batch_size=B, verbose=0)
    pair_training.embed(model, inputs)
    assert all(
        np.array_equal(old, keras.ops.convert_to_numpy(new)) for old, new in zip(before, model.weights, strict=True)
    )


def test_bad_input():
    image = towers()["image"]
    with pytest.raises(ValueError, match="two towers"):
        DualEncoder({"image": image}, InfoNCE())
    with pytest.raises(ValueError, match="D the same"):
        DualEncoder({"image": image, "text": dual_encoder.bag_tower(V, D + 1)}, InfoNCE())
    for objective in (InfoNCE, PairSigmoid):
        with pytest.raises(ValueError, match="above 0"):
            objective(temperature=0)
    with pytest.raises(ValueError, match="at least 5 tokens"):
        dual_encoder.sentence_tower(4)
    model = build()
    with pytest.raises(ValueError, match="no tower 'audio'"):
        pair_training.embed(model, {"audio": np.zeros((2, 3))})
    with pytest.raises(ValueError, match="same number"):
        pair_training.fit(model, {"image": given()["image"], "text": given(3)["text"]}, steps=1)
    with pytest.raises(ValueError, match="steps"):
        pair_training.fit(model, given(), steps=0)
    with pytest.raises(ValueError, match="batch_size is 1; give a whole number from 2"):
        pair_training.fit(model, given(), steps=1, batch_size=1)
    with pytest.raises(ValueError, match="a pair would meet itself"):
        pair_training.fit(model, given(), steps=1, batch_size=B + 1)


def test_broken_pairs_and_weights_are_named_before_the_training():
    model, inputs = build(reader=dual_encoder.bag_tower), given()
    inputs["image"][4, 1, 2] = np.nan
    with pytest.raises(ValueError, match="image has NaN or infinite numbers in 1 of 16 rows, the first is row 4"):
        pair_training.fit(model, inputs, steps=3, batch_size=8)
    model.objective.log_temperature.assign(float("nan"))
    with pytest.raises(ValueError, match="log_temperature is not finite"):
        pair_training.fit(model, given(), steps=3, batch_size=8)
