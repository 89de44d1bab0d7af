"""Downloads: every wrong answer, cut and full disk ends in success or one clear error, and can be continued."""

import errno
import hashlib
import io
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import misbehaving_server as serve
import numpy as np
import pytest
from toy_dataset import GOOD, TEXT

from mmcourse.data import fetch, registry, transfer

BIG = np.random.RandomState(0).bytes(1_000_003)


@pytest.fixture
def big(place):
    """The dataset is one file of a million bytes."""
    place.offer({"toy.bin": BIG})
    return place


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (serve.status(500), "500 Internal Server Error"),
        (serve.status(404), "404 Client Error"),
        (serve.whole(bytes(len(GOOD))), "has SHA-256"),
        (serve.whole(GOOD[:-1]), f"announces {len(GOOD) - 1:,} bytes, expected {len(GOOD):,}"),
        (serve.whole(GOOD + b"!"), "announces 199 bytes"),
        (serve.cut(GOOD), "IncompleteRead"),
        (serve.cut_without_length(GOOD), "ended after 99 of 198 bytes"),
        (serve.hang, "timed out"),
        (serve.hang_midway(GOOD), "timed out"),
        (serve.endless, "sends more than"),
        (serve.page(), "36 bytes, expected 198, a web page instead of the file"),
        (serve.page(len(GOOD)), "it is a web page"),
        (serve.redirect("/m/toy/toy.tar.gz"), "TooManyRedirects"),
        (serve.redirect("http://["), "Invalid IPv6"),
        (serve.redirect("file:///etc/passwd"), "InvalidSchema"),
        (serve.bad_length(GOOD), "announces a length that is no number, 'many'"),
    ],
)
def test_a_bad_mirror_is_named_and_the_origin_helps(place, answer, reason):
    place.use_mirror()
    place.server.answers[place.mirror] = answer
    place.server.answers[place.origin] = serve.status(403)
    place.patch.setattr(transfer, "TIMEOUT", (0.3, 0.3))
    began = time.monotonic()
    with pytest.raises(fetch.NotAvailable) as caught:
        fetch.get("toy")
    assert time.monotonic() - began < 5
    mirror_line, origin_line = [line for line in str(caught.value).splitlines() if line.startswith("  - ")]
    assert place.server.url + place.mirror in mirror_line
    assert reason in mirror_line
    assert place.server.url + place.origin in origin_line
    assert "403" in origin_line
    assert place.files() in ([], ["toy/toy.tar.gz.part"])
    place.server.answers[place.origin] = serve.good(GOOD)
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT
    assert not place.cached.with_name("toy.tar.gz.part").exists()


