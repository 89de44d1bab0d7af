"""Where files come from and lie: mirrors, files put there by hand, a cache that is moved or cannot be written."""

import errno
import hashlib
import os
import re
import shutil
from pathlib import Path

import misbehaving_server as serve
import pooch
import pytest
import toy_dataset
from toy_dataset import GOOD, TEXT

from mmcourse.data import fetch, places, transfer

DIGEST = hashlib.sha256(GOOD).hexdigest()


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(transfer, "PAUSES", (0, 0))
    with toy_dataset.served(tmp_path, monkeypatch) as place:
        yield place


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


@pytest.mark.skipif(os.name == "nt", reason="Windows lets a folder with open files not be made read-only")
def test_a_folder_that_cannot_be_written_says_so(place):
    place.patch.setenv("MMCOURSE_DATA_DIR", "/proc/none" if Path("/proc").is_dir() else "/dev/none")
    with pytest.raises(OSError, match=r"cannot be written.*MMCOURSE_DATA_DIR|No such file"):
        fetch.get("toy")


def test_a_read_only_cache_still_gives_what_it_has(place):
    folder = fetch.get("toy")

    def read_only(*arguments, **keywords):
        raise OSError(errno.EROFS, "Read-only file system")

    place.patch.setattr(Path, "mkdir", read_only)
    assert fetch.get("toy") == folder
    place.patch.setattr(places, "unpacked", lambda selection: place.data / "toy" / "unpacked-other")
    with pytest.raises(OSError, match=r"cannot be written: make it writable, or set MMCOURSE_DATA_DIR") as caught:
        fetch.get("toy")
    assert caught.value.errno == errno.EROFS


def test_the_data_folder_can_be_moved(place, tmp_path):
    fetch.get("toy")
    place.data.rename(tmp_path / "moved")
    place.patch.setenv("MMCOURSE_DATA_DIR", str(tmp_path / "moved"))
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT
    assert place.server.requests == [place.origin]


def test_a_folder_made_by_hand_is_taken_as_it_is(place):
    by_hand = places.by_hand("toy")
    by_hand.mkdir(parents=True)
    assert fetch.get("toy") == by_hand
    assert place.server.requests == []


def test_a_mirror_for_a_classroom(place, tmp_path):
    made = fetch.mirror(tmp_path / "class", "toy")
    assert [path.read_bytes() for path in made] == [GOOD]
    assert made == [tmp_path / "class" / "toy" / place.name]
    assert fetch.mirror(tmp_path / "class", "toy") == made
    assert place.server.requests == [place.origin]
    place.patch.setenv("MMCOURSE_MIRROR", str(tmp_path / "class"))
    fetch.get("toy")
    assert fetch.mirror(tmp_path / "copy", "toy")[0].read_bytes() == GOOD
    assert place.server.requests == [place.origin]


def test_available_says_where_without_a_request(place, tmp_path):
    def where() -> dict:
        return {row["name"]: row["where"] for row in fetch.available()}

    row = {"name": "toy", "where": "internet", "bytes": len(GOOD), "license": "CC0", "large": False}
    assert fetch.available()[0] == row
    place.use_mirror()
    assert where() == {"toy": "mirror", "inside": "embedded"}
    place.patch.setenv("MMCOURSE_MIRROR", str(tmp_path))
    assert where()["toy"] == "internet"
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / place.name).write_bytes(GOOD)
    assert where()["toy"] == "folder"
    assert place.server.requests == []
    shutil.rmtree(fetch.get("toy"))
    assert where()["toy"] == "here"
    fetch.get("toy")
    place.cached.unlink()
    assert where()["toy"] == "here"
    place.register([], manual="Ask the authors.")
    assert where()["toy"] == "by hand"
    with pytest.raises(ValueError, match=r"'toy' cannot be fetched by a program. Ask the authors."):
        fetch.get("toy")


def test_the_data_folder_is_the_users_cache_unless_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("MMCOURSE_DATA_DIR", str(tmp_path))
    assert places.data_dir() == tmp_path
    monkeypatch.setenv("MMCOURSE_DATA_DIR", "~/course")
    assert places.data_dir() == Path.home() / "course"
    monkeypatch.delenv("MMCOURSE_DATA_DIR")
    assert places.data_dir() == Path(pooch.os_cache("mmcourse"))
