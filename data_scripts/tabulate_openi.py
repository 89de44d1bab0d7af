"""Make one table of the radiology reports of Open-i (Indiana University chest X-rays).

    .venv/bin/python data_scripts/tabulate_openi.py --out openi.csv

Without `--source` it takes the dataset part `openi/reports` (a download of 1.1 MB). It reads `ecgen-radiology/<n>.xml`
and writes one row a report, in CSV with a header, UTF-8:

    report          the number n of the file; its pictures are called CXR<n>_....png
    split           train, validation or test (80 to 10 to 10), see below
    comparison, indication, findings, impression    the sections, "" where there is none; XXXX hides a name or date
    mesh_major      terms given by people, separated by ";", such as "Cardiomegaly/mild;Opacity/lung/base"
    mesh_automatic  terms found by a program, separated by ";"
    images          the pictures' names without .png, separated by ";"; some reports have none

The collection has no official split. Here a hash of the report number decides, so that the frontal and the lateral
picture of one report never stand in different splits, and a report keeps its split whatever else is read.
The files name no patient: whether one has several reports is not known.

License: CC BY-NC-ND 4.0. The table is a changed copy: use it yourself, do not pass it on.
"""

import argparse
import csv
import os
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from tqdm import tqdm

from mmcourse.data import fetch
from mmcourse.data.readers.splits import split_of

SECTIONS = ("comparison", "indication", "findings", "impression")
COLUMNS = ("report", "split", *SECTIONS, "mesh_major", "mesh_automatic", "images")


def read_report(path: Path) -> dict[str, str]:
    """One row of the table. Raises ValueError for a file that is damaged or is no report."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise ValueError(f"{path} is damaged ({error}): unpack NLMCXR_reports.tgz again.") from error
    if root.tag != "eCitation":
        raise ValueError(f"{path} is no report of Open-i: it holds <{root.tag}>, not <eCitation>. Move it away.")
    sections = {node.get("Label", "").lower(): text_of(node) for node in root.iter("AbstractText")}
    return {
        "report": path.stem,
        "split": split_of(path.stem),
        **{name: sections.get(name, "") for name in SECTIONS},
        "mesh_major": ";".join(map(text_of, root.iterfind(".//MeSH/major"))),
        "mesh_automatic": ";".join(map(text_of, root.iterfind(".//MeSH/automatic"))),
        "images": ";".join(node.get("id", "") for node in root.iter("parentImage")),
    }


def text_of(node: ElementTree.Element) -> str:
    """All text inside an element on one line, with single spaces."""
    return " ".join("".join(node.itertext()).split())


def find_reports(folder: Path) -> list[Path]:
    """The files of the reports by number. Raises ValueError when there are none."""
    found = [path for path in (folder / "ecgen-radiology").glob("*.xml") if path.stem.isdecimal()]
    if not found:
        raise ValueError(
            f"No ecgen-radiology/<n>.xml in {folder}: give --source the folder where NLMCXR_reports.tgz was unpacked."
        )
    return sorted(found, key=lambda path: int(path.stem))


def write(paths: list[Path], out: Path) -> None:
    """Write a row a report and put the file in place when it is complete."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=out.parent) as folder:
        part = Path(folder) / out.name
        with part.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            table.writeheader()
            table.writerows(map(read_report, tqdm(paths, unit=" reports", file=sys.stdout)))
        os.replace(part, out)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, write the table, and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, metavar="FOLDER", help="folder of ecgen-radiology (default: download)")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="file to write, such as openi.csv")
    options = parser.parse_args(arguments)
    paths = find_reports(options.source or fetch.get("openi/reports"))
    write(paths, options.out)
    print(f"{options.out}: {len(paths):,} reports, {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
