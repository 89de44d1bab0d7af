"""Extract plain paragraphs from a Wikipedia dump in English or Simple English.

    .venv/bin/python data_scripts/extract_wikipedia.py --out simple_wikipedia.jsonl

Without `--source` it takes the dataset `wikipedia_dump`, fetched before (276 MB) with
`python -m mmcourse.data get wikipedia_dump --allow-large`. Each line of the output is one article
in JSON, `{"title": "...", "text": "..."}`, in UTF-8, with an empty line between two paragraphs of the text.
The articles come in the order of the dump; only the page in hand is in memory, whatever the size of the dump.

Articles are pages of namespace 0 that are no redirects. Of their wiki markup, in this order,

1. comments and elements such as <ref>, <gallery> and <math> go with all they hold;
2. templates `{{...}}` and tables `{|...|}` go, from the inside out (so a number set by a template is lost);
3. links become their text, except that pictures and categories go;
4. quotes for bold and italic, other tags and magic words go, and entities become characters;
5. of the lines that remain only prose is kept: no headings, no lists, none with broken markup.

These rules are for reading and for training, not for rendering: who needs the structure of a page uses a parser of
MediaWiki's grammar such as mwparserfromhell.

License: the text of Wikipedia is CC BY-SA; whoever passes the output on names the articles (their titles are in it).
"""

import argparse
import bz2
import html
import itertools
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

from tqdm import tqdm

from mmcourse.data import fetch

HIDDEN = "gallery|imagemap|includeonly|math|pre|ref|references|score|source|syntaxhighlight|timeline"
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
EMPTY_ELEMENT = re.compile(rf"<(?:{HIDDEN})\b[^<>]*/>", re.IGNORECASE)
ELEMENT = re.compile(rf"<({HIDDEN})\b[^<>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
TEMPLATE = re.compile(r"\{\{(?:[^{}]|(?<!\{)\{(?!\{)[^{}]*\})*\}\}")  # the innermost; it may hold one {word}
TABLE = re.compile(r"\{\|(?:(?!\{\||\|\}).)*\|\}", re.DOTALL)
WEB_LINK = re.compile(r"\[(?:https?:|ftp:)?//[^\s\[\]]+\s*([^\[\]]*)\]")
LINK = re.compile(r"\[\[([^\[\]]*)\]\]")
UNSEEN_LINK = re.compile(r"\s*(?:file|image|category)\s*:", re.IGNORECASE)
TAG = re.compile(r"</?[a-z][^<>]*>|'{2,}|__[A-Z]+__", re.IGNORECASE)
BREAK = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
EMPTY_BRACKETS = re.compile(r"\s*\([\s,;:]*\)")
NO_PROSE = re.compile(r"[*#:;=|!]|.*(?:\{\{|\}\}|\[\[|\]\]|\{\||\|\})")


def pages(dump: Path) -> Iterator[tuple[str, str]]:
    """Title and wiki markup of each article in turn. Raises ValueError for a damaged file or another kind of XML."""
    with bz2.open(dump) as file:
        try:
            yield from read_pages(file)
        except (EOFError, OSError, ElementTree.ParseError) as error:
            raise ValueError(f"{dump} is damaged or incomplete ({error}): get it again.") from error


def read_pages(file: BinaryIO) -> Iterator[tuple[str, str]]:
    """Title and markup of each article in XML; a page is forgotten as soon as the next one begins."""
    events = ElementTree.iterparse(file, events=("start", "end"))
    _, root = next(events)
    if local_name(root) != "mediawiki":
        raise ValueError(f"The root element is <{local_name(root)}>, expected <mediawiki>: this is no Wikipedia dump.")
    for event, element in events:
        if event == "end" and local_name(element) == "page":
            if element.findtext("{*}ns") == "0" and element.find("{*}redirect") is None:
                yield element.findtext("{*}title", ""), element.findtext("{*}revision/{*}text") or ""
            root.clear()


def local_name(element: ElementTree.Element) -> str:
    """The name without the namespace, which changes with the version of the export format."""
    return element.tag.rpartition("}")[2]


def plain(markup: str) -> str:
    """The paragraphs of an article's wiki markup, with an empty line between two; the rules are at the top."""
    text = ELEMENT.sub("", EMPTY_ELEMENT.sub("", COMMENT.sub("", markup)))
    text = until_none(TABLE, "", until_none(TEMPLATE, "", text))
    text = until_none(LINK, link_text, WEB_LINK.sub(r"\1", text))
    text = html.unescape(TAG.sub("", BREAK.sub(" ", text)))
    lines = (" ".join(EMPTY_BRACKETS.sub("", line).split()) for line in text.split("\n"))
    return "\n\n".join(line for line in lines if line and not NO_PROSE.match(line))


def until_none(pattern: re.Pattern, replacement: str | Callable[[re.Match], str], text: str) -> str:
    """Replace what matches again and again, so that nested markup goes from the inside out."""
    count = 1
    while count:
        text, count = pattern.subn(replacement, text)
    return text


def link_text(match: re.Match) -> str:
    """What a reader sees of [[target]], [[target|text]] or [[File:...]], given without links inside it."""
    target, *texts = match[1].split("|")
    if UNSEEN_LINK.match(target):
        return ""
    return texts[-1] if texts else target.removeprefix(":")


def find_dump(folder: Path) -> Path:
    """The one dump in a folder. Raises ValueError unless there is exactly one."""
    found = sorted(folder.glob("*.xml.bz2"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise ValueError(f"Expected one file *.xml.bz2 in {folder}, found {names}: give --source another folder.")
    return found[0]


def write(articles: Iterator[dict], out: Path) -> int:
    """Write one article a line and put the file in place when it is complete; return the number of articles."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=out.parent) as folder:
        part, count = Path(folder) / out.name, 0
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for article in articles:
                file.write(json.dumps(article, ensure_ascii=False) + "\n")
                count += 1
        if not count:
            raise ValueError("No article is long enough: nothing was written. Lower --shortest, or check the dump.")
        os.replace(part, out)
    return count


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, write the file, and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, metavar="FOLDER", help="folder with one *.xml.bz2 (default: download)")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="file to write, such as wiki.jsonl")
    parser.add_argument("--articles", type=int, default=20_000, help="articles at most (default: %(default)s)")
    parser.add_argument("--shortest", type=int, default=200, help="characters of the shortest (default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.articles < 1:
        parser.error(f"--articles is {options.articles}, expected 1 or more")
    dump = find_dump(options.source or fetch.get("wikipedia_dump"))
    texts = ({"title": title, "text": plain(markup)} for title, markup in pages(dump))
    long = (article for article in texts if len(article["text"]) >= options.shortest)
    some = itertools.islice(long, options.articles)
    count = write(tqdm(some, total=options.articles, unit=" articles", file=sys.stdout), options.out)
    print(f"{options.out}: {count:,} articles, {options.out.stat().st_size:,} bytes, from {dump.name}")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
