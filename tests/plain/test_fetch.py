"""Downloads: every wrong answer, interruption and full disk ends in a clear error and leaves nothing half-made."""

import concurrent.futures
import errno
import hashlib
import shutil
import subprocess
import sys
import threading

import misbehaving_server as serve
import pytest
from toy_dataset import DIGEST, GOOD, TEXT, tar_member, tar_of

from mmcourse.data import fetch, locks, registry, unpack


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


def test_the_error_says_what_to_do(place):
    del place.server.answers[place.origin]
    with pytest.raises(fetch.NotAvailable) as caught:
        fetch.get("toy")
    for hint in ("MMCOURSE_MIRROR", str(place.cached), f"{len(GOOD):,} bytes", hashlib.sha256(GOOD).hexdigest()):
        assert hint in str(caught.value)


def test_offline_asks_nobody(place):
    place.patch.setenv("MMCOURSE_OFFLINE", "1")
    with pytest.raises(fetch.NotAvailable, match="nothing on the network: MMCOURSE_OFFLINE is set"):
        fetch.get("toy")
    assert not place.server.requests


def test_nobody_listens(place):
    place.patch.setenv("MMCOURSE_MIRROR", "http://127.0.0.1:9")  # the discard port: refused
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT


def test_two_at_once_download_once_and_get_the_same_whole_folder(place):
    place.server.answers[place.origin] = serve.slow(GOOD, pieces=10, pause=0.03)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        first, second = pool.map(fetch.get, ["toy", "toy"])
    assert first == second
    assert (first / "toy" / "a.txt").read_bytes() == TEXT
    assert place.server.requests == [place.origin]
    assert len(place.files()) == 5


def test_two_processes_at_once_where_the_file_system_knows_no_locks(place):
    both_unpacked = threading.Barrier(2)

    def no_locks(*arguments):
        raise OSError(errno.ENOLCK, "No locks available")

    def unpack_and_wait(archives, folder):
        unpack.unpack_all(archives, folder)
        both_unpacked.wait(timeout=5)

    place.cached.parent.mkdir(parents=True)
    place.cached.write_bytes(GOOD)
    place.patch.setattr(locks, "_try", no_locks)
    place.patch.setattr(fetch, "unpack_all", unpack_and_wait)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        first, second = pool.map(fetch.get, ["toy", "toy"])
    assert first == second
    assert len(place.files()) == 5


def test_a_dead_process_gives_its_lock_back(place):
    place.data.joinpath("toy").mkdir(parents=True)
    holder = (
        "import os, sys; from pathlib import Path; from mmcourse.data import locks\n"
        "with locks.exclusive(Path(sys.argv[1]), 'toy'): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", holder, str(place.data / "toy" / ".lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(fetch.get, "toy")
            with pytest.raises(concurrent.futures.TimeoutError):
                waiting.result(timeout=0.3)
            process.kill()
            assert (waiting.result(timeout=5) / "toy" / "a.txt").read_bytes() == TEXT


def test_what_a_killed_process_left_is_swept(place):
    left = place.data / "toy" / ".partial-old"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"half")
    fetch.get("toy")
    assert not left.exists()


def test_a_large_download_asks_first(place, tmp_path):
    file = registry.File(place.name, place.server.url + place.origin, "test", 250_000_000, "0" * 64)
    place.register([file], license="CC BY 4.0", tier="medium")
    with pytest.raises(ValueError, match=r"toy is a download of 250 MB; its license: CC BY 4.0. Pass allow_large=True"):
        fetch.get("toy")
    with pytest.raises(ValueError, match="allow_large=True"):
        fetch.mirror(tmp_path / "class", "toy")
    assert place.server.requests == []
    with pytest.raises(fetch.NotAvailable, match="announces 198 bytes, expected 250,000,000"):
        fetch.get("toy", allow_large=True)


def test_a_file_without_a_checksum_asks_first(place):
    place.register([registry.File(place.name, place.server.url + place.origin, "test")])
    with pytest.raises(ValueError, match=r"nobody published a checksum of toy.tar.gz.*allow_unchecked=True"):
        fetch.get("toy")
    assert (fetch.get("toy", allow_unchecked=True) / "toy" / "a.txt").read_bytes() == TEXT


def test_an_unknown_size_asks_first_where_it_may_be_large(place):
    place.register([registry.File(place.name, place.server.url + place.origin, "test", sha256=DIGEST)], tier="medium")
    with pytest.raises(fetch.ConsentNeeded, match=r"a download of unknown size \(medium: up to 1.0 GB\)"):
        fetch.get("toy")
    assert (fetch.get("toy", allow_large=True) / "toy" / "a.txt").read_bytes() == TEXT


def test_md5_is_taken_where_nothing_better_is_published(place):
    digest = hashlib.md5(GOOD).hexdigest()
    place.register([registry.File(place.name, place.server.url + place.origin, "test", md5=digest)])
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT
    place.register([registry.File(place.name, place.server.url + place.origin, "test", md5="0" * 32)])
    with pytest.raises(fetch.NotAvailable, match=f"has MD5 {digest}, expected 0000"):
        fetch.get("toy")


def test_a_part_of_a_dataset(place):
    files = [
        registry.File(f"{part}.tar.gz", place.server.url + place.origin, "test", len(GOOD), DIGEST, part=part)
        for part in ("one", "two")
    ]
    place.register(files)
    assert (fetch.get("toy/two") / "toy" / "a.txt").read_bytes() == TEXT
    assert not (place.data / "toy" / "one.tar.gz").exists()
    with pytest.raises(ValueError, match=r"comes in parts; choose one of: toy/one \(0.0 MB\), toy/two"):
        fetch.get("toy")
    with pytest.raises(ValueError, match=r"has no part 'three'; choose one of: toy/one"):
        fetch.get("toy/three")


def test_an_alternate_address_helps(place):
    file = registry.File(
        place.name,
        f"{place.server.url}/gone",
        "test",
        len(GOOD),
        DIGEST,
        alternates=(place.server.url + place.origin,),
    )
    place.register([file])
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT
    assert place.server.requests == ["/gone", place.origin]


def test_verify_names_what_is_wrong(place):
    assert fetch.verify("toy") == {place.name: "is not here"}
    fetch.get("toy")
    assert fetch.verify("toy") == {place.name: ""}
    place.cached.write_bytes(GOOD[:-1])
    assert fetch.verify("toy") == {place.name: "has 197 bytes, expected 198"}
