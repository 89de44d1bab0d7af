"""Downloads: every wrong answer, interruption and full disk ends in a clear error and leaves nothing half-made."""

import concurrent.futures
import errno
import hashlib
import os
import re
import shutil
import threading
import time
from pathlib import Path

import misbehaving_server as serve
import pooch
import pytest
import toy_dataset
from toy_dataset import GOOD, TEXT, tar_member, tar_of

from mmcourse.data import fetch, unpack


@pytest.fixture
def place(tmp_path, monkeypatch):
    with toy_dataset.served(tmp_path, monkeypatch) as place:
        yield place


def test_a_good_archive_is_unpacked_and_the_second_call_asks_nobody(place):
    folder = fetch.get("toy")
    assert (folder / "toy" / "a.txt").read_bytes() == TEXT
    assert (folder / "toy" / "b.txt").read_bytes() == b"second"
    assert folder.parent == place.data / "toy"
    assert len(place.files()) == 5  # the archive, the unpacked folder, and in it toy, a.txt and b.txt
    place.cached.unlink()
    assert fetch.get("toy") == folder
    assert place.server.requests == [place.origin]


def test_a_kept_archive_is_unpacked_again_without_a_request(place):
    shutil.rmtree(fetch.get("toy"))
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT
    assert place.server.requests == [place.origin]


def test_another_version_of_the_data_is_fetched_into_another_folder(place):
    old = fetch.get("toy")
    place.offer({"toy.tar.gz": tar_of((tar_member("toy/new.txt"), TEXT))})
    new = fetch.get("toy")
    assert new != old
    assert [path.name for path in (new / "toy").iterdir()] == ["new.txt"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (serve.status(500), "500 Server Error"),
        (serve.status(404), "404 Client Error"),
        (serve.good(bytes(len(GOOD))), "has SHA-256"),
        (serve.good(GOOD[:-1]), f"has {len(GOOD) - 1:,} bytes, expected {len(GOOD):,}"),
        (serve.good(GOOD + b"!"), "sends more than"),
        (serve.cut(GOOD), "IncompleteRead"),
        (serve.cut_without_length(GOOD), "bytes, expected"),
        (serve.hang, "timed out"),
        (serve.hang_midway(GOOD), "timed out"),
        (serve.endless, "sends more than"),
        (serve.redirect("/m/toy/toy.tar.gz"), "TooManyRedirects"),
        (serve.redirect("http://["), "Invalid IPv6"),
        (serve.redirect("file:///etc/passwd"), "InvalidSchema"),
        (serve.bad_length(GOOD), "invalid literal"),
    ],
)
def test_a_bad_mirror_is_named_and_the_origin_helps(place, answer, reason):
    place.use_mirror()
    place.server.answers[place.mirror] = answer
    place.server.answers[place.origin] = serve.status(503)
    place.patch.setattr(fetch, "TIMEOUT", (0.5, 0.5))
    began = time.monotonic()
    with pytest.raises(fetch.NotAvailable) as caught:
        fetch.get("toy")
    assert time.monotonic() - began < 4
    mirror_line, origin_line = [line for line in str(caught.value).splitlines() if line.startswith("  - ")]
    assert place.server.url + place.mirror in mirror_line
    assert reason in mirror_line
    assert place.server.url + place.origin in origin_line
    assert "503" in origin_line
    assert place.files() == []
    place.server.answers[place.origin] = serve.good(GOOD)
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT


def test_the_error_says_what_to_do(place):
    del place.server.answers[place.origin]
    with pytest.raises(fetch.NotAvailable) as caught:
        fetch.get("toy")
    for hint in ("MMCOURSE_MIRROR", str(place.cached), f"{len(GOOD):,} bytes", hashlib.sha256(GOOD).hexdigest()):
        assert hint in str(caught.value)


def test_offline_asks_nobody(place):
    place.patch.setenv("MMCOURSE_OFFLINE", "1")
    with pytest.raises(fetch.NotAvailable, match="nothing: MMCOURSE_OFFLINE is set"):
        fetch.get("toy")
    assert not place.server.requests


def test_nobody_listens(place):
    place.patch.setenv("MMCOURSE_MIRROR", "http://127.0.0.1:9")  # the discard port: refused
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT


def test_a_good_mirror_spares_the_origin(place):
    place.use_mirror()
    place.server.answers[place.mirror] = serve.good(GOOD)
    fetch.get("toy")
    assert place.server.requests == [place.mirror]


def test_a_mirror_can_be_a_folder_and_a_data_folder_is_one(place, tmp_path):
    fetch.get("toy")
    place.patch.setenv("MMCOURSE_MIRROR", str(place.data))
    place.patch.setenv("MMCOURSE_DATA_DIR", str(tmp_path / "second"))
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT
    assert place.server.requests == [place.origin]


