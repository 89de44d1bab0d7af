"""Exact and approximate search, up to a million vectors: the study for *Look at it fail* of *Search and retrieval*.

Synthetic vectors of 64 numbers, float32, length 1: "clustered" around 1,000 random points, as the vectors of similar
items are, or "noise", from a normal distribution without any structure. 10,000, 100,000 and 1,000,000 of them; 1,000
further ones of the same kind are the queries. Recall@10 against exact search; milliseconds of processor time a query
for one query at a time (100 of them) and for 100 at a time (the least of three), on one thread, so that what else the
machine does counts little; seconds of processor time to build; size of the file in megabytes. Exact search, cells of
faiss and of the package around the same centers, and faiss's graph (HNSW, 16 links a vector). One run: times, no seeds.

Run with `make studies STUDY=search-and-retrieval-speed`; it needs the library faiss (`pip install faiss-cpu`).
"""

import tempfile
import time
from pathlib import Path

import faiss
import numpy as np
from threadpoolctl import threadpool_limits

import mmcourse as mm
from mmcourse.inverted_file import InvertedFile
from mmcourse.search_index import SearchIndex, recall_against, unit_rows

SLUG = "search-and-retrieval-speed"
MODULES = ["inverted_file.py", "search_index.py"]
DIM, QUERIES, K = 64, 1000, 10
SIZES = (10_000, 100_000, 1_000_000)
LOOKS, WIDTHS = (1, 4, 16, 64), (16, 64, 256)


def synthetic(kind: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors (count, 64) and queries (1000, 64), length 1."""
    random = np.random.RandomState(0)
    points = random.standard_normal((1000, DIM)).astype("f")
    found = random.standard_normal((count + QUERIES, DIM)).astype("f")
    if kind == "clustered":
        found = 0.5 * found + points[random.randint(0, 1000, len(found))]
    found = unit_rows(found)
    return found[:count], found[count:]


def timed(search, queries: np.ndarray) -> dict:
    """Milliseconds of processor time a query, alone and among 100."""
    search(queries[:1])
    start = time.process_time()
    for row in range(100):
        search(queries[row : row + 1])
    single, many = (time.process_time() - start) / 100, []
    for _ in range(3):
        start = time.process_time()
        search(queries[:100])
        many.append((time.process_time() - start) / 100)
    return {"ms alone": 1000 * single, "ms of 100": 1000 * min(many)}


def measured(search, queries: np.ndarray, exact: np.ndarray) -> dict:
    """Recall and times of a function queries -> places."""
    return {"recall": recall_against(exact, search(queries))} | timed(search, queries)


def built(index, vectors: np.ndarray) -> tuple[dict, object]:
    """Train and fill a faiss index, save it, load it: seconds and megabytes, and what was loaded."""
    start = time.process_time()
    index.train(vectors)
    index.add(vectors)
    seconds = time.process_time() - start
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.faiss"
        faiss.write_index(index, str(path))
        return {"build": seconds, "megabytes": path.stat().st_size / 1e6}, faiss.read_index(str(path))


def of_size(kind: str, count: int) -> dict:
    """Every index on one set of vectors."""
    vectors, queries = synthetic(kind, count)
    sizes, flat = built(faiss.IndexFlatIP(DIM), vectors)
    exact = flat.search(queries, K)[1]
    found = {"faiss exact": sizes | measured(lambda asked: flat.search(asked, K)[1], queries, exact)}
    start = time.process_time()
    ours = SearchIndex(vectors, [str(number) for number in range(count)])
    sizes = {"build": time.process_time() - start, "megabytes": ours.vectors.nbytes / 1e6}
    found["numpy exact"] = sizes | measured(lambda asked: ours.search(asked, K)[0], queries, exact)
    cells = round(np.sqrt(count))
    sizes, inverted = built(faiss.index_factory(DIM, f"IVF{cells},Flat", faiss.METRIC_INNER_PRODUCT), vectors)
    mine = InvertedFile(ours, inverted.quantizer.reconstruct_n(0, cells))
    for looks in LOOKS:
        inverted.nprobe = looks
        found[f"faiss cells {looks}"] = sizes | measured(lambda asked: inverted.search(asked, K)[1], queries, exact)
        each = measured(lambda asked, looks=looks: mine.search(asked, K, looks)[0], queries, exact)
        found[f"numpy cells {looks}"] = each | {"compared": mine.search(queries, K, looks)[1] / QUERIES / count}
    return found | graphs(vectors, queries, exact)


def graphs(vectors: np.ndarray, queries: np.ndarray, exact: np.ndarray) -> dict:
    """The graph of faiss, with narrow and wide searches."""
    sizes, graph = built(faiss.index_factory(DIM, "HNSW16,Flat", faiss.METRIC_INNER_PRODUCT), vectors)
    found = {}
    for width in WIDTHS:
        graph.hnsw.efSearch = width
        found[f"faiss graph {width}"] = sizes | measured(lambda asked: graph.search(asked, K)[1], queries, exact)
    return found


def main() -> None:
    """Measure and write the record."""
    start, results = time.perf_counter(), {"faiss": faiss.__version__}
    faiss.omp_set_num_threads(1)
    with threadpool_limits(1):
        for kind in ("clustered", "noise"):
            results[kind] = {}
            for count in SIZES:
                results[kind][str(count)] = of_size(kind, count)
                print(kind, count, f"{time.perf_counter() - start:.0f} s", flush=True)
                for name, values in results[kind][str(count)].items():
                    print("  ", name, {key: round(value, 3) for key, value in values.items()}, flush=True)
    data = mm.records.fingerprint(*synthetic("clustered", 1000))
    print(mm.records.write(SLUG, results, [0], time.perf_counter() - start, MODULES, data).name, "written")


if __name__ == "__main__":
    mm.setup()
    main()
