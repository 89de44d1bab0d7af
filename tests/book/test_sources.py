"""The sources of the book that are data: glossary, references, diagrams; and the local extensions on their own."""

import ast
import base64
import json
import re
from types import SimpleNamespace

import pytest
import yaml
from address import PLACEHOLDER, add_button, colab_address, learner_copy, links, read_address, where_to_report
from api_reference import docstring_nodes, public_definitions, public_modules, signature
from contents import PAGES, ROOT
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
    words = {label: label.replace("<br/>", " ").split() for label in labels}
    assert [label for label in labels if any(word not in shown for word in words[label])] == []


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
    text = f'[project]\nversion = "1.2.0"\n[project.urls]\nRepository = "{address}"\n'
    folder.joinpath("pyproject.toml").write_text(text, encoding="utf-8")


def test_placeholder_is_no_address(tmp_path):
    write_project(tmp_path, PLACEHOLDER)
    assert read_address(tmp_path) is None
    assert "no public address" in where_to_report(None)


def test_address_is_read_and_used(tmp_path):
    write_project(tmp_path, "https://github.com/someone/course/")
    assert read_address(tmp_path) == "https://github.com/someone/course"
    assert "<https://github.com/someone/course/issues>" in where_to_report(read_address(tmp_path))


def write_copy(folder) -> None:
    copy = folder / "colab" / "start" / "see-and-hear.ipynb"
    copy.parent.mkdir(parents=True)
    copy.write_text("{}", encoding="utf-8")


def buttons_of(folder, page: str) -> list[dict]:
    """The header buttons of a page of a project, from those that the theme makes."""
    source = {"label": "download-source-button", "text": ".ipynb"}
    context = {"header_buttons": [{"label": "download-buttons", "buttons": [source]}]}
    add_button(SimpleNamespace(srcdir=folder), page, "page.html", context, None)
    return context["header_buttons"]


def test_learner_copy_has_to_exist(tmp_path):
    assert learner_copy("book/start/see-and-hear", tmp_path) is None
    write_copy(tmp_path)
    assert learner_copy("book/start/see-and-hear", tmp_path) == "colab/start/see-and-hear.ipynb"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/a/b", "https://colab.research.google.com/github/a/b/blob/v1.2.0/colab/x/y.ipynb"),
        ("https://example.org/a/b", None),
        (None, None),
    ],
)
def test_colab_opens_the_copy_of_the_edition(address, expected):
    assert colab_address(address, "1.2.0", "colab/x/y.ipynb") == expected


@pytest.mark.parametrize("page", [page for page in PAGES if (ROOT / f"{page}.ipynb").is_file()])
def test_button_and_setup_cell_name_the_same_edition(page, tmp_path):
    copy = learner_copy(page, ROOT)
    cells = json.loads((ROOT / copy).read_text(encoding="utf-8"))["cells"]
    setup = "".join(next(cell["source"] for cell in cells if cell["id"] == "setup"))
    tag = re.search(r"/archive/refs/tags/(v[\d.]+)\.zip", setup)[1]
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert f"/blob/{tag}/{copy}" in colab_address("https://github.com/a/b", version, copy)


def test_lesson_with_an_address_leads_to_colab(tmp_path):
    write_project(tmp_path, "https://github.com/a/b")
    write_copy(tmp_path)
    downloads, colab = buttons_of(tmp_path, "book/start/see-and-hear")
    assert colab["url"].endswith("/github/a/b/blob/v1.2.0/colab/start/see-and-hear.ipynb")
    assert downloads["buttons"][0]["text"] == "With results (.ipynb)"
    reference, _, download = links("book/start/see-and-hear", tmp_path).children
    assert reference["refuri"] == colab["url"]
    assert base64.b64encode(b"{}").decode() in download.astext()


def test_lesson_without_an_address_has_a_download_only(tmp_path):
    write_project(tmp_path, PLACEHOLDER)
    write_copy(tmp_path)
    assert [button["label"] for button in buttons_of(tmp_path, "book/start/see-and-hear")] == ["download-buttons"]
    (download,) = links("book/start/see-and-hear", tmp_path).children
    assert 'download="see-and-hear.ipynb"' in download.astext()


def test_page_that_is_no_lesson_keeps_its_buttons(tmp_path):
    write_project(tmp_path, "https://github.com/a/b")
    write_copy(tmp_path)
    (downloads,) = buttons_of(tmp_path, "book/appendix/notation")
    assert [button["text"] for button in downloads["buttons"]] == [".ipynb"]
    assert links("book/appendix/notation", tmp_path) is None


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