def test_a_file_cut_at_every_tenth_is_continued_and_no_byte_is_sent_twice(big):
    big.server.answers[big.origin] = serve.cut_every(BIG, len(BIG) // 10)
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG
    assert len(big.server.requests) == 11
    assert len(BIG) <= big.server.sent <= len(BIG) * 1.001


@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_second_call_continues_where_the_first_was_cut(big, tenth):
    at = len(BIG) * tenth // 10
    big.server.answers[big.origin] = serve.in_turn(serve.cut_every(BIG, at), serve.status(403))
    with pytest.raises(fetch.NotAvailable, match="403"):
        fetch.get("toy")
    assert big.cached.with_name("toy.bin.part").stat().st_size == at
    assert not big.cached.exists()
    big.server.answers[big.origin] = serve.good(BIG)
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG
    assert big.server.sent == len(BIG) + len(b"no")


def test_the_origin_continues_what_a_mirror_began(big):
    big.use_mirror()
    big.server.answers[big.mirror] = serve.in_turn(serve.cut_every(BIG, 600_000), serve.status(404))
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG
    assert big.server.sent == len(BIG) + len(b"no")


def test_an_error_of_the_server_that_passes(big):
    big.server.answers[big.origin] = serve.in_turn(serve.status(500), serve.status(503), serve.good(BIG))
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG


def test_a_lasting_error_of_the_server_is_not_asked_forever(big):
    big.server.answers[big.origin] = serve.status(503)
    with pytest.raises(fetch.NotAvailable, match="503 Service Unavailable"):
        fetch.get("toy")
    assert len(big.server.requests) == 1 + len(transfer.PAUSES)


def test_a_slow_server_is_waited_for(big):
    big.patch.setattr(transfer, "TIMEOUT", (1, 1))
    big.server.answers[big.origin] = serve.slow(BIG, pieces=8, pause=0.2)
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG


@pytest.mark.parametrize("left", [b"?" * 1000, BIG[:5000] + b"?", b"?" * len(BIG), BIG + b"more", BIG], ids=range(5))
def test_a_partial_file_of_something_else_is_replaced(big, left):
    big.cached.parent.mkdir(parents=True)
    big.cached.with_name("toy.bin.part").write_bytes(left)
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG
    assert (big.server.requests == []) == (left == BIG)


def test_an_unknown_size_is_bounded_by_the_tier_and_a_page_is_refused(place):
    entry = registry.File(place.name, place.server.url + place.origin, "test", md5=hashlib.md5(GOOD).hexdigest())
    place.register([entry])
    place.patch.setitem(registry.TIERS, "tiny", 100_000)
    place.server.answers[place.origin] = serve.endless
    with pytest.raises(fetch.NotAvailable, match="sends more than the expected 100,000 bytes"):
        fetch.get("toy")
    place.server.answers[place.origin] = serve.page()
    with pytest.raises(fetch.NotAvailable, match="answers with a web page instead of the file"):
        fetch.get("toy")
    assert place.files() == []


def test_the_host_sees_who_asks(place):
    fetch.get("toy")
    assert [head["User-Agent"] for head in place.server.heads] == [transfer.AGENT]
    assert "mmcourse" in transfer.AGENT
    assert "python" not in transfer.AGENT.lower()


def test_an_interrupted_download_is_continued(big):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    big.server.answers[big.origin] = serve.cut_every(BIG, 300_000)
    sleep = transfer.time.sleep
    big.patch.setattr(transfer.time, "sleep", interrupted)  # Ctrl-C between two attempts
    with pytest.raises(KeyboardInterrupt):
        fetch.get("toy")
    assert big.files() == ["toy/toy.bin.part"]
    big.patch.setattr(transfer.time, "sleep", sleep)
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG
    assert big.server.sent == len(BIG)


def test_a_disk_without_room_is_noticed_before_the_download(big):
    big.patch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**6, 10**6, 999_999))
    with pytest.raises(OSError, match=r"disk is full.*toy is a download of 1.0 MB.*MMCOURSE_DATA_DIR") as caught:
        fetch.get("toy")
    assert caught.value.errno == errno.ENOSPC
    assert big.server.requests == []
    assert big.files() == []


def test_a_disk_that_fills_while_downloading_stops_at_once(big):
    class Full(io.BytesIO):
        def write(self, chunk):
            raise OSError(errno.ENOSPC, "No space left on device")

    big.use_mirror()
    big.server.answers[big.mirror] = serve.good(BIG)
    big.patch.setattr(transfer, "open", lambda path, mode: Full(), raising=False)
    with pytest.raises(OSError, match=r"disk is full.*toy is a download of 1.0 MB") as caught:
        fetch.get("toy")
    assert not isinstance(caught.value, fetch.NotAvailable)
    assert big.server.requests == [big.mirror]
    assert big.files() == []


def test_a_disk_that_fills_while_copying_from_a_mirror_folder_stops_at_once(place, tmp_path):
    def full(source, target):
        Path(target).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / place.name).write_bytes(GOOD)
    copyfile = shutil.copyfile
    place.patch.setenv("MMCOURSE_MIRROR", str(tmp_path))
    place.patch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="disk is full"):
        fetch.get("toy")
    assert place.files() == ["toy/toy.tar.gz.part"]
    assert place.server.requests == []
    place.patch.setattr(shutil, "copyfile", copyfile)
    assert (fetch.get("toy") / "toy" / "a.txt").read_bytes() == TEXT


@pytest.mark.skipif(sys.platform != "linux", reason="needs a small disk, made with Linux's unshare")
def test_a_disk_that_is_really_full(big, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    code = "import sys; sys.path.insert(0, sys.argv[1]); import small_disk; small_disk.main(*sys.argv[2:])"
    mount = f'mount -t tmpfs -o size=600k none "{small}" && exec "$@"'
    command = ["unshare", "-rm", "sh", "-c", mount, "sh", sys.executable, "-c", code, str(Path(__file__).parent)]
    environment = {**os.environ, "MMCOURSE_DATA_DIR": str(small)}
    digest = hashlib.sha256(BIG).hexdigest()
    done = subprocess.run(
        [*command, big.server.url + big.origin, str(len(BIG)), digest], env=environment, capture_output=True, text=True
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no small disk can be made here: {done.stderr.strip()[:100]}")
    assert done.stdout.split() == ["OSError", "28", "toy.bin.part"], done.stderr
