"""Which pages the book has, by its table of contents."""

from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def _files(entry: dict) -> Iterator[str]:
    for part in (*entry.get("parts", []), *entry.get("chapters", []), *entry.get("sections", [])):
        if "file" in part:
            yield part["file"]
        yield from _files(part)


_TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [_TOC["root"], *_files(_TOC)]
