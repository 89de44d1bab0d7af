"""The program that extracts plain paragraphs from a Wikipedia dump."""

import bz2
import json
import tracemalloc
from xml.sax.saxutils import escape

import pytest

from data_scripts import extract_wikipedia

PARAGRAPH = "A '''harbor''' is a place where [[ship|ships]] can stay. "
HEADER = (
    '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/" version="0.10" xml:lang="en">\n'
    '<siteinfo><sitename>Wikipedia</sitename><namespaces><namespace key="0" /></namespaces></siteinfo>\n'
)
CITY = """{{Infobox city|pop={{formatnum:1000}}|map={{#if:{x}|a|b}}}}<!-- a
secret -->
[[File:City.jpg|thumb|A [[street]] of a [[city|big city]], see [http://a.example here]]]
'''Harborton''' ({{lang|fr|Port}}; {{IPA|x}}) is a [[Town|town]].<ref name="a">{{cite|{t}}}</ref><ref name="a"/> It has
&nbsp;2 ''large'' [[museum]]s<ref>a book</ref> &amp; a <span style="color:red">red</span> tower.<BR>It is old.

== History ==
{| class="wikitable"
! year !! ships
|-
| 1900 || {| class="inner"
| 2
|}
|}
* [[a list]]
# numbered
: indented
See [https://b.example the site], [[2001: A Title]] and [[:Category:Ports]]. Here 3 < 4 and {one} brace.
{{broken
| left = open
[[Category:Towns]]
__NOTOC__ <gallery>
File:A.jpg|a picture
</gallery>
"""
CITY_TEXT = [
    "Harborton is a town. It has",
    "2 large museums & a red tower. It is old.",
    "See the site, 2001: A Title and Category:Ports. Here 3 < 4 and {one} brace.",
]


def page(title, markup, namespace=0, redirect=""):
    return (
        f"<page><title>{escape(title)}</title><ns>{namespace}</ns><id>1</id>{redirect}<revision><id>2</id>"
        f'<text bytes="9" xml:space="preserve">{escape(markup)}</text></revision></page>\n'
    )


def dump(folder, pages):
    """A dump as Wikipedia gives it: several bzip2 streams in one file, the header and each 100 pages a stream."""
    streams = [HEADER, *("".join(pages[start : start + 100]) for start in range(0, len(pages), 100)), "</mediawiki>\n"]
    path = folder / "simplewiki-20230601-pages-articles-multistream.xml.bz2"
    with path.open("wb") as file:
        for stream in streams:
            file.write(bz2.compress(stream.encode()))
    return path


def extract(folder, *others):
    out = folder / "out" / "wiki.jsonl"
    extract_wikipedia.main(["--source", str(folder), "--out", str(out), *others])
    return [json.loads(line) for line in out.read_text(encoding="utf-8").split("\n")[:-1]]


def test_articles_only(tmp_path, capsys):
    pages = [
        page("Harbor & Co", PARAGRAPH * 5 + "\n\n" + "Zwölf 港."),
        page("Port", "#REDIRECT [[Harbor]]" + PARAGRAPH * 9, redirect='<redirect title="Harbor" />'),
        page("Talk:Harbor", PARAGRAPH * 9, namespace=1),
        page("Stub", PARAGRAPH),
        page("Category:Ports", PARAGRAPH * 9, namespace=14),
        page("Pier", PARAGRAPH * 4),
        page("Quay", PARAGRAPH * 4),
    ]
    dump(tmp_path, pages)
    sentence = "A harbor is a place where ships can stay."
    articles = extract(tmp_path, "--articles", "2", "--shortest", "100")
    assert articles == [
        {"title": "Harbor & Co", "text": " ".join([sentence] * 5) + "\n\nZwölf 港."},
        {"title": "Pier", "text": " ".join([sentence] * 4)},
    ]
    assert f"2 articles, {(tmp_path / 'out' / 'wiki.jsonl').stat().st_size:,} bytes" in capsys.readouterr().out
    assert [article["title"] for article in extract(tmp_path, "--shortest", "0")][1:] == ["Stub", "Pier", "Quay"]


def test_markup_becomes_paragraphs():
    assert extract_wikipedia.plain(CITY).split("\n\n") == CITY_TEXT


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("one [[two|three]][[four]]s", "one threefours"),
        ("[[File:a.png|[[b]] [[c|d]]]]e", "e"),
        ("[[image : a.png]]a[[ Category:x|y]]", "a"),
        ("a {{b|{{c|{{d}}}}|e={f}}} g", "a g"),
        ("a<ref>b</ref>c<ref name=d />e<ref>f</ref>g", "aceg"),
        ("<math>x < y</math>a<!-- b\n<ref> -->c", "ac"),
        ("a {{open\nb [[open\n{| open\nc", "c"),
        ("rock 'n' roll's '''''best''''' ''one''", "rock 'n' roll's best one"),
        ("&lt;b&gt; &eacute;", "<b> é"),
    ],
)
def test_rules_of_markup(markup, text):
    assert extract_wikipedia.plain(markup) == text


def test_memory_does_not_grow_with_the_dump(tmp_path, capsys):
    dump(tmp_path, [page(f"Harbor {number}", PARAGRAPH * 50) for number in range(1500)])  # 4 MB of markup
    tracemalloc.start()
    try:
        extract_wikipedia.main(["--source", str(tmp_path), "--out", str(tmp_path / "wiki.jsonl")])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "1,500 articles" in capsys.readouterr().out
    assert peak < 1e6


@pytest.mark.parametrize("kept", [0.3, 0.95, -1])
def test_a_truncated_dump_is_refused_and_leaves_nothing(kept, tmp_path):
    path = dump(tmp_path, [page(f"Harbor {number}", PARAGRAPH * 9 + str(number**9)) for number in range(500)])
    whole = path.read_bytes()
    end = whole.rindex(b"BZh") if kept < 0 else int(len(whole) * kept)  # -1: cut at the border of two streams
    path.write_bytes(whole[:end])
    with pytest.raises(ValueError, match=r"multistream\.xml\.bz2 is damaged or incomplete .*: get it again"):
        extract(tmp_path)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_no_dump_is_refused(tmp_path):
    with pytest.raises(ValueError, match="found none"):
        extract(tmp_path)
    path = dump(tmp_path, [page("Stub", "short")])
    with pytest.raises(ValueError, match="long enough"):
        extract(tmp_path)
    path.write_bytes(bz2.compress(b"<html><page/></html>"))
    with pytest.raises(ValueError, match="root element is <html>, expected <mediawiki>"):
        extract(tmp_path)
    path.write_bytes(b"<html>not found</html>" * 99)
    with pytest.raises(ValueError, match="damaged or incomplete"):
        extract(tmp_path)
    (tmp_path / "another.xml.bz2").write_bytes(path.read_bytes())
    with pytest.raises(ValueError, match=r"found another\.xml\.bz2, simplewiki"):
        extract(tmp_path)
    with pytest.raises(SystemExit):
        extract(tmp_path, "--articles", "0")


def test_an_interruption_leaves_the_old_file(tmp_path, monkeypatch):
    def plain(markup):
        if "stop" in markup:
            raise KeyboardInterrupt
        return markup

    dump(tmp_path, [page("One", "old" * 99), page("Two", "stop")])
    extract(tmp_path, "--articles", "1")
    monkeypatch.setattr(extract_wikipedia, "plain", plain)
    with pytest.raises(KeyboardInterrupt):
        extract(tmp_path)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["wiki.jsonl"]
    assert "old" in (tmp_path / "out" / "wiki.jsonl").read_text(encoding="utf-8")
