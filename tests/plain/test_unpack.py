"""Archives: a hostile member, a bomb, an interruption or a full disk ends in a clear error; nothing half-made stays."""

import errno
import stat
import tarfile

import misbehaving_server as serve
import pytest
from toy_dataset import GOOD, TEXT, tar_member, tar_of, zip_of

from mmcourse.data import fetch, registry, unpack


def test_a_zip_is_unpacked(place):
    place.offer({"toy.zip": zip_of(("toy/a.txt", TEXT, stat.S_IFREG | 0o644), ("toy/b.txt", b"second", 0))})
    folder = fetch.get("toy")
    assert {path.name: path.read_bytes() for path in (folder / "toy").iterdir()} == {"a.txt": TEXT, "b.txt": b"second"}


FILE, LINK, HARD = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
CLIMBS, ABSOLUTE, LINKED, DEVICE = "climbs out", "absolute path", "is a link, to", "is a device"
HOSTILE_TARS = [
    (CLIMBS, [("../evil.txt", FILE, "")]),
    (CLIMBS, [("toy/../../evil.txt", FILE, "")]),
    (CLIMBS, [("..\\evil.txt", FILE, "")]),
    (ABSOLUTE, [("/evil.txt", FILE, "")]),
    (ABSOLUTE, [("C:/evil.txt", FILE, "")]),
    (LINKED, [("toy/evil.txt", LINK, "../../secret")]),
    (LINKED, [("evil.txt", LINK, "/etc/passwd")]),
    (LINKED, [("evil.txt", LINK, "C:\\secret")]),
    (LINKED, [("toy/evil.txt", LINK, "..\\..\\secret")]),
    (LINKED, [("evil.txt", HARD, "../secret")]),
    (LINKED, [("evil.txt", HARD, "/etc/passwd")]),
    (LINKED, [("evil.txt", LINK, "a.txt")]),
    (DEVICE, [("evil.txt", tarfile.FIFOTYPE, "")]),
    (DEVICE, [("evil.txt", tarfile.CHRTYPE, "")]),
    (DEVICE, [("evil.txt", tarfile.BLKTYPE, "")]),
]
HOSTILE_ZIPS = [
    (CLIMBS, "../evil.txt", 0),
    (CLIMBS, "toy\\..\\..\\evil.txt", 0),
    (ABSOLUTE, "/evil.txt", 0),
    (ABSOLUTE, "\\evil.txt", 0),
    (ABSOLUTE, "C:\\evil.txt", 0),
    ("symbolic link", "evil.txt", stat.S_IFLNK | 0o777),
    (DEVICE, "evil.txt", stat.S_IFIFO | 0o644),
]