@pytest.mark.parametrize("content", [None, bytes(len(GOOD)), b"short"])
def test_a_mirror_folder_with_a_missing_or_wrong_file_is_left_alone(place, tmp_path, content):
    in_mirror = tmp_path / "mirror" / "toy" / place.name
    in_mirror.parent.mkdir(parents=True)
    if content is not None:
        in_mirror.write_bytes(content)
    place.patch.setenv("MMCOURSE_MIRROR", str(tmp_path / "mirror"))
    place.server.answers[place.origin] = serve.status(500)
    with pytest.raises(fetch.NotAvailable, match=re.escape(str(in_mirror))):
        fetch.get("toy")
    assert place.files() == []
    assert in_mirror.exists() == (content is not None)
    place.server.answers[place.origin] = serve.good(GOOD)
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT


@pytest.mark.parametrize("nonsense", ["no/such/folder", "ftp://host/data", "http:/one-slash"])
def test_a_senseless_mirror_is_refused(place, nonsense):
    place.patch.setenv("MMCOURSE_MIRROR", nonsense)
    for call in (lambda: fetch.get("toy"), fetch.available):
        with pytest.raises(ValueError, match=r"MMCOURSE_MIRROR is .*neither an existing folder nor an http") as caught:
            call()
        assert nonsense in str(caught.value)
    assert place.files() == []
    assert place.server.requests == []


def test_a_file_put_by_hand_is_used(place):
    place.cached.parent.mkdir(parents=True)
    place.cached.write_bytes(GOOD)
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT
    assert place.server.requests == []


def test_a_wrong_file_put_by_hand_is_deleted_and_named(place):
    place.cached.parent.mkdir(parents=True)
    place.cached.write_bytes(bytes(len(GOOD)))
    place.server.answers[place.origin] = serve.status(500)
    with pytest.raises(fetch.NotAvailable, match=re.escape(f"{place.cached}: has SHA-256") + ".*deleted"):
        fetch.get("toy")
    assert place.files() == []


def test_a_disk_that_fills_while_downloading_stops_at_once(place):
    def full(self, chunk):
        raise OSError(errno.ENOSPC, "No space left on device")

    place.use_mirror()
    place.server.answers[place.mirror] = serve.good(GOOD)
    place.patch.setattr(fetch._Capped, "write", full)
    with pytest.raises(OSError, match=rf"disk is full.*toy is a download of {len(GOOD):,} bytes") as caught:
        fetch.get("toy")
    assert not isinstance(caught.value, fetch.NotAvailable)
    assert place.server.requests == [place.mirror]
    assert place.files() == []


def test_a_disk_that_fills_while_copying_from_a_mirror_folder_stops_at_once(place, tmp_path):
    def full(source, target):
        Path(target).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    place.patch.setenv("MMCOURSE_MIRROR", str(tmp_path))
    place.patch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="disk is full"):
        fetch.get("toy")
    assert place.files() == place.server.requests == []


def test_an_interrupted_download_leaves_nothing(place):
    def interrupted(self, url, output, pooch):
        output.write(GOOD[:100])
        raise KeyboardInterrupt

    place.patch.setattr(pooch.HTTPDownloader, "__call__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch.get("toy")
    assert place.files() == []


def test_what_a_killed_process_left_is_swept_a_day_later(place):
    old, young = (place.data / "toy" / f".partial-{age}" for age in ("old", "young"))
    for partial in (old, young):
        partial.mkdir(parents=True)
        (partial / "half").write_bytes(b"half")
    yesterday = time.time() - 25 * 3600
    os.utime(old, (yesterday, yesterday))
    fetch.get("toy")
    assert not old.exists()
    assert (young / "half").exists()


def test_two_at_once_get_the_same_whole_folder(place):
    both_unpacked = threading.Barrier(2)

    def unpack_and_wait(archives, folder):
        unpack.unpack_all(archives, folder)
        both_unpacked.wait(timeout=5)

    place.patch.setattr(fetch, "unpack_all", unpack_and_wait)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        first, second = pool.map(fetch.get, ["toy", "toy"])
    assert first == second
    assert (first / "toy" / "a.txt").read_bytes() == TEXT
    assert len(place.files()) == 5


def test_available_says_where_without_a_request(place, tmp_path):
    def where() -> dict:
        return {row["name"]: row["where"] for row in fetch.available()}

    assert fetch.available()[0] == {"name": "toy", "where": "internet", "bytes": len(GOOD), "license": "CC0"}
    place.use_mirror()
    assert where() == {"toy": "mirror", "inside": "embedded"}
    place.patch.setenv("MMCOURSE_MIRROR", str(tmp_path))
    assert where()["toy"] == "internet"
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / place.name).write_bytes(GOOD)
    assert where()["toy"] == "mirror"
    assert place.server.requests == []
    shutil.rmtree(fetch.get("toy"))
    assert where()["toy"] == "cached"
    fetch.get("toy")
    place.cached.unlink()
    assert where()["toy"] == "cached"
