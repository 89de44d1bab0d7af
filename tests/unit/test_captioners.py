"""Each decoder of the captioner: causal, looking at its picture, learned by every weight, counted, saved and loaded."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.data import gallery
from mmcourse.nn import captioners, encoders

V, T, DIM, WIDTH, PLACES = 23, 9, 16, 8, 16


@pytest.fixture(scope="module")
def pairs():
    found = gallery.training(16, seed=0).inputs
    return {"image": found["image"], "tokens": found["text"][:, :-1]}, found["text"][:, 1:]


@pytest.fixture(scope="module", params=captioners.DECODERS)
def model(request):
    mm.seed(0)
    return captioners.captioner(encoders.grid_encoder((16, 16, 3), WIDTH), V, T, DIM, request.param)


def test_the_future_and_what_follows_the_end_leave_the_past_unchanged(model, pairs):
    inputs = pairs[0]
    changed = {**inputs, "tokens": inputs["tokens"].copy()}
    changed["tokens"][:, 4:] = 4 + (changed["tokens"][:, 4:] + 5) % (V - 4)
    first, second = (model.predict(values, verbose=0) for values in (inputs, changed))
    assert np.abs(first[:, :4] - second[:, :4]).max() < 1e-5
    assert np.abs(first[:, 4:] - second[:, 4:]).max() > 1e-5


def test_the_picture_matters(model, pairs):
    shuffled = mm.probe.shuffle(pairs[0], "image")
    assert np.abs(model.predict(pairs[0], verbose=0) - model.predict(shuffled, verbose=0)).max() > 1e-5


def test_weights_are_those_of_the_layers(model):
    sizes = {layer.name: layer.count_params() for layer in model.layers if layer.count_params()}
    gru = 3 * DIM * (DIM // 2 + DIM + 2)
    wanted = {"head": (DIM + 1) * V}
    if "first_state" in sizes:
        wanted |= {"first_state": (PLACES * WIDTH + 1) * DIM, "words": V * DIM // 2}
        again = DIM // 2 if "picture" in sizes else 0  # what is joined to every word
        wanted |= {"words_so_far": gru + 3 * DIM * again}
        wanted |= {"picture": (PLACES * WIDTH + 1) * again} if again else {}
    elif "first_look" in sizes:
        look = 2 * (DIM * DIM // 2 + DIM // 2) // 2 + 2 * (WIDTH + 1) * DIM // 2 + (DIM // 2 + 1) * DIM
        wanted |= {"places": PLACES * WIDTH, "words": V * DIM // 2, "words_so_far": gru, "first_look": look}
        wanted |= {"first_look_found": (2 * DIM + 1) * DIM}
    else:
        block = 6 * DIM + 8 * DIM**2 + (DIM + 1) * 4 * DIM + (4 * DIM + 1) * DIM
        wanted |= {"block_0": block, "block_1": block, "positions": T * DIM, "picture": (WIDTH + 1) * DIM}
    assert {name: sizes[name] for name in wanted} == wanted


def test_saved_and_loaded(model, pairs, tmp_path):
    model.save(tmp_path / "captioner.keras")
    again = keras.saving.load_model(tmp_path / "captioner.keras")
    assert np.allclose(model.predict(pairs[0], verbose=0), again.predict(pairs[0], verbose=0), atol=1e-6)


def test_the_first_loss_is_that_of_guessing_and_one_step_moves_every_weight(model, pairs):
    before = model.get_weights()
    mm.train.compile_captioner(model, 1)
    loss = mm.train.fit(model, *pairs, steps=1, batch_size=16)["loss"][0]
    assert abs(loss / np.log(V) - 1) < 0.05
    names = [weight.path for weight in model.weights]
    moved = zip(names, before, model.get_weights(), strict=True)
    assert [name for name, old, new in moved if np.array_equal(old, new)] == []
