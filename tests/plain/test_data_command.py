"""`python -m mmcourse.data`: what it prints, what it does, and its exit codes."""

import hashlib
import os
import subprocess
import sys

import pytest
from toy_dataset import DIGEST, GOOD, TEXT

from mmcourse.data import __main__ as command
from mmcourse.data import registry


def test_list_says_where_everything_is(place, capsys):
    assert command.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["toy", "internet", "0.0", "MB", "CC0"]
    assert lines[2].split() == ["inside", "embedded", "CC0"]
    assert f"Data folder: {place.data}" in lines
    assert "embedded: comes with the course" in lines
    assert not any(line.startswith("by hand") for line in lines)


def test_info_shows_card_files_and_the_folder_for_files_by_hand(place, capsys):
    place.register(
        [registry.File("a.zip", "https://host/a.zip", "a published list", 5_000_000, "ab" * 32, part="one")],
        card="Two toys.",
        manual="Ask the authors.",
        citation="toy2026",
    )
    assert command.main(["info", "toy"]) == 0
    told = capsys.readouterr().out
    for fact in (
        "Two toys.",
        "CC0",
        "toy2026",
        "toy/one: 5.0 MB",
        "https://host/a.zip",
        "sha256:abab",
        "a published list",
    ):
        assert fact in told
    assert f"Ask the authors.\n\nFolder for files put there by hand: {place.data / 'toy' / 'by-hand'}" in told


def test_get_prints_the_folder(place, capsys):
    assert command.main(["get", "toy"]) == 0
    folder = capsys.readouterr().out.strip().removeprefix("toy: ")
    with open(os.path.join(folder, "toy", "a.txt"), "rb") as file:
        assert file.read() == TEXT


def test_what_cannot_be_had_is_1_and_what_cannot_be_meant_is_2(place, capsys):
    del place.server.answers[place.origin]
    assert command.main(["get", "toy"]) == 1
    assert "NotAvailable: toy.tar.gz of dataset 'toy' could not be had" in capsys.readouterr().err
    assert command.main(["get", "tox"]) == 2
    assert capsys.readouterr().err.startswith("unknown dataset 'tox'. Did you mean 'toy'?")
    assert command.main(["info", "inside"]) == 0
    assert command.main(["get", "inside"]) == 2
    with pytest.raises(SystemExit) as caught:
        command.main(["fetch", "toy"])
    assert caught.value.code == 2


def test_a_large_download_needs_its_option(place, capsys):
    file = registry.File(place.name, place.server.url + place.origin, "test", 300_000_000, "0" * 64)
    place.register([file], tier="medium")
    assert command.main(["get", "toy"]) == 2
    assert "--allow-large" in capsys.readouterr().err
    assert command.main(["get", "--allow-large", "toy"]) == 1


def test_an_unchecked_file_needs_its_option(place, capsys):
    place.register([registry.File(place.name, place.server.url + place.origin, "test")])
    assert command.main(["get", "toy"]) == 2
    assert "--allow-unchecked" in capsys.readouterr().err
    assert command.main(["get", "toy", "--allow-unchecked"]) == 0


def test_one_that_fails_does_not_keep_the_next_from_coming(place, capsys):
    place.server.answers["/gone"] = place.server.answers.pop(place.origin)
    files = [
        registry.File("one.tar.gz", place.server.url + place.origin, "test", len(GOOD), DIGEST, part="one"),
        registry.File("two.tar.gz", place.server.url + "/gone", "test", len(GOOD), DIGEST, part="two"),
    ]
    place.register(files)
    assert command.main(["get", "toy/one", "toy/two"]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("toy/two: ")
    assert "NotAvailable: one.tar.gz" in told.err


def test_a_damaged_archive_is_1_without_a_traceback(place, capsys):
    place.register([registry.File("toy.zip", place.server.url + place.origin, "test")])
    assert command.main(["get", "toy", "--allow-unchecked"]) == 1
    assert capsys.readouterr().err.startswith("ArchiveError: toy.zip cannot be unpacked")


def test_verify_finds_a_wrong_byte(place, capsys):
    assert command.main(["verify"]) == 0
    assert capsys.readouterr().out == ""
    assert command.main(["verify", "toy"]) == 1
    assert capsys.readouterr().out == "toy: toy.tar.gz is not here\n"
    command.main(["get", "toy"])
    (place.data / "toy" / "by-hand").mkdir()
    capsys.readouterr()
    assert command.main(["verify"]) == 0
    assert capsys.readouterr().out == "toy: toy.tar.gz is right\n"
    wrong = bytes([GOOD[0] ^ 1]) + GOOD[1:]
    place.cached.write_bytes(wrong)
    assert command.main(["verify"]) == 1
    assert f"has SHA-256 {hashlib.sha256(wrong).hexdigest()}" in capsys.readouterr().out


def test_mirror_makes_the_folder_of_a_classroom(place, tmp_path, capsys):
    assert command.main(["mirror", str(tmp_path / "class"), "toy"]) == 0
    assert (tmp_path / "class" / "toy" / place.name).read_bytes() == GOOD
    assert f"Set MMCOURSE_MIRROR to {tmp_path / 'class'}" in capsys.readouterr().out


def test_an_interruption_is_130_and_says_how_to_go_on(place, monkeypatch, capsys):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(command.fetch, "get", interrupted)
    assert command.main(["get", "toy"]) == 130
    assert "the same command continues" in capsys.readouterr().err


def test_the_real_command_lists_every_dataset():
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    run = [sys.executable, "-m", "mmcourse.data", "list"]
    done = subprocess.run(run, capture_output=True, encoding="utf-8", env=environment, check=True)
    listed = {line.split()[0].partition("/")[0] for line in done.stdout.split("\n\n")[0].splitlines()[1:]}
    assert listed == set(registry.registry())
