"""Where files come from and lie: mirrors, files put there by hand, a cache that is moved or cannot be written."""

import errno
import re
import shutil
from pathlib import Path

import misbehaving_server as serve
import pooch
import pytest
from toy_dataset import DIGEST, GOOD, TEXT

from mmcourse.data import fetch, locks, places, registry


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


def test_a_wrong_file_put_by_hand_is_set_aside_and_named(place):
    place.cached.parent.mkdir(parents=True)
    place.cached.write_bytes(bytes(len(GOOD)))
    place.server.answers[place.origin] = serve.status(500)
    with pytest.raises(fetch.NotAvailable, match=re.escape(f"{place.cached}: has SHA-256") + ".*toy.tar.gz.wrong"):
        fetch.get("toy")
    assert place.files() == ["toy/toy.tar.gz.wrong"]
    place.server.answers[place.origin] = serve.good(GOOD)
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT


def test_a_data_folder_that_is_a_file_says_so(place):
    place.data.write_text("a file")
    with pytest.raises(OSError, match=r"cannot be written: make it writable, or set MMCOURSE_DATA_DIR to another one"):
        fetch.get("toy")


def test_a_mirror_folder_that_cannot_be_written_says_so(place, tmp_path):
    (tmp_path / "class").write_text("a file")
    with pytest.raises(OSError, match="cannot be written: make it writable, or choose another folder"):
        fetch.mirror(tmp_path / "class", "toy")


def test_an_unreadable_file_of_a_mirror_folder_is_named_and_the_origin_helps(place, tmp_path):
    def unreadable(path, alg):
        if str(tmp_path / "class") in path:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return file_hash(path, alg)

    fetch.mirror(tmp_path / "class", "toy")
    file_hash = pooch.file_hash
    place.patch.setenv("MMCOURSE_MIRROR", str(tmp_path / "class"))
    place.patch.setattr(pooch, "file_hash", unreadable)
    place.server.answers[place.origin] = serve.in_turn(serve.status(404), serve.good(GOOD))
    with pytest.raises(fetch.NotAvailable, match=r"class.*: ValueError: cannot be read \(Permission denied\)"):
        fetch.get("toy")
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT


def test_a_lock_of_another_user_stops_nobody(place):
    def locked(path, mode="r", *arguments, **keywords):
        if str(path).endswith(".lock"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return open(path, mode, *arguments, **keywords)

    place.patch.setattr(locks, "open", locked, raising=False)
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT


def test_a_large_file_of_wrong_bytes_does_not_bypass_the_question(place, tmp_path):
    large = registry.File(place.name, place.server.url + place.origin, "test", len(GOOD), "0" * 64)
    place.register([large])
    place.patch.setattr(registry, "ASK_ABOVE", 100)
    (tmp_path / "class" / "toy").mkdir(parents=True)
    (tmp_path / "class" / "toy" / place.name).write_bytes(GOOD)
    place.patch.setenv("MMCOURSE_MIRROR", str(tmp_path / "class"))
    with pytest.raises(fetch.ConsentNeeded, match=r"toy is a download of 0\.0 MB"):
        fetch.get("toy")
    assert place.server.requests == []


def test_a_mirror_copies_what_the_data_folder_has(place, tmp_path):
    fetch.get("toy")
    assert fetch.mirror(tmp_path / "class", "toy")[0].read_bytes() == GOOD
    assert place.server.requests == [place.origin]


def test_a_kept_file_of_another_size_is_not_counted_as_here(place):
    place.cached.parent.mkdir(parents=True)
    place.cached.write_bytes(GOOD[:-1])
    assert fetch.available()[0]["where"] == "internet"


def test_offline_is_told_apart(place):
    place.patch.setenv("MMCOURSE_OFFLINE", "1")
    assert fetch.available()[0]["where"] == "offline"
    place.patch.setenv("MMCOURSE_OFFLINE", "0")
    assert fetch.available()[0]["where"] == "internet"


def test_a_file_without_an_address_says_how_to_get_it(place):
    place.register([registry.File(place.name, "", "test", len(GOOD), DIGEST)], manual="Ask the authors.")
    with pytest.raises(fetch.NotAvailable, match=r"no address of it is known\n.*put the file \(198 bytes") as error:
        fetch.get("toy")
    assert "try again" not in str(error.value)
    place.cached.write_bytes(GOOD)
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT


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
    folder = places.hand_folder("toy")
    folder.mkdir(parents=True)
    (folder / "mine.txt").write_text("mine")
    assert fetch.get("toy") == folder
    assert place.server.requests == []
    (folder / "mine.txt").unlink()
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT  # nothing in it: as if it were not there


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
