"""Records: complete, of the study that stands beside them, and claimed only with a margin."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

import mmcourse as mm
from mmcourse import records
from mmcourse.data import world

FOLDER = Path(records.__file__).parent / "records"
SLUGS = sorted(path.stem for path in FOLDER.glob("*.json"))
STUDIES = sorted(path.stem for path in (FOLDER.parents[1] / "studies").glob("*.py"))


def test_every_study_has_a_record_and_every_record_a_study():
    assert SLUGS == STUDIES


@pytest.mark.parametrize("slug", SLUGS)
def test_a_record_is_of_its_study(slug):
    content = mm.record(slug)
    assert content["slug"] == slug
    assert len(content["seeds"]) >= (1 if slug.endswith("-speed") else 5)  # times have no seeds
    assert not records.study_changed(slug), f"studies/{slug}.py has changed: run `make studies STUDY={slug}`."
    assert set(records.stale(slug)) <= {*content["modules"], f"the picture world, now version {world.WORLD}"}
    assert content["machine"]["versions"]["keras"]


def test_write_and_read(tmp_path, monkeypatch):
    for folder in ("records", "../studies"):
        (tmp_path / "package" / folder).mkdir(parents=True)
    (tmp_path / "studies" / "tiny.py").write_text("print(1)\n")
    (tmp_path / "package" / "train.py").write_text("a = 1\n")
    monkeypatch.setattr(records, "_PACKAGE", tmp_path / "package")
    monkeypatch.setattr(records, "_STUDIES", tmp_path / "studies")
    records.write("tiny", {"accuracy": [0.5]}, [1, 2], 3.2, ["train.py"], "0123")
    assert records.record("tiny")["results"] == {"accuracy": [0.5]}
    assert records.stale("tiny") == []
    assert not records.study_changed("tiny")
    (tmp_path / "studies" / "other.py").write_text('importlib.import_module("tiny")\n')
    records.write("other", {}, [1], 1, [], "0123")
    (tmp_path / "package" / "train.py").write_text("a = 2\n")
    (tmp_path / "studies" / "tiny.py").write_text("print(2)\n")
    assert records.study_changed("other")
    (tmp_path / "package" / "records" / "other.json").unlink()
    assert records.stale("tiny") == ["train.py"]
    monkeypatch.setattr(world, "WORLD", world.WORLD + 1)
    assert records.stale("tiny") == [f"the picture world, now version {world.WORLD}", "train.py"]
    assert records.study_changed("tiny")
    with pytest.raises(ValueError, match=r"no file gone\.py"):
        records.write("tiny", {}, [1], 1, ["gone.py"], "0123")
    assert [path.name for path in (tmp_path / "package" / "records").iterdir()] == ["tiny.json"]


def test_an_old_or_incomplete_record_is_refused(tmp_path, monkeypatch):
    (tmp_path / "records").mkdir()
    monkeypatch.setattr(records, "_PACKAGE", tmp_path)
    (tmp_path / "records" / "old.json").write_text(json.dumps({"schema": 0}))
    with pytest.raises(ValueError, match="run its study again"):
        records.record("old")
    with pytest.raises(ValueError, match="Records: old"):
        records.record("new")


def test_the_spread_has_floors():
    assert records.spread([0.9, 0.9, 0.9], 10**6) == 0.005
    assert records.spread([0.5, 0.5], 100) == pytest.approx(0.05)
    assert records.spread([0.1, 0.9], 100) == pytest.approx(np.std([0.1, 0.9], ddof=1))
    with pytest.raises(ValueError, match="at least 2 scores"):
        records.spread([0.5], 100)


def test_summary_is_mean_and_sample_deviation():
    assert records.summary([0.5, 0.7]) == "0.600 ± 0.141"


def test_a_claim_needs_its_margin():
    scores, count = [0.9, 0.91, 0.89, 0.9, 0.9], 1000
    highest = 0.9 - 4 * math.sqrt(0.09 / count)
    assert records.clears(0.88, 0.86, scores, count)
    assert not records.clears(0.85, 0.86, scores, count)
    with pytest.raises(ValueError, match=f"at most {highest:.3f}"):
        records.clears(0.99, 0.87, scores, count)


def test_expected_is_the_prediction_interval():
    scores, count = [0.9] * 5, 10**6  # spread 0.005
    assert records.expected(0.9 - 0.046, scores, count)
    assert not records.expected(0.9 - 0.048, scores, count)


def test_fingerprint_sees_changes_and_no_rounding():
    array = np.arange(6.0)
    assert records.fingerprint(array) == records.fingerprint(array + 1e-6)
    assert records.fingerprint(array) != records.fingerprint(array + 0.1)


def test_runs_are_gathered_leaf_by_leaf():
    runs = [{"find": 0.5, "apart": {"swap": [1, 2]}}, {"find": 0.7, "apart": {"swap": [3, 4]}}]
    assert records.gather(runs) == {"find": [0.5, 0.7], "apart": {"swap": [[1, 2], [3, 4]]}}
    with pytest.raises(ValueError, match="at least one seed"):
        records.gather([])
