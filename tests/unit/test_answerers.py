"""Each fusion of the question answerer: both inputs matter, every weight learns, padding changes nothing, saved."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.data import asked
from mmcourse.nn import answerers, encoders, models, modulation
from mmcourse.nn.fusion import film_numpy

A, DIM = len(asked.ANSWERS), 16


@pytest.fixture(scope="module")
def some():
    return asked.asked(32, seed=1)


def build(fusion, length=asked.LENGTH):
    mm.seed(0)
    reader = answerers.question_reader(len(asked.question_words()), DIM, length)
    return models.question_answerer(answerers.cell_encoder((16, 16, 3), DIM), reader, A, fusion, hidden=64)


@pytest.fixture(scope="module", params=answerers.FUSIONS)
def model(request):
    return request.param, build(request.param)


def test_shapes_and_that_picture_and_question_matter(model, some):
    logits = np.array(model[1](some.inputs))
    assert logits.shape == (32, A)
    for name in ("image", "question"):
        assert np.abs(np.array(model[1](mm.probe.shuffle(some.inputs, name))) - logits).max() > 1e-5, name


def test_longer_padding_leaves_the_answers_unchanged(model, some):
    fusion, short = model
    long = build(fusion, length=14)
    long.set_weights(short.get_weights())
    inputs = {**some.inputs, "question": asked.question_tokens(some.questions, 14)}
    assert np.allclose(np.array(long(inputs)), np.array(short(some.inputs)), atol=1e-5)


def test_saved_and_loaded(model, some, tmp_path):
    model[1].save(tmp_path / "answerer.keras")
    again = keras.saving.load_model(tmp_path / "answerer.keras")
    assert np.allclose(np.array(model[1](some.inputs)), np.array(again(some.inputs)), atol=1e-6)


def test_a_typed_question_is_answered_and_bad_input_is_refused(model, some):
    answer, share = mm.answering.answer_question(model[1], some.inputs["image"][0], "What color is the ring?")
    assert answer in asked.ANSWERS
    assert 1 / A <= share <= 1
    with pytest.raises(ValueError, match="empty"):
        mm.answering.answer_question(model[1], some.inputs["image"][0], "")
    with pytest.raises(ValueError, match="image"):
        mm.answering.answer_question(model[1], some.inputs["image"], "what color is the ring")


def test_first_loss_is_guessing_one_step_moves_every_weight_and_a_batch_is_learned_by_heart(model, some):
    before, names = model[1].get_weights(), [weight.path for weight in model[1].weights]
    mm.train.compile_classifier(model[1], 150, learning_rate=5e-3)
    loss = mm.train.fit(model[1], some.inputs, some.labels, steps=1, batch_size=32)["loss"][0]
    assert abs(loss / np.log(A) - 1) < 0.05
    moved = zip(names, before, model[1].get_weights(), strict=True)
    assert [name for name, old, new in moved if np.array_equal(old, new)] == []
    curve = mm.train.fit(model[1], some.inputs, some.labels, steps=149, batch_size=32)
    assert curve["accuracy"][-1] > 0.999


def test_weights_are_those_that_the_docstrings_name():
    V = len(asked.question_words())
    assert answerers.question_reader(V, DIM).count_params() == V * DIM + 3 * (2 * DIM + 2) * DIM
    wanted = 25 * 3 * DIM // 2 + 9 * DIM**2 // 2 + DIM**2 + 10 * DIM
    encoder = answerers.cell_encoder((16, 16, 3), DIM)
    assert encoder.count_params() == wanted
    assert encoder.output_shape == (None, 9, DIM)


def test_film_of_one_place_is_the_fusion_of_two_vectors():
    random = np.random.RandomState(0)
    place, question = random.standard_normal((5, 1, 4)), random.standard_normal((5, 3))
    scale, shift = ((random.standard_normal((3, 4)), random.standard_normal(4)) for _ in range(2))
    found = modulation.film_places_numpy(place, question, scale, shift)
    fused = film_numpy({"image": place[:, 0], "text": question}, np.eye(4), scale, shift, main="image")
    assert np.allclose(found[:, 0], fused)
    with pytest.raises(ValueError, match="question"):
        modulation.film_places_numpy(place, question[:4], scale, shift)


def test_what_cannot_be_built_is_refused():
    eyes, reader = answerers.cell_encoder((16, 16, 3), DIM), answerers.question_reader(44, DIM, 11)
    for given, problem in (
        ((encoders.pooled(eyes), reader, A), "do not pool"),
        ((eyes, encoders.text_gru(44, DIM, 11), A), "pool it"),
        ((eyes, reader, 1), "answers"),
        ((eyes, reader, A, "sum"), "choose one of concatenation"),
        ((answerers.cell_encoder((16, 16, 3), 6), reader, A, "attention"), "do not divide"),
    ):
        with pytest.raises(ValueError, match=problem):
            answerers.question_answerer(*given)
    with pytest.raises(ValueError, match="at least 5 tokens"):
        answerers.question_reader(4)


def test_coordinates_stand_beside_the_features():
    beside = np.array(modulation.Coordinates()(np.ones((2, 9, 4), "f")))
    assert beside.shape == (2, 9, 6)
    assert (beside[..., :4] == 1).all()
    assert beside[1, :, 4:].tolist() == [[row, column] for row in (-1, 0, 1) for column in (-1, 0, 1)]
    with pytest.raises(ValueError, match="square grid"):
        modulation.Coordinates()(np.ones((2, 8, 4), "f"))
