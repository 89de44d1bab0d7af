"""The datasets from the command line: `python -m mmcourse.data list | info NAME | get NAME… | verify … | mirror …`.

Exit code 0: done; 1: something could not be had, or is wrong; 2: a name or an option that cannot be meant.
"""

import argparse
import sys
from pathlib import Path

from mmcourse.data import fetch, places, readers, registry
from mmcourse.data.unpack import UnsafeArchiveError

WHERE = {
    "embedded": "embedded: comes with the course",
    "here": "here: in the data folder",
    "folder": "folder, mirror: in the place that MMCOURSE_MIRROR names",
    "mirror": "folder, mirror: in the place that MMCOURSE_MIRROR names",
    "internet": "internet: can be fetched (a download of over 200 MB needs --allow-large)",
    "by hand": "by hand: `info NAME` says the step that a person has to do",
}


def list_datasets(options: argparse.Namespace) -> int:
    """Every dataset: where it is, what it takes to have it, under which license, and whether `load` reads it."""
    rows, read = fetch.available(), _read()
    print(f"{'name':<38}{'where':<10}{'download':>11}  {'load':<5}license")
    for row in rows:
        size = registry.megabytes(row["bytes"]) if row["bytes"] else ""
        size = "not known" if row["bytes"] is None and row["where"] != "by hand" else size
        reads = "yes" if row["name"] in read else ""
        print(f"{row['name']:<38}{row['where']:<10}{size:>11}  {reads:<5}{row['license'][:60]}")
    meanings = dict.fromkeys(WHERE[row["where"]] for row in rows)
    print(f"\nData folder: {places.data_dir()}", "load: mm.load reads it", *meanings, sep="\n")
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
            size = registry.megabytes(file.bytes) if file.bytes else "size not known"
            print(f"  {file.name}  {size}\n    {file.url or 'by hand only'}\n    {file.checksum or 'no checksum'}")
            print(f"    known from: {file.source}")
    if not dataset.embedded:
        print(f"\n{dataset.manual}".rstrip(), f"\nFolder for files put there by hand: {places.by_hand(dataset.name)}")
    return 0


def get(options: argparse.Namespace) -> int:
    """Fetch, verify and unpack; print the folders."""
    for name in options.names:
        print(f"{name}: {fetch.get(name, options.allow_large, options.allow_unchecked)}")
    return 0


def verify(options: argparse.Namespace) -> int:
    """Check the kept files; with no name, those of everything that is here."""
    names = options.names or [row["name"] for row in fetch.available() if row["where"] == "here" and row["bytes"]]
    wrong = 0
    for name in names:
        for file, fault in fetch.verify(name).items():
            print(f"{name}: {file} {fault or 'is right'}")
            wrong += bool(fault)
    return min(wrong, 1)


def mirror(options: argparse.Namespace) -> int:
    """Bring files to a folder that a classroom can use as MMCOURSE_MIRROR."""
    for name in options.names:
        for path in fetch.mirror(options.folder, name, options.allow_large, options.allow_unchecked):
            print(path)
    print(f"Set MMCOURSE_MIRROR to {options.folder.resolve()}, or to the address at which you serve it.")
    return 0


def _read() -> set[str]:
    """The names of what `load` reads or needs: of embedded datasets, and as `get` takes them."""
    everything = readers.readers()
    sources = [source for reader in everything.values() for split in reader.splits for source in reader.sources(split)]
    return {*sources, *everything}


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
    """Run one command and give its exit code; an error is one message on stderr, not a traceback."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (UnsafeArchiveError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted; the same command continues.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
