"""The sources of the book that are data: glossary, references, diagrams; and the local extensions on their own."""

import ast
import re

import pytest
import yaml
from address import PLACEHOLDER, learner_copy, read_address, where_to_report
from api_reference import docstring_nodes, public_definitions, public_modules, signature
from contents import ROOT
from course_glossary import glossary_lines, read_entries
from pybtex.database import parse_file

from tools import diagrams

GLOSSARY = ROOT / "book" / "appendix" / "glossary.yml"
SVG_TEXT = re.compile(r'\["?([^"\]]+)"?\]|\("?([^")]+)"?\)')


@pytest.mark.parametrize("source", sorted(diagrams.FIGURES.glob("*.mmd")), ids=lambda path: path.name)
def test_diagram_is_made_from_its_source(source):
    assert diagrams.is_fresh(source), "run `make diagrams`"
    svg = source.with_suffix(".svg").read_text(encoding="utf-8")
    shown = " ".join(re.findall(r">([^<]+)<", svg))
    labels = [square or round_ for square, round_ in SVG_TEXT.findall(source.read_text(encoding="utf-8"))]
    assert len(labels) > 1
    assert [label for label in labels if any(word not in shown for word in label.split())] == []


@pytest.mark.parametrize("svg", sorted(diagrams.FIGURES.glob("*.svg")), ids=lambda path: path.name)
def test_drawing_is_real_text_and_loads_nothing(svg):
    text = svg.read_text(encoding="utf-8")
    assert svg.with_suffix(".mmd").is_file()
    assert "<foreignObject" not in text
    assert not re.search(r"@import|url\(['\"]?http|<script|href=\"http", text)


def test_diagram_with_another_source_is_stale(tmp_path):
    source = tmp_path / "late-fusion.mmd"
    source.write_text((diagrams.FIGURES / source.name).read_text(encoding="utf-8") + "%% changed\n", encoding="utf-8")
    svg = (diagrams.FIGURES / "late-fusion.svg").read_text(encoding="utf-8")
    source.with_suffix(".svg").write_text(svg, encoding="utf-8")
    assert not diagrams.is_fresh(source)


def test_glossary_is_complete_sorted_and_unique():
    entries = read_entries(GLOSSARY)
    terms = [entry["term"].lower() for entry in entries]
    assert terms == sorted(set(terms))
    names = terms + [entry["abbreviation"].lower() for entry in entries if "abbreviation" in entry]
    assert len(names) == len(set(names)) > 60
    for entry in entries:
        assert re.search(r"[\u4e00-\u9fff]", entry["zh"]), entry["term"]
        assert entry["definition"].strip().endswith("."), entry["term"]
        assert len(entry["definition"].split()) >= 5, entry["term"]


def test_glossary_refuses_an_incomplete_entry(tmp_path):
    file = tmp_path / "glossary.yml"
    file.write_text(yaml.safe_dump([{"term": "modality", "definition": "One kind of signal."}]), encoding="utf-8")
    with pytest.raises(ValueError, match="'modality'"):
        read_entries(file)


def test_glossary_entry_becomes_a_definition():
    entry = {
        "term": "convolutional neural network",
        "abbreviation": "CNN",
        "zh": "卷积神经网络",
        "definition": "A net.",
    }
    lines = glossary_lines([entry])
    assert lines == ["convolutional neural network", "CNN", "    **卷积神经网络** — A net.", ""]


def test_references_are_complete():
    source = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    entries = parse_file(ROOT / "book" / "references.bib").entries  # refuses a key that stands twice
    assert len(entries) > 0
    for key, entry in entries.items():
        assert entry.persons.get("author"), key
        assert entry.fields.get("title"), key
        assert re.fullmatch(r"(19|20)\d\d", entry.fields.get("year", "")), key
        assert re.search(rf"^% checked: .+\n@\w+{{{key},", source, re.MULTILINE), (
            f"{key} does not say against what it was checked"
        )


def write_project(folder, address: str) -> None:
    folder.joinpath("pyproject.toml").write_text(f'[project.urls]\nRepository = "{address}"\n', encoding="utf-8")


def test_placeholder_is_no_address(tmp_path):
    write_project(tmp_path, PLACEHOLDER)
    assert read_address(tmp_path) is None
    assert "no public address" in where_to_report(None)


def test_address_is_read_and_used(tmp_path):
    write_project(tmp_path, "https://github.com/someone/course/")
    assert read_address(tmp_path) == "https://github.com/someone/course"
    assert "<https://github.com/someone/course/issues>" in where_to_report(read_address(tmp_path))


def test_learner_copy_has_to_exist(tmp_path):
    assert learner_copy("book/start/see-and-hear", tmp_path) is None
    copy = tmp_path / "colab" / "start" / "see-and-hear.ipynb"
    copy.parent.mkdir(parents=True)
    copy.touch()
    assert learner_copy("book/start/see-and-hear", tmp_path) == "colab/start/see-and-hear.ipynb"


def test_reference_finds_public_modules_only(tmp_path):
    for name in ("__init__.py", "nn/__init__.py", "nn/fusion.py", "_hidden.py", "metrics.py"):
        tmp_path.joinpath(name).parent.mkdir(exist_ok=True)
        tmp_path.joinpath(name).touch()
    assert [name for name, _ in public_modules(tmp_path, "p")] == ["p", "p.metrics", "p.nn", "p.nn.fusion"]


def test_reference_shows_signature():
    source = 'class Mean:\n    """Text."""\n    def __init__(self, dim: int = 3):\n        pass\n'
    source += (
        'def mean(x, *, axis: int = 0) -> float:\n    """Text."""\ndef _no():\n    """No."""\ndef bare():\n    pass\n'
    )
    source += '@dataclass(frozen=True)\nclass File:\n    """Text."""\n    name: str\n    size: int = 0\n'
    heads = [signature(node) for node in public_definitions(ast.parse(source).body)]
    assert heads == [
        "class Mean(dim: int=3)",
        "mean(x, *, axis: int=0) -> float",
        "class File(name: str, size: int = 0)",
    ]


def test_reference_shows_docstring():
    kinds = [node.tagname for node in docstring_nodes("A `b`.\n\n- one\n- two\n\n    code\n\nEnd.")]
    assert kinds == ["paragraph", "bullet_list", "literal_block", "paragraph"]
