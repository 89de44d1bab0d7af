"""The programs of data_scripts/ that a person runs: what all share, the cut of GloVe and the table of Open-i."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from data_scripts import cut_glove, cut_video, extract_wikipedia, tabulate_openi

ROOT = Path(__file__).resolve().parents[2]
REPORT = """<?xml version="1.0" encoding="utf-8"?>
<eCitation>
   <uId id="CXR{n}"/>
   <MedlineCitation><Article><Abstract>
         <AbstractText Label="COMPARISON"/>
         <AbstractText Label="INDICATION">Cough, "since XXXX"</AbstractText>
         <AbstractText Label="FINDINGS">Clear lungs.
            Heart size {n}.</AbstractText>
   </Abstract></Article></MedlineCitation>
   <MeSH><major>Opacity/lung/base  </major><major>Catheters, Indwelling/right</major>
      <automatic>opacity</automatic></MeSH>
   <parentImage id="CXR{n}_IM-0001-1001"><caption>frontal</caption></parentImage>
   <parentImage id="CXR{n}_IM-0001-2001"/>
</eCitation>
"""


def glove(folder, lines, dim=50):
    """A file of GloVe 6B: for each line a word and its numbers, or the line as it is."""
    texts = [line if isinstance(line, str) else " ".join([line[0], *map(str, line[1])]) for line in lines]
    (folder / f"glove.6B.{dim}d.txt").write_bytes("".join(f"{text}\n" for text in texts).encode())
    return folder


def five_words():
    words = ["the", "of", "naïve", "a\u2028b", "dog"]  # U+2028 ends a line for str.splitlines, not in this format
    return [(word, np.linspace(-1, 1, 50).round(4) * (index + 1)) for index, word in enumerate(words)]


def reports(folder, numbers):
    home = folder / "ecgen-radiology"
    home.mkdir(exist_ok=True)
    for number in numbers:
        (home / f"{number}.xml").write_text(REPORT.format(n=number), encoding="utf-8")
    return folder


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def arguments(source, out, *others):
    return ["--source", str(source), "--out", str(out), *others]


@pytest.mark.parametrize(
    ("module", "name", "first"),
    [
        (cut_glove, "glove_6b", []),
        (extract_wikipedia, "wikipedia_dump", []),
        (tabulate_openi, "openi/reports", []),
        (cut_video, "ucf101/videos", ["ucf101"]),
    ],
)
def test_without_a_source_the_dataset_is_fetched(module, name, first, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(cut_video, "find_ffmpeg", lambda: "ffmpeg")
    monkeypatch.setattr(module.fetch, "get", lambda *given: asked.append(given) or tmp_path)
    with pytest.raises(ValueError, match="--source"):
        module.main([*first, "--out", str(tmp_path / "out")])
    assert asked == [(name,)]


@pytest.mark.parametrize("script", ["cut_glove.py", "extract_wikipedia.py", "tabulate_openi.py"])
def test_an_empty_source_ends_the_program_with_one_clear_line(script, tmp_path):
    command = [sys.executable, ROOT / "data_scripts" / script, *arguments(tmp_path, tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert str(tmp_path) in done.stderr
    assert "--source" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_glove_keeps_the_first_words_in_order(tmp_path, capsys):
    out = tmp_path / "new" / "cut.npz"
    cut_glove.main(arguments(glove(tmp_path, five_words()), out, "--words", "4", "--dtype", "float32"))
    with np.load(out) as cut:
        assert cut["words"].tolist() == ["the", "of", "naïve", "a\u2028b"]
        assert cut["vectors"].dtype == np.float32
        np.testing.assert_allclose(cut["vectors"], [vector for _, vector in five_words()[:4]], rtol=1e-6)
    assert f"4 words x 50 numbers (float32), {out.stat().st_size:,} bytes" in capsys.readouterr().out


def test_glove_keeps_the_words_of_a_list_and_names_the_others(tmp_path, capsys):
    (tmp_path / "list.txt").write_text("dog\n\nof \nunicorn\n", encoding="utf-8")
    out = tmp_path / "cut.npz"
    cut_glove.main(arguments(glove(tmp_path, five_words()), out, "--only", str(tmp_path / "list.txt")))
    with np.load(out) as cut:
        assert cut["words"].tolist() == ["of", "dog"]
        assert cut["vectors"].dtype == np.float16
        np.testing.assert_allclose(cut["vectors"][1], five_words()[4][1], rtol=1e-3)
    assert capsys.readouterr().out.splitlines()[-1].endswith("list.txt: 1, such as unicorn")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("of", [0.5] * 49), "49 fields after b'of'"),
        (("of course", [0.5] * 50), "51 fields"),
        (("of", [*[0.5] * 49, "x"]), "could not convert string to float"),
        (("of", [*[0.5] * 49, "nan"]), "does not fit float16"),
        (("of", [*[0.5] * 49, 1e6]), "does not fit float16"),
        ("", "0 fields"),
    ],
)
def test_glove_names_a_malformed_line(line, said, tmp_path):
    glove(tmp_path, [five_words()[0], line, five_words()[1]])
    with pytest.raises(ValueError, match=r"glove\.6B\.50d\.txt, line 2: ") as refused:
        cut_glove.main(arguments(tmp_path, tmp_path / "cut.npz"))
    assert said in str(refused.value)
    assert "expected a word and 50 numbers" in str(refused.value)
    assert not (tmp_path / "cut.npz").exists()


def test_glove_says_which_dimensions_and_words_there_are(tmp_path):
    glove(tmp_path, five_words())
    with pytest.raises(ValueError, match=r"glove\.6B\.100d\.txt is not in .*there: glove\.6B\.50d\.txt"):
        cut_glove.main(arguments(tmp_path, tmp_path / "cut.npz", "--dim", "100"))
    (tmp_path / "list").write_text("DOG\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lower-case"):
        cut_glove.main(arguments(tmp_path, tmp_path / "cut.npz", "--only", str(tmp_path / "list")))
    (tmp_path / "list").write_text("\n \n", encoding="utf-8")
    with pytest.raises(ValueError, match="has no words"):
        cut_glove.main(arguments(tmp_path, tmp_path / "cut.npz", "--only", str(tmp_path / "list")))
    with pytest.raises(SystemExit):
        cut_glove.main(arguments(tmp_path, tmp_path / "cut.npz", "--words", "0"))


def test_glove_interrupted_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    def half(file, **arrays):
        file.write(b"half")
        raise KeyboardInterrupt

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "cut.npz").write_text("old", encoding="utf-8")
    monkeypatch.setattr(cut_glove.np, "savez_compressed", half)
    with pytest.raises(KeyboardInterrupt):
        cut_glove.main(arguments(glove(tmp_path, five_words()), tmp_path / "out" / "cut.npz"))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["cut.npz"]
    assert (tmp_path / "out" / "cut.npz").read_text(encoding="utf-8") == "old"


def test_openi_has_a_row_a_report(tmp_path, capsys):
    reports(tmp_path, [10, 9])
    (tmp_path / "ecgen-radiology" / "._9.xml").write_bytes(b"what macOS leaves")
    tabulate_openi.main(arguments(tmp_path, tmp_path / "openi.csv"))
    rows = table(tmp_path / "openi.csv")
    assert [row["report"] for row in rows] == ["9", "10"]
    assert rows[0] == {
        "report": "9",
        "split": tabulate_openi.split_of("9"),
        "comparison": "",
        "indication": 'Cough, "since XXXX"',
        "findings": "Clear lungs. Heart size 9.",
        "impression": "",
        "mesh_major": "Opacity/lung/base;Catheters, Indwelling/right",
        "mesh_automatic": "opacity",
        "images": "CXR9_IM-0001-1001;CXR9_IM-0001-2001",
    }
    assert "2 reports" in capsys.readouterr().out


def test_openi_keeps_every_picture_in_one_split_whatever_is_read(tmp_path):
    tabulate_openi.main(arguments(reports(tmp_path, range(1, 401)), tmp_path / "all.csv"))
    rows = table(tmp_path / "all.csv")
    owners = {}
    for row in rows:
        for image in row["images"].split(";"):
            owners.setdefault(image, set()).add(row["split"])
    assert len(owners) == 800
    assert {len(splits) for splits in owners.values()} == {1}
    share = {split: sum(row["split"] == split for row in rows) / 400 for split in ("train", "validation", "test")}
    assert share == pytest.approx({"train": 0.8, "validation": 0.1, "test": 0.1}, abs=0.05)
    (tmp_path / "some").mkdir()
    tabulate_openi.main(arguments(reports(tmp_path / "some", range(1, 401, 7)), tmp_path / "some.csv"))
    assert all(row in rows for row in table(tmp_path / "some.csv"))


@pytest.mark.parametrize(("text", "said"), [(REPORT[:300], "damaged"), ("<html/>", "no report of Open-i")])
def test_openi_names_a_bad_file_and_leaves_nothing(text, said, tmp_path):
    reports(tmp_path, [1, 2, 3])
    (tmp_path / "ecgen-radiology" / "2.xml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"2\.xml is {said}"):
        tabulate_openi.main(arguments(tmp_path, tmp_path / "out" / "openi.csv"))
    assert list((tmp_path / "out").iterdir()) == []
