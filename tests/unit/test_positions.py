"""Positions: waves by hand, turns that know distances only, learned ones that are trained."""

import keras
import numpy as np
import pytest
from keras import ops

import mmcourse as mm
from mmcourse.nn import positions


def test_waves_by_hand():
    found = positions.sine_positions_numpy(np.array([0, 1, 50]), 4)
    assert np.allclose(found[0], [0, 1, 0, 1])
    assert np.allclose(found[1], [np.sin(1), np.cos(1), np.sin(0.01), np.cos(0.01)])  # 10000 ** -0.5 = 0.01
    assert np.allclose(found[2, 2:], [np.sin(0.5), np.cos(0.5)])


def test_two_waves_of_one_distance_have_one_dot_product():
    waves = positions.sine_positions_numpy(np.arange(40), 8)
    products = waves @ waves.T
    assert np.allclose(products[3, 7], products[30, 34])
    assert np.ptp(np.diagonal(products, 4)) < 1e-9
    assert products[0, 0] - products[0, 4] > 0.5


def test_a_turn_by_hand():
    x = np.array([[[1.0, 0.0], [1.0, 0.0]]])
    found = positions.rotary_numpy(x, np.array([0, 2]))
    assert np.allclose(found[0, 0], [1, 0])
    assert np.allclose(found[0, 1], [np.cos(2), np.sin(2)])


def test_turned_vectors_know_their_distance_and_keep_their_length():
    random = np.random.RandomState(0)
    query, key = np.repeat(random.standard_normal((2, 1, 1, 6)), 30, axis=2)  # the same vector at 30 places
    query, key = (positions.rotary_numpy(each, np.arange(30)) for each in (query, key))
    scores = (query @ key.swapaxes(1, 2))[0]
    for distance in (0, 1, 7):
        assert np.ptp(np.diagonal(scores, distance)) < 1e-9
    assert abs(scores[0, 1] - scores[0, 7]) > 1e-3
    assert np.allclose(np.linalg.norm(query, axis=-1), np.linalg.norm(query[0, 0]))


@pytest.mark.parametrize("start", [0, 3])
def test_the_layer_adds_the_waves_from_its_first_place_on(start):
    x = np.random.RandomState(0).standard_normal((2, 5, 6)).astype("float32")
    layer = positions.SinePositions()
    found = ops.convert_to_numpy(layer(x, start=start))
    waves = positions.sine_positions_numpy(np.arange(start, start + 5), 6)
    assert np.abs(found - (x * np.sqrt(6) + waves)).max() < 1e-5
    assert layer.count_params() == 0


def test_waves_reach_any_length_and_are_saved(tmp_path):
    mm.seed(0)
    inputs = keras.Input((None, 4))
    model = keras.Model(inputs, positions.SinePositions()(inputs))
    model.save(tmp_path / "waves.keras")
    again = keras.saving.load_model(tmp_path / "waves.keras")
    for length in (3, 11):
        x = np.ones((2, length, 4), "float32")
        assert np.allclose(ops.convert_to_numpy(model(x)), ops.convert_to_numpy(again(x)), atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: positions.sine_positions_numpy(np.arange(3), 5), "even width"),
        (lambda: positions.rotary_numpy(np.ones((1, 2, 3)), np.arange(2)), "even width"),
        (lambda: positions.rotary_numpy(np.ones((1, 2, 4)), np.arange(3)), "places has shape"),
        (lambda: positions.rotary_numpy(np.ones((2, 4)), np.arange(2)), "x has shape"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
