"""What has come of a download is kept, whatever the next answer is, and is never mixed with other bytes."""

import errno
import hashlib

import misbehaving_server as serve
import numpy as np
import pytest

from mmcourse.data import fetch, registry, transfer

BIG = np.random.RandomState(0).bytes(1_000_003)
SHORT = 600_000


@pytest.fixture
def big(place):
    """The dataset is one file of a million bytes, of which SHORT are here."""
    place.offer({"toy.bin": BIG})
    place.part = place.cached.with_name("toy.bin.part")
    place.part.parent.mkdir(parents=True)
    place.part.write_bytes(BIG[:SHORT])
    return place


@pytest.mark.parametrize(
    "answer",
    [
        serve.page(),
        serve.status(204),
        serve.status(404),
        serve.status(416),
        serve.good(b""),
        serve.cut_every(BIG, 0),
        serve.whole(BIG[:-1]),
        serve.bad_length(BIG),
        serve.other_range(BIG),
        serve.redirect("http://["),
        serve.redirect("file:///etc/passwd"),
        serve.cut(BIG),
    ],
)
def test_a_bad_answer_costs_nothing_of_what_is_here(big, answer):
    big.server.answers[big.origin] = serve.in_turn(answer, serve.status(403))
    with pytest.raises(fetch.NotAvailable):
        fetch.get("toy")
    assert big.part.read_bytes()[:SHORT] == BIG[:SHORT]
    big.server.answers[big.origin] = serve.good(BIG)
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG
    assert not big.part.exists()


def test_a_login_page_between_two_attempts_costs_nothing(big):
    big.part.unlink()
    big.server.answers[big.origin] = serve.in_turn(serve.cut_every(BIG, SHORT), serve.page())
    with pytest.raises(fetch.NotAvailable, match=r"a web page instead of the file.*\n.*what has come is kept"):
        fetch.get("toy")
    assert big.part.read_bytes() == BIG[:SHORT]
    sent = big.server.sent
    big.server.answers[big.origin] = serve.good(BIG)
    fetch.get("toy")
    assert big.server.sent == sent + len(BIG) - SHORT


def test_an_address_that_cannot_be_one_costs_nothing(big):
    big.patch.setenv("MMCOURSE_MIRROR", "http://host:port/x")
    big.server.answers[big.origin] = serve.status(403)
    with pytest.raises(fetch.NotAvailable, match="InvalidURL"):
        fetch.get("toy")
    assert big.part.read_bytes() == BIG[:SHORT]


def test_a_server_without_ranges_sends_again_what_is_here_and_a_cut_costs_nothing(big):
    big.server.answers[big.origin] = serve.in_turn(serve.cut(BIG), serve.whole(BIG))
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG
    assert big.server.sent == len(BIG) // 2 + len(BIG)


def test_a_range_may_be_shorter_than_what_was_asked_for(big):
    end = SHORT + 150_000
    headers = {"Content-Length": end - SHORT, "Content-Range": f"bytes {SHORT}-{end - 1}/{len(BIG)}"}
    shorter = serve.answer(206, BIG[SHORT:end], headers)
    big.server.answers[big.origin] = serve.in_turn(shorter, serve.good(BIG))
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG
    assert big.server.sent == len(BIG) - SHORT


def test_the_partial_file_goes_when_the_file_comes_another_way(big):
    big.cached.write_bytes(BIG)
    fetch.get("toy")
    assert not big.part.exists()
    assert big.server.requests == []


def test_a_full_disk_costs_nothing_of_what_is_here(big):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    other = big.part.with_name("other.bin.part")
    other.write_bytes(b"of another part")
    big.patch.setattr(transfer, "download", full)
    with pytest.raises(OSError, match="what has come is kept and continued"):
        fetch.get("toy")
    assert big.part.read_bytes() == BIG[:SHORT]
    assert other.read_bytes() == b"of another part"


def test_nothing_is_continued_that_no_checksum_can_check(big):
    big.register([registry.File("toy.bin", big.server.url + big.origin, "test")])
    big.part.write_bytes(b"?" * SHORT)
    assert (fetch.get("toy", allow_unchecked=True) / "toy.bin").read_bytes() == BIG


def test_a_complete_partial_file_of_unknown_size_is_not_fetched_again(big):
    big.register([registry.File("toy.bin", big.server.url + big.origin, "test", md5=hashlib.md5(BIG).hexdigest())])
    big.part.write_bytes(BIG)
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG
    assert big.server.requests == []


def test_nobody_who_cannot_be_reached_is_asked_twice(big):
    big.patch.setattr(transfer, "PAUSES", (60, 60, 60))
    big.patch.setenv("MMCOURSE_MIRROR", "http://127.0.0.1:9")  # the discard port: refused
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG


@pytest.mark.parametrize("code", transfer.TRANSIENT)
def test_an_error_that_may_pass_is_asked_again(big, code):
    big.server.answers[big.origin] = serve.in_turn(serve.status(code), serve.good(BIG))
    assert (fetch.get("toy") / "toy.bin").read_bytes() == BIG
    assert len(big.server.requests) == 2


def test_a_server_that_sends_without_end_is_stopped_at_the_expected_length(big):
    big.part.unlink()
    big.server.answers[big.origin] = serve.endless
    with pytest.raises(fetch.NotAvailable, match=f"sends more than the expected {len(BIG):,} bytes"):
        fetch.get("toy")
    assert not big.part.exists()
    assert big.server.heads[-1]["Accept-Encoding"] == "identity"
