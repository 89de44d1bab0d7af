"""The datasets from the command line: `python -m mmcourse.data list | info NAME | get NAME… | verify … | mirror …`.

Exit code 0: done; 1: something could not be had, or is wrong; 2: a name or an option that cannot be meant.
"""

import argparse
import contextlib
import functools
import sys
from collections.abc import Callable
from pathlib import Path

from mmcourse.data import fetch, load, places, readers, registry
from mmcourse.data.unpack import ArchiveError

WHERE = {
    "embedded": "embedded: comes with the course",
    "here": "here: in the data folder",
    "folder": "folder: in the folder that MMCOURSE_MIRROR names",
    "mirror": "mirror: asked for at the address that MMCOURSE_MIRROR names, then on the internet",
    "internet": "internet: can be fetched (a download of over 200 MB needs --allow-large)",
    "offline": "offline: MMCOURSE_OFFLINE is set; without it, it can be fetched",
    "by hand": "by hand: `info NAME` says the step that a person has to do",
}


def list_datasets(options: argparse.Namespace) -> int:
    """Every dataset: where it is, what it takes to have it, under which license, and how `load` calls it."""
    rows, read = fetch.available(), _read()
    table = [("name", "where", "download", "mm.load", "license")]
    for row in rows:
        size = registry.in_units(row["bytes"]) if row["bytes"] else ""
        size = "not known" if row["bytes"] is None and row["where"] != "by hand" else size
        table.append((row["name"], row["where"], size, read.get(row["name"], ""), row["license"][:60]))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
    meanings = dict.fromkeys(WHERE[row["where"]] for row in rows)
    print(f"\nData folder: {places.data_dir()}", *meanings, sep="\n")
    return 0


def show_info(options: argparse.Namespace) -> int:
    """The card of a dataset, its files, and where to put them by hand."""
    dataset = registry.dataset(options.name)
    print(f"{dataset.title}\n{dataset.task}; {', '.join(dataset.modalities)}\n\n{dataset.card.strip()}\n")
    citation = f"\nCite: {dataset.citation} in the book's bibliography" if dataset.citation else ""
    print(f"License: {dataset.license}\nBy: {dataset.attribution}{citation}")
    if dataset.homepage:
        print(f"See: {dataset.homepage}")
    for part in registry.selections(dataset):
        print(f"\n{part.name}: {part.size}")
        for file in part.files:
            size = registry.in_units(file.bytes) if file.bytes else "size not known"
            print(f"  {file.name}  {size}\n    {file.url or 'by hand only'}\n    {file.checksum or 'no checksum'}")
            print(f"    known from: {file.source}")
    for name in readers.readers():
        if name.partition("/")[0] == dataset.name:
            print(f"\n{load.about(name)}")
    if dataset.manual:
        print(f"\n{dataset.manual}")
    if not dataset.embedded:
        print(f"\nFolder for files put there by hand: {places.hand_folder(dataset.name)}")
    return 0


def get(options: argparse.Namespace) -> int:
    """Fetch, verify and unpack; print the folders, and nothing else on stdout."""

    def one(name: str) -> None:
        with contextlib.redirect_stdout(sys.stderr):  # the progress bar
            folder = fetch.get(name, options.allow_large, options.allow_unchecked)
        print(f"{name}: {folder}")

    return max(_attempt(functools.partial(one, name)) for name in options.names)


def verify(options: argparse.Namespace) -> int:
    """Check kept files; with no name, all that are here."""
    found = registry.registry().values()
    names = options.names or [part.name for dataset in found for part in registry.selections(dataset)]
    wrong = 0
    for name in names:
        for file, fault in fetch.verify(name).items():
            if options.names or fault != fetch.MISSING:
                print(f"{name}: {file} {fault or 'is right'}")
                wrong += bool(fault)
    return min(wrong, 1)


def mirror(options: argparse.Namespace) -> int:
    """Bring files to a folder that a classroom can use as MMCOURSE_MIRROR."""
    folder = options.folder.expanduser()

    def one(name: str) -> None:
        for path in fetch.mirror(folder, name, options.allow_large, options.allow_unchecked):
            print(path)

    worst = max(_attempt(functools.partial(one, name)) for name in options.names)
    if worst == 0:
        print(f"Set MMCOURSE_MIRROR to {folder.resolve()}, or to the address at which you serve it.")
    return worst


def _attempt(action: Callable[[], int | None]) -> int:
    """The exit code of an action; an expected error is one message on stderr, not a traceback."""
    try:
        return action() or 0
    except (ArchiveError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2


def _read() -> dict[str, str]:
    """Names as `get` takes them, and of embedded datasets -> the name that `load` takes for what is made of them."""
    called = {}
    for name, reader in readers.readers().items():
        for split in reader.splits:
            for source in reader.sources(split) or (name,):
                called.setdefault(source, name)
    return called


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mmcourse.data", description="The datasets of the course.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("list", help="every dataset").set_defaults(run=list_datasets)
    info = commands.add_parser("info", help="the card and the files of one dataset")
    info.add_argument("name", metavar="NAME")
    info.set_defaults(run=show_info)
    check = commands.add_parser("verify", help="check the files that are here")
    check.add_argument("names", metavar="NAME", nargs="*")
    check.set_defaults(run=verify)
    fetching = commands.add_parser("get", help="fetch, verify and unpack")
    serving = commands.add_parser("mirror", help="make the folder that a classroom uses as MMCOURSE_MIRROR")
    serving.add_argument("folder", metavar="FOLDER", type=Path)
    for command, run in ((fetching, get), (serving, mirror)):
        command.add_argument("names", metavar="NAME", nargs="+", help='"name" or "name/part"')
        command.add_argument("--allow-large", action="store_true", help="fetch more than 200 MB")
        command.add_argument("--allow-unchecked", action="store_true", help="fetch files without a published checksum")
        command.set_defaults(run=run)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _attempt(functools.partial(options.run, options))
    except KeyboardInterrupt:
        print("\nInterrupted; the same command continues.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
