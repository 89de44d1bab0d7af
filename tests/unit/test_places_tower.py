"""The tower that has the words side by side: shape, weights by formula, what it reads, and what it refuses."""

import keras
import numpy as np
import pytest

from mmcourse import pair_training, zero_shot
from mmcourse.nn import dual_encoder

V, T, D = 9, 5, 4


@pytest.fixture(scope="module")
def tower():
    keras.utils.set_random_seed(0)
    return dual_encoder.places_tower(V, T, D)


def test_one_vector_a_sentence_and_the_weights_of_the_formula(tower):
    assert tower.output_shape == (None, D)
    assert tower.count_params() == V * D + (T * D + 1) * 4 * D + (4 * D + 1) * D


def test_the_order_of_the_words_counts_from_the_first_step_on(tower):
    tokens = np.array([[1, 5, 6, 7, 2], [1, 7, 6, 5, 2]], np.int32)  # the same words, two of them exchanged
    there, swapped = keras.ops.convert_to_numpy(tower(tokens))
    assert np.abs(there - swapped).max() > 1e-4


def test_every_row_is_read_alone(tower):
    tokens = np.random.RandomState(0).randint(0, V, (6, T)).astype(np.int32)
    whole = keras.ops.convert_to_numpy(tower(tokens))
    assert np.allclose(keras.ops.convert_to_numpy(tower(tokens[2:3])), whole[2:3], atol=1e-6)


@pytest.mark.parametrize(
    ("sizes", "problem"),
    [((4, T, D), "vocab_size is 4"), ((V, 0, D), "length is 0"), ((V, T, 0), "dim is 0"), ((V, None, D), "length is")],
)
def test_sizes_that_are_none(sizes, problem):
    with pytest.raises(ValueError, match=problem):
        dual_encoder.places_tower(*sizes)


def test_classes_of_prompts_are_the_means_of_their_sentences(tower):
    image = dual_encoder.image_tower((8, 8, 3), D)
    model = dual_encoder.DualEncoder({"image": image, "text": tower}, dual_encoder.InfoNCE())
    tokens = np.random.RandomState(0).randint(0, V, (3, 2, T)).astype(np.int32)
    each = pair_training.embed(model, {"text": tokens.reshape(6, T)})["text"].reshape(3, 2, D)
    assert np.allclose(zero_shot.classes_of(model, tokens), zero_shot.class_vectors(each), atol=1e-6)
