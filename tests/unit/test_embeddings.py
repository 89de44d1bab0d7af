"""Embeddings: look-up = one-hot product = Keras's layer; counts, PPMI, SVD and neighbors against the libraries."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from mmcourse.nn import embeddings

SENTENCES = [["a", "list", "of", "names"], ["a", "tuple", "of", "names"], ["names", "x", "a"]]
VOCABULARY = ["a", "list", "names", "of", "tuple"]
COUNTS = np.array([[0, 4, 2], [4, 0, 1], [2, 1, 2]], float)


@pytest.fixture
def table():
    return np.random.RandomState(0).standard_normal((7, 3)).astype("f")


@pytest.fixture
def vectors():
    return np.random.RandomState(1).standard_normal((40, 6))


@pytest.mark.parametrize("ids", [3, [6, 0, 0], [[1, 2], [3, 3]]])
def test_look_up_is_the_product_with_one_hot_and_what_keras_does(table, ids):
    import keras

    ids = np.array(ids)
    layer = keras.layers.Embedding(7, 3, weights=[table])
    found = embeddings.embedding_numpy(ids, table)
    assert found.shape == (*ids.shape, 3)
    assert np.abs(found - embeddings.one_hot_numpy(ids, 7) @ table).max() < 1e-6
    assert np.abs(found - keras.ops.convert_to_numpy(layer(ids))).max() < 1e-5


def test_one_hot_is_that_of_keras():
    import keras

    ids = np.array([[0, 4], [2, 2]])
    mine = embeddings.one_hot_numpy(ids, 5)
    assert mine.dtype == np.float32
    assert np.array_equal(mine, keras.ops.convert_to_numpy(keras.ops.one_hot(ids, 5)))


def test_only_the_rows_that_are_looked_up_get_a_gradient(table):
    """One step of plain gradient descent on a fixed weighting of the output, against central differences."""
    import keras

    ids, weights = np.array([[1, 4, 1]]), np.random.RandomState(2).standard_normal((1, 3, 3)).astype("f")

    def loss(values):
        return float((embeddings.embedding_numpy(ids, values) * weights).sum())

    slopes = np.zeros((7, 3))
    for place in np.ndindex(7, 3):
        step = np.zeros((7, 3))
        step[place] = 1e-4
        slopes[place] = (loss(table.astype(float) + step) - loss(table.astype(float) - step)) / 2e-4

    layer = keras.layers.Embedding(7, 3, weights=[table])
    model = keras.Sequential([keras.Input((3,), dtype="int32"), layer])
    weighted = lambda truth, given: keras.ops.sum(truth * given)  # noqa: E731
    model.compile(keras.optimizers.SGD(1.0), loss=weighted)
    model.train_on_batch(ids, weights)
    moved = table - layer.get_weights()[0]
    assert np.abs(moved - slopes).max() < 1e-4
    assert np.array_equal(np.flatnonzero(np.abs(moved).sum(1)), [1, 4])


@pytest.mark.parametrize(
    ("ids", "message"), [(7, "0 to 6"), (-1, "0 to 6"), ([0.2], "whole numbers"), ([True], "bool")]
)
def test_ids_that_name_no_row_are_refused(table, ids, message):
    for look_up in (lambda: embeddings.embedding_numpy(ids, table), lambda: embeddings.one_hot_numpy(ids, 7)):
        with pytest.raises(ValueError, match=message):
            look_up()


def test_no_ids_give_no_rows(table):
    assert embeddings.embedding_numpy([], table).shape == (0, 3)
    assert embeddings.one_hot_numpy([], 7).shape == (0, 7)


def test_counts_by_hand():
    counts = embeddings.cooccurrence(SENTENCES, VOCABULARY, window=1)
    expected = np.zeros((5, 5))
    for pair in ("a list", "list of", "of names", "a tuple", "tuple of", "of names"):
        first, second = (VOCABULARY.index(word) for word in pair.split())
        expected[first, second] += 1
        expected[second, first] += 1
    assert np.array_equal(counts, expected)


def test_an_unknown_token_keeps_its_place():
    counts = embeddings.cooccurrence(SENTENCES, VOCABULARY, window=2)
    names_a = counts[VOCABULARY.index("names"), VOCABULARY.index("a")]
    assert names_a == 1  # "names x a", two places apart; in the other sentences they are three apart
    assert np.array_equal(counts, counts.T)


def test_characters_beside_themselves_and_a_window_wider_than_the_text():
    assert embeddings.cooccurrence(["aab"], "ab", window=1).tolist() == [[2, 1], [1, 0]]
    counts = embeddings.cooccurrence(["abc", "", "a"], "abc", window=9)
    assert np.array_equal(counts, np.ones((3, 3)) - np.eye(3))


def test_counts_equal_those_of_scikit_learn():
    """Pairs side by side are the word bigrams of CountVectorizer."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(ngram_range=(2, 2), token_pattern=r"\S+", lowercase=False)
    bigrams = np.asarray(counter.fit_transform(map(" ".join, SENTENCES)).sum(0)).ravel()
    order = [*VOCABULARY, "x"]
    counts = embeddings.cooccurrence(SENTENCES, order, window=1)
    for number, pair in zip(bigrams, counter.get_feature_names_out(), strict=True):
        first, second = (order.index(word) for word in pair.split())
        assert counts[first, second] == number  # no bigram here occurs in both orders
    assert counts.sum() == 2 * bigrams.sum() > 0


