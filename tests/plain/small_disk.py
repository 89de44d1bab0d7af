"""Run as a program whose data folder is on a disk that is too small."""

import os
import shutil

from mmcourse.data import fetch, registry


def main(url: str, size: str, digest: str) -> None:
    """Print the error of a download to MMCOURSE_DATA_DIR and the files that it has left there."""
    file = registry.File("toy.bin", url, "test", int(size), digest)
    facts = dict.fromkeys(("title", "task", "license", "attribution", "homepage", "card"), "")
    toy = registry.Dataset(name="toy", modalities=(), redistribute=True, tier="tiny", files=(file,), **facts)
    registry.registry = lambda: {"toy": toy}
    shutil.disk_usage = lambda path: shutil._ntuple_diskusage(10**9, 0, 10**9)  # the look before does not see it
    try:
        fetch.get("toy")
    except OSError as error:
        left = [name for _, _, names in os.walk(os.environ["MMCOURSE_DATA_DIR"]) for name in names if name != ".lock"]
        print(type(error).__name__, error.errno, *left)
