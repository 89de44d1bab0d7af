"""False sentences as further wrong partners, and questions on the way of a training."""

import keras
import numpy as np
import pytest

from mmcourse import pair_training
from mmcourse.nn import contrastive, dual_encoder
from mmcourse.nn.dual_encoder import DualEncoder, Hinge, InfoNCE

V, T, D = 12, 5, 8


def towers():
    return {"image": dual_encoder.image_tower((8, 8, 3), D), "text": dual_encoder.bag_tower(V, D)}


def given(count):
    random = np.random.RandomState(0)
    return {
        "image": random.rand(count, 8, 8, 3).astype("f"),
        "text": random.randint(4, V, (count, T)).astype(np.int32),
    }


def numbers(outputs):
    return {name: keras.ops.convert_to_numpy(values) for name, values in outputs.items()}


@pytest.fixture(scope="module")
def with_false():
    """A model that has done one step on pairs with false sentences, its inputs, and the weights before."""
    model, inputs = DualEncoder(towers(), InfoNCE()), given(64)
    inputs["text"][:12] = np.arange(V)[:, None]  # every word, PAD too, is met
    inputs["text"][:, :2] = np.maximum(inputs["text"][:, :2], 4)
    inputs["false"] = np.where(inputs["text"] == 4, 5, inputs["text"])[::-1]
    before = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    model.compile(keras.optimizers.SGD(1.0))
    model.fit(pair_training.Batches(inputs, np.arange(64), 1, 64, 0), verbose=0)
    return model, inputs, before


def test_false_sentences_go_through_the_tower_of_the_sentences(with_false):
    model, inputs, _ = with_false
    assert sorted(model(inputs)) == ["false", "image", "text"]
    vectors = numbers(model({**inputs, "text": inputs["false"]}))
    assert np.allclose(vectors["false"], vectors["text"], atol=1e-6)


def test_one_step_moves_every_weight(with_false):
    model, _, before = with_false
    after = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    names = [weight.path for weight in model.trainable_weights]
    assert [n for n, old, new in zip(names, before, after, strict=True) if np.array_equal(old, new)] == []


def test_false_sentences_enter_the_loss(with_false):
    model, inputs, _ = with_false
    judged = DualEncoder(model.towers, InfoNCE(0.2))
    judged.compile(run_eagerly=True)  # for one batch there is nothing to gain by compiling
    loss = judged.evaluate(inputs, np.arange(64), batch_size=64, verbose=0, return_dict=True)["loss"]
    vectors = numbers(model(inputs))
    a, b, false = vectors["image"], vectors["text"], vectors["false"]
    assert loss == pytest.approx(contrastive.hard_info_nce_numpy(a, b, false, 0.2), rel=1e-4)
    assert loss > contrastive.info_nce_numpy(a, b, 0.2) + 0.01


def test_false_sentences_add_no_weight_and_need_info_nce(with_false):
    model, inputs, before = with_false
    assert len(before) == len(DualEncoder(towers(), InfoNCE()).trainable_weights)
    other = DualEncoder(model.towers, Hinge())
    other.compile(run_eagerly=True)
    with pytest.raises(ValueError, match="need the objective InfoNCE, not Hinge"):
        other.evaluate(inputs, np.arange(64), batch_size=64, verbose=0)
    with pytest.raises(ValueError, match='named "false"'):
        DualEncoder({"false": model.towers["text"], "image": model.towers["image"]}, InfoNCE())
    with pytest.raises(ValueError, match="batch_size is 1; give a whole number from 2"):
        pair_training.fit(model, inputs, steps=1, batch_size=1)


def logarithm(model) -> float:
    return float(keras.ops.convert_to_numpy(model.objective.log_temperature))


def test_questions_on_the_way_change_nothing_in_the_steps():
    inputs = given(128)
    start = DualEncoder(towers(), InfoNCE())
    asked = DualEncoder({m: keras.models.clone_model(tower) for m, tower in start.towers.items()}, InfoNCE())
    asked.set_weights(start.get_weights())
    pair_training.fit(start, inputs, 20)
    curve, answers = pair_training.follow(asked, inputs, 20, lambda: logarithm(asked))
    assert (len(answers), len(curve["step"])) == (21, 20)
    assert answers[0] == pytest.approx(np.log(0.07))
    assert len(set(answers)) > 15  # measured on the way, not at the end
    assert answers[-1] == pytest.approx(logarithm(start), abs=1e-5)
    pairs = zip(start.get_weights(), asked.get_weights(), strict=True)
    assert all(np.allclose(one, other, atol=1e-5) for one, other in pairs)
