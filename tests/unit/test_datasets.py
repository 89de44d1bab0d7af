"""The registry is well formed, importing it is light, and the readers give what they promise."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pooch
import pytest
import soundfile

from mmcourse.data import fetch
from mmcourse.data.readers import fsdd

REAL_MIRROR = os.environ.get("MMCOURSE_MIRROR", "")
REAL_FSDD = "free-spoken-digit-dataset-1.0.9.tar.gz"


@pytest.mark.parametrize("name", fetch.registry())
def test_a_dataset_is_well_formed(name):
    dataset = fetch.registry()[name]
    assert re.fullmatch("[a-z][a-z0-9_]*", name)
    for fact in (dataset.title, dataset.task, dataset.license, dataset.attribution, dataset.card, dataset.tier):
        assert fact.strip() == fact != ""
    assert isinstance(dataset.redistribute, bool)
    assert dataset.modalities
    assert set(dataset.modalities) <= {"audio", "graph", "image", "table", "text", "video"}
    assert dataset.homepage.startswith("https://") or (dataset.homepage == "" and dataset.embedded)
    assert dataset.embedded == (not dataset.files)
    assert dataset.size_bytes == sum(file.bytes for file in dataset.files)
    assert len({file.name for file in dataset.files}) == len(dataset.files)
    for file in dataset.files:
        assert Path(file.name).name == file.name
        assert file.url.startswith("https://")
        assert file.bytes > 0
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.source


def test_the_reader_refuses_an_incomplete_folder(tmp_path):
    (tmp_path / fsdd.RECORDINGS).mkdir(parents=True)
    (tmp_path / fsdd.RECORDINGS / "0_george_0.wav").touch()
    with pytest.raises(ValueError, match=r"expected 2500 recordings .* found 1"):
        fsdd.read(tmp_path)


@pytest.mark.parametrize(("rate", "shape"), [(16000, (80,)), (8000, (80, 2))])
def test_the_reader_refuses_another_rate_or_stereo(tmp_path, monkeypatch, rate, shape):
    monkeypatch.setattr(fsdd, "COUNT", 1)
    (tmp_path / fsdd.RECORDINGS).mkdir(parents=True)
    soundfile.write(tmp_path / fsdd.RECORDINGS / "0_george_0.wav", np.zeros(shape), rate)
    with pytest.raises(ValueError, match="expected one channel at 8000 Hz"):
        fsdd.read(tmp_path)


@pytest.mark.skipif(
    not (REAL_MIRROR and Path(REAL_MIRROR, "fsdd", REAL_FSDD).is_file()),
    reason="MMCOURSE_MIRROR names no folder with fsdd",
)
def test_the_real_recordings(tmp_path, monkeypatch):
    monkeypatch.setenv("MMCOURSE_DATA_DIR", str(tmp_path))
    columns = fsdd.read(fetch.get("fsdd"))
    assert len(columns["audio"]) == 2500
    assert all(sound.ndim == 1 and sound.dtype == np.float32 and abs(sound).max() <= 1 for sound in columns["audio"])
    assert sum(len(sound) > 8000 for sound in columns["audio"]) == 4  # the lesson says how many are cut at a second
    assert columns["label"].dtype == columns["take"].dtype == np.int32
    assert np.bincount(columns["label"]).tolist() == [250] * 10
    assert np.bincount(columns["take"]).tolist() == [50] * 50
    assert sorted(set(columns["speaker"])) == ["george", "jackson", "nicolas", "theo", "yweweler"]
    order = list(zip(columns["label"], columns["speaker"], columns["take"], strict=True))
    assert order == sorted(order)


def test_an_unknown_name_lists_the_known_ones_and_the_nearest():
    with pytest.raises(
        ValueError, match=r"unknown dataset 'fsd'. Did you mean 'fsdd'\? Known datasets: .*digits, .*fsdd"
    ):
        fetch.get("fsd")


def test_an_embedded_dataset_has_nothing_to_fetch():
    with pytest.raises(ValueError, match=r"'digits' comes with the course .* no files to fetch"):
        fetch.get("digits")


def test_the_data_folder_is_the_users_cache_unless_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("MMCOURSE_DATA_DIR", str(tmp_path))
    assert fetch.data_dir() == tmp_path
    monkeypatch.setenv("MMCOURSE_DATA_DIR", "~/course")
    assert fetch.data_dir() == Path.home() / "course"
    monkeypatch.delenv("MMCOURSE_DATA_DIR")
    assert fetch.data_dir() == Path(pooch.os_cache("mmcourse"))


def test_importing_is_light():
    heavy = "{'keras', 'numpy', 'pooch', 'requests', 'tqdm'}"
    code = f"import sys, mmcourse.data.fetch; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