@pytest.mark.parametrize("name", ["toy.tar.gz", "toy.zip", "toy.tar.bz2", "toy.tar.xz"])
def test_a_damaged_archive_is_deleted_and_fetched_again(place, name):
    right = zip_of(("toy/a.txt", TEXT, 0)) if name.endswith("zip") else GOOD
    place.register([registry.File(name, f"{place.server.url}/{name}", "test")])
    for damaged in (right[: len(right) // 2], b"no archive at all", b""):
        place.server.answers[f"/{name}"] = serve.whole(damaged)
        with pytest.raises((unpack.ArchiveError, fetch.NotAvailable), match=r"deleted: fetch again|could not be had"):
            fetch.get("toy", allow_unchecked=True)
        assert not list(place.data.rglob("*.*z*"))
    if name.endswith(("zip", "gz")):
        place.server.answers[f"/{name}"] = serve.whole(right)
        assert (fetch.get("toy", allow_unchecked=True) / "toy" / "a.txt").read_bytes() == TEXT


def test_an_encrypted_archive_is_named(place):
    encrypted = bytearray(zip_of(("toy/a.txt", TEXT, 0)))
    encrypted[6] |= 1  # the flag in the member's head ...
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1  # ... and in the archive's list
    place.register([registry.File("toy.zip", f"{place.server.url}/toy.zip", "test")])
    place.server.answers["/toy.zip"] = serve.whole(bytes(encrypted))
    with pytest.raises(unpack.ArchiveError, match=r"toy.zip cannot be unpacked \(RuntimeError: .*password required"):
        fetch.get("toy", allow_unchecked=True)


def refuses(place, reason):
    """The archive and its member are named, nothing is left, and nothing was written beside the data folder."""
    with pytest.raises(unpack.UnsafeArchiveError, match=reason) as caught:
        fetch.get("toy")
    assert str(caught.value).startswith(f"{place.name}: member ")
    assert "evil.txt" in str(caught.value)
    assert place.files() == []
    assert [path.name for path in place.data.parent.iterdir()] == ["data"]


@pytest.mark.parametrize(("reason", "members"), HOSTILE_TARS)
def test_a_hostile_tar_is_refused(place, reason, members):
    bad = [(tar_member(*member), b"") for member in members]
    place.offer({"hostile.tgz": tar_of((tar_member("toy/a.txt"), TEXT), *bad)})
    refuses(place, reason)


@pytest.mark.parametrize(("reason", "name", "mode"), HOSTILE_ZIPS)
def test_a_hostile_zip_is_refused(place, reason, name, mode):
    place.offer({"hostile.zip": zip_of(("toy/a.txt", TEXT, 0), (name, b"/etc/passwd", mode))})
    refuses(place, reason)


@pytest.mark.parametrize("name", ["bomb.tar.gz", "bomb.zip"])
def test_a_bomb_is_refused(place, name):
    half = bytes(unpack.BOMB_FLOOR // 2 + 1)
    if name.endswith("zip"):
        body = zip_of(("one.txt", half, 0), ("evil.txt", half, 0))
    else:
        body = tar_of((tar_member("one.txt"), half), (tar_member("evil.txt"), half))
    assert len(body) < 10**6
    place.offer({name: body})
    refuses(place, "over 100,000,000 unpacked bytes")


def break_copy(place, error: BaseException) -> None:
    """Make tarfile fail while it writes the second member."""
    copy, calls = tarfile.copyfileobj, []

    def broken(source, target, length=None, *rest):
        calls.append(length)
        if len(calls) == 2:
            target.write(b"half")
            raise error
        copy(source, target, length, *rest)

    place.patch.setattr(tarfile, "copyfileobj", broken)


def test_an_interrupted_unpacking_leaves_only_the_verified_archive(place):
    break_copy(place, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        fetch.get("toy")
    assert place.files() == ["toy/toy.tar.gz"]
    assert place.cached.read_bytes() == GOOD
    assert (fetch.get("toy") / "toy" / "b.txt").read_bytes() == b"second"
    assert place.server.requests == [place.origin]


def test_a_disk_that_fills_while_unpacking_leaves_only_the_verified_archive(place):
    break_copy(place, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OSError, match=r"disk is full.*MMCOURSE_DATA_DIR") as caught:
        fetch.get("toy")
    assert caught.value.errno == errno.ENOSPC
    assert place.files() == ["toy/toy.tar.gz"]


def test_a_file_that_is_no_archive_is_kept_as_it_is(place):
    place.offer({"words.csv": TEXT})
    assert (fetch.get("toy") / "words.csv").read_bytes() == TEXT


def test_a_dataset_can_have_several_files(place):
    place.offer({"words.csv": TEXT, "toy.tar.gz": GOOD, "more #1.csv": b"more"})
    place.use_mirror()
    place.server.answers["/m/toy/more #1.csv"] = serve.good(b"more")
    del place.server.answers["/more #1.csv"]
    folder = fetch.get("toy")
    assert {path.name: path.read_bytes() for path in folder.rglob("*.*")} == {
        "words.csv": TEXT,
        "a.txt": TEXT,
        "b.txt": b"second",
        "more #1.csv": b"more",
    }
