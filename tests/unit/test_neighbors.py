"""Neighbors and projection of vectors: equal to scikit-learn's, chance as counted by random vectors."""

import numpy as np
import pytest

from mmcourse.nn import embeddings


@pytest.fixture
def vectors():
    return np.random.RandomState(1).standard_normal((40, 6))


def test_neighbors_are_those_of_scikit_learn(vectors):
    from sklearn.neighbors import NearestNeighbors

    _, found = NearestNeighbors(n_neighbors=6, metric="cosine").fit(vectors).kneighbors(vectors)
    for query in range(40):
        mine = embeddings.nearest(vectors * (1 + query), query, 5)
        assert query not in mine
        assert np.array_equal(mine, found[query, 1:])


def test_cosines_are_those_of_scikit_learn(vectors):
    from sklearn.metrics.pairwise import cosine_similarity

    vectors[3] = 0
    assert np.allclose(embeddings.cosines(vectors), cosine_similarity(vectors))
    assert not embeddings.cosines(vectors)[3].any()


def test_accuracy_of_neighbors(vectors):
    from sklearn.model_selection import LeaveOneOut, cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    labels = np.arange(40) % 3
    vectors[:, 0] += 2 * labels
    classifier = KNeighborsClassifier(1, metric="cosine")
    expected = cross_val_score(classifier, vectors, labels, cv=LeaveOneOut()).mean()
    assert np.isclose(embeddings.neighbor_accuracy(vectors, labels), expected)
    assert 0.4 < expected < 1


def test_skipped_pairs_are_no_neighbors():
    vectors = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]])
    labels, skip = ["a", "a", "b", "b"], np.zeros((4, 4), bool)
    assert embeddings.neighbor_accuracy(vectors, labels) == 1
    skip[0, 1] = skip[1, 0] = True
    assert embeddings.neighbor_accuracy(vectors, labels, skip) == 0.5
    assert np.isclose(embeddings.neighbor_chance(labels), 1 / 3)
    assert np.isclose(embeddings.neighbor_chance(labels, skip), (0 + 0 + 1 / 3 + 1 / 3) / 4)


def test_of_equal_cosines_the_first_row_counts():
    vectors = np.array([[1, 0], [2, 0], [0, 0], [3, 0]])
    assert embeddings.neighbor_accuracy(vectors, ["a", "b", "a", "a"]) == 0.5  # neighbors 1, 0, 0, 0
    assert embeddings.neighbor_accuracy(vectors, ["b", "a", "a", "a"]) == 0


def test_random_vectors_reach_chance():
    random = np.random.RandomState(5)
    labels = random.randint(0, 4, 2000)
    accuracy = embeddings.neighbor_accuracy(random.standard_normal((2000, 8)), labels)
    assert abs(accuracy - embeddings.neighbor_chance(labels)) < 4 * (0.25 * 0.75 / 2000) ** 0.5


def test_projection_is_that_of_scikit_learn(vectors):
    from sklearn.decomposition import PCA

    pca = PCA(2).fit(vectors)
    plane, share = embeddings.project(vectors)
    assert np.allclose(np.abs(plane), np.abs(pca.transform(vectors)))
    assert np.isclose(share, pca.explained_variance_ratio_.sum())
