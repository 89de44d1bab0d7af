"""Large JSON files entry by entry: the same as the standard library at once, whatever a piece cuts through."""

import json

import pytest

from mmcourse.data import json_lists

CONTENT = {
    "info": {"year": 2017, "version": "1.0", "lists": [1, [2]], "nothing": {}},
    "number": -12.5e-3,
    "images": [{"id": 1, "name": 'a "quoted" \\ [name], {x}'}, {"id": 22, "empty": [], "none": None}],
    "empty": [],
    "text": "annotations: [",
    "annotations": [
        {"caption": "Ein Café 中文 \U0001f600\n", "scores": [1.5, -2e9, 0.25]},
        7,
        12345.678,
        True,
        "x",
        [],
    ],
    "last": False,
}
PAIRS = [(key, entry) for key, value in CONTENT.items() if isinstance(value, list) for entry in value]


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 64, 2**20])
@pytest.mark.parametrize("layout", [{}, {"separators": (",", ":")}, {"indent": 2}, {"ensure_ascii": False}])
def test_entries_are_those_of_the_standard_library(tmp_path, monkeypatch, piece, layout):
    monkeypatch.setattr(json_lists, "PIECE", piece)
    path = tmp_path / "made.json"
    path.write_text(json.dumps(CONTENT, **layout), "utf-8")
    assert list(json_lists.entries(path)) == PAIRS


@pytest.mark.parametrize("text", ["{}", " { } \n", '{"a": []}', '{"a": {"b": [1]}}'])
def test_no_entries(tmp_path, text):
    (tmp_path / "made.json").write_text(text)
    assert list(json_lists.entries(tmp_path / "made.json")) == []


@pytest.mark.parametrize("piece", [1, 2**20])
def test_a_cut_anywhere_is_an_error(tmp_path, monkeypatch, piece):
    monkeypatch.setattr(json_lists, "PIECE", piece)
    whole, path = json.dumps(CONTENT), tmp_path / "made.json"
    for length in range(len(whole)):
        path.write_text(whole[:length])
        with pytest.raises(ValueError, match="it ends, or is damaged, after"):
            list(json_lists.entries(path))


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2]",
        '{"a" [1]}',
        '{"a": [1 2]}',
        '{"a": [1], "b"}',
        '{"a": [1] "b": 2}',
        '{"a": [,]}',
        '{"a": [1x]}',
        "<html></html>",
        "{'a': [1]}",
    ],
)
def test_what_is_no_json_is_an_error(tmp_path, text):
    (tmp_path / "made.json").write_text(text)
    with pytest.raises(ValueError, match=r"it has|it ends, or is damaged"):
        list(json_lists.entries(tmp_path / "made.json"))


def test_bytes_that_are_no_text_and_a_missing_file(tmp_path):
    (tmp_path / "made.json").write_bytes(b'{"a": ["\xff"]}')
    with pytest.raises(UnicodeDecodeError):
        list(json_lists.entries(tmp_path / "made.json"))
    with pytest.raises(FileNotFoundError):
        list(json_lists.entries(tmp_path / "other.json"))


def test_only_a_piece_of_a_damaged_file_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(json_lists, "PIECE", 100)
    monkeypatch.setattr(json_lists, "LARGEST", 1000)
    path, found = tmp_path / "made.json", []
    path.write_bytes(b'{"a": [1, {"b": "' + b"x" * 100_000 + b"\xff")  # the last byte is no text
    reading = json_lists.entries(path)
    found.append(next(reading))
    with pytest.raises(ValueError, match=r'it ends, or is damaged, after .\{"b": "xxx'):
        found.extend(reading)
    assert found == [("a", 1)]
