"""The search index: exact, ordered, saved whole, and refused where it is damaged."""

import numpy as np
import pytest

from mmcourse import search_index
from mmcourse.search_index import SearchIndex

RANDOM = np.random.RandomState(0)
VECTORS = RANDOM.standard_normal((50, 8)).astype("f")
NAMES = [f"item {n}" for n in range(50)]


@pytest.fixture
def index():
    return SearchIndex(VECTORS, NAMES)


def test_the_best_come_first_and_every_item_finds_itself(index):
    places, scores = index.search(3 * VECTORS, k=5)
    cosines = search_index.unit_rows(VECTORS) @ search_index.unit_rows(VECTORS).T
    assert np.array_equal(places, np.argsort(-cosines, axis=1, kind="stable")[:, :5])
    assert np.allclose(scores, -np.sort(-cosines, axis=1)[:, :5], atol=1e-6)
    assert list(index.names[places[:, 0]]) == NAMES
    assert np.allclose(scores[:, 0], 1, atol=1e-6)


def test_queries_in_blocks_give_the_same(index, monkeypatch):
    places, scores = index.search(VECTORS, k=50)
    monkeypatch.setattr(search_index, "BLOCK", 120)  # two queries at a time
    again, scores_again = index.search(VECTORS, k=50)
    assert np.array_equal(places, again)
    assert np.allclose(scores, scores_again, atol=1e-6)


def test_of_equal_scores_the_first_item_comes_first():
    index = SearchIndex([[1.0, 0], [0, 1], [2, 0], [3, 0]], list("abcd"))
    assert index.search([[5.0, 0]], k=3)[0].tolist() == [[0, 2, 3]]


def test_saved_and_loaded_finds_the_same(index, tmp_path):
    index.save(tmp_path / "index.npz")
    again = SearchIndex.load(tmp_path / "index.npz")
    assert np.array_equal(again.search(VECTORS[:4])[0], index.search(VECTORS[:4])[0])
    assert list(again.names) == NAMES
    assert [file.name for file in tmp_path.iterdir()] == ["index.npz"]


def test_a_save_that_fails_leaves_the_old_file(index, tmp_path, monkeypatch):
    index.save(tmp_path / "index.npz")
    before = (tmp_path / "index.npz").read_bytes()

    def full(file, **_):
        file.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(search_index.np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        index.save(tmp_path / "index.npz")
    assert (tmp_path / "index.npz").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["index.npz"]


@pytest.mark.parametrize("content", [b"", b"not an archive", "cut", "other"])
def test_a_damaged_file_is_refused(index, tmp_path, content):
    path = tmp_path / "index.npz"
    index.save(path)
    if content == "other":
        np.savez(path, weights=VECTORS)
    else:
        path.write_bytes(path.read_bytes()[:300] if content == "cut" else content)
    with pytest.raises(ValueError, match=r"index\.npz is no search index"):
        SearchIndex.load(path)


def test_recall_against_the_exact_search():
    assert search_index.recall_against([[0, 1], [2, 3]], [[1, 0], [3, 9]]) == 0.75
    with pytest.raises(ValueError, match="the same shape"):
        search_index.recall_against([[0, 1]], [[0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SearchIndex(np.zeros((0, 4)), []), "at least one"),
        (lambda: SearchIndex(np.ones((2, 4)), ["a"]), "2 vectors and 1 names"),
        (lambda: SearchIndex(np.ones((2, 4)), ["a", "a"]), "occurs twice"),
        (lambda: SearchIndex([[1.0, 0], [0, 0]], ["a", "b"]), "Vector 1 has length 0"),
        (lambda: SearchIndex([[1.0, np.nan]], ["a"]), "Vector 0 has length nan"),
        (lambda: SearchIndex(VECTORS, NAMES).search(VECTORS[:, :3]), "queries"),
        (lambda: SearchIndex(VECTORS, NAMES).search(VECTORS[:0]), "no queries"),
        (lambda: SearchIndex(VECTORS, NAMES).search(VECTORS, k=51), "50 items"),
        (lambda: SearchIndex(VECTORS, NAMES).search(VECTORS, k=0), "k is 0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