def test_ppmi_by_hand():
    """Total 16, row and column sums 6, 5, 5: 4 against 6 x 5 / 16 = 1.875."""
    ppmi = embeddings.ppmi_numpy(COUNTS)
    assert np.isclose(ppmi[0, 1], np.log2(4 / 1.875))
    assert np.isclose(ppmi[0, 2], np.log2(2 / 1.875))
    assert np.isclose(ppmi[2, 2], np.log2(2 / (25 / 16)))
    assert ppmi[1, 2] == 0  # seen once, expected 1.56 times: negative, cut
    assert ppmi[0, 0] == 0
    assert np.array_equal(ppmi, ppmi.T)


def test_the_weighted_mean_of_pmi_is_the_mutual_information_of_scikit_learn():
    """Without a cell below its expectation PPMI is PMI; there the mean over all pairs must be the library's."""
    from scipy.stats.contingency import expected_freq
    from sklearn.metrics import mutual_info_score

    counts = np.array([[5, 0], [0, 3]], float)
    bits = (counts / counts.sum() * embeddings.ppmi_numpy(counts)).sum()
    assert np.isclose(bits, mutual_info_score(None, None, contingency=counts) / np.log(2))
    other = np.random.RandomState(0).randint(1, 9, (4, 6)).astype(float)
    assert np.allclose(embeddings.ppmi_numpy(other), np.maximum(0, np.log2(other / expected_freq(other))))


def test_an_empty_row_has_no_association_and_raises_no_warning(recwarn):
    counts = COUNTS.copy()
    counts[1] = counts[:, 1] = 0
    ppmi = embeddings.ppmi_numpy(counts)
    assert not ppmi[1].any()
    assert np.isfinite(ppmi).all()
    assert not recwarn.list


def test_vectors_are_the_best_of_their_width():
    matrix = np.random.RandomState(3).rand(30, 20)
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    for dim in (1, 4, 19):
        vectors = embeddings.svd_vectors(matrix, dim)
        best = left[:, :dim] * values[:dim] @ right[:dim]
        onto = np.linalg.lstsq(vectors, matrix, rcond=None)[0]
        error, least = np.linalg.norm(vectors @ onto - matrix), np.linalg.norm(best - matrix)
        assert abs(error - least) < 1e-8
        assert np.allclose(vectors @ vectors.T, best @ best.T)
        assert np.allclose(np.linalg.norm(vectors, axis=0), values[:dim])  # the largest direction first


def test_the_signs_of_the_vectors_are_fixed():
    matrix = np.random.RandomState(4).rand(12, 12) - 0.5
    vectors = embeddings.svd_vectors(matrix, 5)
    assert (vectors[np.abs(vectors).argmax(0), range(5)] > 0).all()
    assert np.allclose(vectors, embeddings.svd_vectors(-matrix, 5))
    assert np.array_equal(vectors, embeddings.svd_vectors(matrix, 5))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: embeddings.one_hot_numpy([0], 0), "size is 0"),
        (lambda: embeddings.cooccurrence("a list of names", VOCABULARY, 1), "one string"),
        (lambda: embeddings.cooccurrence(SENTENCES, VOCABULARY, 0), "window is 0"),
        (lambda: embeddings.cooccurrence(SENTENCES, [], 1), "0 tokens"),
        (lambda: embeddings.cooccurrence(SENTENCES, ["a", "a"], 1), "list each once"),
        (lambda: embeddings.cooccurrence(SENTENCES, VOCABULARY, 0.5), "window is 0.5"),
        (lambda: embeddings.ppmi_numpy(np.zeros((2, 2))), "only zeros"),
        (lambda: embeddings.ppmi_numpy(-COUNTS), "negative"),
        (lambda: embeddings.ppmi_numpy(COUNTS * np.nan), "not finite"),
        (lambda: embeddings.ppmi_numpy(COUNTS[0]), "2 axes"),
        (lambda: embeddings.ppmi_numpy(np.zeros((0, 3))), "empty"),
        (lambda: embeddings.ppmi_numpy(csr_array(COUNTS)), "sparse"),
        (lambda: embeddings.svd_vectors(np.zeros((4, 5)), 2), "only zeros"),
        (lambda: embeddings.svd_vectors(COUNTS, 3), "below 3"),
        (lambda: embeddings.svd_vectors(COUNTS / 0, 1), "not finite"),
        (lambda: embeddings.nearest(COUNTS, 3, 1), "0 to 2"),
        (lambda: embeddings.nearest(COUNTS, [0, 1], 1), "one row number"),
        (lambda: embeddings.nearest(COUNTS, 0, 3), "only 2 others"),
        (lambda: embeddings.nearest(np.eye(3) * [1, 1, 0], 2, 1), "zero vector"),
        (lambda: embeddings.nearest(COUNTS * np.nan, 0, 1), "not finite"),
        (lambda: embeddings.project(np.ones((5, 4))), "equal"),
        (lambda: embeddings.project(np.tile(np.linspace(0.1, 0.7, 9), (6, 1))), "equal"),
        (lambda: embeddings.project(np.ones((5, 2))), "at least 3"),
        (lambda: embeddings.neighbor_accuracy(COUNTS, [1, 2]), "n=2, D"),
        (lambda: embeddings.neighbor_chance([1, 1], np.ones((2, 2), bool)), "no other row"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
