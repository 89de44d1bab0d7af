"""The inverted file: a small case by hand, the same as faiss, exact when it looks everywhere, else refused."""

import numpy as np
import pytest

from mmcourse import inverted_file
from mmcourse.inverted_file import InvertedFile, inverted_search_numpy
from mmcourse.search_index import SearchIndex, recall_against, unit_rows

RANDOM = np.random.RandomState(0)
VECTORS = unit_rows(RANDOM.standard_normal((400, 8)) + RANDOM.standard_normal((10, 8)).repeat(40, axis=0))
QUERIES = unit_rows(RANDOM.standard_normal((25, 8)))


@pytest.fixture(scope="module")
def built():
    return InvertedFile.build(SearchIndex(VECTORS, [str(n) for n in range(400)]), cells=12)


def test_by_hand_the_best_lies_in_the_cell_next_door():
    items, centers, query = np.array([[1, 0], [0.6, 0.8]]), np.eye(2), np.array([[0.8, 0.6]])
    assert inverted_search_numpy(query, items, centers, looks=1, k=1).tolist() == [[0]]
    assert inverted_search_numpy(query, items, centers, looks=2, k=1).tolist() == [[1]]
    assert inverted_search_numpy(query, items, centers, looks=1, k=2).tolist() == [[0, -1]]


@pytest.mark.parametrize("looks", [1, 3, 12])
def test_the_class_finds_what_the_formula_finds(built, looks):
    places, compared = built.search(QUERIES, k=5, looks=looks)
    assert np.array_equal(places, inverted_search_numpy(QUERIES, VECTORS, built.centers, looks, 5))
    assert compared == 25 * 400 if looks == 12 else compared < 25 * 400


def test_it_is_exact_in_all_cells_and_better_in_more(built):
    exact = built.index.search(QUERIES, 10)[0]
    recalls = [recall_against(exact, built.search(QUERIES, 10, looks)[0]) for looks in (1, 3, 12)]
    assert recalls[0] < recalls[1] < recalls[2] == 1


@pytest.mark.parametrize("looks", [1, 4])
def test_faiss_finds_the_same(built, looks):
    faiss = pytest.importorskip("faiss")
    quantizer = faiss.IndexFlatIP(8)
    quantizer.add(built.centers)
    theirs = faiss.IndexIVFFlat(quantizer, 8, 12, faiss.METRIC_INNER_PRODUCT)
    theirs.train(VECTORS)  # a trained quantizer keeps its centers
    theirs.add(VECTORS)
    theirs.nprobe = looks
    assert np.allclose(theirs.quantizer.reconstruct_n(0, 12), built.centers)
    assert np.array_equal(theirs.search(QUERIES, 5)[1], built.search(QUERIES, 5, looks)[0])


def test_the_length_of_a_query_does_not_matter(built):
    assert np.array_equal(built.search(7 * QUERIES)[0], built.search(QUERIES)[0])


def test_blocks_sort_the_same(built, monkeypatch):
    monkeypatch.setattr(inverted_file, "BLOCK", 100)  # eight vectors at a time
    again = InvertedFile(built.index, built.centers)
    assert all(np.array_equal(one, other) for one, other in zip(again.cells, built.cells, strict=True))
    assert sorted(np.concatenate(again.cells)) == list(range(400))


def test_what_cannot_be_is_refused(built):
    with pytest.raises(ValueError, match="choose fewer"):
        InvertedFile.build(built.index, 401)
    with pytest.raises(ValueError, match="no centers"):
        InvertedFile(built.index, np.zeros((0, 8)))
    with pytest.raises(ValueError, match="looks is 13"):
        built.search(QUERIES, looks=13)
    with pytest.raises(ValueError, match="k is 401"):
        built.search(QUERIES, k=401)
    with pytest.raises(ValueError, match="0 queries"):
        built.search(QUERIES[:0])
    with pytest.raises(ValueError, match="queries"):
        built.search(QUERIES[:, :7])
